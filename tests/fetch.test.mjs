// eddy_fetch in every host of JavaScript and on WASI 0.2, against a server of our own; and where there is no HTTP.

import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createEddyHost } from '../web/host.mjs';
import { createEddyHttp } from '../web/http.mjs';
import { makeCertificate } from './lib/certificate.mjs';
import { JS_HOSTS, needHost, PAGES, runOn, told } from './lib/hosts.mjs';
import { refusedUrl, startServer, until } from './lib/server.mjs';

const FETCHING = 'tests/programs/fetching.c';

const RUNS = [...JS_HOSTS, 'wasmtime'].map((hostName) => [hostName, `fetch on ${hostName}`, {}]);
// Where Node's HTTP client is to be left alone.
RUNS.push(['node', "the platform's fetch in Node", { EDDY_FETCH: 'platform' }]);

for (const [hostName, title, env] of RUNS) {
    test(title, async (t) => {
        if (!(await needHost(t, hostName))) return;
        const server = await startServer();
        t.after(() => server.close());

        const run = (what, url, ...more) =>
            runOn(t, hostName, FETCHING, { args: [what, url, ...more], env, timeout: 120_000 });
        const prints = async (stdout, what, url, ...more) => {
            const result = await run(what, url, ...more);
            if (stdout instanceof RegExp) assert.match(result.stdout, stdout, told(result));
            else assert.equal(result.stdout, stdout, told(result));
            assert.equal(result.code, 0, told(result));
        };
        let tries = 0;
        const abortsOne = async (stdout, what, path) => {
            const asked = `${path}?${++tries}`;
            await prints(stdout, what, server.url(asked)); // which asks the server whether it has left
            assert.equal(server.seen.abortedOf(asked), 1, 'the server saw the connection close');
        };

        await t.test('hundreds at once', async () => {
            // A page opens six connections to a server, Bun 256, and no program can change that.
            const [n, least] = PAGES.includes(hostName) ? [200, 4] : [500, hostName === 'bun' ? 250 : 300];
            await prints(`${n} answers, ${n * 10} bytes\n`, 'many', server.url(`/together?${least}`), String(n));
            assert.ok(server.seen.mostAtOnce >= least, `${server.seen.mostAtOnce} at once`);
        });
        // Node cancels the body of a Response that was collected before anybody read from it.
        await t.test('bodies that are read late', () =>
            prints('300 answers, 3000 bytes\n', 'patient', server.url('/ok'), '300'));
        await t.test('beside a task that is always ready', () =>
            prints('ok, thousands of yields\n', 'beside-yields', server.url('/soon')));
        await t.test('method, headers, body; status, headers, body', () =>
            prints('201 yes (absent)\nPUT 1 text/x a body\n', 'post', server.url('/echo')));
        await t.test('megabytes to send, also to where it has moved', async () => {
            await prints('5000000 5000000\n', 'upload', server.url('/count'));
            await prints('5000000 5000000\n', 'upload', server.url('/moved'));
        });
        await t.test('a redirect that is to be seen by GET has no body', () =>
            prints('GET undefined undefined \n', 'upload', server.url('/see-other')));
        await t.test('a body in chunks', () =>
            prints('104000 bytes, in parts\n', 'chunks', server.url('/chunks')));
        await t.test('a body by lines', () =>
            prints('3:one\n3:two\n0:\n4:last\n', 'lines', server.url('/lines')));
        await t.test('a cancelled request is aborted', () =>
            abortsOne('EDDY_ECANCELED\n', 'cancelled', '/silent'));
        await t.test('… also while its body is read', () =>
            abortsOne('EDDY_ECANCELED\n', 'cancelled', '/endless'));
        await t.test('a deadline aborts', () => abortsOne('EDDY_ETIMEDOUT\n', 'deadline', '/silent'));
        await t.test('… also while the body is read', () =>
            abortsOne('EDDY_ETIMEDOUT\n', 'deadline', '/endless'));
        await t.test('closing the response aborts its body', () =>
            abortsOne('200\n', 'closed', '/endless'));
        await t.test('… and fails a read that waits in another task', () =>
            abortsOne('EDDY_ECLOSED\n', 'closed-under', '/endless'));
        await t.test('a cancelled read loses nothing', () =>
            prints('104000 bytes, in spite of it\n', 'read-again', server.url('/halves')));
        await t.test('a connection reset in the body', () =>
            prints(/^body: EDDY_E(HOST|CONNRESET): (?!\(no text\)).+\n$/, 'broken', server.url('/reset')));
        await t.test('a refused connection', async () =>
            prints(/^fetch: EDDY_E(HOST|CONNREFUSED): (?!\(no text\)).+\n$/, 'broken',
                await refusedUrl()));
        await t.test('https where the server has none', () =>
            prints(/^fetch: EDDY_EHOST: (?!\(no text\))./, 'broken',
                server.url('/ok').replace('http:', 'https:')));
        await t.test('a redirect that never ends', () =>
            prints(/^fetch: EDDY_EHOST: (?!\(no text\)).+\n$/, 'broken', server.url('/again')));
        await t.test('a status that is no success', () =>
            prints(`EDDY_EHTTP: 404 Not Found: ${server.url('/missing')}\n`, 'checked',
                server.url('/missing')));
        await t.test('a body over the limit', () =>
            prints('EDDY_EFULL\n', 'too-much', server.url('/ok')));
        // workerd makes text of all bytes.
        await t.test('headers one by one: joined, empty, bytes that are no text', () =>
            prints(/^(?=[^]*^x-empty:$)(?=[^]*^x-one:1$)(?=[^]*^x-raw:(<e4><ff>|(<ef><bf><bd>){2})!$)(?=[^]*^x-twice:a, b$)(.*\n){4}$/m,
                'headers', server.url('/headers')));
        await t.test('ten thousand headers: all of them, or an error', () =>
            prints(/^(more than 10000 headers|fetch: EDDY_EHOST: (?!\(no text\)).+)\n$/, 'count-headers',
                server.url('/many-headers')));
        await t.test('a body that is no text', () => prints('fffe00c328\n', 'digits', server.url('/no-text')));
        const BROKEN = /^(fetch|body|empty body): EDDY_E(HOST|CONNRESET): (?!\(no text\)).+\n$/;
        await t.test('a body shorter than announced', () => prints(BROKEN, 'broken', server.url('/short')));
        await t.test('a body longer than announced', () =>
            prints(/^(3031323334|EDDY_E(HOST|CONNRESET))\n$/, 'digits', server.url('/long')));
        await t.test('chunks that are none', () => prints(BROKEN, 'broken', server.url('/bad-chunks')));
        await t.test('an answer that is no HTTP', () => prints(BROKEN, 'broken', server.url('/no-http')));
        await t.test('options of the platform\'s fetch', async () => {
            const isPage = ['chromium', 'firefox'].includes(hostName);
            const isWeb = isPage || hostName.startsWith('node');
            const options = (stdout, path, ...more) => prints(stdout, 'options', server.url(path), ...more);
            await options('EDDY_OK 200\n', '/ok', 'follow', '-', '-', '-');
            // Of the others Deno, Bun and workerd know some, WASI's HTTP has neither origins nor caches.
            if (!isWeb && hostName !== 'wasmtime') return;
            await options('EDDY_OK 200\n', '/ok', 'follow', 'omit', 'cors', 'no-store');
            await options('EDDY_EHOST\n', '/moved', 'error', '-', '-', '-');
            await options(isPage ? 'EDDY_OK 0\n' : 'EDDY_OK 307\n', '/moved', 'manual', '-', '-', '-');
            await options(isPage ? 'EDDY_EHOST\n' : 'EDDY_OK 200\n', '/ok', '-', '-', 'same-origin', '-');
            await options(isWeb ? 'EDDY_EHOST\n' : 'EDDY_OK 200\n', '/ok', '-', '-', '-', 'nonsense');
            await options(isPage ? 'EDDY_EHOST\n' : 'EDDY_OK 200\n', '/ok', '-', 'include', '-', '-');
        });
        await t.test('trying again', async () => {
            let at = 0;
            const again = async (times, stdout, path, ...more) => {
                const before = server.seen.requests;
                const url = path.startsWith('/') ? server.url(path.replace('?', `?${++at}-`)) : path;
                await prints(stdout, 'retry', url, ...more);
                assert.equal(server.seen.requests - before, times, `${stdout}: requests`);
            };
            await again(3, 'EDDY_OK 200 at last\n', '/flaky?2', 'GET', '-');
            await again(4, 'EDDY_OK 503 not yet\n', '/flaky?9', 'put', '-');
            await again(1, 'EDDY_OK 503 not yet\n', '/flaky?2', 'POST', '-');
            await again(3, 'EDDY_OK 200 at last\n', '/flaky?2', 'POST', 'any');
            await again(1, 'EDDY_OK 404 not here\n', '/missing?1', 'GET', '-');
            await again(1, 'EDDY_OK 429 too many\n', '/busy?3600', 'GET', '-');
            await again(1, 'EDDY_OK 429 too many\n', '/busy-until?0', 'GET', '-');
            await again(4, 'EDDY_OK 429 too many\n', '/busy-until?1', 'GET', '-');
            await again(4, 'EDDY_OK 429 too many\n', '/busy-until?2', 'GET', '-');
            await again(1, 'EDDY_ETIMEDOUT\n', '/busy?30', 'GET', 'scope');
            await again(0, /^EDDY_E(HOST|CONNREFUSED)\n$/, await refusedUrl(), 'GET', '-');
            if (!['chromium', 'firefox'].includes(hostName))
                await again(1, 'EDDY_OK 503 not yet\n', '/flaky?2', 'PUT', 'stream');
        });
        await t.test('wrong use', () =>
            prints(/^EDDY_EINVAL\nEDDY_EINVAL\nEDDY_EINVAL\nEDDY_EHOST: (?!\(no text\)).+\n$/,
                'wrong-use', server.url('/ok')));
    });
}

// How each is told of a certificate it is to trust; wasmtime cannot be.
const TRUST = {
    jco: 'NODE_EXTRA_CA_CERTS', node: 'NODE_EXTRA_CA_CERTS', 'node-26': 'NODE_EXTRA_CA_CERTS', deno: 'DENO_CERT',
    bun: 'NODE_EXTRA_CA_CERTS', wasmtime: null, 'wasmtime-36': null,
};

for (const [hostName, trust] of Object.entries(TRUST)) {
    test(`https on ${hostName}: certificates that are not trusted${trust ? ', and one that is' : ''}`, async (t) => {
        if (!(await needHost(t, hostName))) return;
        const folder = await mkdtemp(join(tmpdir(), 'eddy-https-'));
        t.after(() => rm(folder, { recursive: true }));
        const secure = makeCertificate();
        const server = await startServer(secure, { http1: true });
        t.after(() => server.close());
        const run = (env, what) => runOn(t, hostName, FETCHING, { args: [what, server.url('/echo')], env });

        const refused = await run({}, 'broken');
        assert.match(refused.stdout, /^fetch: EDDY_EHOST: .*(certificate|TLS)/, told(refused));
        assert.equal(server.seen.requests, 0);
        if (!trust) return;
        await writeFile(join(folder, 'cert.pem'), secure.cert);
        const taken = await run({ [trust]: join(folder, 'cert.pem') }, 'post');
        assert.equal(taken.stdout, '201 yes (absent)\nPUT 1 text/x a body\n', told(taken));
        assert.equal(taken.code, 0, told(taken));
    });
}

test('an answer for which the module has no memory closes its connection', async (t) => {
    const server = await startServer();
    t.after(() => server.close());
    const memory = new Uint8Array(1000);
    const url = server.url('/endless');
    new TextEncoder().encodeInto(`${url}\0GET\0`, memory);
    const completed = new Promise((complete) => {
        const host = createEddyHost({
            memory: () => memory, tick: () => -1, alloc: () => 0,
            complete: (...what) => complete(what),
        });
        createEddyHttp(host).startFetch(1, 2, 0, url.length + 1, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    });
    assert.deepEqual((await completed).slice(0, 3), [1, 2, -5 /* ENOMEM */]);
    await until(() => server.seen.abortedOf('/endless'), 'the server saw the connection close');
    assert.equal(server.seen.abortedOf('/endless'), 1);
});

for (const hostName of ['native', 'wasmtime-p1', 'node-wasi']) {
    test(`there is no HTTP on ${hostName}`, async (t) => {
        const result = await runOn(t, hostName, FETCHING, { args: ['broken', 'http://127.0.0.1:1/'] });
        if (!result) return;
        assert.match(result.stdout, /^fetch: EDDY_ENOSYS/, told(result));
        assert.equal(result.code, 0, told(result));
    });
}
