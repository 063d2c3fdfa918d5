// The npm package: what is in the tarball, its exports, and a project elsewhere that uses it.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
    copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { before, after, test } from 'node:test';
import { spawn, spawnSync } from 'node:child_process';
import sendFile from 'send';
import { ROOT } from '../tools/build.mjs';
import { packages } from '../tools/hosts/runtimes.mjs';
import { SetupError } from '../tools/setup.mjs';
import { artifactOf, needHost, PAGES } from './lib/hosts.mjs';

let folder, tarball;

function run(command, args, cwd = folder) {
    const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8', timeout: 300_000 });
    return { status, output: `${stdout}${stderr}`, stdout };
}

function succeeds(command, args, cwd) {
    const { status, output, stdout } = run(command, args, cwd);
    assert.equal(status, 0, `${command} ${args.join(' ')}\n${output}`);
    return stdout;
}

const tool = (name) => join(ROOT, 'node_modules', '.bin', name);

before(() => {
    folder = mkdtempSync(join(tmpdir(), 'eddy-package-'));
    succeeds('npm', ['pack', '--pack-destination', folder], ROOT);
    tarball = join(folder, readdirSync(folder).find((name) => name.endsWith('.tgz')));
    writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n');
    succeeds('npm', ['install', '--offline', '--no-audit', '--no-fund', tarball]);
});

after(() => rmSync(folder, { recursive: true, force: true }));

test('what its files import of it is in it', () => {
    const inside = join(folder, 'node_modules/eddy');
    const scripts = ['tools', 'web', 'wasi'].flatMap((part) => readdirSync(join(inside, part), { recursive: true })
        .filter((name) => name.endsWith('.mjs')).map((name) => join(inside, part, name)));
    assert.ok(scripts.length > 20);
    for (const script of scripts)
        for (const [, name] of readFileSync(script, 'utf8').matchAll(/\b(?:from|import)\b[ (]*'(\.[^']*\.mjs)'/g))
            assert.ok(existsSync(join(dirname(script), name)), `${relative(inside, script)} imports ${name}`);
});

test('publint finds nothing', () => {
    const { status, output } = run(tool('publint'), ['run', tarball, '--strict']);
    assert.equal(status, 0, output);
});

test('the types are right wherever ES modules are', () => {
    const { status, output } = run(tool('attw'), [tarball, '--profile', 'esm-only', '--no-emoji']);
    assert.equal(status, 0, output);
});

test('an empty folder loads a module with it', async () => {
    const hello = (await artifactOf('lean', 'examples/hello.c')).replace(/mjs$/, 'wasm');
    copyFileSync(hello, join(folder, 'hello.wasm'));
    writeFileSync(join(folder, 'main.mjs'), `import { load, EddyError } from 'eddy';
const app = await load(new URL('./hello.wasm', import.meta.url));
console.log(await app.ended, typeof EddyError);
`);
    assert.equal(succeeds(process.execPath, ['main.mjs']), 'hello,\nworld\n0 function\n');
});

// ---- in pages -------------------------------------------------------------------------------------------

/** Two modules, found in the two ways that bundlers know; what they print is left where a test looks. */
const PAGE_SCRIPT = `import { load } from 'eddy';
%URL%
globalThis.printed = [];
for (const wasm of [new URL('./hello.wasm', import.meta.url), %SECOND%])
    printed.push(await (await load(wasm, { print: (line) => printed.push(line) })).ended);
globalThis.done = true;
`;
const PRINTED = ['hello,', 'world', 0, 'hello,', 'world', 0];
const html = (more) => `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">${more}`;

/** Serves the folder under a policy without unsafe-eval; scripts in the page only with this text. */
async function serve(t, root, inline) {
    const hash = inline ? ` 'sha256-${createHash('sha256').update(inline).digest('base64')}'` : '';
    const server = createServer((request, response) => {
        response.setHeader('content-security-policy',
            `default-src 'self'; img-src data:; script-src 'self' 'wasm-unsafe-eval'${hash}`);
        sendFile(request, request.url, { root }).on('error', () => response.writeHead(404).end()).pipe(response);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.after(() => {
        server.close();
        server.closeAllConnections();
    });
    return `http://127.0.0.1:${server.address().port}/`;
}

/** What the page printed when it is done. */
async function printedBy(host, url) {
    const page = await host.browser.newPage();
    const problems = [];
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => { if (message.type() === 'error') problems.push(message.text()); });
    try {
        await page.goto(url);
        await page.waitForFunction('globalThis.done')
            .catch((error) => problems.push(error.message));
        assert.deepEqual(problems, []);
        return await page.evaluate('globalThis.printed');
    } finally {
        await page.close();
    }
}

/** A folder of a page beside node_modules, with a module to load. */
async function pageFolder(name, script, more) {
    const place = join(folder, name);
    mkdirSync(place);
    copyFileSync((await artifactOf('lean', 'examples/hello.c')).replace(/mjs$/, 'wasm'), join(place, 'hello.wasm'));
    writeFileSync(join(place, 'main.js'), script);
    writeFileSync(join(place, 'index.html'), html(`${more}<script type="module" src="./main.js"></script>`));
    return place;
}

test('a page finds it by an import map, under a policy without unsafe-eval', async (t) => {
    const map = JSON.stringify({ imports: { eddy: '/node_modules/eddy/web/loader.mjs' } });
    await pageFolder('mapped', PAGE_SCRIPT.replace('%URL%', '').replace('%SECOND%', "fetch('./hello.wasm')"),
        `<script type="importmap">${map}</script>`);
    const url = await serve(t, folder, map);
    for (const hostName of PAGES) {
        await t.test(`in ${hostName}`, async (t) => {
            const host = await needHost(t, hostName);
            if (host) assert.deepEqual(await printedBy(host, `${url}mapped/index.html`), PRINTED);
        });
    }
});

test('Vite builds a page with it, and serves one while it is written', async (t) => {
    const host = await needHost(t, 'chromium');
    if (!host) return;
    let vite;
    try {
        vite = join(await packages(), 'vite/bin/vite.js');
    } catch (error) {
        if (!(error instanceof SetupError) || process.env.CI) throw error;
        return t.skip(`no Vite: ${error.message}`);
    }
    const place = await pageFolder('bundled', PAGE_SCRIPT
        .replace('%URL%', "import address from './hello.wasm?url';").replace('%SECOND%', 'address'), '');
    await t.test('built', async (t) => {
        // Modules are files of the result, also small ones: the policy allows no data: addresses.
        succeeds(process.execPath, [vite, 'build', '--logLevel', 'warn', '--assetsInlineLimit', '0',
            '--target', 'es2022'], place);
        assert.deepEqual(await printedBy(host, `${await serve(t, join(place, 'dist'))}index.html`), PRINTED);
    });
    await t.test('served', async (t) => {
        const server = spawn(process.execPath, [vite, '--host', '127.0.0.1', '--port', '0'],
            { cwd: place, stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, NO_COLOR: '1' } });
        t.after(() => server.kill());
        let text = '';
        const address = await new Promise((found, fail) => {
            server.stdout.setEncoding('utf8').on('data', (part) => {
                text += part;
                if (/http:\S+\/\n/.test(text)) found(/http:\S+\//.exec(text)[0]);
            });
            server.on('close', () => fail(new Error(`Vite has ended: ${text}`)));
            setTimeout(() => fail(new Error(`Vite has not said its address: ${text}`)), 120_000).unref();
        });
        assert.deepEqual(await printedBy(host, address), PRINTED);
    });
});

test('TypeScript knows what it imports', () => {
    writeFileSync(join(folder, 'use.mts'), `import { load, EddyError, type EddyApp } from 'eddy';
const app: EddyApp = await load('hello.wasm', { args: ['x'], onReport: (line) => console.log(line.length) });
const status: number | undefined = await app.ended;
const error = new EddyError(-4, 'EDDY_EINVAL', 'no');
export { status, error };
`);
    succeeds(tool('tsc'), ['--noEmit', '--strict', '--target', 'es2022', '--module', 'nodenext',
        '--lib', 'es2022,dom', 'use.mts']);
});

test('a C compiler finds the headers and the sources', () => {
    const { stdout } = run('ls', ['-R', join(folder, 'node_modules', 'eddy')]);
    for (const file of ['eddy.h', 'js.h', 'loop.c', 'asyncify.c', 'guest.c', 'emscripten.js', 'finish.mjs'])
        assert.match(stdout, new RegExp(`^${file.replace('.', '\\.')}$`, 'm'));
    writeFileSync(join(folder, 'use.c'), '#include <eddy.h>\nEDDY_EXPORT(int, one, (void)) { return 1; }\n');
    succeeds('cc', ['-std=c11', '-Wall', '-Wextra', '-Inode_modules/eddy/include', '-c', 'use.c', '-o', '/dev/null']);
});
