// The tool set-up's failure modes, on a mirror and an index of this test's own: nothing is
// fetched from outside. What the real compilers do, every other test shows.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync,
         writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { checkTested, parseUris, systemSources } from '../../tools/setup/debian.mjs';
import { which } from '../../tools/setup/base.mjs';
import { atLeast, isNeeded } from '../../tools/setup/packages.mjs';
import { until } from '../lib/server.mjs';

const MODULE = new URL('../../tools/setup.mjs', import.meta.url).href;
const sum = (bytes) => createHash('sha256').update(bytes).digest('hex');

let root;
let deb;
let server;
let address;
/** What the mirror does with a request: set by each test. */
let answer;
let asked = [];

function must(program, ...args) {
    const { status, stderr } = spawnSync(program, args, { encoding: 'utf8' });
    assert.equal(status, 0, `${program}: ${stderr}`);
}

const output = (program, ...args) =>
    spawnSync(program, args, { encoding: 'utf8' }).stdout.trim();

/** A Debian package with a site of one page and something of size to interrupt. */
function makeDeb(folder) {
    const tree = join(folder, 'deb');
    mkdirSync(join(tree, 'DEBIAN'), { recursive: true });
    mkdirSync(join(tree, 'usr/share/doc/sqlite3'), { recursive: true });
    writeFileSync(join(tree, 'DEBIAN/control'), 'Package: site\nVersion: 1\nArchitecture: all\n' +
        'Maintainer: nobody <nobody@example.org>\nDescription: a site\n');
    writeFileSync(join(tree, 'usr/share/doc/sqlite3/index.html'), '<title>hello</title>');
    const noise = Buffer.alloc(400000);
    for (let i = 0; i < noise.length; i++) noise[i] = (i * i * 31 + (i >> 3) * 17) & 255;
    writeFileSync(join(tree, 'usr/share/doc/sqlite3/noise'), noise);
    must('dpkg-deb', '--root-owner-group', '-Znone', '-b', tree, join(folder, 'site_1_all.deb'));
    return readFileSync(join(folder, 'site_1_all.deb'));
}

/** A wheel whose program says its version, in a folder that pip reads instead of an index. */
function makeWheel(folder) {
    mkdirSync(folder, { recursive: true });
    must('python3', '-c', `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1] + '/ninja-1.13.2-py3-none-any.whl', 'w') as z:
    z.writestr('ninja-1.13.2.data/scripts/ninja', '#!/bin/sh\\necho 1.13.2\\n')
    info = 'ninja-1.13.2.dist-info/'
    z.writestr(info + 'METADATA', 'Metadata-Version: 2.1\\nName: ninja\\nVersion: 1.13.2\\n')
    z.writestr(info + 'WHEEL', 'Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')
    z.writestr(info + 'RECORD', '')
`, folder);
    return readFileSync(join(folder, 'ninja-1.13.2-py3-none-any.whl'));
}

function lockFor({ site = deb, wheel = Buffer.alloc(0), suite = 'bookworm' } = {}) {
    return {
        architecture: output('dpkg', '--print-architecture'),
        debian: {
            tree: { suite: 'forky', files: [] },
            site: { suite, files: [{ name: 'site', version: '1', path: 'pool/s/site_1_all.deb',
                size: site.length, sha256: sum(site) }] },
            sources: { suite, files: [] },
        },
        wheels: { ninja: { name: 'ninja', version: '1.13.2', program: 'ninja',
            sha256: sum(wheel) } },
    };
}

let caches = 0;
const newCache = () => join(root, `cache${++caches}`);

/** Call setup() in a process of its own, as every command of the project does. */
function start(cache, want, { lock = lockFor(), env = {}, mirror = address } = {}) {
    const lockFile = join(root, `lock-${sum(JSON.stringify(lock)).slice(0, 12)}.json`);
    writeFileSync(lockFile, JSON.stringify(lock));
    const program = `
        import { setup, SetupError } from ${JSON.stringify(MODULE)};
        const began = process.cpuUsage();
        try {
            const tools = await setup(${JSON.stringify({ want, lockFile })});
            const { user, system } = process.cpuUsage(began);
            console.log(JSON.stringify({ tools, ms: (user + system) / 1000 }));
        } catch (error) {
            if (!(error instanceof SetupError)) throw error;
            console.log(JSON.stringify({ error: error.message }));
        }`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
        env: { ...process.env, EDDY_CACHE: cache, EDDY_DEBIAN_MIRROR: mirror, http_proxy: '',
            EDDY_TOOLS: '', no_proxy: '*', ...env },
    });
    const out = { stdout: '', stderr: '' };
    child.stdout.on('data', (text) => { out.stdout += text; });
    child.stderr.on('data', (text) => { out.stderr += text; });
    const ended = new Promise((done) => child.on('close', (code, signal) => done({
        code, signal, stderr: out.stderr, ...(out.stdout ? JSON.parse(out.stdout) : {}),
    })));
    return { child, ended };
}

const call = (...args) => start(...args).ended;

/** Folders of the cache that count, and those that must not be there. */
function laid(cache) {
    const names = existsSync(cache) ? readdirSync(cache) : [];
    return {
        folders: names.filter((name) => /-[0-9a-f]{12}$/.test(name)),
        rubbish: names.filter((name) => /\.part$|lock/.test(name)),
    };
}

const nothing = { folders: [], rubbish: [] };
const give = (bytes) => (request, response) => {
    const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
    response.writeHead(from ? 206 : 200, {
        'Content-Length': bytes.length - from, 'Accept-Ranges': 'bytes',
        'Last-Modified': 'Sat, 01 Aug 2026 00:00:00 GMT',
        ...(from && { 'Content-Range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` }),
    });
    response.end(bytes.subarray(from));
};

before(async () => {
    root = mkdtempSync(join(tmpdir(), 'eddy-setup-'));
    deb = makeDeb(root);
    server = createServer((request, response) => {
        asked.push(request);
        answer(request, response);
    });
    await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
    address = `http://127.0.0.1:${server.address().port}/debian`;
});

after(() => {
    server.closeAllConnections();
    server.close();
    rmSync(root, { recursive: true, force: true });
});

describe('packages of the lock', { timeout: 900_000 }, () => {
    test('are laid once; the second call fetches nothing, runs nothing and is quick', async () => {
        const cache = newCache();
        answer = give(deb);
        const first = await call(cache, ['site']);
        assert.match(readFileSync(join(first.tools.site, 'index.html'), 'utf8'), /hello/);
        assert.equal(laid(cache).folders.length, 1);
        assert.deepEqual(laid(cache).rubbish, []);
        asked = [];
        const times = [];
        for (let i = 0; i < 5; i++) {
            const again = await call(cache, ['site'], { mirror: 'http://127.0.0.1:9/none' });
            assert.equal(again.tools.site, first.tools.site);
            assert.equal(again.stderr, '');
            times.push(again.ms);
        }
        assert.equal(asked.length, 0);
        assert.ok(Math.min(...times) < 300, `took ${times} ms of the processor`); // to fetch and unpack takes seconds
    });

    test('a damaged one is refused in one line, and nothing is laid', async () => {
        const cache = newCache();
        const damaged = Buffer.from(deb);
        damaged[300000] ^= 1;
        answer = give(damaged);
        const { error } = await call(cache, ['site']);
        assert.match(error, /site_1_all\.deb came damaged/);
        assert.doesNotMatch(error, /\n/);
        assert.deepEqual(laid(cache), nothing);
        answer = give(deb);
        assert.ok((await call(cache, ['site'])).tools.site, 'a sound one is taken afterwards');
    });

    test('a damaged part on disk is not built on', async () => {
        const cache = newCache();
        mkdirSync(join(cache, 'downloads'), { recursive: true });
        writeFileSync(join(cache, 'downloads', `${sum(deb).slice(0, 16)}-site_1_all.deb`),
            Buffer.alloc(deb.length, 7));
        answer = give(deb);
        assert.ok((await call(cache, ['site'])).tools.site);
    });

    test('without a network: one line, nothing laid', async () => {
        const cache = newCache();
        const { error } = await call(cache, ['site'], { mirror: 'http://127.0.0.1:9/debian' });
        assert.match(error, /cannot fetch site_1_all\.deb: .*(connect|refused).*network is back/i);
        assert.doesNotMatch(error, /\n/);
        assert.deepEqual(laid(cache), nothing);
    });

    test('a mirror that takes connections and is silent: one line, soon', async () => {
        const cache = newCache();
        answer = () => {};
        const { error } = await call(cache, ['site'], { env: { EDDY_STALL_MS: '1000' } });
        assert.match(error, /cannot fetch site_1_all\.deb: the mirror does not answer\./);
        assert.deepEqual(laid(cache), nothing);
    });

    test('gone from the mirror, and its index not signed: says both, lays nothing', async () => {
        const cache = newCache();
        answer = (request, response) => {
            response.writeHead(404);
            response.end();
        };
        const { error, stderr } = await call(cache, ['site']);
        assert.match(stderr, /mirror no longer has site_1_all\.deb/);
        assert.match(error, /cannot read the index of Debian bookworm/);
        assert.doesNotMatch(error, /\n/);
        assert.deepEqual(laid(cache), nothing);
    });

    test('interrupted while fetching: ends by the signal, goes on where it was', async () => {
        const cache = newCache();
        const half = deb.length >> 1;
        answer = (request, response) => {
            response.writeHead(200, { 'Content-Length': deb.length, 'Accept-Ranges': 'bytes',
                'Last-Modified': 'Sat, 01 Aug 2026 00:00:00 GMT' });
            response.write(deb.subarray(0, half));
        };
        const { child, ended } = start(cache, ['site']);
        const fetched = () => existsSync(cache) && readdirSync(cache, { recursive: true })
            .filter((name) => name.includes('.deb')).some((name) => statSync(join(cache, name)).size > 0);
        await until(fetched, 'some of the package is in the cache');
        child.kill('SIGINT');
        const { signal, stderr } = await ended;
        assert.equal(signal, 'SIGINT');
        assert.match(stderr, /interrupted; nothing half-done is left/);
        assert.deepEqual(laid(cache), nothing);
        asked = [];
        answer = give(deb);
        assert.ok((await call(cache, ['site'])).tools.site);
        assert.match(asked[0].headers.range ?? '', /^bytes=[1-9]/);
    });

    test('two set-ups at once: one fetches, both have it', async () => {
        const cache = newCache();
        asked = [];
        answer = (request, response) => setTimeout(() => give(deb)(request, response), 500);
        const [one, two] = await Promise.all([call(cache, ['site']), call(cache, ['site'])]);
        assert.equal(one.tools.site, two.tools.site);
        assert.equal(asked.length, 1);
        assert.deepEqual(laid(cache).rubbish, []);
    });

    test('what a killed set-up left is swept, its lock does not stand in the way', async () => {
        const cache = newCache();
        mkdirSync(join(cache, 'tree-0123456789ab.1.part/usr'), { recursive: true });
        writeFileSync(join(cache, '.setup-lock'), JSON.stringify({ pid: 2 ** 22 - 3,
            host: output('hostname') }));
        answer = give(deb);
        assert.ok((await call(cache, ['site'])).tools.site);
        assert.deepEqual(laid(cache).rubbish, []);
    });

    test('a cache that cannot be written is named', async () => {
        const file = join(root, 'file');
        writeFileSync(file, '');
        const { error } = await call(join(file, 'cache'), ['site']);
        assert.match(error, /^cannot make the tool cache \S+file\/cache: \w+\. Set EDDY_CACHE/);
    });
});

describe('wheels of the lock', { timeout: 900_000 }, () => {
    const offline = () => ({ EDDY_TOOLS: 'own', PIP_NO_INDEX: '1', PIP_CONFIG_FILE: '/dev/null',
        PIP_FIND_LINKS: join(root, 'wheels') });

    test('are unpacked and run', async () => {
        const cache = newCache();
        const lock = lockFor({ wheel: makeWheel(join(root, 'wheels')) });
        const { tools, error } = await call(cache, ['native'], { lock, env: offline() });
        assert.equal(error, undefined);
        assert.equal(spawnSync(tools.ninja, { encoding: 'utf8' }).stdout, '1.13.2\n');
        assert.deepEqual(laid(cache).rubbish, []);
    });

    test('a damaged one is refused in one line, and nothing is laid', async () => {
        const cache = newCache();
        makeWheel(join(root, 'wheels'));
        const { error } = await call(cache, ['native'], { lock: lockFor(), env: offline() });
        assert.match(error, /^ninja 1\.13\.2 came damaged/);
        assert.deepEqual(laid(cache), nothing);
    });

    test('without a network: one line', async () => {
        const cache = newCache();
        const { error } = await call(cache, ['native'], { env: { EDDY_TOOLS: 'own',
            PIP_INDEX_URL: 'http://127.0.0.1:9/simple', PIP_FIND_LINKS: '' } });
        assert.match(error, /^cannot fetch ninja 1\.13\.2: no connection[^\n]*$/);
        assert.deepEqual(laid(cache), nothing);
    });
});

describe('what the set-up knows', () => {
    test('versions compare by number', () => {
        assert.ok(atLeast('3.1.60', '3.1.60') && atLeast('6.0.5', '3.1.60') && atLeast('49', '36'));
        assert.ok(!atLeast('3.1.9', '3.1.60') && !atLeast('3', '3.1') && !atLeast('x', '1'));
    });

    test('both formats of apt\'s sources are read', () => {
        const apt = join(root, 'apt');
        mkdirSync(join(apt, 'sources.list.d'), { recursive: true });
        writeFileSync(join(apt, 'sources.list'), '# deb http://no/ x main\n' +
            'deb [arch=amd64 signed-by=/k] http://one/debian trixie main\n' +
            'deb-src http://no/ y main\n');
        writeFileSync(join(apt, 'sources.list.d/two.sources'), 'Types: deb deb-src\n# said\n' +
            'URIs: http://two/debian\nSuites: bookworm bookworm-updates\nComponents: main\n\n' +
            'Types: deb\nEnabled: no\nURIs: http://no\nSuites: z\n');
        assert.deepEqual(systemSources(apt), [{ uri: 'http://one/debian', suites: ['trixie'] },
            { uri: 'http://two/debian', suites: ['bookworm', 'bookworm-updates'] }]);
    });

    test('addresses of the index become entries of the lock', () => {
        const text = `'http://m/debian/pool/main/l/l/libllvm21_21.1.8-13%2bb1_amd64.deb' ` +
            `libllvm21_1%3a21.1.8-13+b1_amd64.deb 28251876 SHA256:${'a'.repeat(64)}\n`;
        assert.deepEqual(parseUris(text, 'http://m/debian'), [{ name: 'libllvm21',
            version: '1:21.1.8-13+b1', path: 'pool/main/l/l/libllvm21_21.1.8-13+b1_amd64.deb',
            size: 28251876, sha256: 'a'.repeat(64) }]);
    });

    test('a suite that has rolled to an untested compiler is not taken silently', () => {
        checkTested([{ name: 'emscripten', version: '6.9.1+dfsg' }]);
        const newer = [{ name: 'emscripten', version: '7.0.0' }];
        assert.throws(() => checkTested(newer), /emscripten 7/);
        assert.throws(() => checkTested([{ name: 'clang-99', version: '1:99' }]), /clang 99/);
    });

    test('only what the compilers need to run is kept', () => {
        for (const name of ['python3.14', 'libnode137', 'libgcc-16-dev', 'libicu78', 'ccache']) {
            assert.ok(!isNeeded(name), name);
        }
        for (const name of ['libc6', 'libgcc-s1', 'libstdc++6', 'node-acorn', 'libllvm21', 'zlib1g',
            'libclang-cpp21', 'libclang-common-21-dev', 'wasi-libc', 'emscripten', 'libz3-4']) {
            assert.ok(isNeeded(name), name);
        }
    });
});

test("programs of npm packages are not taken for the user's tools", () => {
    const folder = mkdtempSync(join(tmpdir(), 'eddy-which-'));
    const own = join(folder, 'bin'), packages = join(folder, 'node_modules/.bin');
    for (const place of [own, packages]) {
        mkdirSync(place, { recursive: true });
        writeFileSync(join(place, 'wasm-opt'), '', { mode: 0o755 });
    }
    assert.equal(which('wasm-opt', { PATH: `${packages}:${own}` }), join(own, 'wasm-opt'));
    rmSync(folder, { recursive: true });
});
