// Everything at once, at random: tests/programs/storm.c by itself and called from JavaScript, beside a server
// that stalls, breaks off and dawdles. EDDY_SEED chooses another storm; a failure says which it was.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runProcess } from '../tools/hosts/process.mjs';
import { startFaultyServer } from './lib/faulty-server.mjs';
import { artifactOf, needHost, runOn, told } from './lib/hosts.mjs';
import { until } from './lib/server.mjs';

const SEED = process.env.EDDY_SEED ?? '1';
const STORM = 'tests/programs/storm.c';
const DRIVER = fileURLToPath(new URL('web/storm-main.mjs', import.meta.url));
async function nothingIsOpen({ open }) {
    await until(() => open.size === 0, 'the server saw the end of each request')
        .catch((error) => { throw new Error(`${error.message}; open: ${[...open]}`); });
}

for (const hostName of ['native', 'node', 'lean', 'wasmtime']) { // natively there is no HTTP
    test(`a storm on ${hostName}, seed ${SEED}`, async (t) => {
        if (!(await needHost(t, hostName))) return;
        const server = await startFaultyServer();
        t.after(() => server.close());
        const args = [server.url, SEED, '40', '6'];
        const result = await runOn(t, hostName, STORM, { args, timeout: 240_000 });
        assert.match(result.stdout, /^ok: .*\n$/, told(result));
        assert.equal(result.code, 0, told(result));
        await nothingIsOpen(server);
    });
}

for (const hostName of ['node', 'lean']) {
    test(`a storm of calls from JavaScript on ${hostName}, seed ${SEED}`, async (t) => {
        if (!(await needHost(t, hostName))) return;
        const server = await startFaultyServer();
        t.after(() => server.close());
        const artifact = await artifactOf(hostName, STORM);
        const result = await runProcess([process.execPath, DRIVER, artifact, server.url, SEED], { timeout: 240_000 });
        assert.equal(result.code, 0, told(result));
        const { lines, tasks, told: how } = JSON.parse(result.stdout);
        assert.match(lines.join('\n'), /^ok: .*$/, told(result));
        assert.deepEqual(tasks, []);
        assert.ok(how.resolved && how.EDDY_ECANCELED, told(result));
        await nothingIsOpen(server);
    });
}
