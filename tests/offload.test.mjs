// eddy_offload: functions in workers, on every host that has them; what the others say.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ROOT } from '../tools/build.mjs';
import { runProcess } from '../tools/hosts/process.mjs';
import { setup } from '../tools/setup.mjs';
import { casesOn, HOSTS_AND_LINKS } from './lib/cases.mjs';
import { artifactOf, runOn, told } from './lib/hosts.mjs';
import { startServer } from './lib/server.mjs';

const OFFLOADING = 'tests/programs/offloading.c';
const WITH_WORKERS = ['native', 'node', 'lean', 'chromium', 'chromium-worker', 'firefox'];

/** Runs it, and it must succeed and print what is expected. */
async function prints(t, hostName, args, expected) {
    const result = await runOn(t, hostName, OFFLOADING, { args });
    if (!result) return;
    assert.match(result.stdout, expected, told(result));
    assert.equal(result.code, 0, told(result));
}

for (const hostName of WITH_WORKERS) {
    test(`functions in workers on ${hostName}`, async (t) => {
        await t.test('results, sizes, errors, cancellation, the line', (part) => prints(part, hostName, [], /^ok\n$/));
        await t.test('workers that trap, overflow and leave', (part) => prints(part, hostName, ['ends'], /^ok\n$/));
        await t.test('what they print', (part) => prints(part, hostName, ['print'],
            /^(printed by job 0\nand then\n)(printed by job 1\nand then\n)(printed by job 2\nand then\n)$/));
        await t.test('an end with jobs under way and in line', (part) => prints(part, hostName, ['pending'], /^left\n$/));
        await t.test('the loop goes on during a job', async (part) => {
            const result = await runOn(part, hostName, OFFLOADING, { args: ['ticks'] });
            if (!result) return;
            const ticks = Number(/^(\d+) ticks\n$/.exec(result.stdout)?.[1]);
            assert.ok(ticks >= 5, `${ticks} ticks\n${told(result)}`);
        });
    });
}

test('each allocation failing in turn, and runs that are broken off', async (t) => {
    const result = await runOn(t, 'native', 'tests/programs/offload_oom.c');
    if (!result) return;
    assert.equal(result.stdout, 'ok\n', told(result));
    assert.equal(result.code, 0, told(result));
});

for (const hostName of ['node', 'lean']) {
    test(`a worker without memory on ${hostName}`, async (t) => {
        await prints(t, hostName, ['memory'], /^ok\n$/);
    });
}

// The function that a program hands in cannot be sent to its workers: they take the platform's, where they would
// choose node:http otherwise.
for (const hostName of ['node', 'lean']) {
    test(`requests of workers go the way that the program's own go, on ${hostName}`, async (t) => {
        const server = await startServer();
        t.after(() => server.close());
        const tell = `import { subscribe } from 'node:diagnostics_channel';
            import { writeSync } from 'node:fs';
            import { isMainThread } from 'node:worker_threads';
            const clients = { 'http.client.request.start': 'node:http', 'undici:request:create': 'fetch' };
            for (const [channel, client] of Object.entries(clients))
                subscribe(channel, () => writeSync(2, (isMainThread ? '' : 'worker: ') + client + '\\n'));`;
        const main = fileURLToPath(new URL(`../tools/hosts/${hostName}-main.mjs`, import.meta.url));
        const artifact = await artifactOf(hostName, OFFLOADING);
        for (const [client, env] of [['node:http', {}], ['fetch', { EDDY_FETCH: 'platform' }]]) {
            const result = await runProcess([process.execPath, '--no-warnings', '--import',
                `data:text/javascript,${encodeURIComponent(tell)}`, main, artifact, 'requests', server.url('/ok')], { env });
            assert.equal(result.stdout, 'ok\n', told(result));
            assert.equal(result.stderr, `${client}\nworker: ${client}\n`);
        }
    });
}

for (const hostName of ['wasmtime', 'wasmtime-p1', 'workerd'])
    test(`there are no workers on ${hostName}`, (t) => prints(t, hostName, [], /^no workers\n$/));

for (const [hostName, linked] of HOSTS_AND_LINKS.filter(([name]) => name !== 'workerd')) {
    test(`calls of JavaScript's that are done in workers on ${hostName}, ${linked}`, async (t) => {
        await casesOn(t, hostName, 'offload-cases.mjs', await artifactOf(linked, 'tests/programs/offloaded.c'));
    });
}

/** What the port of Emscripten links is its own worker, be it a script, a function or a module. */
const LINKS = {
    'script.js': [['-O2', '-sSINGLE_FILE'], undefined],
    'function.js': [['-O2', '-sMODULARIZE', '-sEXPORT_NAME=make'], "require('./function.js')();"],
    'exiting.js': [['-O2', '-sEXIT_RUNTIME'], undefined], // the worker's does not, after a job
    'module.mjs': [['-O2', '-sMODULARIZE', '-sEXPORT_ES6'], "import('./module.mjs').then((m) => m.default());"],
};

test('functions in workers of programs that Emscripten has linked with the port', async (t) => {
    const { command, env } = (await setup({ want: ['web'], quiet: true })).emcc;
    const folder = mkdtempSync(join(tmpdir(), 'eddy-offload-'));
    t.after(() => rmSync(folder, { recursive: true }));
    for (const [name, [flags, start]] of Object.entries(LINKS)) {
        await t.test(name, async () => {
            const linked = await runProcess([...command, join(ROOT, OFFLOADING), `--use-port=${ROOT}/web/eddy.py`,
                '-sALLOW_MEMORY_GROWTH', ...flags, '-o', join(folder, name)], { env, timeout: 600_000 });
            assert.equal(linked.code, 0, told(linked));
            const script = start ? join(folder, `${name}.cjs`) : join(folder, name);
            if (start) writeFileSync(script, start);
            const result = await runProcess([process.execPath, script]);
            assert.equal(result.stdout, 'ok\n', told(result));
            assert.equal(result.code, 0, told(result));
            if (start) return; // which has no arguments
            const stays = await runProcess([process.execPath, script, 'stays'], { timeout: 60_000 });
            assert.equal(stays.stdout, 'ok\n', told(stays));
            assert.equal(stays.code, 0, told(stays));
        });
    }
});
