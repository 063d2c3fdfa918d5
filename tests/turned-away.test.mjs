// Connections that are taken and closed at once, many one right after the other: none is kept open, and what was
// said to each arrives.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { runOn, told } from './lib/hosts.mjs';
import { until } from './lib/server.mjs';

const CLIENTS = 150;
const LAST_WORDS = 'no room here';
const FEW = ['-S', 'max-resources=40']; // a connection has three or four

/** Runs the program, with clients that have all come before it takes the first. -> { result, clients } */
async function turnAway(t, hostName, how, options) {
    const clients = [];
    const come = (port) => {
        const client = { text: '', ended: false };
        client.socket = connect(port, '127.0.0.1', () => { client.came = true; });
        client.socket.on('data', (data) => { client.text += data; });
        client.socket.on('end', () => { client.ended = true; });
        client.socket.on('error', (error) => { client.error = error; });
        clients.push(client);
    };
    const server = createServer((socket) => {
        socket.on('error', () => {});
        createInterface(socket).once('line', async (port) => {
            for (let i = 0; i < CLIENTS; i++) come(Number(port));
            await until(() => clients.every(({ came }) => came), 'all clients have come', 30).catch(() => {});
            socket.write('.');
        });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.after(() => {
        server.close();
        for (const { socket } of clients) socket.destroy();
    });
    const args = [how, String(CLIENTS), String(server.address().port)];
    const result = await runOn(t, hostName, 'tests/programs/turned_away.c', { args, ...options });
    return { result, clients };
}

for (const [hostName, ways, options] of [
    ['native', ['eddy', 'task', 'outside'], {}],
    ['wasmtime', ['eddy', 'task', 'outside'], { flags: FEW }],
    ['wasmtime', ['eddy', 'task', 'outside'], { flags: FEW, mode: 'debug' }], // looks at the order of drops
    ['wasmtime-36', ['eddy', 'task', 'outside'], { flags: FEW }],
]) {
    for (const how of ways.flatMap((way) => [way, `${way}-told`])) {
        test(`${CLIENTS} clients turned away, ${how}, on ${hostName}${options.mode ? ' (debug)' : ''}`, async (t) => {
            const { result, clients } = await turnAway(t, hostName, how, options);
            if (!result) return;
            assert.equal(result.stdout, `${CLIENTS} closed\n`, told(result));
            assert.equal(result.code, 0, told(result));
            await until(() => clients.every(({ ended, error }) => ended || error), 'all clients have seen the end');
            const seen = new Set(clients.map(({ text, error }) => error?.message ?? text));
            assert.deepEqual([...seen], [how.endsWith('-told') ? LAST_WORDS : '']);
        });
    }
}
