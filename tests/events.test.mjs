// Server-sent events in every host of JavaScript and on WASI 0.2, against a server of our own; and where there is
// no HTTP. What the parser makes of bytes is tested by tests/programs/event_parser.c.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { JS_HOSTS, needHost, runOn, told } from './lib/hosts.mjs';
import { keepConnections, refusedUrl, watchRequests } from './lib/server.mjs';

const EVENTS = 'tests/programs/events.c';
const CORS = { 'access-control-allow-origin': '*', 'access-control-allow-headers': '*' };

const stream = (response, type = 'text/event-stream') => response.writeHead(200, { ...CORS, 'content-type': type });
const noMore = (response) => response.writeHead(204, CORS).end();

/** What the server sends at each connection to a path, the first first. */
const routes = {
    '/fields': [
        (response) => stream(response, 'Text/Event-Stream; charset=utf-8')
            .end(': hello\n\ndata: one\n\nevent: add\ndata: 1\ndata: 2\nid: 7\n\nretry: 10\ndata: cut o'),
        noMore,
    ],
    async '/pieces'(response, connection, { headers }) {
        const seen = Buffer.from(headers['last-event-id'] ?? '', 'latin1').toString(); // header bytes are UTF-8
        if (connection) return seen === 'ü€' ? noMore(response) : response.writeHead(500, CORS).end();
        stream(response);
        for (const byte of Buffer.from('\ufeffid: ü€\r\ndata: äöü\r\n\r\ndata: b\r\r')) {
            response.write(Buffer.from([byte]));
            await sleep(1);
        }
        response.end();
    },
    '/reset': [
        async (response, { url }, watch) => {
            stream(response).write('id: 1\ndata: a\n\nid: 2\ndata: lost\n');
            await watch.said(url); // the first was read
            response.socket.resetAndDestroy();
        },
        (response, request) => stream(response).end(`data: after ${request.headers['last-event-id']}\n\n`),
        noMore,
    ],
    '/resumed'(response, connection, { headers }) {
        if (connection) return response.socket.destroy();
        stream(response).end(`data: ${headers['last-event-id']} ${headers['x-one']} ${headers.accept}\n\n`);
    },
    async '/numbers'(response, connection, { headers }) {
        const from = Number(headers['last-event-id'] ?? -1) + 1;
        if (from === 60) return noMore(response);
        stream(response);
        for (let i = from; i < from + 20 && i < 60; i++) {
            response.write(`id: ${i}\ndata: ${i}\n\n`);
            await sleep(3);
        }
        response.end();
    },
    '/sum'(response, connection, { headers }) {
        const from = Number(headers['last-event-id'] ?? 0);
        if (from === 8) return noMore(response);
        const events = [1, 2, 3, 4].map((i) => `id: ${from + i}\ndata: ${from + i}\n\n`);
        stream(response).end(events.join(''));
    },
    '/no-content': [noMore],
    '/html': [(response) => stream(response, 'text/html').end('data: x\n\n')],
    '/missing': [(response) => response.writeHead(404, CORS).end('data: x\n\n')],
    '/then-error': [
        (response) => stream(response).end('data: x\n\n'),
        (response) => response.writeHead(500, CORS).end(),
    ],
    '/too-long': [(response) => stream(response).end(`data: ok\n\ndata: ${'x'.repeat(100_001)}\n\n`)],
    '/silent': [(response) => stream(response).write(': nothing yet\n')],
};

async function startServer() {
    const seen = { connections: new Map(), aborted: [] }; // the paths of those
    const watch = watchRequests();
    const server = createServer(async (request, response) => {
        if (request.method === 'OPTIONS') return response.writeHead(204, CORS).end();
        for (const [name, value] of Object.entries(CORS)) response.setHeader(name, value);
        if (await watch.answers(request, response)) return;
        const connection = seen.connections.get(request.url) ?? 0;
        seen.connections.set(request.url, connection + 1);
        response.on('error', () => {});
        response.on('close', () => { if (!response.writableFinished) seen.aborted.push(request.url); });
        const route = routes[request.url];
        if (typeof route === 'function') return route(response, connection, request);
        return (route[connection] ?? noMore)(response, request, watch);
    });
    keepConnections(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return {
        seen,
        url: (path) => `http://127.0.0.1:${server.address().port}${path}`,
        close() {
            server.close();
            server.closeAllConnections();
        },
    };
}

for (const hostName of ['lean', ...JS_HOSTS, 'wasmtime']) {
    test(`server-sent events on ${hostName}`, async (t) => {
        if (!(await needHost(t, hostName))) return;
        const server = await startServer();
        t.after(() => server.close());
        const printsOf = async (stdout, what, url) => {
            const result = await runOn(t, hostName, EVENTS, { args: [what, url], timeout: 120_000 });
            if (stdout instanceof RegExp) assert.match(result.stdout, stdout, told(result));
            else assert.equal(result.stdout, stdout, told(result));
            assert.equal(result.code, 0, told(result));
        };
        const prints = (stdout, what, path) => printsOf(stdout, what, server.url(path));

        await t.test('types, data, ids; 204 ends it', async () => {
            await prints("message 'one' -\nadd '1\n2' 7\nno more after 7\n", 'all', '/fields');
            assert.equal(server.seen.connections.get('/fields'), 2, 'no third connection');
        });
        // workerd encodes the bytes of a header's value once more.
        await t.test('byte by byte', () => prints(hostName === 'workerd'
            ? /^message 'äöü' ü€\nmessage 'b' ü€\nEDDY_EHTTP: status 500 / :
            "message 'äöü' ü€\nmessage 'b' ü€\nno more after ü€\n", 'all', '/pieces'));
        await t.test('a connection that breaks off goes on after the last event', () =>
            prints("message 'a' 1\nmessage 'after 1' 1\nno more after 1\n", 'all-asked', '/reset'));
        await t.test('goes on after an id of another run, gives up after failures in a row', async () => {
            await prints(/^message '41 1 text\/event-stream' 41\nEDDY_E(HOST|CONNRESET): .+\n$/, 'resumed', '/resumed');
            const connections = server.seen.connections.get('/resumed');
            assert.ok(connections >= 3, `${connections}`); // some hosts try some again by themselves
        });
        await t.test('calls that are given up lose nothing', () =>
            prints('60 events, in spite of it, no more\n', 'again', '/numbers'));
        await t.test('nothing from the beginning', () => prints('no more after \n', 'all', '/no-content'));
        await t.test('what is no stream of events', () => prints(
            `0 EDDY_EHTTP: text/html instead of text/event-stream: ${server.url('/html')}\n`, 'all', '/html'));
        await t.test('a status that is no success', () => prints(
            `0 EDDY_EHTTP: status 404 instead of events: ${server.url('/missing')}\n`, 'all', '/missing'));
        await t.test('… at a later connection', () => prints(
            `message 'x' -\nEDDY_EHTTP: status 500 instead of events: ${server.url('/then-error')}\n`,
            'all', '/then-error'));
        await t.test('an event over the limit', () => prints("message 'ok' -\n" +
            `EDDY_EFULL: an event is longer than 100000 bytes: ${server.url('/too-long')}\n`, 'all', '/too-long'));
        await t.test('a refused connection', async () => {
            await printsOf(/^0 EDDY_E(HOST|CONNREFUSED): (?!\(no text\)).+\n$/, 'all', await refusedUrl());
        });
        await t.test('two wait, it is closed under one', async () => {
            await prints('EDDY_ESTATE EDDY_ECLOSED\n', 'closed-under', '/silent');
            assert.deepEqual(server.seen.aborted.filter((path) => path === '/silent'), ['/silent'],
                'the server saw the connection close');
        });
        await t.test('wrong use', () => {
            server.seen.connections.delete('/silent');
            return prints('0 wrong\n', 'wrong-use', '/silent');
        });
    });
}

for (const hostName of ['node', 'wasmtime']) {
    test(`server-sent events without memory on ${hostName}`, async (t) => {
        const server = await startServer();
        t.after(() => server.close());
        const result = await runOn(t, hostName, 'tests/programs/io_oom.c', { args: ['events', server.url('/sum')] });
        if (!result) return;
        assert.equal(result.stdout, 'ok\n', told(result));
        assert.equal(result.code, 0, told(result));
    });
}

for (const hostName of ['native', 'wasmtime-p1']) {
    test(`there are no server-sent events on ${hostName}`, async (t) => {
        const result = await runOn(t, hostName, EVENTS, { args: ['all', 'http://127.0.0.1:1/'] });
        if (!result) return;
        assert.equal(result.stdout, '0 EDDY_ENOSYS: this host has no HTTP: http://127.0.0.1:1/\n', told(result));
        assert.equal(result.code, 0, told(result));
    });
}
