// eddy's own loader: sizes, what a module imports, output, arguments, signals, sources.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { load } from '../web/loader.mjs';
import { artifactOf } from './lib/hosts.mjs';

const HELLO = 'examples/hello.c';
const ALIVE = 'tests/programs/alive.c';
const wasmOf = async (program) => (await artifactOf('lean', program)).replace(/mjs$/, 'wasm');
const gzipped = (...files) => gzipSync(Buffer.concat(files.map((file) => readFileSync(file))), { level: 9 }).length;

test('a hello that sleeps is small, and so is what loads it', async () => {
    const wasm = gzipped(await wasmOf(HELLO));
    assert.ok(wasm <= 12 * 1024, `the module has ${wasm} bytes gzipped`);
    const loader = gzipped('web/host.mjs', 'web/loader.mjs');
    assert.ok(loader <= 6 * 1024, `the loader has ${loader} bytes gzipped`);
    const crawler = gzipped(await wasmOf('examples/crawl.c'));
    assert.ok(crawler <= 40 * 1024, `the crawler has ${crawler} bytes gzipped`);
});

test('a module imports only what it uses', async () => {
    const imports = WebAssembly.Module.imports(await WebAssembly.compile(readFileSync(await wasmOf(HELLO))));
    assert.deepEqual(imports.map(({ name }) => name).sort(), [
        'eddy_js_abort', 'eddy_js_catch_interrupts', 'eddy_js_exit', 'eddy_js_now', 'eddy_js_report',
        'eddy_js_wake', 'emscripten_notify_memory_growth', 'fd_close', 'fd_seek', 'fd_write',
    ]);
});

test('every kind of source', async () => {
    const path = await wasmOf(HELLO);
    const bytes = readFileSync(path);
    const response = () => new Response(bytes, { headers: { 'content-type': 'application/wasm' } });
    const sources = [path, pathToFileURL(path), pathToFileURL(path).href, bytes, bytes.buffer.slice(
        bytes.byteOffset, bytes.byteOffset + bytes.length), new WebAssembly.Module(bytes), response(),
    Promise.resolve(response()), `data:application/wasm;base64,${bytes.toString('base64')}`];
    await Promise.all(sources.map(async (source) => {
        const lines = [];
        const app = await load(source, { print: (line) => lines.push(line) });
        assert.equal(await app.ended, 0);
        assert.deepEqual(lines, ['hello,', 'world']);
    }));
    await assert.rejects(load(new Response('no', { status: 404, statusText: 'Not Found' })), /404 Not Found/);
    await assert.rejects(load(`${path}.no`), /ENOENT/);
});

test('a line is told when it is written, not when the program ends', async () => {
    let told;
    const first = new Promise((done) => { told = done; });
    const app = await load(await wasmOf(HELLO), { print: told });
    const winner = await Promise.race([first, app.ended]);
    assert.equal(winner, 'hello,');
    await app.ended;
});

test('arguments, statuses, reports', async () => {
    const wasm = await wasmOf(ALIVE);
    assert.equal(await (await load(wasm, { args: ['status'], print() {} })).ended, 7);
    const reports = [];
    const app = await load(wasm, { args: ['ünknown'], print() {}, onReport: (line) => reports.push(line) });
    assert.equal(await app.ended, 1);
    assert.deepEqual(reports, ['eddy: main ended with EDDY_EINVAL: alive: what is "ünknown"?']);
});

test('a signal interrupts a program, close does the same', async () => {
    const wasm = await wasmOf(ALIVE);
    const controller = new AbortController();
    const options = { args: ['sleep'], print() {}, onReport() {} };
    const app = await load(wasm, { ...options, signal: controller.signal });
    controller.abort();
    assert.equal(await app.ended, 1);
    assert.equal(await (await load(wasm, options)).close(), 1);
});

test('imports of WASI that the caller brings take the place of the loader\'s own', async () => {
    const wasm = await wasmOf(HELLO);
    const bytes = [];
    const app = await load(wasm, { imports: { wasi_snapshot_preview1: {
        fd_write(fd, vectors, count, written) {
            const view = new DataView(app.exports.memory.buffer);
            let total = 0;
            for (; count > 0; count--, vectors += 8) {
                const data = view.getUint32(vectors, true), size = view.getUint32(vectors + 4, true);
                bytes.push(...new Uint8Array(view.buffer, data, size));
                total += size;
            }
            view.setUint32(written, total, true);
            return 0;
        },
    } }, print() { throw new Error('this is not to be used'); } });
    assert.equal(await app.ended, 0);
    assert.equal(Buffer.from(bytes).toString(), 'hello,\nworld\n');
});

for (const mode of ['release', 'debug']) {
    test(`C below JavaScript that a task has called cannot suspend it, ${mode}`, async () => {
        const wasm = (await artifactOf('lean', 'tests/programs/below.c', mode)).replace(/mjs$/, 'wasm');
        const lines = [], tried = [];
        const inTable = (f) => app.exports.__indirect_function_table.get(f)();
        const page = { call: inTable };
        let app;
        const print = (line) => {
            if (line === 'call') tried.push(app.exports.tries());
            else lines.push(line);
        };
        app = await load(wasm, { print, imports: { page, env: {
            through(f, ...numbers) {
                assert.deepEqual(numbers, [1, 2, 3, 4, 5]);
                return tried.push(app.exports.tries()) && inTable(f);
            },
        } } });
        assert.equal(await app.ended, 0, lines.join('\n'));
        assert.deepEqual(lines, ['ok']);
        assert.deepEqual(tried, [-3, -3]);
        assert.equal(page.call, inTable); // the caller's own stay as they are
    });
}

test('two modules beside one another', async () => {
    const both = await Promise.all([1, 2].map(async () => (await load(await wasmOf(ALIVE),
        { args: ['many'], print() {} })).ended));
    assert.deepEqual(both, [0, 0]);
});
