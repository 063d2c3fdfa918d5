// Runs that a second interrupt breaks off while calls of all kinds are under way: nothing is left behind.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { runOn, told } from './lib/hosts.mjs';

const PROGRAM = 'tests/programs/halting.c';

/** Begins its answers after a moment, and never ends them. */
async function slowServer(t) {
    const server = createServer((request, response) => {
        request.on('error', () => {}).resume();
        response.on('error', () => {});
        setTimeout(() => response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n'), 5);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.after(() => {
        server.closeAllConnections();
        server.close();
    });
    return `http://127.0.0.1:${server.address().port}/`;
}

async function breaksOff(t, hostName, options, ...more) {
    const folder = await mkdtemp(join(tmpdir(), 'eddy-halting-'));
    t.after(() => rm(folder, { recursive: true }));
    const folders = hostName === 'native' ? undefined : [folder];
    const result = await runOn(t, hostName, PROGRAM, { args: [folder, ...more], folders, timeout: 180_000, ...options });
    if (!result) return;
    assert.equal(result.stdout, 'ok\n', told(result));
    assert.equal(result.code, 0, told(result));
}

// LeakSanitizer counts what libc's malloc has given, the program the rest.
test('natively, under the sanitizers', (t) => breaksOff(t, 'native', { mode: 'asan' }));

// Hundreds of runs, each with a few resources of the host's.
test('WASI 0.2: a host with few resources is not used up', async (t) =>
    breaksOff(t, 'wasmtime', { flags: ['-S', 'max-resources=60'] }, await slowServer(t)));
