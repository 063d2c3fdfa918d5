// Requests whose body is a stream, in pages: Chromium sends them over HTTP/2. What pages say where they cannot.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openHost } from '../tools/hosts/index.mjs';
import { makeCertificate } from './lib/certificate.mjs';
import { artifactOf, needHost, told } from './lib/hosts.mjs';
import { refusedUrl, startServer, until } from './lib/server.mjs';
import { digest, UPLOADING } from './lib/uploads.mjs';

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

        const prints = async (stdout, what, path, ...more) => {
            const result = await host.run(artifact, { args: [what, server.url(path), ...more], timeout: 120_000 });
            if (stdout instanceof RegExp) assert.match(result.stdout, stdout, told(result));
            else assert.equal(result.stdout, stdout, told(result));
            assert.equal(result.code, 0, told(result));
            return result.stdout;
        };
        let tries = 0;
        const abortsOne = async (stdout, what, path, ...more) => {
            await until(() => server.seen.atOnce === 0, 'the streams of earlier tests have been closed');
            const before = server.seen.aborted;
            await prints(stdout, what, `${path}?${++tries}`, ...more);
            await until(() => server.seen.aborted > before, 'the server saw the stream close');
            assert.equal(server.seen.aborted, before + 1);
        };

        await t.test('megabytes', () => prints('200 undefined 30000000\n', 'plain', '/count', '30000000'));
        await t.test('each byte as it was', () => prints(`200 ${digest(20_000_000)}\n`, 'plain', '/digest', '20000000'));
        await t.test('nothing', () => prints(/^200 (undefined|0) 0\n$/, 'plain', '/count', '0'));
        await t.test('what another server sends', () =>
            prints('200 undefined 104000\n', 'passed-on', '/count', server.url('/chunks')));
        await t.test('a server that takes it slowly', async () => {
            const printed = await prints(/^200 32000000 taken\n\d+ KiB ahead\n$/, 'slowly', '/slowly', '32000000');
            const [ahead] = /\d+(?= KiB)/.exec(printed);
            assert.ok(ahead > 64 && ahead < 4096, `${ahead} KiB`); // HTTP/2's window, what the browser holds, a pipe
        });
        await t.test('an answer that comes before the end', () =>
            prints('413 no more of it\n', 'plain', '/too-large', '1000000000'));
        await t.test('a source that fails', () =>
            abortsOne(/^fetch: EDDY_EUSER: https:\S+: the disk is gone\n$/, 'failing', '/count', '30000000'));
        await t.test('… at once', () =>
            prints(/^fetch: EDDY_EUSER: https:\S+: the disk is gone\n$/, 'failing', '/count', '0'));
        await t.test('a server that takes nothing', () =>
            abortsOne('EDDY_ETIMEDOUT, some was sent\n', 'stuck', '/stuck'));
        await t.test('a cancelled request', () => abortsOne('EDDY_ECANCELED\n', 'cancelled', '/stuck'));
        await t.test('requests cancelled at every moment', () =>
            prints('40 cancelled, nothing left\n', 'many-cancelled', '/stuck', '40'));
        await t.test('what is broken off is never taken for the whole', async () => {
            const before = server.seen.whole;
            for (let i = 0; i < 10; i++)
                await abortsOne(/^fetch: EDDY_EUSER: .+\n$/, 'failing', '/count', '3000000');
            await prints('40 cancelled, nothing left\n', 'many-cancelled', '/count', '40');
            await until(() => server.seen.atOnce === 0, 'all streams have been closed');
            assert.equal(server.seen.whole, before);
        });
        await t.test('a stream reset amid it', () =>
            prints(/^fetch: EDDY_E(HOST|CONNRESET): (?!\(no text\)).+\n$/, 'plain', '/reset-upload', '30000000'));
        await t.test('a refused connection', async () => {
            const nowhere = (await refusedUrl()).replace('http:', 'https:');
            const result = await host.run(artifact, { args: ['refused', nowhere] });
            assert.equal(result.stdout, 'failed, 3 bytes left\n', told(result));
        });
        await t.test('a redirect that keeps the body', () =>
            prints(/^fetch: EDDY_EHOST: (?!\(no text\)).+\n$/, 'plain', '/moved'));
        await t.test('a redirect that drops it', () =>
            prints('201 GET undefined undefined \n', 'plain', '/see-other', '10'));
        await t.test('wrong use', () =>
            prints(/^EDDY_EINVAL: .+\nEDDY_EINVAL: .+\nEDDY_EHOST\n$/, 'wrong-use', '/count'));
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
