// Blocking calls of libc in tasks on WASI 0.2: they suspend the task, and the others go on.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { runOn, told } from './lib/hosts.mjs';

const LIBC = 'tests/programs/libc.c';
const ENDS = 'tests/programs/libc_ends.c';

async function prints(t, stdout, ...args) {
    const result = await runOn(t, 'wasmtime', LIBC, { args: args.map(String) });
    if (!result) return;
    assert.equal(result.stdout, stdout, told(result));
    assert.equal(result.code, 0, told(result));
}

// One after the other would take 12 s: the program measures it, and knows a wide margin.
test('connect, send, recv, read, poll and select', async (t) => {
    let atOnce = 0, most = 0;
    const server = createServer((socket) => {
        most = Math.max(most, ++atOnce);
        socket.on('error', () => {});
        socket.on('close', () => atOnce--);
        socket.on('data', (data) => setTimeout(() => socket.write(data), 300));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.after(() => server.close());
    await prints(t, '40 done, side by side\n', 'converse', server.address().port);
    assert.ok(most > 30, `${most} at once`);
});

test('nanosleep and usleep', (t) => prints(t, '100 done, side by side\n', 'nap'));
test('getaddrinfo', (t) => prints(t, '20 done, side by side\n', 'look-up'));
test('accept and write: both ends of a connection in one program', (t) =>
    prints(t, '20000000 sent: ok\n', 'both-ends'));

// All that it opens it also closes: it never has more than a few at a time.
for (const mode of ['release', 'debug']) {
    test(`waits that end early: descriptors closed under them, cancellation, time-outs (${mode})`, async (t) => {
        const result = await runOn(t, 'wasmtime', ENDS, { mode, flags: ['-S', 'max-resources=100'] });
        if (!result) return;
        assert.equal(result.stdout, 'ok\n', told(result));
        assert.equal(result.code, 0, told(result));
    });
}
