// Connections, files, stdin: the same calls on every host that has them, against servers of our own.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { stopped } from '../tools/hosts/process.mjs';
import { RUNTIMES } from '../tools/hosts/runtimes.mjs';
import { setup } from '../tools/setup.mjs';
import { artifactOf, needHost, runOn, told } from './lib/hosts.mjs';
import { refusedPort, startServer } from './lib/server.mjs';

const STREAMS = 'tests/programs/streams.c';
const NETWORK = ['native', 'node', 'node-26', 'deno', 'bun', 'wasmtime'];

/** A TCP server; what(socket) is called for each connection. -> { port, sockets } */
async function serve(t, what) {
    const sockets = new Set();
    const server = createServer({ allowHalfOpen: true }, (socket) => {
        sockets.add(socket);
        socket.on('error', () => {});
        socket.on('close', () => sockets.delete(socket));
        what(socket);
    });
    server.listen(0, '127.0.0.1', 1000);
    await once(server, 'listening');
    t.after(() => {
        server.close();
        for (const socket of sockets) socket.destroy();
    });
    return { port: server.address().port, sockets };
}

const echo = (socket) => socket.pipe(socket);

for (const hostName of NETWORK) {
    test(`connections on ${hostName}`, async (t) => {
        const prints = async (stdout, ...args) => {
            const result = await runOn(t, hostName, STREAMS, { args: args.map(String) });
            if (!result) return;
            if (stdout instanceof RegExp) assert.match(result.stdout, stdout, told(result));
            else assert.equal(result.stdout, stdout, told(result));
            assert.equal(result.code, 0, told(result));
        };

        await t.test('hundreds of conversations at once', async (t) => {
            const { port } = await serve(t, echo);
            await prints('300 of 300\n', 'echo', port, 300);
        });
        await t.test('megabytes both ways at once, up to the end of each', async (t) => {
            const { port } = await serve(t, echo);
            await prints('5000000 bytes, 0 wrong\nok EDDY_ESTATE ok\n', 'both-ways', port, 5000000);
        });
        await t.test('a write that nobody reads waits, and breaks the stream when given up', async (t) => {
            const { port } = await serve(t, (socket) => socket.pause());
            await prints('cancelled EDDY_ETIMEDOUT\nEDDY_ECLOSED\n', 'stalled', port);
        });
        await t.test('reads that wait: given up, doubled, closed', async (t) => {
            const { port } = await serve(t, () => {});
            await prints('EDDY_ETIMEDOUT EDDY_ESTATE ok EDDY_ECLOSED\n', 'waiting-reads', port);
        });
        await t.test('the end of what the other end sends', async (t) => {
            const { port } = await serve(t, (socket) => socket.end('0123456789'));
            await prints('10 bytes\n', 'read', port);
        });
        await t.test('a connection that is reset', async (t) => {
            const { port } = await serve(t, (socket) => { // when what it sent has been read
                socket.write('0123456789');
                socket.once('data', () => socket.resetAndDestroy());
            });
            await prints('10 bytes\nread: EDDY_ECONNRESET, with a text\n', 'read-and-say', port);
        });
        await t.test('a refused connection', async () =>
            prints('connect: EDDY_ECONNREFUSED, with a text\n', 'read', await refusedPort()));
        await t.test('a connection given up at once', async (t) => {
            const { port } = await serve(t, echo);
            await prints(/^(EDDY_ECANCELED|ok)\n$/, 'cancelled-connect', port);
        });
        await t.test('a server and 200 clients in one program', () =>
            prints('200 answers, ok\n', 'server', 0, 200));
        await t.test('listeners: a taken port, accepts given up, doubled, closed', () =>
            prints('EDDY_EEXIST EDDY_ETIMEDOUT 0 0 EDDY_ESTATE EDDY_ECLOSED\n', 'listeners'));
        await t.test('names', async () => {
            await prints('loopback\n', 'resolve', 'localhost');
            await prints('127.0.0.1\n'.replace('127.0.0.1', 'loopback'), 'resolve', '127.0.0.1');
            await prints('192.0.2.7\n', 'resolve', '192.0.2.7');
            await prints('resolve: EDDY_EHOSTNOTFOUND, with a text\n', 'resolve', 'no-such-host.invalid');
        });
        await t.test('wrong use', () => prints('13 of 13, 0\n', 'wrong-use'));
    });
}

test('a page has no connections', async (t) => {
    const result = await runOn(t, 'chromium', STREAMS, { args: ['read', '9'] });
    if (!result) return;
    assert.equal(result.stdout, 'connect: EDDY_ENOSYS, with a text\n', told(result));
});

// Not under Node's WASI: Node 20 crashes in its path_open once that is called often.
for (const hostName of ['native', 'node', 'node-26', 'deno', 'bun', 'wasmtime', 'wasmtime-p1']) {
    test(`files on ${hostName}`, async (t) => {
        const folder = mkdtempSync(join(tmpdir(), 'eddy-files-'));
        t.after(() => rmSync(folder, { recursive: true, force: true }));
        const inside = join(folder, 'open to the program');
        mkdirSync(inside);
        writeFileSync(join(folder, 'beside'), 'not for the program');
        const result = await runOn(t, hostName, 'tests/programs/files.c', {
            args: !hostName.startsWith('wasmtime') ? [inside] : ['/opened', 'sandboxed'],
            folders: [`${inside}::/opened`],
        });
        if (!result) return;
        assert.equal(result.stdout, 'ok\n', told(result));
        assert.equal(result.code, 0, told(result));
    });
}

for (const hostName of ['native', 'wasmtime']) { // which eddy_run can wait on
    test(`streams without memory on ${hostName}`, async (t) => {
        const server = await startServer();
        t.after(() => server.close());
        const folder = mkdtempSync(join(tmpdir(), 'eddy-files-'));
        t.after(() => rmSync(folder, { recursive: true, force: true }));
        const result = await runOn(t, hostName, 'tests/programs/streams_oom.c', {
            args: hostName === 'native' ? [folder] : ['/opened', server.url('/moved')],
            folders: [`${folder}::/opened`],
        });
        if (!result) return;
        assert.equal(result.stdout, 'ok\n', told(result));
        assert.equal(result.code, 0, told(result));
    });
}

test('what the host did not open is not there on wasmtime', async (t) => {
    const result = await runOn(t, 'wasmtime', 'tests/programs/files.c', { args: ['/opened'] });
    if (!result) return;
    assert.match(result.stdout, /does not hold: eddy_file_write\(in_folder\("a"\)/, told(result));
});

// ---- stdin ------------------------------------------------------------------------------------------

async function commandOn(hostName, artifact) {
    if (RUNTIMES[hostName]) {
        const main = fileURLToPath(new URL('../tools/hosts/lean-main.mjs', import.meta.url));
        return [...await RUNTIMES[hostName](), main, artifact, 'stdin'];
    }
    const { wasmtime } = await setup({ want: ['wasi'], quiet: true });
    const node = (main) => [process.execPath, '--no-warnings',
        fileURLToPath(new URL(`../tools/hosts/${main}.mjs`, import.meta.url))];
    const runner = { 'native': [], 'node': node('node-main'), 'wasmtime': [wasmtime, 'run'], 'wasmtime-p1': [wasmtime, 'run'],
        'node-wasi': node('node-wasi-main') }[hostName];
    return [...runner, artifact, 'stdin'];
}

/** `stdin` as spawn() takes it; feed(stream, until) writes into a pipe; until: what stdout begins with. */
async function withStdin([program, ...args], stdin, feed) {
    const child = spawn(program, args, { stdio: [stdin, 'pipe', 'inherit'] });
    child.stdin?.on('error', () => {});
    let stdout = '', late = '';
    const limit = setTimeout(() => {
        late = stopped(60_000);
        child.kill('SIGKILL');
    }, 60_000);
    child.stdout.setEncoding('utf8').on('data', (text) => { stdout += text; });
    const closed = once(child, 'close');
    await feed?.(child.stdin, async (text) => {
        while (!stdout.startsWith(text) && child.exitCode === null && !child.killed)
            await Promise.race([closed, once(child.stdout, 'data')]);
    });
    const [code] = await closed;
    clearTimeout(limit);
    return { code, stdout: stdout.replace(/^tick\n/, ''), stderr: late };
}

for (const hostName of ['native', 'node', ...Object.keys(RUNTIMES), 'wasmtime', 'wasmtime-p1', 'node-wasi']) {
    test(`stdin on ${hostName}`, async (t) => {
        if (!(await needHost(t, hostName))) return;
        const command = await commandOn(hostName, await artifactOf(hostName, STREAMS));
        const prints = (stdout, result) => {
            assert.match(result.stdout, stdout, told(result));
            assert.equal(result.code, 0, told(result));
        };
        await t.test('a pipe: other tasks go on while it is silent', async () => {
            const result = await withStdin(command, 'pipe', async (stream, until) => {
                stream.write('one\ntw');
                await until('tick\n');
                stream.end('o\nthree');
            });
            prints(/^3 lines, 11 bytes, end\nEDDY_ESTATE\n$/, result);
        });
        await t.test('a megabyte in a pipe', async () => {
            const result = await withStdin(command, 'pipe', (stream) => {
                stream.end('0123456789\n'.repeat(100_000));
            });
            prints(/^100000 lines, 1000000 bytes, end/, result);
        });
        await t.test('a file', async () => {
            const fd = openSync(fileURLToPath(import.meta.url), 'r');
            const result = await withStdin(command, fd);
            closeSync(fd);
            const text = readFileSync(fileURLToPath(import.meta.url), 'utf8');
            const lines = text.split('\n').length - 1;
            prints(new RegExp(`^${lines} lines, ${Buffer.byteLength(text) - lines} bytes, end`), result);
        });
        await t.test('/dev/null', async () => {
            prints(/^0 lines, 0 bytes, end/, await withStdin(command, 'ignore'));
        });
        await t.test('closed', async () => {
            const result = await withStdin(['sh', '-c', 'exec "$@" <&-', 'sh', ...command], 'ignore');
            prints(/^0 lines, 0 bytes, /, result);
        });
    });
}
