// eddy_fetch in Node: the client over node:http does as Node's own fetch does, and knows what to leave to it.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { createServer } from 'node:http';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import * as zlib from 'node:zlib';
import { runProcess } from '../tools/hosts/process.mjs';
import { createEddyNodeHttp } from '../web/node-http.mjs';
import { artifactOf } from './lib/hosts.mjs';
import { requests } from './lib/requests.mjs';
import { keepConnections } from './lib/server.mjs';

const byClient = requests(undefined, createEddyNodeHttp).ask, byFetch = requests().ask;

// ---- a server that answers as the path says, and notes what it saw -----------------------------------------

const seen = [];
const routes = {
    '/plain': (request, response) => response.end('ten bytes.'),
    '/redirect': (request, response, query) => {
        const location = query.get('to');
        const status = Number(query.get('status') ?? 302);
        response.writeHead(status, location === null ? {} : { location }).end('moved');
    },
    '/count': (request, response, query) => {
        const left = Number(query.get('left'));
        response.writeHead(left ? 301 : 200, left ? { location: `/count?left=${left - 1}` } : {}).end();
    },
    '/raw': (request, response, query) => response.socket.end(Buffer.from(query.get('text'), 'latin1')),
    '/encoded': (request, response, query) => {
        response.writeHead(200, { 'content-encoding': query.get('as') });
        response.end(Buffer.from(query.get('bytes'), 'base64'));
    },
    '/once': (request, response) => { // only one request on each connection, although it may be kept
        request.socket.requests = (request.socket.requests ?? 0) + 1;
        if (request.socket.requests > 1) request.socket.destroy();
        else response.end('once');
    },
};

async function startServer() {
    const server = createServer(async (request, response) => {
        let body = '';
        for await (const part of request) body += part.toString('latin1');
        const headers = request.rawHeaders.map((part, i) => (i % 2 ? part : part.toLowerCase()));
        const pairs = headers.flatMap((name, i) => (i % 2 ? [] : [`${name}: ${headers[i + 1]}`]));
        const known = pairs.filter((pair) => !pair.startsWith('connection:')).sort();
        seen.push({ method: request.method, url: request.url, headers: known, body });
        const { pathname, searchParams } = new URL(request.url, 'http://a.invalid');
        response.sendDate = false;
        response.setHeader('connection', 'keep-alive'); // fetch does not ask for it with HEAD
        response.removeHeader('keep-alive');
        (routes[pathname] ?? routes['/plain'])(request, response, searchParams);
    }).listen(0, '127.0.0.1');
    keepConnections(server);
    await once(server, 'listening');
    after(() => {
        server.close();
        server.closeAllConnections();
    });
    return `http://127.0.0.1:${server.address().port}`;
}

const here = await startServer(), elsewhere = await startServer();

// ---- what it takes ----------------------------------------------------------------------------------------

/** Which of Node's clients have made requests meanwhile. */
async function clientsOf(call) {
    const used = new Set();
    const channels = { 'http.client.request.start': 'node:http', 'undici:request:create': 'fetch' };
    const listeners = Object.entries(channels).map(([channel, name]) => [channel, () => used.add(name)]);
    for (const listener of listeners) subscribe(...listener);
    try {
        await call();
    } finally {
        for (const listener of listeners) unsubscribe(...listener);
    }
    return [...used].sort();
}

/** The same for both: the answer, or that there is none, and what the server has seen. */
async function compare(what, request, used = ['node:http']) {
    const run = async (fetching) => {
        seen.length = 0;
        const answer = await fetching(request)
            .catch(({ result, message }) => ({ error: result, hasText: !!message }));
        return { answer, seen: [...seen] };
    };
    let ours;
    assert.deepEqual(await clientsOf(async () => { ours = await run(byClient); }), used, `${what}: the client`);
    assert.deepEqual(ours, await run(byFetch), what);
    return ours.answer;
}

test('what is sent is what fetch sends', async () => {
    const url = `${here}/plain?a=1#part`;
    for (const method of ['GET', 'get', 'HEAD', 'OPTIONS', 'DELETE', 'POST', 'PUT', 'PATCH', 'PROPFIND']) {
        await compare(method, { url, method });
        if (!/GET|HEAD/i.test(method)) await compare(`${method} with a body`, { url, method, body: 'a b\xff' });
    }
    await compare('an empty body', { url, method: 'POST', body: '' });
    const headers = (...pairs) => compare(JSON.stringify(pairs), { url, method: 'POST', body: 'x', headers: pairs });
    await headers(['X-One', '1'], ['x-one', '2'], ['Cookie', 'a=1'], ['cookie', 'b=2'], ['x-empty', '']);
    await headers(['User-Agent', 'eddy'], ['accept', 'a/b'], ['Accept-Language', 'de'], ['accept-encoding', 'br']);
    await headers(['x-space', '  a  b\t'], ['x-raw', '\xe4\xff'], ['sec-fetch-mode', 'no'], ['Content-Type', 'a/b']);
    await headers(['authorization', 'a'], ['Range', 'bytes=0-1'], ['date', 'x'], ['referer', 'http://a/']);
    for (const path of ['/a b?c d', '/\xe4?\xf6', '/a/../b', '?only', '']) await compare(path, { url: here + path });
});

test('what is answered is what fetch answers', async () => {
    const raw = (...lines) => ({ url: `${here}/raw?text=${encodeURIComponent(lines.join('\r\n'))}` });
    const plain = ['connection: close', 'content-length: 2', '', 'ok'];
    const answer = await compare('headers', raw('HTTP/1.1 200 All is well', 'X-B: 2', 'x-a: 1', 'X-b:  3', 'x-empty:',
        'set-cookie: b', 'Set-Cookie: a', ...plain));
    assert.deepEqual(answer, {
        status: '200', statusText: 'All is well', url: answer.url, body: 'ok', headers: ['connection', 'close',
            'content-length', '2', 'set-cookie', 'b', 'set-cookie', 'a', 'x-a', '1', 'x-b', '2, 3', 'x-empty', ''],
    });
    await compare('Latin-1', raw('HTTP/1.1 200 OK', 'x-raw: \xe4\xff!', ...plain));
    await compare('no reason', raw('HTTP/1.1 200 ', ...plain));
    await compare('an early hint', raw('HTTP/1.1 103 Early Hints', 'link: x', '', 'HTTP/1.1 200 OK', ...plain));
    await compare('an unknown status', raw('HTTP/1.1 599 Odd', ...plain));
    await compare('to the end of the connection', raw('HTTP/1.1 200 OK', '', 'all of it'));
    await compare('HTTP/1.0', raw('HTTP/1.0 200 OK', '', 'all of it'));
    for (const status of [204, 205, 304])
        await compare(`${status}`, raw(`HTTP/1.1 ${status} Empty`, 'connection: close', 'content-length: 0', '', ''));
    await compare('nothing', raw(''));
    await compare('no HTTP', raw('GOOD DAY', '', ''));
    await compare('two lengths', raw('HTTP/1.1 200 OK', 'content-length: 3', ...plain));
    const chunked = ['transfer-encoding: chunked', ''];
    await compare('chunks', raw('HTTP/1.1 200 OK', ...chunked, '2', 'ab', '0', '', ''));
    await compare('a part of a chunk', raw('HTTP/1.1 200 OK', ...chunked, '5', 'ab'));
    const many = Array.from({ length: 500 }, (_, i) => `x-${i}: ${i}`);
    assert.ok((await compare('500 headers', raw('HTTP/1.1 200 OK', ...many, ...plain))).headers.length > 1000);
});

// Node's fetch waits for more after the second.
test('a server that switches protocols unasked is refused at once', { timeout: 60_000 }, async () => {
    for (const lines of [['Connection: Upgrade', 'Upgrade: x', '', 'x speaks'], ['', '']]) {
        const text = ['HTTP/1.1 101 Switching Protocols', ...lines].join('\r\n');
        for (const method of ['GET', 'POST']) {
            await assert.rejects(byClient({ url: `${here}/raw?${new URLSearchParams({ text })}`, method }),
                { result: -13, message: 'fetch failed: the server switches protocols, which nobody has asked for' });
        }
    }
});

test('encodings are undone as fetch undoes them', async () => {
    const bytes = Buffer.from('a text, a text, a text. '.repeat(200));
    const gzip = zlib.gzipSync(bytes), deflate = zlib.deflateSync(bytes);
    const encoded = async (as, data, isKnown = true) => {
        const query = new URLSearchParams({ as, bytes: data.toString('base64') });
        const url = `${here}/encoded?${query}`;
        const answer = await compare(as, { url });
        if (isKnown) assert.equal(answer.body, bytes.toString(), as);
        await compare(`${as}, HEAD`, { url, method: 'HEAD' });
    };
    await encoded('gzip', gzip);
    await encoded('X-GZIP', gzip);
    await encoded('deflate', deflate);
    await encoded('deflate', zlib.deflateRawSync(bytes));
    await encoded('br', zlib.brotliCompressSync(bytes));
    await encoded('deflate, gzip', zlib.gzipSync(deflate));
    await encoded('gzip,gzip,gzip,gzip,gzip', [1, 2, 3, 4].reduce((data) => zlib.gzipSync(data), gzip));
    if (zlib.zstdCompressSync) await encoded('zstd', zlib.zstdCompressSync(bytes));
    await encoded('gzip', gzip.subarray(0, -20), false); // cut off
    await encoded('gzip', Buffer.alloc(0), false);
    await encoded('deflate', Buffer.alloc(0), false);
    await encoded('gzip', Buffer.from('this is no gzip'), false);
    await encoded('deflate', Buffer.from('this is no deflate'), false);
    await encoded('br', Buffer.from('this is no brotli'), false);
    await encoded('compress', bytes);
    await encoded('gzip, unheard-of', gzip, false);
});

test('a deflated body that is huge is not inflated at once', async (t) => {
    const deflated = zlib.deflateSync(Buffer.alloc(300 << 20));
    const server = createServer((request, response) => {
        response.writeHead(200, { 'content-encoding': 'deflate' }).end(deflated);
    }).listen(0, '127.0.0.1');
    t.after(() => server.close());
    await once(server, 'listening');
    const child = await runChild(`
        const before = process.memoryUsage.rss();
        const { read } = await open({ url });
        let most = 0;
        for (let got = 0; got < 100 * 2 ** 20; got += (await read()).length)
            most = Math.max(most, process.memoryUsage.rss());
        console.log(Math.round((most - before) / 2 ** 20));
        process.exit();`, `http://127.0.0.1:${server.address().port}/`);
    assert.equal(child.code, 0, child.stderr);
    assert.ok(Number(child.stdout) < 150, `${child.stdout} MiB`);
});

test('redirects are followed as fetch follows them', async () => {
    const HEADERS = [['authorization', 'secret'], ['cookie', 'a=1'], ['content-type', 'text/x'], ['x-own', '1'],
        ['proxy-authorization', 'p'], ['content-language', 'de']];
    for (const status of [300, 301, 302, 303, 304, 307, 308]) {
        for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'DELETE']) {
            for (const to of ['/plain#there', `${elsewhere}/plain`]) {
                const body = /GET|HEAD/.test(method) ? undefined : 'a body';
                const url = `${here}/redirect?${new URLSearchParams({ status, to })}#here`;
                await compare(`${method} ${status} ${to}`, { url, method, body, headers: HEADERS });
            }
        }
    }
    const to = (location, used, more = {}) => compare(location,
        { url: `${here}/redirect?${new URLSearchParams({ to: location })}#here`, ...more }, used);
    for (const location of ['plain', '?status=200', '//a:b:c', 'data:,x', 'file:///etc/passwd', 'ftp://a/', '',
        '/\xc3\xa4', `http://user:word@${new URL(elsewhere).host}/plain`, 'mailto:a'])
        await to(location);
    for (const redirect of ['follow', 'error', 'manual']) {
        await to('/plain', undefined, { redirect });
        await compare('no location', { url: `${here}/redirect?status=302`, redirect });
    }
    // What is left to fetch is so after a redirect, too.
    await to(`http://user:word@${new URL(here).host}/plain`);
    await to('http://127.0.0.1:6000/');
    assert.equal((await compare('20', { url: `${here}/count?left=20` })).status, '200');
    assert.ok((await compare('21', { url: `${here}/count?left=21` })).error);
});

test('what is not ordinary is left to fetch', async () => {
    const leaves = (what, request, used = ['fetch']) => compare(what, { url: `${here}/plain`, ...request }, used);
    // Of some it makes no request.
    for (const header of [['connection', 'close'], ['Host', 'a.b'], ['content-length', '1'], ['te', 'trailers'],
        ['expect', '100-continue'], ['upgrade', 'x'], ['keep-alive', '1'], ['transfer-encoding', 'chunked']]) {
        const request = { method: 'POST', body: 'x', headers: [header] };
        await leaves(`${header}`, request, await clientsOf(() => byFetch({ url: `${here}/plain`, ...request }).catch(() => {})));
    }
    await leaves('patch', { method: 'patch' });
    for (const url of ['nothing', 'http://', 'ftp://127.0.0.1/', 'file:///etc/hostname', 'http://a:b@127.0.0.1:1/',
        'http://127.0.0.1:22/', 'http://127.0.0.1:6667/'])
        assert.ok((await leaves(url, { url }, [])).error, url);
    for (const method of ['CONNECT', 'TRACE', 'track']) assert.ok((await leaves(method, { method }, [])).error, method);
    assert.ok((await leaves('GET with a body', { body: 'x' }, [])).error);
    assert.ok((await leaves('redirect', { redirect: 'sometimes' }, [])).error);
    assert.equal((await leaves('data', { url: 'data:text/plain,hello' }, [])).body, 'hello');
    const url = URL.createObjectURL(new Blob(['a blob']));
    assert.equal((await leaves('blob', { url }, [])).body, 'a blob');
});

test('a program may want another fetch', async (t) => {
    const request = { url: `${here}/plain` };
    assert.deepEqual(await clientsOf(() => byClient(request)), ['node:http']);
    assert.deepEqual(await clientsOf(() => requests(() => fetch, createEddyNodeHttp).ask(request)), ['fetch']);
    const calls = [];
    const own = (...args) => {
        calls.push(args);
        return Promise.resolve(new Response('its own', { headers: { 'x-by': 'me' } }));
    };
    const answer = await requests(() => own, createEddyNodeHttp).ask(request);
    assert.deepEqual([answer.body, answer.url, calls[0][0]], ['its own', request.url, request.url]);

    // Somebody has put another in its place, or something below it.
    const { fetch: nodes } = globalThis;
    t.after(() => { globalThis.fetch = nodes; });
    globalThis.fetch = own;
    assert.equal((await byClient(request)).body, 'its own');
    assert.equal(calls.length, 2);
    globalThis.fetch = nodes;
    assert.deepEqual(await clientsOf(() => byClient(request)), ['node:http']);
    const key = Symbol.for(`undici.globalDispatcher.${parseInt(process.versions.undici) >= 8 ? 2 : 1}`);
    await nodes(`${here}/plain`);
    const dispatcher = globalThis[key];
    class MockAgent {
        dispatch(...args) {
            return dispatcher.dispatch(...args);
        }
    }
    t.after(() => Object.defineProperty(globalThis, key, { value: dispatcher }));
    Object.defineProperty(globalThis, key, { value: new MockAgent() });
    assert.deepEqual(await clientsOf(() => byClient(request)), ['fetch']);
});

for (const hostName of ['node', 'lean']) {
    test(`… by the option of the JavaScript of the host ${hostName}`, async () => {
        const artifact = await artifactOf(hostName, 'tests/programs/fetching.c');
        const { default: create, load } = await import(pathToFileURL(artifact));
        const urls = [], lines = [];
        const options = {
            print: (line) => lines.push(line),
            fetch(url) {
                urls.push(url);
                return Promise.resolve(new Response('ab'));
            },
        };
        const args = ['digits', `${here}/plain`];
        const status = load ? await (await load({ args, ...options })).ended
            : await new Promise((ended) => { create({ arguments: args, onEddyExit: ended, ...options }); });
        assert.deepEqual([status, lines, urls], [0, ['6162'], [`${here}/plain`]]);
    });
}

// ---- connections ---------------------------------------------------------------------------------------

test('a connection that the server closes is no error if the request may be sent twice', async () => {
    const url = `${here}/once`;
    const asked = async (method) => {
        await byClient({ url });
        seen.length = 0;
        const answer = await byClient({ url, method }).catch(({ message }) => message);
        return [answer.body ?? answer, seen.map((one) => one.method)];
    };
    assert.deepEqual(await asked('GET'), ['once', ['GET', 'GET']]);
    assert.deepEqual(await asked('PUT'), ['once', ['PUT', 'PUT']]);
    assert.deepEqual(await asked('POST'), ['fetch failed: socket hang up', ['POST']]);
});

/** Runs JavaScript that makes requests of `url` in a process of its own. */
function runChild(script, url) {
    const at = (path) => JSON.stringify(new URL(path, import.meta.url));
    const whole = `
        import { createEddyNodeHttp } from ${at('../web/node-http.mjs')};
        import { requests } from ${at('./lib/requests.mjs')};
        const { ask, open } = requests(undefined, createEddyNodeHttp), url = ${JSON.stringify(url)};
        ${script}`;
    return runProcess([process.execPath, '--no-warnings', '--input-type=module', '--eval', whole]);
}

// A name that is never resolved is as a host that never answers. The ten seconds pass at once.
test('a connection that does not come about is given up after ten seconds', async () => {
    const child = await runChild(`
        const { default: dns } = await import('node:dns');
        dns.lookup = () => {};
        const { setTimeout: wait } = globalThis, waits = [];
        const alive = wait(() => {}, 60_000); // in place of the lookup
        globalThis.setTimeout = (what, ms, ...rest) => {
            waits.push(ms);
            return wait(what, ms === 10_000 ? 50 : ms, ...rest);
        };
        const errors = await Promise.all([url, url.replace('http:', 'https:')].map((at) =>
            ask({ url: at, method: 'POST', body: 'x' }).then(() => 'an answer', ({ message }) => message)));
        const left = () => Object.values(globalThis[Symbol.for('eddy.agents')])
            .flatMap(({ sockets, requests }) => [...Object.keys(sockets), ...Object.keys(requests)]);
        for (let i = 0; i < 2000 && left().length; i++) await new Promise((done) => { wait(done, 5); }); // their closing
        console.log(JSON.stringify({ errors, waits: waits.filter((ms) => ms === 10_000), left: left() }));
        clearTimeout(alive);`, 'http://nowhere.invalid:8080/');
    assert.deepEqual([child.code, child.stderr], [0, '']);
    const late = 'fetch failed: no connection after 10000 ms';
    const isByFetch = parseInt(process.versions.undici) >= 8; // what goes to https
    const { errors, waits, left } = JSON.parse(child.stdout);
    assert.deepEqual(errors.slice(0, isByFetch ? 1 : 2), isByFetch ? [late] : [late, late]);
    assert.ok(waits.length >= (isByFetch ? 1 : 2));
    assert.deepEqual(left, []);
});

test('connections are kept for other requests, and do not hold Node', async (t) => {
    let connections = 0;
    const server = createServer((request, response) => response.end('x')).listen(0, '127.0.0.1');
    keepConnections(server);
    server.on('connection', () => connections++);
    t.after(() => {
        server.close();
        server.closeAllConnections();
    });
    await once(server, 'listening');
    const child = await runChild(`
        const again = requests(undefined, createEddyNodeHttp).ask; // another module has the same
        for (let i = 0; i < 5; i++) await ask({ url });
        await again({ url });
        await Promise.all([1, 2, 3].map(() => ask({ url })));
        const { 'http:': agent } = globalThis[Symbol.for('eddy.agents')];
        process.on('beforeExit', () => console.log(Object.values(agent.freeSockets).flat().length));`,
    `http://127.0.0.1:${server.address().port}/`);
    assert.deepEqual([child.code, child.stdout, child.stderr], [0, '3\n', '']);
    assert.equal(connections, 3);
});

test('a redirect\'s own body is read if it is short, and left if it is not', async () => {
    const long = 'x'.repeat(1 << 20);
    const server = createServer((request, response) => {
        connections.add(request.socket);
        if (request.url === '/end') return response.end('the end');
        const body = request.url === '/long' ? long : 'moved';
        response.writeHead(302, { location: '/end', 'content-length': body.length }).end(body);
    }).listen(0, '127.0.0.1');
    const connections = new Set();
    keepConnections(server);
    await once(server, 'listening');
    after(() => server.close());
    after(() => server.closeAllConnections());
    const url = `http://127.0.0.1:${server.address().port}`;
    assert.equal((await byClient({ url: `${url}/short` })).body, 'the end');
    assert.equal(connections.size, 1);
    assert.equal((await byClient({ url: `${url}/long` })).body, 'the end');
    assert.equal(connections.size, 2);
});
