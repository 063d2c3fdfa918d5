// Directories, and files by their paths, on every host that has files; and files in pages.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ROOT } from '../tools/build.mjs';
import { artifactOf, needHost, runOn, told } from './lib/hosts.mjs';

const PATHS = 'tests/programs/paths.c';
const FILES = 'tests/programs/files.c';

function isOk(result) {
    assert.equal(result.stdout, 'ok\n', told(result));
    assert.equal(result.code, 0, told(result));
}

/** A folder for the program, with what paths.c wants to find in it, and a file beside it. */
function folderFor(t) {
    const folder = mkdtempSync(join(tmpdir(), 'eddy-paths-'));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    const inside = join(folder, 'open to the program');
    mkdirSync(inside);
    writeFileSync(join(folder, 'beside'), 'not for the program');
    writeFileSync(join(inside, 'target'), 'target');
    symlinkSync('target', join(inside, 'link'));
    return inside;
}

for (const hostName of ['native', 'node', 'lean', 'node-26', 'deno', 'bun', 'wasmtime', 'wasmtime-p1']) {
    test(`directories and paths on ${hostName}`, async (t) => {
        const inside = folderFor(t);
        const result = await runOn(t, hostName, PATHS, {
            args: hostName.startsWith('wasmtime') ? ['/opened', 'links', 'sandboxed'] : [inside, 'links'],
            folders: [`${inside}::/opened`],
        });
        if (result) isOk(result);
    });
}

for (const hostName of ['chromium', 'chromium-worker', 'firefox']) {
    test(`the origin's own files on ${hostName}`, async (t) => {
        const result = await runOn(t, hostName, PATHS, { args: ['.', 'sandboxed'] });
        if (!result) return;
        isOk(result);
        isOk(await runOn(t, hostName, FILES, { args: ['/', 'sandboxed'] }));
    });
}

/** Serves the modules of web/ and those wasm files, by name. -> the server's address */
async function serveLean(t, modules) {
    const server = createServer((request, response) => {
        const send = (type, body) => response.writeHead(200, { 'content-type': type }).end(body);
        const [, script] = /^\/web\/(\w+\.mjs)$/.exec(request.url) ?? [];
        if (script) return send('text/javascript', readFileSync(join(ROOT, 'web', script)));
        const wasm = modules[request.url.slice(1)];
        return wasm ? send('application/wasm', readFileSync(wasm)) : send('text/html', '<!doctype html>');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.after(() => {
        server.close();
        server.closeAllConnections();
    });
    return `http://127.0.0.1:${server.address().port}`;
}

test("the origin's own files, in a page without Emscripten's JavaScript", async (t) => {
    const host = await needHost(t, 'chromium');
    if (!host) return;
    const wasmOf = async (program) => (await artifactOf('lean', program)).replace(/mjs$/, 'wasm');
    const origin = await serveLean(t, { paths: await wasmOf(PATHS), files: await wasmOf(FILES) });
    const page = await host.browser.newPage();
    t.after(() => page.close());
    const loaded = [];
    page.on('request', (request) => loaded.push(request.url()));
    await page.goto(`${origin}/`);
    for (const name of ['paths', 'files']) {
        const result = await page.evaluate(async (module) => {
            const { load } = await import('/web/loader.mjs');
            const lines = [];
            const app = await load(`/${module}`, { args: ['.', 'sandboxed'], print: (line) => lines.push(line) });
            return { code: await app.ended, stdout: `${lines.join('\n')}\n`, stderr: '' };
        }, name);
        isOk(result);
    }
    assert.ok(loaded.some((url) => url.endsWith('/opfs.mjs')));
    assert.ok(!loaded.some((url) => /(files|udp|http)\.mjs$/.test(url)), loaded.join('\n'));
});
