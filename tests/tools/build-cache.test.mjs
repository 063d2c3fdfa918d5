// The cache of built programs: a clone in another folder gets from it just what it would have built, and
// nothing else; what is damaged is built again.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { appendFileSync, cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync,
         utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { openBuildCache } from '../../tools/build-cache.mjs';
import { ROOT } from '../../tools/build.mjs';
import { configure } from '../../tools/configure.mjs';
import { recipesOf } from '../../tools/recipe.mjs';
import { setup } from '../../tools/setup.mjs';

const PROGRAM = 'examples/hello.c';
const PARTS = ['include', 'src', 'tools', 'wasi', 'web', PROGRAM];

let folder;
before(() => { folder = mkdtempSync(join(tmpdir(), 'eddy-built-')); });
after(() => rmSync(folder, { recursive: true, force: true }));

function clone(name) {
    const place = join(folder, name);
    for (const part of PARTS) cpSync(join(ROOT, part), join(place, part), { recursive: true });
    return place;
}

/** Runs a module there; -> { stdout, stderr } */
async function run(script, cache = '0') {
    const child = spawn(process.execPath, ['--no-warnings', '--input-type=module', '-e', script],
        { cwd: folder, env: { ...process.env, EDDY_BUILD_CACHE: cache }, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '', stderr = '';
    child.stdout.on('data', (text) => { stdout += text; });
    child.stderr.on('data', (text) => { stderr += text; });
    const code = await new Promise((done) => { child.on('close', done); });
    assert.equal(code, 0, stderr);
    return { stdout, stderr };
}

const from = (place, file) => JSON.stringify(pathToFileURL(join(place, file)));

/** Builds the program there; -> { artifact, ran: whether a compiler or linker was, said } */
async function build(place, cache) {
    const { stdout, stderr } = await run(`const { build } = await import(${from(place, 'tools/build.mjs')});
        console.log((await build({ host: 'native', mode: 'asan', programs: ['${PROGRAM}'] })).get('${PROGRAM}'));`, cache);
    return { artifact: stdout.trim(), ran: /^\[\d+\/\d+\] /m.test(stderr), said: stderr };
}

const entriesOf = (cache) => readdirSync(cache, { recursive: true }).map((name) => join(cache, name))
    .filter((path) => statSync(path).isFile());

test('another clone gets what it would have built', async () => {
    const cache = join(folder, 'cache');
    const first = clone('a'), second = clone('another-place/b');
    const built = await build(first, cache);
    assert.ok(built.ran);
    const fetched = await build(second, cache);
    assert.ok(!fetched.ran, fetched.said);
    assert.match(fetched.said, /1 of 1 were built before/);
    assert.ok(!existsSync(join(second, 'build/native-asan/o')), 'nothing was compiled');
    const bytes = readFileSync(fetched.artifact);
    assert.ok(bytes.equals(readFileSync(built.artifact)));
    assert.ok(!bytes.includes(folder), 'it names no folder of a clone');
    assert.equal((await build(second, cache)).said, '', 'nothing is left to do');

    const without = await build(second, '0');
    assert.ok(without.ran, 'without the cache, what it has brought is built');
    assert.ok(readFileSync(without.artifact).equals(bytes), 'and is the same');

    const [entry, ...more] = entriesOf(cache);
    assert.deepEqual(more, []);
    truncateSync(entry, statSync(entry).size - 1);
    rmSync(without.artifact);
    const again = await build(second, cache);
    assert.ok(again.ran, 'a damaged entry counts for nothing');
    assert.ok(readFileSync(again.artifact).equals(bytes));
    rmSync(join(first, 'build'), { recursive: true });
    assert.ok(!(await build(first, cache)).ran, 'and is made anew');
});

test('what was fetched is linked again when the cache has it no more', async () => {
    const cache = join(folder, 'cache'), place = join(folder, 'another-place/b');
    const source = join(place, PROGRAM), was = readFileSync(source, 'utf8');
    const { artifact } = await build(place, '0');
    writeFileSync(source, was.replace('"hello', '"hallo'));
    await build(place, cache);
    writeFileSync(source, was);
    assert.ok(!(await build(place, cache)).ran);
    rmSync(cache, { recursive: true });
    writeFileSync(source, was.replace('"hello', '"hallo'));
    utimesSync(source, 1, 1); // older than the object, which is of the same text, and than what was fetched
    await build(place, cache);
    assert.ok(readFileSync(artifact).includes('hallo,'));
});

const HOWS = ['native-asan', 'native-debug', 'web-release', 'lean-release', 'lean-debug', 'wasi-release', 'wasip2-release'];

/** The program's keys in a clone. */
function keysIn(place, tools) {
    process.chdir(place);
    try {
        return Object.fromEntries(HOWS.map((how) => {
            const [host, mode] = how.split('-');
            const { common, recipes } = configure({ host, mode, tools });
            const found = recipesOf({ host, mode, tools, recipes, common, programs: [PROGRAM], root: place });
            return [how, found.get(PROGRAM).key];
        }));
    } finally {
        process.chdir(ROOT);
    }
}

test('every change of what takes part gives another key', async () => {
    const tools = await setup({ quiet: true });
    const place = clone('keys');
    const before = keysIn(place, tools);
    assert.equal(new Set(Object.values(before)).size, HOWS.length);
    const differing = (keys) => HOWS.filter((how) => keys[how] !== before[how]);
    const those = (pattern) => HOWS.filter((how) => pattern.test(how));

    assert.deepEqual(differing(keysIn(clone('elsewhere/keys'), tools)), those(/debug/),
        'debuggers look for the sources where they are, all else can be anywhere');
    for (const [file, expected] of [
        [PROGRAM, HOWS], ['include/eddy/base.h', HOWS], ['src/core/loop.c', HOWS], ['src/core/internal.h', HOWS],
        ['tools/asyncify.mjs', those(/^(?!native)/)], ['tools/wasm.mjs', those(/^(?!native)/)],
        ['tools/finish.mjs', those(/web|lean/)], ['web/loader.mjs', those(/web|lean/)],
        ['web/emscripten.js', those(/web|lean/)], ['wasi/p2.c', those(/wasi/)],
        ['tools/libc.mjs', ['wasip2-release']], // what flags.mjs says stands in the commands
        ['tools/test.mjs', []], ['tools/setup.mjs', []],
    ]) {
        const path = join(place, file), was = readFileSync(path);
        appendFileSync(path, '\n');
        assert.deepEqual(differing(keysIn(place, tools)), expected, file);
        writeFileSync(path, was);
    }
    for (const file of ['include/string.h', 'src/core/time.h', 'examples/string.h']) { // found before the system's
        writeFileSync(join(place, file), '');
        assert.deepEqual(differing(keysIn(place, tools)), HOWS, file);
        rmSync(join(place, file));
    }
    assert.deepEqual(differing(keysIn(place, { ...tools, cc: process.execPath })), those(/native/), 'another compiler');
    process.env.CPATH = place;
    assert.deepEqual(differing(keysIn(place, tools)), HOWS, 'a variable that compilers heed');
    delete process.env.CPATH;
    assert.deepEqual(differing(keysIn(place, tools)), []);
});

test('two processes that keep the same at once; entries that were not used for longest go first', async () => {
    const cache = join(folder, 'small');
    const key = (i) => `${i}`.padStart(64, '0');
    const script = `const { openBuildCache } = await import(${from(ROOT, 'tools/build-cache.mjs')});
        const cache = openBuildCache('', { EDDY_BUILD_CACHE: ${JSON.stringify(cache)} });
        for (let round = 0; round < 200; round++) {
            cache.put(${JSON.stringify(key(1))}, [], [{ mode: 0o644, bytes: Buffer.alloc(5000, process.pid % 100) }]);
            const { files } = cache.get(${JSON.stringify(key(1))});
            if (files[0].bytes.length !== 5000) throw new Error('half an entry');
        }`;
    await Promise.all([run(script), run(script)]);
    assert.equal(entriesOf(cache).length, 1);

    const keeper = openBuildCache('', { EDDY_BUILD_CACHE: cache, EDDY_BUILD_CACHE_MB: '0.1' });
    const bytes = randomBytes(20_000);
    for (let i = 2; i <= 6; i++) {
        keeper.put(key(i), [], [{ mode: 0o755, bytes }]);
        utimesSync(keeper.place(key(i)), i, i);
    }
    writeFileSync(`${keeper.place(key(7))}.1.part`, 'of a process that was ended');
    utimesSync(`${keeper.place(key(7))}.1.part`, 1, 1);
    assert.ok(keeper.get(key(2)).files[0].bytes.equals(bytes)); // is now the last
    keeper.trim();
    assert.deepEqual([1, 2, 3, 4, 5, 6].filter((i) => keeper.has(key(i))), [1, 2, 5, 6]);
    assert.equal(entriesOf(cache).length, 4);
    assert.equal(openBuildCache('', { EDDY_BUILD_CACHE: '0' }), null);
});
