// A program of one's own in Emscripten, linked with eddy by one flag, from the npm package in an empty
// folder: every way to link that is promised to work, run; and each that is not, refused by one line.

import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { ROOT } from '../tools/build.mjs';
import { runtimeFiles } from '../tools/configure.mjs';
import { runProcess } from '../tools/hosts/process.mjs';
import { setup } from '../tools/setup.mjs';
import { closureCompiler, hasClosure } from './lib/closure.mjs';
import { needHost, told } from './lib/hosts.mjs';

const PORT = '--use-port=node_modules/eddy/web/eddy.py';
let folder, tools;

before(async () => {
    tools = await setup({ want: ['web'], quiet: true });
    folder = mkdtempSync(join(tmpdir(), 'eddy-link-'));
    const npm = async (...args) => {
        const result = await runProcess(['npm', ...args], { timeout: 300_000 });
        assert.equal(result.code, 0, told(result));
    };
    await npm('pack', ROOT, '--pack-destination', folder);
    const tarball = join(folder, readdirSync(folder).find((name) => name.endsWith('.tgz')));
    await npm('install', '--prefix', folder, '--offline', '--no-audit', '--no-fund', '--omit=dev', tarball);
    cpSync(join(ROOT, 'tests/link'), folder, { recursive: true });
    for (const name of ['exceptions.cpp', 'check.h']) cpSync(join(ROOT, 'tests/programs', name), join(folder, name));
});

after(() => rmSync(folder, { recursive: true, force: true }));

/** emcc, or em++ for C++, in the folder. */
function emcc(args, env = {}) {
    const cxx = args[0].endsWith('.cpp');
    const { command, env: own } = tools.emcc;
    const [compiler] = command.slice(-1);
    const program = cxx ? compiler.replace(/emcc(\.py)?$/, 'em++$1') : compiler;
    return runProcess([...command.slice(0, -1), program, ...args],
        { env: { ...own, ...env }, cwd: folder, timeout: 600_000 });
}

const DEBUG = ':debug=1'; // the port's option

async function link(output, args, env) {
    const port = args.includes(DEBUG) ? PORT + DEBUG : PORT;
    const result = await emcc([...args.filter((arg) => arg !== DEBUG), port, '-Werror', '-o', output], env);
    assert.equal(result.code, 0, told(result));
    return join(folder, output);
}

async function runs(command) {
    const result = await runProcess(command);
    assert.equal(result.code, 0, told(result));
    assert.equal(result.stdout, 'ok\n', told(result));
}

// ---- what works ---------------------------------------------------------------------------------------

const GROWS = '-sALLOW_MEMORY_GROWTH';
const MATRIX = [
    ['O0', '-O0', GROWS],
    ['O1', '-O1', '-DNO_JUMPS', '-sINITIAL_MEMORY=64MB', '-sSAFE_HEAP'],
    ['O2', '-O2', GROWS, '-sSINGLE_FILE'],
    ['O3', '-O3', GROWS, '-DNO_JUMPS', '-sMODULARIZE', '-sEXPORT_ES6', '-sENVIRONMENT=web,worker,node'],
    ['Os', '-Os', GROWS, '-sENVIRONMENT=node', '-sEXIT_RUNTIME'],
    ['debug', '-O1', GROWS, '-sASSERTIONS=2', '-sSTACK_OVERFLOW_CHECK=1', DEBUG],
    // As C alone: the tree's Emscripten cannot link its own C++ library as bitcode.
    ['lto', '-O2', GROWS, '-flto', '-sDEFAULT_TO_CXX=0'],
    ['above-2-GiB', '-O2', GROWS, '-sMAXIMUM_MEMORY=4GB', '-sINITIAL_MEMORY=2560MB', '-sGLOBAL_BASE=2200000000',
        '-DABOVE_2GB'],
    ['wasm2js', '-O1', GROWS, '-sWASM=0', '-DNO_JUMPS'],
];

for (const [name, ...flags] of MATRIX) {
    test(`${flags.join(' ')}`, async () => {
        const script = await link(`${name}.mjs`, ['matrix.c', ...flags]);
        await runs([process.execPath, join(folder, 'run.mjs'), script]);
        assert.match(readFileSync(join(folder, `${name}.d.mts`), 'utf8'), /shout\(text: string/);
    });
}

test('-sMODULARIZE as a script for require()', async () => {
    const script = await link('script.js', ['matrix.c', '-O2', GROWS, '-sMODULARIZE', '-DNO_JUMPS']);
    await runs([process.execPath, join(folder, 'run.mjs'), script]);
});

test('a script that is no module', async () => {
    await runs([process.execPath, await link('plain.js', ['matrix.c', '-O2', GROWS, '-DNO_JUMPS'])]);
});

for (const place of ['web', 'worker']) {
    test(`-sENVIRONMENT=${place}`, async (t) => {
        const host = await needHost(t, place === 'web' ? 'chromium' : 'chromium-worker');
        if (!host) return;
        const flags = ['-O2', GROWS, '-DNO_JUMPS', `-sENVIRONMENT=${place}`];
        const result = await host.run(await link(`${place}.mjs`, ['matrix.c', ...flags]));
        assert.equal(result.code, 0, told(result));
        assert.equal(result.stdout, 'ok\n', told(result));
    });
}

test('-g keeps DWARF, and it fits the code', async () => {
    const script = await link('dwarf.mjs', ['matrix.c', '-O1', '-g', GROWS]);
    await runs([process.execPath, join(folder, 'run.mjs'), script]);
    const module = new WebAssembly.Module(readFileSync(join(folder, 'dwarf.wasm')));
    for (const section of ['.debug_info', '.debug_line'])
        assert.equal(WebAssembly.Module.customSections(module, section).length, 1, section);
    const dump = tools.nm.replace(/llvm-nm$/, 'llvm-dwarfdump');
    const { stdout } = await runProcess([dump, '--name=deep', join(folder, 'dwarf.wasm')]);
    const [, low] = /DW_TAG_subprogram\s+DW_AT_low_pc\s+\((0x[0-9a-f]+)\)/.exec(stdout) ?? [];
    assert.ok(low, stdout);
    const lookup = await runProcess([dump, `--lookup=${low}`, join(folder, 'dwarf.wasm')]);
    assert.match(lookup.stdout, /file 'matrix\.c', line \d+|matrix\.c/, told(lookup));
    const [, line] = /line (\d+)/.exec(lookup.stdout) ?? [];
    const source = readFileSync(join(folder, 'matrix.c'), 'utf8').split('\n');
    assert.match(source[line - 1], /^static int deep\(/, lookup.stdout);
});

test('--closure 1', { skip: !hasClosure && 'there is no Closure Compiler for this machine' }, async () => {
    const script = await link('closure.mjs', ['matrix.c', '-O2', GROWS, '--closure', '1', '-DNO_JUMPS'],
        { EM_CLOSURE_COMPILER: await closureCompiler() });
    await runs([process.execPath, join(folder, 'run.mjs'), script]);
});

test('-fexceptions: C++ exceptions are each task\'s own, and it may wait in handlers', async () => {
    const script = await link('exceptions.mjs',
        ['exceptions.cpp', '-std=c++17', '-O2', GROWS, '-fexceptions']);
    await runs([process.execPath, '-e', `import(${JSON.stringify(script)}).then((m) => m.default())`]);
});

test('-fexceptions: thousands of exceptions and jumps take no more stack than one', async () => {
    const script = await link('throwing.mjs', ['throwing.cpp', '-O2', GROWS, '-fexceptions']);
    await runs([process.execPath, '-e', `import(${JSON.stringify(script)}).then((m) => m.default())`]);
});

test('beside tasks: files, IndexedDB, SDL, WebGL, the main loop, embind, stdin', async (t) => {
    const host = await needHost(t, 'chromium');
    if (!host) return;
    const flags = ['-O1', GROWS, '-lembind', '-lidbfs.js', '-sUSE_SDL=1', '-lGL', '--pre-js', 'page-input.js'];
    const result = await host.run(await link('page.mjs', ['page.c', 'bind.cpp', ...flags]));
    assert.equal(result.stdout, 'ok\n', told(result));
    assert.equal(result.code, 0, told(result));
});

// ---- C below JavaScript ------------------------------------------------------------------------------------

const TABLE = '-sALLOW_TABLE_GROWTH';
const BOUND = ['below-bind.cpp', '-lembind', '-DBINDINGS'];
for (const [name, ...flags] of [
    ['in debug builds', '-O0', ...BOUND],
    ['where names are short and C++ throws', '-O2', '-fexceptions', '-DTHROWS', ...BOUND],
    ['as JavaScript', '-O1', '-sWASM=0'],
]) {
    test(`C below JavaScript that a task has called cannot suspend it, ${name}`, async () => {
        const script = await link(`below-${name.replaceAll(' ', '-')}.mjs`, ['below.c', GROWS, TABLE, ...flags]);
        await runs([process.execPath, '-e', `import(${JSON.stringify(script)}).then((m) => m.default())`]);
    });
}

test('C below JavaScript, by a click in a page', async (t) => {
    const host = await needHost(t, 'chromium');
    if (!host) return;
    const result = await host.run(await link('below-page.mjs', ['below.c', '-O2', GROWS, TABLE, '-DPAGE', ...BOUND]));
    assert.equal(result.stdout, 'ok\n', told(result));
    assert.equal(result.code, 0, told(result));
});

// ---- what is refused ------------------------------------------------------------------------------------

const REFUSED = [
    [['-pthread'], /all tasks run on one thread/],
    [['-sMEMORY64'], /pointers have 32 bits; .*-sMAXIMUM_MEMORY=4GB/],
    [['-sMAIN_MODULE=2'], /link statically/],
    [['-sSIDE_MODULE=1'], /link statically/],
    [['-sASYNCIFY'], /eddy suspends by itself/],
    [['-sJSPI'], /eddy suspends by itself/],
    [['-fwasm-exceptions'], /with -fexceptions/],
    [['-sSUPPORT_LONGJMP=wasm'], /use -sSUPPORT_LONGJMP=emscripten/],
    [['-sASSERTIONS=2'], /add -sSTACK_OVERFLOW_CHECK=1/],
    [['-sMODULARIZE=instance'], /use -sMODULARIZE -sEXPORT_ES6/],
    [['-sIMPORTED_MEMORY'], /brings its memory/],
    [['-sMINIMAL_RUNTIME'], /goes on after main/],
    [['-sSTANDALONE_WASM'], /let emcc write X\.mjs/],
    [['-fsanitize=address'], /build natively/],
];

for (const [flags, why] of REFUSED) {
    test(`${flags.join(' ')} is refused`, async () => {
        const { code, stderr } = await emcc(['empty.c', PORT, ...flags, '-Wno-experimental', '-o', 'refused.mjs']);
        assert.notEqual(code, 0);
        const lines = stderr.trimEnd().split('\n').filter((line) => !/^\w+:INFO|warning/.test(line));
        assert.equal(lines.length, 1, stderr);
        assert.match(lines[0], /error: eddy: /);
        assert.ok(lines[0].includes(flags[0].replace(/=.*/, '')), lines[0]);
        assert.match(lines[0], why);
    });
}

test('-mtail-call is refused where something calls so', async () => {
    const { code, stderr } = await emcc(['tail.c', PORT, '-O2', '-mtail-call', '-o', 'tail.mjs']);
    assert.notEqual(code, 0);
    const lines = stderr.trimEnd().split('\n').filter((line) => !/^\w+:INFO|^cache:/.test(line));
    assert.match(lines[0], /^eddy: the program was compiled for WebAssembly's own tail calls \(-mtail-call\)/);
    assert.deepEqual(lines.slice(1), ['emcc: error: eddy: the link has failed']);
});

// Of which no more is there than how it says what it is: nothing else may be asked of it.
test('an Emscripten that is too old is refused', async () => {
    const old = join(folder, 'old');
    mkdirSync(join(old, 'tools'), { recursive: true });
    writeFileSync(join(old, 'tools/__init__.py'), '');
    const loaded = async (version) => {
        writeFileSync(join(old, 'emscripten-version.txt'), `${version}\n`);
        return runProcess(['python3', '-c', `exec(compile(open('${join(ROOT, 'web/eddy.py')}').read(), 'eddy.py', 'exec'))`],
            { env: { PYTHONPATH: old } });
    };
    for (const version of ['3.1.6', '"4.0.23"', '5.0.9-git']) {
        const { code, stderr } = await loaded(version);
        assert.equal(stderr, 'emcc: error: eddy: needs Emscripten 6.0 or later, this is ' +
            `${version.replaceAll('"', '')}\n`);
        assert.equal(code, 1);
    }
    for (const version of ['6.0.0', '6.1.0-git', '10.0.0'])
        assert.match((await loaded(version)).stderr, /cannot import name 'building'/);
});

for (const [flag, why] of [['-pthread', /one thread/], ['-m64', /32 bits/]]) {
    test(`the header refuses ${flag}`, async () => {
        writeFileSync(join(folder, 'header.c'), '#include <eddy.h>\n');
        const { code, stderr } = await emcc(['-c', 'header.c', '-Inode_modules/eddy/include', flag, '-o', 'header.o']);
        assert.notEqual(code, 0);
        assert.match(stderr, why);
    });
}

test('a program that is no task\'s: its own main, nothing of eddy\'s in it', async () => {
    await runs([process.execPath, await link('empty.js', ['empty.c'])]);
});

test("the project's build compiles C as emcc does", async (t) => {
    const { clang } = tools.emcc;
    if (!clang) return t.skip("only of eddy's own Emscripten is it known what its emcc calls");
    const files = ['src/core/loop.c', 'web/js_call.c'].map((file) => join(ROOT, file));
    for (const flags of [['-O3', '-ffunction-sections', '-DNDEBUG'], ['-Oz', '-DEDDY__SMALL'], ['-O0', '-g']]) {
        for (const file of files) {
            const args = ['-std=c11', `-I${join(ROOT, 'include')}`, `-I${join(ROOT, 'src')}`, ...flags, '-c', file, '-o', 'same.o'];
            const objects = [];
            for (const compile of [() => emcc(args), () => runProcess([...clang, ...args], { cwd: folder })]) {
                const result = await compile();
                assert.equal(result.code, 0, told(result));
                objects.push(readFileSync(join(folder, 'same.o')));
            }
            assert.ok(objects[0].equals(objects[1]), `${file} ${flags.join(' ')}`);
        }
    }
});

test('the port builds what the project builds', () => {
    const text = readFileSync(join(ROOT, 'web/eddy.py'), 'utf8');
    const list = (name) => new RegExp(`^${name} = .([^\\])]*)`, 'm').exec(text)[1]
        .split(/,\s*/).map((word) => word.replaceAll('\'', ''));
    const absent = list('ABSENT');
    const files = list('SOURCES').flatMap((pattern) => {
        const [place, start, end] = /^(.*)\/([^*]*)\*?([^*]*)$/.exec(pattern).slice(1);
        return readdirSync(join(ROOT, place)).filter((name) => name.startsWith(start) && name.endsWith(end || start))
            .map((name) => `${place}/${name}`);
    }).filter((file) => !absent.some((start) => file.replace(/.*\//, '').startsWith(start)));
    // Its links let calls that may jump suspend by what serves exceptions, too.
    const wanted = runtimeFiles('web').map((file) => file.replace('/jump.c', '/invoke.c'));
    assert.deepEqual(files.filter((file) => file !== 'src/core/main.c').sort(), wanted.sort());
});
