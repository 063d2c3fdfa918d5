// The example notes: a server of HTTP, asked by sockets, for these can also ask what no client of HTTP would.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { wasmtimeOptions } from '../tools/hosts/wasmtime.mjs';
import { setup } from '../tools/setup.mjs';
import { artifactOf, needHost } from './lib/hosts.mjs';
import { until } from './lib/server.mjs';

const main = (name) => [process.execPath, fileURLToPath(new URL(`../tools/hosts/${name}`, import.meta.url))];
const COMMANDS = {
    native: async () => [],
    node: async () => main('node-main.mjs'),
    lean: async () => main('lean-main.mjs'),
    wasmtime: async () => [(await setup({ want: ['wasi'], quiet: true })).wasmtime, 'run', ...wasmtimeOptions(2)],
};
const CLOSE = 'Connection: close\r\n';
const OK = 'HTTP/1.1 200 OK\r\n';

/** Starts the example. -> { child, port, said(): what it has written } */
async function start(t, hostName) {
    const artifact = await artifactOf(hostName, 'examples/notes.c');
    // No machine is so slow that a request takes five minutes.
    const [program, ...args] = [...await COMMANDS[hostName](), artifact, '0', '300'];
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    t.after(() => child.kill('SIGKILL'));
    const told = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'])
        child[name].setEncoding('utf8').on('data', (part) => { told[name] += part; });
    await until(() => told.stdout.includes('\n') || child.exitCode !== null, 'the server says its address');
    assert.match(told.stdout, /^http:\/\/127\.0\.0\.1:\d+\/\n$/, told.stderr);
    return { child, told, port: Number(/:(\d+)\//.exec(told.stdout)[1]) };
}

/** A connection. -> { socket, got(): what has come, closed: resolves with all of it } */
function open(port) {
    const socket = connect(port, '127.0.0.1');
    let text = '';
    socket.setEncoding('latin1').on('data', (part) => { text += part; });
    const closed = new Promise((done, fail) => { socket.on('error', fail).on('close', () => done(text)); });
    return { socket, got: () => text, closed };
}

/** Sends `text` and returns all that is answered until the server ends the connection. */
function ask(port, text) {
    const { socket, closed } = open(port);
    socket.write(text);
    return closed;
}

const put = (name, text, more = '') => `PUT /${name} HTTP/1.1\r\n${more}Content-Length: ${text.length}\r\n\r\n${text}`;
const get = (name, more = '') => `GET /${name} HTTP/1.1\r\n${more}\r\n`;

for (const hostName of Object.keys(COMMANDS)) {
    test(`notes on ${hostName}`, async (t) => {
        if (!(await needHost(t, hostName))) return;
        const { child, told, port } = await start(t, hostName);

        await t.test('250 clients at once, each with several requests in a row', async () => {
            const answers = await Promise.all(Array.from({ length: 250 }, async (_, i) => {
                const text = `${i};`.repeat(i * 10);
                return (await ask(port, put(i, text) + get(i) + `DELETE /${i} HTTP/1.1\r\n\r\n` + get(i, CLOSE))) ===
                    `${OK}Content-Length: 0\r\n\r\n${OK}Content-Length: ${text.length}\r\n\r\n${text}` +
                    `${OK}Content-Length: 0\r\n\r\nHTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n${CLOSE}\r\n`;
            }));
            assert.deepEqual(answers.filter((right) => !right), []);
        });

        await t.test('clients that go away in the middle', async () => {
            await Promise.all(Array.from({ length: 150 }, async (_, i) => {
                const { socket, closed } = open(port);
                await once(socket, 'connect');
                socket.write('PUT /half HTTP/1.1\r\nContent-Length: 9\r\n\r\nhalf', () =>
                    i % 2 ? socket.resetAndDestroy() : socket.destroy());
                await closed;
            }));
            assert.match(await ask(port, get('half', CLOSE)), /^HTTP\/1\.1 404 /);
        });

        await t.test('what it does not take', async () => {
            const refused = {
                'garbage\r\n\r\n': 400,
                'GET /a HTTP/1.1\r\nno header\r\n\r\n': 400,
                'PUT /a HTTP/1.1\r\nContent-Length: 1x\r\n\r\n': 400,
                'PUT /a HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n': 400,
                'PUT /a HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n': 413,
                'PUT /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n': 501,
                [`GET /${'a'.repeat(5000)} HTTP/1.1\r\n\r\n`]: 431,
                [`GET /a HTTP/1.1\r\n${'a: b\r\n'.repeat(100)}\r\n`]: 431,
                [`POST /a HTTP/1.1\r\n${CLOSE}\r\n`]: 405,
            };
            for (const [text, status] of Object.entries(refused)) {
                // The end is sent, too: what it has not read by then does not reset the connection.
                const { socket, closed } = open(port);
                socket.end(text);
                assert.match(await closed, new RegExp(`^HTTP/1\\.1 ${status} `), JSON.stringify(text.slice(0, 60)));
            }
        });

        if (hostName === 'wasmtime') return; // where the host ends the program
        await t.test('interrupted, it answers what has begun', async () => {
            const idle = open(port);
            await once(idle.socket, 'connect');
            const begun = open(port);
            begun.socket.write(`PUT /late HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n`);
            await until(() => begun.got().includes('100 Continue'), 'the request has begun');
            child.kill('SIGINT');
            assert.equal(await idle.closed, '');
            assert.equal(begun.socket.closed, false);
            begun.socket.write('late');
            assert.equal(await begun.closed, `HTTP/1.1 100 Continue\r\n\r\n${OK}Content-Length: 0\r\n\r\n`);
            await until(() => child.exitCode !== null && child.stdout.closed && child.stderr.closed, 'it has ended');
            assert.equal(child.exitCode, 0);
            assert.match(told.stdout, /\nstopped\n$/);
            assert.equal(told.stderr, '');
        });
    });
}
