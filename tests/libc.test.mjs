// Blocking calls of libc in tasks on WASI 0.2: they suspend the task, and the others go on.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { LIBC_CALLS } from '../tools/flags.mjs';
import { runProcess } from '../tools/hosts/process.mjs';
import { faultOf } from '../tools/libc.mjs';
import { setup } from '../tools/setup.mjs';
import { runOn, told } from './lib/hosts.mjs';
import { until } from './lib/server.mjs';

const LIBC = 'tests/programs/libc.c';
const TOOL = fileURLToPath(new URL('../tools/libc.mjs', import.meta.url));
const SLOW_NAMES = fileURLToPath(new URL('lib/slow-names.c', import.meta.url));
const ENDS = 'tests/programs/libc_ends.c';

const prints = (t, stdout, ...args) => printsWith(t, {}, stdout, ...args);

async function printsWith(t, { hostName = 'wasmtime', ...options }, stdout, ...args) {
    const result = await runOn(t, hostName, LIBC, { args: args.map(String), ...options });
    if (!result) return;
    assert.equal(result.stdout, stdout, told(result));
    assert.equal(result.code, 0, told(result));
}

async function converse(t, hostName) {
    let asked = 0;
    const server = createServer((socket) => {
        socket.on('error', () => {});
        socket.on('data', async (data) => {
            asked++;
            await until(() => asked === 40, 'all 40 have asked', 20).catch(() => {}); // nobody is answered before
            setTimeout(() => socket.write(data), 300);
        });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.after(() => server.close());
    await printsWith(t, { hostName }, '40 done, side by side\n', 'converse', server.address().port);
}

for (const hostName of ['wasmtime', 'wasmtime-36', 'jco']) { // jco numbers each kind of handle apart
    test(`connect, send, recv, read, poll and select on ${hostName}`, (t) => converse(t, hostName));
}

test('nanosleep and usleep', (t) => prints(t, '100 done, side by side\n', 'nap'));
test('getaddrinfo', (t) => prints(t, '20 done, side by side\n', 'look-up'));
test('accept and write: both ends of a connection in one program', (t) =>
    prints(t, '20000000 sent: ok\n', 'both-ends'));

test('names that are found slowly keep their tasks waiting, and no others', async (t) => {
    if (process.platform !== 'linux') return t.skip('preloads into the host, as Linux can');
    const { cc } = await setup({ want: ['native'], quiet: true });
    const folder = await mkdtemp(join(tmpdir(), 'eddy-names-'));
    t.after(() => rm(folder, { recursive: true }));
    const library = join(folder, 'slow-names.so');
    const made = await runProcess([cc, '-shared', '-fPIC', '-o', library, SLOW_NAMES, '-ldl']);
    assert.equal(made.code, 0, told(made));
    const preload = { environment: { LD_PRELOAD: library } };
    await printsWith(t, preload, '20 done, side by side\n', 'look-up-slowly');
    await printsWith(t, preload, 'EDDY_ETIMEDOUT\n', 'look-up-in-vain');
});

// All that it opens it also closes: it never has more than a few at a time.
for (const mode of ['release', 'debug']) {
    test(`waits that end early: descriptors closed under them, cancellation, time-outs (${mode})`, async (t) => {
        const result = await runOn(t, 'wasmtime', ENDS, { mode, flags: ['-S', 'max-resources=100'] });
        if (!result) return;
        assert.equal(result.stdout, 'ok\n', told(result));
        assert.equal(result.code, 0, told(result));
    });
}

const SCENES = 'tests/programs/libc_scenes.c';
for (const [what, about] of Object.entries({
    in: 'in tasks', out: 'outside of tasks, where they block as ever', many: 'in thousands at once',
})) {
    test(`sleeps, poll, select, sockets, names ${about}`, async (t) => {
        // Debug builds check the order in which the host's resources are dropped.
        const mode = what === 'many' ? 'release' : 'debug';
        const result = await runOn(t, 'wasmtime', SCENES, { args: [what], mode });
        if (!result) return;
        assert.equal(result.stdout, 'ok\n', told(result));
        assert.equal(result.code, 0, told(result));
    });
}

// The oldest wasmtime that is kept up.
for (const [program, ...args] of [[ENDS], [SCENES, 'in'], [SCENES, 'out']]) {
    test(`${program} ${args} on wasmtime-36`, async (t) => {
        const result = await runOn(t, 'wasmtime-36', program, { args });
        if (!result) return;
        assert.equal(result.stdout, 'ok\n', told(result));
        assert.equal(result.code, 0, told(result));
    });
}

test('the host is polled rarely beside tasks that are ready, and once while all wait', async (t) => {
    const result = await runOn(t, 'wasmtime', 'tests/programs/polls.c');
    if (!result) return;
    t.diagnostic(result.stdout.split('\n')[0]);
    assert.match(result.stdout, /\nok\n$/, told(result));
    assert.equal(result.code, 0, told(result));
});

test('a libc that blocks elsewhere does not link, and one line says so', async (t) => {
    const { wasi } = await setup({ want: ['wasi'], quiet: true });
    const folder = await mkdtemp(join(tmpdir(), 'eddy-libc-'));
    t.after(() => rm(folder, { recursive: true }));
    const tool = (name) => join(dirname(wasi.p2.cc[0]), name);
    const check = (archive) => runProcess([process.execPath, TOOL, tool('llvm-nm'), archive,
        join(folder, 'stamp')]);
    const libc = join(dirname(wasi.p2.ld.crt), 'libc.a'), other = join(folder, 'libc.a');
    const good = await check(libc);
    assert.equal(`${good.code}${good.stderr}`, '0', told(good));
    assert.ok(existsSync(join(folder, 'stamp')));
    for (const [member, fault] of [['wasip2.c.obj', 'it does not import __wasm_import_poll_poll'],
        ['recv.c.obj', 'it has no recv']]) {
        await copyFile(libc, other);
        const { code } = await runProcess([tool('llvm-ar'), 'd', other, member]);
        assert.equal(code, 0);
        const result = await check(other);
        assert.equal(result.code, 1, told(result));
        assert.match(result.stderr, /^eddy: .* is no wasi-libc that tasks can wait in: .*\n$/);
        assert.ok(result.stderr.includes(fault), result.stderr);
    }
    const symbols = (await runProcess([tool('llvm-nm'), libc])).stdout;
    assert.equal(faultOf(symbols, LIBC_CALLS), null);
    assert.equal(faultOf(`${symbols}         U streams_method_input_stream_blocking_read\n`, LIBC_CALLS),
        'it also blocks in streams_method_input_stream_blocking_read');
    assert.equal(faultOf(`${symbols}00000001 T __wasm_import_poll_poll\n`, LIBC_CALLS),
        'it defines __wasm_import_poll_poll itself');
});
