// Requests whose body is a stream: in Node by each link, in Deno, Bun, workerd and under wasmtime. Pages are in
// uploads-http2.test.mjs.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runProcess } from '../tools/hosts/process.mjs';
import { artifactOf, JS_SERVERS, needHost, runOn, told } from './lib/hosts.mjs';
import { refusedUrl, startServer } from './lib/server.mjs';
import { UPLOADING, uploader, uploads } from './lib/uploads.mjs';

const RUNS = [...JS_SERVERS, 'lean', 'wasmtime'].map((hostName) => [hostName, `uploads on ${hostName}`, {}]);
// Where Node's HTTP client is to be left alone.
for (const hostName of ['lean', 'node-26'])
    RUNS.push([hostName, `uploads by the platform's fetch: ${hostName}`, { EDDY_FETCH: 'platform' }]);

for (const [hostName, title, env] of RUNS) {
    test(title, async (t) => {
        if (!(await needHost(t, hostName))) return;
        const server = await startServer();
        t.after(() => server.close());

        const { prints, abortsOne } = uploader(server, (args) =>
            runOn(t, hostName, UPLOADING, { args, env, timeout: 120_000 }));

        await uploads(t, server, { prints, abortsOne });
        await t.test('of a length that is said before', () =>
            // Deno and workerd send streams in chunks, whatever the header says.
            prints(['deno', 'workerd'].includes(hostName) ? /^200 (5000000|undefined) 5000000\n$/
                : '200 5000000 5000000\n', 'with-length', '/count', '5000000'));
        await t.test('both ways at once', () =>
            prints('first\nline 0\nline 1\nline 2\nline 3\nend\n', 'both-ways', '/mirror'));
        // workerd counts a source that fails then as a failure of the worker.
        if (hostName !== 'workerd') await t.test('… after the answer has begun', () =>
            abortsOne(/^body: EDDY_E(HOST|CONNRESET): (?!\(no text\)).+\n$/, 'fails-late', '/mirror'));
        await t.test('a refused connection', async () =>
            // These take some before they have a connection.
            prints(['wasmtime', 'deno', 'workerd'].includes(hostName) ? /^failed, [03] bytes left\n$/ : 'failed, 3 bytes left\n',
                'refused', await refusedUrl()));
    });
}

// The pump's piece and the pipe come to 128 KiB, the program to less than the rest.
test('what is sent on takes no more memory than a page on wasmtime', async (t) => {
    const server = await startServer();
    t.after(() => server.close());
    const result = await runOn(t, 'wasmtime', UPLOADING, {
        args: ['passed-on', server.url('/count'), server.url('/mebibytes?256')],
        flags: ['-W', 'max-memory-size=4194304'], timeout: 120_000,
    });
    if (!result) return;
    assert.equal(result.stdout, `200 undefined ${256 * 2 ** 20}\n`, told(result));
});

/** The most memory, in MiB, that a process of Node has had when the program has ended: about 100 if it keeps nothing. */
async function peakOf(env, artifact, ...args) {
    const tell = "process.on('exit', () => console.error(process.resourceUsage().maxRSS / 1024))";
    const main = fileURLToPath(new URL('../tools/hosts/node-main.mjs', import.meta.url));
    const result = await runProcess([process.execPath, '--no-warnings',
        '--import', `data:text/javascript,${encodeURIComponent(tell)}`, main, artifact, ...args], { env, timeout: 120_000 });
    assert.equal(result.code, 0, told(result));
    return { ...result, mebibytes: Number(result.stderr.trim().split('\n').at(-1)) };
}

for (const [by, env] of [['its HTTP client', {}], ['its fetch', { EDDY_FETCH: 'platform' }]]) {
    test(`what is sent, and what is read slowly, stays out of the memory of Node: by ${by}`, async (t) => {
        const server = await startServer();
        t.after(() => server.close());
        const sent = await peakOf(env, await artifactOf('node', UPLOADING), 'passed-on', server.url('/count'),
            server.url('/mebibytes?256'));
        assert.equal(sent.stdout, `200 undefined ${256 * 2 ** 20}\n`);
        assert.ok(sent.mebibytes > 30 && sent.mebibytes < 220, `${sent.mebibytes} MiB`);
        const read = await peakOf(env, await artifactOf('node', 'tests/programs/fetching.c'), 'slowly',
            server.url('/gigabyte'));
        assert.equal(read.stdout, `${2 ** 30} bytes\n`);
        assert.ok(read.mebibytes > 30 && read.mebibytes < 220, `${read.mebibytes} MiB`);
    });
}
