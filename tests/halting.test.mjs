// Runs that a second interrupt breaks off while calls of all kinds are under way: nothing is left behind. With
// JavaScript, where a program has one run, WebSockets, which no other host has.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { JS_SERVERS, needHost, runOn, told } from './lib/hosts.mjs';
import { until } from './lib/server.mjs';
import { startSockets } from './lib/sockets.mjs';

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

// A process that ends shows that nothing holds it; so no page, which closes what is left anyway.
for (const hostName of ['lean', ...JS_SERVERS.filter((name) => name !== 'workerd')]) {
    test(`WebSockets that are broken off, on ${hostName}`, async (t) => {
        if (!(await needHost(t, hostName))) return;
        const server = await startSockets();
        t.after(() => server.close());
        // These hold the process until the other end has answered their closing, as the guide says.
        const answering = ['node-26', 'deno'].includes(hostName) ? setInterval(() => server.wakeSilent(), 1000) : undefined;
        t.after(() => clearInterval(answering));
        for (const moment of [0, 1, 100]) {
            const result = await runOn(t, hostName, 'tests/programs/websockets.c', {
                args: ['halted', server.url('/'), String(moment)], timeout: 120_000,
            });
            assert.equal(result.stdout, 'halted\n', told(result));
            assert.equal(result.code, 1, told(result));
            await until(() => {
                server.wakeSilent();
                return !server.seen.open;
            }, 'the server saw all connections close');
        }
    });
}
