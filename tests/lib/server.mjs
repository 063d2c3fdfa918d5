// server.mjs: the server of the fetch tests: an answer of each kind that matters, and a record of what
// it saw, which programs may wait for. Pages of another origin may use it.

import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { constants, createSecureServer } from 'node:http2';
import { createServer as createHttpsServer } from 'node:https';
import { createServer as createListener } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';

const CORS = {
    'access-control-allow-origin': '*', 'access-control-allow-headers': '*',
    'access-control-allow-methods': '*', 'access-control-expose-headers': '*',
};

const LETTERS = 'abcdefghijklmnopqrstuvwxyz'.repeat(4000); // 104,000 bytes

function sendMebibytes(response, count) {
    const part = Buffer.alloc(1 << 20);
    response.setHeader('content-length', part.length * count);
    pipeline(function* () {
        for (let i = 0; i < count; i++) yield part;
    }, response).catch(() => {});
}

const flaky = new Map(); // host and URL -> how often it is still to fail

/** Waits until condition() holds; an error says what was waited for. What takes this long will never be. */
export async function until(condition, what, seconds = 60) {
    for (const end = Date.now() + seconds * 1000; !condition();) {
        if (Date.now() > end) throw new Error(`waited ${seconds} s in vain until ${what}`);
        await sleep(5);
    }
}

/**
 * What programs wait for instead of for a time: their requests' fates. A request for /asked?URL is answered when
 * URL has been asked for, one for /left?URL when all who asked for it have their answer or have left; who asks
 * for /go?URL lets what said(URL) waits for happen.
 */
export function watchRequests() {
    const asked = new Map(), open = new Map(), told = new Set();
    const add = (map, url, n) => map.set(url, (map.get(url) ?? 0) + n);
    const waits = {
        '/asked': (url) => asked.has(url),
        '/left': (url) => asked.has(url) && !open.get(url),
        '/go': (url) => told.add(url),
    };
    return {
        /** Whether it was such a request, which then is answered here. */
        async answers(request, response) {
            const [, path, url] = /^([^?]*)\??(.*)$/.exec(request.url);
            if (Object.hasOwn(waits, path)) {
                const answer = await until(() => waits[path](url), `${url} was ${path.slice(1)}`)
                    .then(() => path.slice(1), (error) => error.message);
                response.end(answer);
                return true;
            }
            add(asked, request.url, 1);
            add(open, request.url, 1);
            response.on('close', () => add(open, request.url, -1));
            return false;
        },
        said: (url) => until(() => told.has(url), `the program said so for ${url}`),
    };
}

/** Exactly these bytes, and the end of the connection. */
function raw(response, line, headers, body) {
    const cors = Object.entries(CORS).map(([name, value]) => `${name}: ${value}`);
    response.socket.end(Buffer.from([line, ...cors, ...headers, '', body].join('\r\n'), 'latin1'));
}

const routes = {
    '/ok'(request, response) {
        response.end('0123456789');
    },
    async '/soon'(request, response) {
        await sleep(30);
        response.end('0123456789');
    },
    async '/together'(request, response, { seen }) { // ?N: when so many have been asked for at once
        const [n] = /\d+/.exec(request.url);
        await until(() => seen.mostAtOnce >= n, `there are ${n} requests at once`).catch(() => {});
        response.end('0123456789');
    },
    async '/echo'(request, response) {
        let body = '';
        for await (const part of request) body += part;
        response.writeHead(201, { ...CORS, 'x-answer': 'yes' });
        response.end(`${request.method} ${request.headers['x-one']} ` +
            `${request.headers['content-type']} ${body}`);
    },
    async '/chunks'(request, response) {
        for (let at = 0; at < LETTERS.length; at += 13000) {
            response.write(LETTERS.slice(at, at + 13000));
            await sleep(5);
        }
        response.end();
    },
    async '/halves'(request, response, { watch }) { // the rest when it is asked for
        response.write(LETTERS.slice(0, 13000));
        await watch.said(request.url);
        for (let at = 13000; at < LETTERS.length; at += 13000) {
            response.write(LETTERS.slice(at, at + 13000));
            await sleep(5);
        }
        response.end();
    },
    async '/lines'(request, response) {
        for (const part of ['one\r\nt', 'wo\n', '\nla', 'st']) {
            response.write(part);
            await sleep(10);
        }
        response.end();
    },
    async '/count'(request, response, { seen }) {
        let size = 0;
        await sleep(50); // the sender has to wait
        for await (const part of request) size += part.length;
        if (!request.stream?.aborted) seen.whole++;
        response.end(`${request.headers['content-length']} ${size}`);
    },
    async '/slowly'(request, response, { seen }) {
        seen.taken = 0;
        for await (const part of request) {
            const before = seen.taken >> 18, { questions } = seen;
            seen.taken += part.length;
            if (seen.taken >> 18 === before) continue;
            await sleep(10); // after each 256 KiB; and after each mebibyte until somebody has asked how much it was
            if (seen.taken >> 20 > before >> 2)
                await until(() => seen.questions > questions, 'somebody asks how much was taken', 20);
        }
        response.end(`${seen.taken} taken`);
    },
    '/taken'(request, response, { seen }) {
        seen.questions++;
        response.end(String(seen.taken));
    },
    async '/digest'(request, response) {
        const hash = createHash('sha256');
        for await (const part of request) {
            hash.update(part);
            if (part[0] < 16) await sleep(2);
        }
        response.end(hash.digest('hex'));
    },
    '/moved'(request, response) {
        response.writeHead(307, { ...CORS, location: '/count' }).end();
    },
    '/see-other'(request, response) {
        response.writeHead(303, { ...CORS, location: '/echo' }).end();
    },
    '/gigabyte'(request, response) {
        sendMebibytes(response, 1024);
    },
    '/mebibytes'(request, response) {
        sendMebibytes(response, Number(/\d+$/.exec(request.url)[0]));
    },
    '/silent'() {},
    async '/stuck'(request) {
        request.pause();
        await sleep(1000);
        request.resume(); // or it would never see the end of the connection
    },
    '/too-large'(request, response) {
        response.writeHead(413, CORS).end('no more of it');
    },
    async '/mirror'(request, response) {
        response.flushHeaders();
        await pipeline(request, response).catch(() => {});
    },
    async '/reset-upload'(request) {
        await once(request, 'data');
        if (request.stream) request.stream.close(constants.NGHTTP2_INTERNAL_ERROR);
        else request.socket.resetAndDestroy();
    },
    '/endless'(request, response) {
        response.write('the first part');
    },
    async '/reset'(request, response, { watch }) { // when the first part has been read
        response.writeHead(200, { ...CORS, 'content-length': 1000 });
        response.write('the first part');
        await watch.said(request.url);
        response.socket.resetAndDestroy();
    },
    '/headers'(request, response) {
        raw(response, 'HTTP/1.1 200 OK', ['X-One: 1', 'x-twice: a', 'X-Twice: b', 'x-empty:', 'x-raw: \xe4\xff!',
            'content-length: 0'], '');
    },
    '/many-headers'(request, response) {
        for (let i = 0; i < 10_000; i++) response.setHeader(`x-${i}`, i);
        response.end();
    },
    '/no-text'(request, response) {
        response.end(Buffer.from([0xff, 0xfe, 0, 0xc3, 0x28]));
    },
    '/short'(request, response) {
        raw(response, 'HTTP/1.1 200 OK', ['content-length: 100'], '0123456789');
    },
    '/long'(request, response) {
        raw(response, 'HTTP/1.1 200 OK', ['content-length: 5'], '0123456789');
    },
    '/bad-chunks'(request, response) {
        raw(response, 'HTTP/1.1 200 OK', ['transfer-encoding: chunked'], '5\r\nhello\r\nno number\r\n');
    },
    '/no-http'(request, response) {
        raw(response, 'GOOD DAY', [], '');
    },
    '/flaky'(request, response) { // ?N: that many times
        const key = request.headers.host + request.url;
        const times = flaky.get(key) ?? Number(/\d+$/.exec(request.url)[0]);
        flaky.set(key, times - 1);
        if (times > 0) response.writeHead(503, { ...CORS, 'retry-after': '0' }).end('not yet');
        else response.end('at last');
    },
    '/busy'(request, response) { // ?SECONDS
        response.writeHead(429, { ...CORS, 'retry-after': /\d+$/.exec(request.url)[0] }).end('too many');
    },
    '/busy-until'(request, response) { // ?INDEX of the date; the server's clock stands still
        const until = ['Thu, 01 Mar 2029 00:59:59 GMT', 'Wed, 28 Feb 2029 23:59:59 GMT', 'Thursday'];
        const headers = { date: 'Wed, 28 Feb 2029 23:59:59 GMT', 'retry-after': until[/\d$/.exec(request.url)[0]] };
        response.writeHead(429, { ...CORS, 'access-control-expose-headers': '*', ...headers }).end('too many');
    },
    '/missing'(request, response) {
        response.writeHead(404, CORS).end('not here');
    },
    '/again'(request, response) {
        response.writeHead(302, { ...CORS, location: '/again' }).end();
    },
};

/** A slow client's connection is not closed while it makes its next request, nor one that it opens ahead of any. */
export function keepConnections(server) {
    server.keepAliveTimeout = server.headersTimeout = server.requestTimeout = 0;
}

/**
 * -> { url(path), seen, close() }; seen: how many requests there were, at most at a time, abortedOf(path);
 * how many bodies /count has had to their ends, how many bytes /slowly has taken. `secure`: { key, cert }: by HTTP/2 over
 * TLS, or with `http1` by HTTP/1 over it.
 */
export async function startServer(secure = undefined, { http1 = !secure } = {}) {
    const aborted = new Map();
    const abortedOf = (path) => aborted.get(path) ?? 0;
    const seen = { mostAtOnce: 0, abortedOf, atOnce: 0, requests: 0, whole: 0, taken: 0, questions: 0 };
    const watch = watchRequests();
    const sessions = new Set();
    const answer = async (request, response) => {
        for (const [name, value] of Object.entries(CORS)) response.setHeader(name, value);
        if (request.method === 'OPTIONS') return response.writeHead(204).end();
        response.on('error', () => {});
        if (await watch.answers(request, response)) return;
        seen.requests++;
        seen.mostAtOnce = Math.max(seen.mostAtOnce, ++seen.atOnce);
        response.on('close', () => {
            seen.atOnce--;
            // HTTP/2 ends an answer whose stream the other side has closed.
            if (request.stream ? !request.stream.aborted : response.writableFinished) return;
            aborted.set(request.url, abortedOf(request.url) + 1);
        });
        const route = routes[request.url.replace(/\?.*/, '')] ?? routes['/missing'];
        await Promise.resolve(route(request, response, { seen, watch })).catch(() => {}); // of requests that were aborted
    };
    const create = !secure ? createServer : http1 ? createHttpsServer : createSecureServer;
    const server = create(secure ?? {}, answer);
    keepConnections(server);
    server.on('session', (session) => {
        sessions.add(session);
        session.on('close', () => sessions.delete(session)).on('error', () => {}); // its requests tell enough
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return {
        seen,
        url: (path) => `${secure ? 'https' : 'http'}://127.0.0.1:${server.address().port}${path}`,
        close() {
            server.close();
            server.closeAllConnections?.();
            for (const session of sessions) session.destroy();
        },
    };
}

/** A port of this machine that nobody listens at, and that the system gives to nobody who asks for any. */
export async function refusedPort() {
    for (;;) {
        const port = 20_000 + Math.floor(Math.random() * 12_000);
        const listener = createListener().listen(port, '127.0.0.1');
        const free = await once(listener, 'listening').then(() => true, () => false);
        if (!free) continue;
        listener.close();
        await once(listener, 'close');
        return port;
    }
}

export const refusedUrl = async () => `http://127.0.0.1:${await refusedPort()}/`;
