// The standard streams at their ends, exit(), and files without permission, on hosts that are processes.

import assert from 'node:assert/strict';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runProcess } from '../tools/hosts/process.mjs';
import { RUNTIMES } from '../tools/hosts/runtimes.mjs';
import { setup } from '../tools/setup.mjs';
import { artifactOf, needHost, told } from './lib/hosts.mjs';

const PROGRAM = 'tests/programs/stdio_ends.c';
const script = (name) => fileURLToPath(new URL(`../tools/hosts/${name}-main.mjs`, import.meta.url));
const inRuntime = (name) => async () => [...await RUNTIMES[name](), script('lean')];

const RUNNERS = {
    'native': () => [],
    'wasmtime': (wasmtime, folder) => [wasmtime, 'run', '--dir', `${folder}::/opened`],
    'wasmtime-p1': (wasmtime, folder) => [wasmtime, 'run', '--dir', `${folder}::/opened`],
    'node-wasi': () => [process.execPath, '--no-warnings', script('node-wasi')],
    'node': () => [process.execPath, script('node')],
    'lean': () => [process.execPath, script('lean')],
    'node-26': inRuntime('node-26'),
    'deno': inRuntime('deno'),
    'bun': inRuntime('bun'),
};

async function commandOn(hostName, folder) {
    const { wasmtime } = await setup({ want: ['wasi'], quiet: true });
    return [...await RUNNERS[hostName](wasmtime, folder), await artifactOf(hostName, PROGRAM)];
}

for (const hostName of Object.keys(RUNNERS)) {
    test(`the ends of pipes on ${hostName}`, async (t) => {
        if (!(await needHost(t, hostName))) return;
        const command = await commandOn(hostName, tmpdir());
        const shell = (script, ...args) =>
            runProcess(['sh', '-c', script, 'sh', ...command, ...args]);
        await t.test('output that nobody reads any more ends the program', async () => {
            const result = await shell('"$@" | head -1', 'pour');
            assert.match(result.stdout, /^a line .*\n$/, told(result));
            assert.match(result.stderr, /^(nobody reads\n)?$/, told(result)); // natively and in Emscripten's runner by a signal
            assert.ok(!result.timedOut, told(result));
        });
        await t.test('input without end beside a task that is never long asleep', async () => {
            const result = await shell('yes | "$@"; echo $?', 'first');
            assert.equal(result.stdout, 'y\n0\n', told(result));
        });
        if (hostName === 'node') return; // Emscripten's exit() keeps what is no line, without -sEXIT_RUNTIME
        await t.test('exit() writes what stdio has kept', async () => {
            const result = await shell('"$@" | cat; "$@" >&2 | cat', 'kept');
            assert.equal(result.stdout, 'kept', told(result));
            assert.equal(result.stderr, 'kept', told(result));
        });
    });
}

// Node's own WASI is left out: Node 20 crashes in its path_open.
for (const hostName of ['native', 'wasmtime', 'wasmtime-p1']) {
    test(`a file without permission on ${hostName}`, async (t) => {
        if (!(await needHost(t, hostName))) return;
        const folder = await mkdtemp(join(tmpdir(), 'eddy-permission-'));
        t.after(() => rm(folder, { recursive: true }));
        const file = join(folder, 'locked');
        await writeFile(file, 'not for everybody');
        await chmod(file, 0o000);
        // Root reads what it likes, unless it gives up that right.
        const asAnybody = process.getuid() === 0
            ? ['setpriv', '--bounding-set=-dac_override,-dac_read_search'] : [];
        if (asAnybody.length && (await runProcess(['which', 'setpriv'])).code !== 0) {
            assert.ok(!process.env.CI, 'CI must have setpriv');
            return t.skip('root without setpriv: every file can be read');
        }
        const path = hostName === 'native' ? file : '/opened/locked';
        const result = await runProcess([...asAnybody, ...(await commandOn(hostName, folder)), 'open', path]);
        assert.equal(result.stdout, 'EDDY_EPERM, Permission denied\n', told(result));
        assert.equal(result.code, 0, told(result));
    });
}
