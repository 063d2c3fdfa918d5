// Requests whose body is a stream, in pages: Chromium sends them over HTTP/2. What pages say where they cannot.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openHost } from '../tools/hosts/index.mjs';
import { runProcess } from '../tools/hosts/process.mjs';
import { makeCertificate } from './lib/certificate.mjs';
import { artifactOf, needHost, told } from './lib/hosts.mjs';
import { refusedUrl, startServer, until } from './lib/server.mjs';
import { UPLOADING, uploader, uploads } from './lib/uploads.mjs';

/** A browser that takes this server's certificate for a good one; null, and the test is skipped, without it. */
async function secureHost(t, hostName, secure) {
    if (!(await needHost(t, hostName))) return null;
    const host = await openHost(hostName, { secure });
    t.after(() => host.close());
    return host;
}

for (const hostName of ['chromium', 'chromium-worker']) {
    test(`uploads on ${hostName}: over HTTP/2`, async (t) => {
        const secure = makeCertificate();
        const host = await secureHost(t, hostName, secure);
        if (!host) return;
        const server = await startServer(secure);
        t.after(() => server.close());
        const artifact = await artifactOf(hostName, UPLOADING);

        const { prints, abortsOne: abortsNext } = uploader(server, (args) => host.run(artifact, { args, timeout: 120_000 }));
        const abortsOne = async (...args) => {
            await until(() => server.seen.atOnce === 0, 'the streams of earlier tests have been closed');
            await abortsNext(...args);
        };

        await uploads(t, server, { prints, abortsOne });
        await t.test('a server that takes it slowly', async () => {
            const printed = await prints(/^200 32000000 taken\n\d+ KiB ahead\n$/, 'slowly', '/slowly', '32000000');
            const [ahead] = /\d+(?= KiB)/.exec(printed);
            assert.ok(ahead > 64 && ahead < 4096, `${ahead} KiB`); // HTTP/2's window, what the browser holds, a pipe
        });
        await t.test('what is broken off is never taken for the whole', async () => {
            const before = server.seen.whole;
            for (let i = 0; i < 10; i++)
                await abortsOne(/^fetch: EDDY_EUSER: .+\n$/, 'failing', '/count', '3000000');
            await prints('40 cancelled, nothing left\n', 'many-cancelled', '/count', '40');
            await until(() => server.seen.atOnce === 0, 'all streams have been closed');
            assert.equal(server.seen.whole, before);
        });
        await t.test('a refused connection', async () => {
            const nowhere = (await refusedUrl()).replace('http:', 'https:');
            const result = await host.run(artifact, { args: ['refused', nowhere] });
            assert.equal(result.stdout, 'failed, 3 bytes left\n', told(result));
        });
    });
}

const REFUSALS = {
    chromium: { http: 'pages send a streamed body over HTTP/2 or 3 only', https: undefined },
    firefox: { http: 'this browser sends no streamed bodies', https: 'this browser sends no streamed bodies' },
};

for (const [hostName, { http, https }] of Object.entries(REFUSALS)) {
    test(`what cannot be streamed is refused, and nothing is sent, on ${hostName}`, async (t) => {
        const secure = makeCertificate();
        const host = await secureHost(t, hostName, secure);
        if (!host) return;
        const artifact = await artifactOf(hostName, UPLOADING);
        const refuses = async (server, why) => {
            const result = await host.run(artifact, { args: ['plain', server.url('/count'), '10'] });
            assert.equal(result.stdout, `fetch: EDDY_ENOSYS: ${why}: ${server.url('/count')}\n`, told(result));
            assert.equal(server.seen.requests, 0);
        };
        for (const [why, how] of [[http, undefined], [https, secure]]) {
            if (!why) continue;
            const server = await startServer(how);
            t.after(() => server.close());
            await refuses(server, why);
        }
    });
}

// What it speaks shows only when it is asked.
test('a server that does not speak HTTP/2, on chromium', async (t) => {
    const secure = makeCertificate();
    const host = await secureHost(t, 'chromium', secure);
    if (!host) return;
    const server = await startServer(secure, { http1: true });
    t.after(() => server.close());
    const { stdout, ...rest } = await host.run(await artifactOf('chromium', UPLOADING),
        { args: ['plain', server.url('/count'), '10'] });
    assert.match(stdout, /^fetch: EDDY_EHOST: .*pages send a streamed body over HTTP\/2 or 3 only\n$/, told({ stdout, ...rest }));
    assert.equal(server.seen.requests, 0);
});

// Which comes about when a task sends amid the turn in which another has given up the request.
test('a piece that comes after its request was given up is not taken', async () => {
    const at = (path) => JSON.stringify(new URL(path, import.meta.url));
    const script = `
        import { createEddyHost } from ${at('../web/host.mjs')};
        import { createEddyHttp } from ${at('../web/http.mjs')};
        delete globalThis.process; // as in a page
        globalThis.location = { protocol: 'https:' };
        const memory = new Uint8Array(1000);
        new TextEncoder().encodeInto('https://a.invalid/\\0PUT\\0', memory);
        const completed = [];
        const host = createEddyHost({
            memory: () => memory, tick: () => -1, alloc: () => 500, complete: (op, generation, result) => completed.push([op, result]),
        });
        const reads = (url, { body }) => body.getReader().read().then(() => new Promise(() => {}));
        const http = createEddyHttp(host, () => reads);
        const number = http.startFetch(1, 1, 0, 19, 0, 0, 0, 0, 0, 0, 0, 0, 1);
        await new Promise((done) => { setTimeout(done, 1); }); // it asks for a piece
        http.roomOfUpload(number, 2, 1);
        host.cancel(1, 1);
        const taken = http.putUpload(number, 0, 10);
        http.roomOfUpload(number, 3, 1);
        console.log(JSON.stringify({ taken, completed }));`;
    const result = await runProcess([process.execPath, '--no-warnings', '--input-type=module', '--eval', script]);
    assert.equal(result.stderr, '', told(result));
    // There was room; then it is closed.
    assert.deepEqual(JSON.parse(result.stdout), { taken: 0, completed: [[2, 0], [3, -6]] });
});
