// Everything at once, at random: tests/programs/storm.c by itself and called from JavaScript, beside a server
// that stalls, breaks off and dawdles. EDDY_SEED chooses another storm; a failure says which it was.

import assert from 'node:assert/strict';
import { relative } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ROOT } from '../tools/build.mjs';
import { runProcess } from '../tools/hosts/process.mjs';
import { startFaultyServer } from './lib/faulty-server.mjs';
import { artifactOf, hostOf, JS_SERVERS, needHost, PAGES, runOn, told } from './lib/hosts.mjs';
import { until } from './lib/server.mjs';

const SEED = process.env.EDDY_SEED ?? '1';
const STORM = 'tests/programs/storm.c';
const DRIVER = fileURLToPath(new URL('web/storm-main.mjs', import.meta.url));
async function nothingIsOpen({ open }) {
    await until(() => open.size === 0, 'the server saw the end of each request')
        .catch((error) => { throw new Error(`${error.message}; open: ${[...open]}`); });
}

/** As runOn(), to the last line: elsewhere a process, or a page that is quiet, tells the end of a main() of one's own. */
async function runInWorkerd(t, hostName, program, { args, timeout }) {
    const artifact = await artifactOf(hostName, program), wasm = artifact.replace(/mjs$/, 'wasm');
    const nameOf = (file) => JSON.stringify(`./${relative(ROOT, file)}`);
    const main = `import module from ${nameOf(wasm)};
import { load } from ${nameOf(artifact)};
export default {
    test: () => new Promise((done, fail) => {
        const print = (line) => {
            console.log(line);
            if (/^(ok|wrong): /.test(line)) done();
        };
        load({ wasm: module, args: ${JSON.stringify(args)}, print, printErr: print }).catch(fail);
    }),
};`;
    return (await hostOf(hostName)).runWorker(main, [artifact, wasm], { timeout });
}

// Natively there is no HTTP.
for (const hostName of ['native', 'lean', 'wasmtime', ...JS_SERVERS, ...PAGES, 'chromium-worker']) {
    test(`a storm on ${hostName}, seed ${SEED}`, async (t) => {
        if (!(await needHost(t, hostName))) return;
        const server = await startFaultyServer();
        t.after(() => server.close());
        const args = [server.url, SEED, '40', '6'];
        const run = hostName === 'workerd' ? runInWorkerd : runOn;
        const result = await run(t, hostName, STORM, { args, timeout: 240_000 });
        assert.match(result.stdout, /^ok: .*\n$/, told(result));
        assert.equal(result.code, 0, told(result));
        await nothingIsOpen(server);
    });
}

for (const hostName of ['node', 'lean', 'node-26', 'deno', 'bun']) {
    test(`a storm of calls from JavaScript on ${hostName}, seed ${SEED}`, async (t) => {
        const host = await needHost(t, hostName);
        if (!host) return;
        const server = await startFaultyServer();
        t.after(() => server.close());
        const { script = (file, args, options) => runProcess([process.execPath, file, ...args], options) } = host;
        const args = [await artifactOf(hostName, STORM), server.url, SEED];
        const result = await script(DRIVER, args, { timeout: 240_000 });
        assert.equal(result.code, 0, told(result));
        const { lines, tasks, told: how } = JSON.parse(result.stdout);
        assert.match(lines.join('\n'), /^ok: .*$/, told(result));
        assert.deepEqual(tasks, []);
        assert.ok(how.resolved && how.EDDY_ECANCELED, told(result));
        await nothingIsOpen(server);
    });
}
