// WebSockets, against servers of our own: in Node 20 over the package ws, elsewhere over the platform's;
// by both links; and hosts that have none.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ROOT } from '../tools/build.mjs';
import { createEddyHost } from '../web/host.mjs';
import { createEddyWebsockets } from '../web/websocket.mjs';
import { artifactOf, JS_HOSTS, needHost, PAGES, runOn, told } from './lib/hosts.mjs';
import { until } from './lib/server.mjs';
import { refusedSocket, startSockets } from './lib/sockets.mjs';

const SOCKETS = 'tests/programs/websockets.c';
const NODE_MAIN = fileURLToPath(new URL('../tools/hosts/node-main.mjs', import.meta.url));

for (const hostName of ['lean', ...JS_HOSTS]) {
    test(`WebSockets on ${hostName}`, async (t) => {
        if (!(await needHost(t, hostName))) return;
        const run = (args, more) => runOn(t, hostName, SOCKETS, { args, timeout: 120_000, ...more });
        const server = await startSockets();
        t.after(() => server.close());
        const prints = async (stdout, what, path, ...more) => {
            const result = await run([what, server.url(path), ...more.map(String)]);
            if (stdout instanceof RegExp) assert.match(result.stdout, stdout, told(result));
            else assert.equal(result.stdout, stdout, told(result));
            assert.equal(result.code, 0, told(result));
        };
        const untilClosed = async () => {
            await until(() => !server.seen.open, 'the server saw all connections close');
            return server.seen.codes.splice(0);
        };

        await t.test('text, bytes, nothing, a mebibyte, the closing handshake', async () => {
            // Node's own WebSocket takes a byte order mark off, as no text of the standards says.
            const mark = hostName === 'node-26' ? 'EDDY_EIO' : 'ok';
            await prints(`ok ok ok ${mark} ok ok ok ok ''\n` + 'EDDY_EINVAL: the text is not UTF-8\n' +
                "ok 1000 'done'\nclosed 1000 'done'\nEDDY_ESTATE EDDY_ESTATE\n0\n", 'echo', '/echo');
            assert.deepEqual(await untilClosed(), [1000]);
        });
        await t.test('200 at once', async () => {
            const { opened } = server.seen;
            await prints('ok\n', 'many', '/echo', 200);
            assert.equal(server.seen.opened, opened + 200);
            assert.deepEqual((await untilClosed()).sort(), Array.from({ length: 200 }, (_, i) => 3000 + i));
        });
        await t.test('fragments, pings, a code and a reason', () => prints("text 'fragments \u{1F30A}'\n" +
            "bytes of 100000\nclosed 4321 'that was äll'\n" +
            'EDDY_ECLOSED: the other end has closed the WebSocket: 4321 that was äll\n', 'listen', '/fragments'));
        await t.test('closed without a code', () => prints("text 'the last'\nclosed 1005 ''\n" +
            'EDDY_ECLOSED: the other end has closed the WebSocket: 1005\n', 'listen', '/goodbye'));
        await t.test('the other end goes away', () => prints("closed 1001 'restart'\n" +
            'EDDY_ECLOSED: the other end has closed the WebSocket: 1001 restart\n', 'listen', '/going-away'));
        await t.test('a connection that is lost', () => prints(
            /^text 'the last'\nEDDY_ECONNRESET: (.+)\nlost\nEDDY_ECONNRESET: \1\n$/, 'listen', '/dies'));
        // workerd takes what is no UTF-8, and waits after a bad frame.
        for (const path of hostName === 'workerd' ? [] : ['/bad-text', '/bad-frame']) {
            await t.test(`the other end breaks the protocol: ${path}`, () => prints(
                /^text 'good'\nEDDY_E(HOST|CONNRESET): (.+)\nlost\nEDDY_E\1: \2\n$/, 'listen', path));
        }
        await t.test('a message over the limit', () => prints(
            /^text 'good'\nEDDY_EFULL: (.+)\n(lost\n)?EDDY_EFULL: \1\n$/, 'listen', '/too-long'));
        await t.test('subprotocols', () => prints('chat.v1\nEDDY_EINVAL 0\n', 'protocols', '/echo'));
        // workerd does not tell how much is buffered.
        await t.test('sends wait for a server that does not read, in their order', () => prints(
            hostName === 'workerd'
                ? "EDDY_OK, wrong\nEDDY_OK EDDY_OK EDDY_OK drained 0\ntext '1 more than told, -012'\n"
                : "EDDY_ETIMEDOUT, as much as allowed\nEDDY_OK EDDY_ECANCELED EDDY_OK drained 0\n" +
                    "text '0 more than told, -02'\n", 'slow-server', '/slow'));
        await t.test('messages that nobody receives are bounded', () => prints(
            hostName === 'node' || hostName === 'lean' ? 'bounded goes on\n'
                : /^bounded (EDDY_ELAGGED|goes on)\n$/, 'slow-client', '/flood'));
        await t.test('a refused connection', async () => {
            const result = await run(['refused', await refusedSocket()]);
            assert.match(result.stdout, /^0 EDDY_E(CONNREFUSED|HOST): cannot connect to ws:.+\n$/, told(result));
            assert.equal(result.code, 0, told(result));
        });
        await t.test('a server that has no WebSocket there', () => prints(
            /^0 EDDY_EHOST: cannot connect to ws:.+\n$/, 'refused', '/missing'));
        // Firefox tells the program, but not the server.
        if (hostName !== 'firefox') {
            await t.test('attempts that are given up', () => prints(
                "text 'asked'\nEDDY_ECANCELED\ntext 'left'\nEDDY_ETIMEDOUT\n",
                'connect-in-vain', '/never', server.url('/asker')));
        }
        await t.test('a receive that is given up loses nothing', () =>
            prints('100 messages, in spite of it\n', 'receive-again', '/numbers'));
        await t.test('receives: doubled, closed under', () =>
            prints('EDDY_ESTATE EDDY_ECLOSED\n', 'closed-under', '/echo'));
        await t.test('a closing that nobody answers', async () => {
            await prints('EDDY_ETIMEDOUT 0\nok 4001\n', 'shut-in-vain', '/silent');
            await untilClosed();
        });
        // Their own WebSockets hold Node 22, Deno and workerd until the other end answers or goes away.
        if (!['node-26', 'deno', 'workerd'].includes(hostName)) {
            await t.test('… does not hold the program', async () => {
                await prints('EDDY_ETIMEDOUT 0\nok 0\n', 'shut-in-vain', '/silent', 0);
                server.wakeSilent();
                await untilClosed();
            });
        }
        await t.test('as a stream of bytes', () =>
            prints('one;two;three and;four; EDDY_ESTATE five 0 1000 EDDY_ESTATE\n', 'stream', '/echo'));
        await t.test('wrong use', () => prints('0 wrong\n', 'wrong-use', '/echo'));
        await t.test('forgotten ones are closed at the end of the run', async () => {
            await untilClosed();
            // A page stays until then: what one that is closed has not sent yet is lost.
            const arrives = () => until(() => server.seen.messages.length, 'the server has the message');
            const result = await run(['forget', server.url('/forget')], PAGES.includes(hostName) ? { during: arrives } : {});
            assert.equal(result.stdout, 'ok\n', told(result));
            assert.equal(result.code, 0, told(result));
            await arrives();
            await untilClosed();
            assert.deepEqual(server.seen.messages, ['the last']);
        });
    });
}

test('the example: two talk in a room', async (t) => {
    if (!(await needHost(t, 'node'))) return;
    const artifact = await artifactOf('node', 'examples/chat.c');
    const server = await startSockets();
    t.after(() => server.close());
    const join = (name) => {
        const child = spawn(process.execPath, [NODE_MAIN, artifact, server.url('/room'), name],
            { stdio: ['pipe', 'pipe', 'inherit'] });
        t.after(() => child.kill('SIGKILL'));
        let text = '';
        child.stdout.setEncoding('utf8').on('data', (part) => { text += part; });
        return {
            child, closed: once(child, 'close'),
            async hears(expected) {
                await until(() => text.includes(expected) || child.exitCode !== null, `${name} hears ${expected}`);
                assert.ok(text.includes(expected), text);
            },
        };
    };
    const ann = join('Ann');
    await ann.hears('1 here');
    const ben = join('Ben');
    await ann.hears('2 here');
    await ben.hears('2 here');
    ann.child.stdin.write('hello\n');
    await ben.hears('Ann: hello\n');
    ann.child.stdin.end();
    await ann.hears('(left: 1000 bye)\n');
    assert.deepEqual(await ann.closed, [0, null]);
    await ben.hears('1 here\n');
    server.endRoom();
    await ben.hears('(left: 1001 closing time)\n');
    assert.deepEqual(await ben.closed, [0, null], 'although its stdin is open');
});

test('an answer for which the module has no memory closes the WebSocket', async (t) => {
    const server = await startSockets();
    t.after(() => server.close());
    const memory = new Uint8Array(1000);
    new TextEncoder().encodeInto(`${server.url('/echo')}\0`, memory);
    const completed = new Promise((complete) => {
        const host = createEddyHost({
            memory: () => memory, tick: () => -1, alloc: () => 0, complete: (...what) => complete(what),
        });
        createEddyWebsockets(host).connect(1, 2, 0, 0, 0, 1000, 1000, 1000);
    });
    assert.deepEqual((await completed).slice(0, 3), [1, 2, -5 /* ENOMEM */]);
    await until(() => server.seen.opened && !server.seen.open, 'the server saw the connection close');
    assert.deepEqual([server.seen.opened, server.seen.open], [1, 0]);
});

test('WebSockets without memory', async (t) => {
    const server = await startSockets();
    t.after(() => server.close());
    const result = await runOn(t, 'node', 'tests/programs/io_oom.c', { args: ['socket', server.url('/echo')] });
    assert.equal(result.stdout, 'ok\n', told(result));
    assert.equal(result.code, 0, told(result));
    await until(() => !server.seen.open, 'the server saw all connections close');
});

test('Node 20 without the package ws says so', async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'eddy-no-ws-'));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    const wasm = (await artifactOf('lean', SOCKETS)).replace(/mjs$/, 'wasm');
    copyFileSync(wasm, join(folder, 'program.wasm'));
    cpSync(join(ROOT, 'web'), join(folder, 'web'), { recursive: true });
    const script = "delete globalThis.WebSocket; const { load } = await import('./web/loader.mjs');" +
        "await load('program.wasm', { args: ['refused', 'ws://127.0.0.1:1/'] });";
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script],
        { cwd: folder, encoding: 'utf8' });
    assert.equal(stdout, '0 EDDY_ENOSYS: this host has no WebSocket: install the npm package ws, or use Node 22\n',
        stderr);
});

for (const hostName of ['native', 'wasmtime', 'wasmtime-p1']) {
    test(`there are no WebSockets on ${hostName}`, async (t) => {
        const result = await runOn(t, hostName, SOCKETS, { args: ['refused', 'ws://127.0.0.1:1/'] });
        if (!result) return;
        assert.equal(result.stdout, '0 EDDY_ENOSYS: this host has no WebSocket: ws://127.0.0.1:1/\n', told(result));
        assert.equal(result.code, 0, told(result));
    });
}
