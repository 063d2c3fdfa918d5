// ending-main.mjs: node ending-main.mjs X.mjs HOW: runs tests/programs/ending.c and prints as JSON what is
// left of it after its end, and what was told of that. This process must end by itself.

import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';

const [artifact, how] = process.argv.slice(2);
const { default: create, load } = await import(artifact);

const PATIENCE = 60_000; // milliseconds

function within(promise, what) {
    let timer;
    const limit = new Promise((_, fail) => {
        timer = setTimeout(() => fail(new Error(`${what}: not within ${PATIENCE} ms`)), PATIENCE);
    });
    return Promise.race([promise, limit]).finally(() => clearTimeout(timer));
}

const uncaught = [];
let told;
const thrown = new Promise((done) => { told = done; });
process.on('uncaughtException', ({ message }) => {
    uncaught.push(message);
    told();
});

const lines = [];
let firstLine;
const opened = new Promise((done) => { firstLine = done; });
const print = (line) => {
    lines.push(line);
    firstLine(line);
};

/** -> { app, module, status }, the status a promise. */
async function start(...args) {
    const options = { print, printErr: print, onReport() {} };
    if (load) {
        const app = await load({ ...options, args });
        return { app, module: app, status: app.ended };
    }
    let ended;
    const status = new Promise((done) => { ended = done; });
    const module = await create({ ...options, arguments: args, onEddyExit: ended });
    return { get app() { return module.eddy; }, module, status };
}

const canConnect = (port) => new Promise((done) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => {
        socket.destroy();
        done(true);
    });
    socket.on('error', () => done(false));
});

const canBind = (port) => new Promise((done) => {
    const socket = createSocket('udp4');
    socket.on('error', () => done(false));
    socket.bind({ port, address: '127.0.0.1', exclusive: true }, () => socket.close(() => done(true)));
});

async function leavesOpen() {
    const received = [];
    const server = createServer((socket) => {
        socket.on('data', (data) => received.push(data.toString())).on('error', () => {});
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const gone = once(server, 'connection').then(([socket]) => once(socket, 'close'));
    const started = await start(how, String(server.address().port));
    const [tcp, udp] = (await within(opened, 'the ports')).split(' ').map(Number);
    if (how === 'halt') {
        process.emit('SIGINT');
        setTimeout(() => process.emit('SIGINT'), 10);
    }
    const status = how === 'trap' ? await within(thrown.then(() => 'trapped'), 'the trap')
        : await within(started.status, 'the end');
    await within(gone, 'the end of the connection');
    server.close();
    return { status, received: received.join(''), listens: await canConnect(tcp), isFree: await canBind(udp) };
}

/** What a first look at the app says, after the end. */
async function looksLate() {
    const { module, status } = await start(how.slice(5));
    await within(how === 'late trap' ? thrown : status, 'the end');
    const app = module.eddy ?? module;
    return { ended: await within(app.ended, 'ended') ?? 'undefined', calls: await app.end_now(true).catch(({ name }) => name) };
}

const NESTED = {
    'destructor trap': (app, module, bomb) => bomb.close(),
    'destructor exit': (app, module, bomb) => bomb.close(),
    'call trap': (app) => { app.end_now(false).catch(() => {}); },
    'call exit': (app) => { app.end_now(true).catch(() => {}); },
    'pointer exit': (app, module) => (module._exit_now ?? module.exports.exit_now)(),
    'swallowed trap': (app, module, bomb) => {
        try {
            bomb.close();
        } catch { /* that is none of its business */ }
    },
};

/** The program ends below JavaScript that a task has called. */
async function endsBelow(later) {
    const { app, module } = await start('serve');
    globalThis.eddyNoted = [];
    const bomb = await app.bomb(how.includes('exit'));
    globalThis.eddyCallBack = () => NESTED[how.replace(' later', '')](app, module, bomb);
    const call = await within(app.outer(later).then((value) => `returned ${value}`, ({ name }) => name), 'the call');
    const ended = await within(app.ended, 'ended') ?? 'undefined';
    await new Promise((done) => { setTimeout(done, 20); });
    return { call, ended, noted: globalThis.eddyNoted, next: await app.outer(false).catch(({ name }) => name) };
}

const result = how.startsWith('late ') ? await looksLate()
    : how.replace(' later', '') in NESTED ? await endsBelow(how.endsWith(' later')) : await leavesOpen();
process.exitCode = 0;
process.stdout.write(JSON.stringify({ ...result, uncaught: uncaught.length }));
