// The command `eddy` of the npm package, installed in an empty folder: what it builds, runs and refuses.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { ROOT } from '../tools/build.mjs';
import { setup } from '../tools/setup.mjs';
import { until } from './lib/server.mjs';

let folder;
// The first build for a host makes the runtime as well.
const PATIENCE = 900_000;

function run(command, args, cwd = folder, env = {}) {
    const { status, stdout, stderr, error } = spawnSync(command, args,
        { cwd, env: { ...process.env, ...env }, encoding: 'utf8', timeout: PATIENCE });
    assert.ifError(error);
    return { status, stdout, stderr };
}

function succeeds(command, args) {
    const { status, stdout, stderr } = run(command, args);
    assert.equal(status, 0, `${command} ${args.join(' ')}\n${stdout}${stderr}`);
    return stdout;
}

const eddyWith = (env, ...args) => run(join(folder, 'node_modules/.bin/eddy'), args, folder, env);
const eddy = (...args) => eddyWith({}, ...args);
const built = (...args) => {
    const { status, stdout, stderr } = eddy('build', ...args);
    assert.equal(status, 0, stdout + stderr);
    assert.equal(stdout, '');
};

const PROGRAM = `#include <eddy.h>
#include <stdio.h>
#include "other.h"

static int wait_a_little(void *arg) {
    (void)arg;
    return eddy_sleep(1 * EDDY_MS);
}

int eddy_main(int argc, char **argv) {
    int rc = eddy_await(eddy_spawn(wait_a_little, NULL));
    printf("%d %s %d\\n", twice(rc + 21), argc > 1 ? argv[1] : "", ANSWER);
    return rc;
}
`;

before(() => {
    folder = mkdtempSync(join(tmpdir(), 'eddy-command-'));
    assert.equal(run('npm', ['pack', '--pack-destination', folder], ROOT).status, 0);
    const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'));
    writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n');
    succeeds('npm', ['install', '--offline', '--no-audit', '--no-fund', tarball]);
    writeFileSync(join(folder, 'app.c'), PROGRAM);
    writeFileSync(join(folder, 'other.h'), 'int twice(int n);\n');
    writeFileSync(join(folder, 'other.c'), '#include "other.h"\nint twice(int n) { return 2 * n; }\n');
});

after(() => rmSync(folder, { recursive: true, force: true }));

test('a component of WASI 0.2, of objects and archives of the user\'s own compiler', async () => {
    const { wasi: { p2 }, wasmtime } = await setup({ want: ['wasi'], quiet: true });
    const ar = join(p2.cc[0], '../llvm-ar');
    succeeds(p2.cc[0], [...p2.cc.slice(1), '-c', 'other.c', '-o', 'other.o']);
    succeeds(ar, ['rcs', 'libother.a', 'other.o']);
    built('--host', 'wasip2', 'app.c', '-DANSWER=42', '-L.', '-lother', '-o', 'component.wasm');
    assert.equal(succeeds(wasmtime, ['run', 'component.wasm', 'x']), '42 x 42\n');
});

test('a module that the package\'s loader loads', () => {
    built('app.c', 'other.c', '-D', 'ANSWER=42', '-I', '.');
    assert.ok(existsSync(join(folder, 'app.wasm')));
    writeFileSync(join(folder, 'use.mjs'), `import { load } from './app.mjs';
const app = await load({ args: ['y'] });
console.log(await app.ended);
`);
    assert.equal(succeeds(process.execPath, ['use.mjs']), '42 y 42\n0\n');
    writeFileSync(join(folder, 'lib.c'), `#include <eddy.h>
EDDY_ASYNC_JS(int, one, (void), { return await 1; })
/* Tells
 * two. */
EDDY_EXPORT(int, two, (void)) {
    return one() + 1;
}
`);
    built('lib.c', '-o', 'lib.mjs');
    writeFileSync(join(folder, 'use.mjs'), `import { load } from './lib.mjs';
const app = await load();
console.log(await app.two(), await app.close());
`);
    assert.equal(succeeds(process.execPath, ['use.mjs']), '2 0\n');
    if (process.features.require_module) { // Node 20.19 and later
        writeFileSync(join(folder, 'use.cjs'), "const { load } = require('./lib.mjs');\nconsole.log(typeof load);\n");
        assert.equal(succeeds(process.execPath, ['--no-warnings', 'use.cjs']), 'function\n');
    }
    assert.match(readFileSync(join(folder, 'lib.d.mts'), 'utf8'), /\n     \* Tells\n     \* two\.\n/);
    assert.ok(existsSync(join(folder, 'app.d.mts')));
});

test('the server of wasi/README.md', async (t) => {
    const { wasmtime } = await setup({ want: ['wasi'], quiet: true });
    const text = readFileSync(join(ROOT, 'wasi/README.md'), 'utf8');
    writeFileSync(join(folder, 'echo.c'), /^```c\n([\s\S]*?)^```/m.exec(text)[1]);
    const [, build, serve] = /^npx eddy (build .*)\nwasmtime (run .*) 7777$/m.exec(text);
    assert.equal(eddy(...build.split(' ')).status, 0);
    const refused = run(wasmtime, ['run', 'echo.wasm', '0']);
    assert.match(refused.stderr, /^eddy: main ended with EDDY_EPERM: cannot listen: .*inherit-network/);
    const child = spawn(wasmtime, [...serve.split(' '), '0'], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
    t.after(() => child.kill());
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (part) => { said += part; });
    await until(() => said.includes('\n'), 'the server says its port');
    const clients = ['one', 'two'].map((line) => new Promise((done, fail) => {
        const socket = connect(Number(/ (\d+)\n/.exec(said)[1]), '127.0.0.1');
        let got = '';
        socket.on('error', fail).on('end', () => done(got)).setEncoding('utf8').on('data', (part) => { got += part; });
        socket.end(`${line}\n${line}`);
    }));
    assert.deepEqual(await Promise.all(clients), ['one\none\n', 'two\ntwo\n']);
});

test('a CMake project, for the machine itself and for Emscripten', async (t) => {
    const cmake = (env, ...args) => spawnSync('cmake', args,
        { cwd: folder, encoding: 'utf8', timeout: PATIENCE, env: { ...process.env, ...env } });
    if (cmake({}, '--version').error) return t.skip('no cmake on PATH');
    writeFileSync(join(folder, 'CMakeLists.txt'), `cmake_minimum_required(VERSION 3.16)
project(app C)
include(node_modules/eddy/web/eddy.cmake)
add_executable(app app.c other.c)
target_compile_definitions(app PRIVATE ANSWER=42)
target_link_libraries(app PRIVATE eddy::eddy)
`);
    const makes = (where, env, ...more) => {
        for (const args of [['-B', where, ...more], ['--build', where]]) {
            const { status, stdout, stderr } = cmake(env, ...args);
            assert.equal(status, 0, stdout + stderr);
        }
    };
    makes('made', {});
    assert.equal(succeeds(join(folder, 'made/app'), ['v']), '42 v 42\n');
    const { emcc } = await setup({ want: ['web'], quiet: true });
    const toolchain = join(emcc.command.at(-1), '../cmake/Modules/Platform/Emscripten.cmake');
    if (!existsSync(toolchain)) return t.skip('this Emscripten has no file for CMake beside emcc');
    makes('page', emcc.env, `-DCMAKE_TOOLCHAIN_FILE=${toolchain}`, '-DCMAKE_BUILD_TYPE=Release');
    writeFileSync(join(folder, 'use.mjs'), `import create from './page/app.mjs';
const { eddy } = await create({ arguments: ['u'] });
console.log(await eddy.ended);
`);
    assert.equal(succeeds(process.execPath, ['use.mjs']), '42 u 42\n0\n');
});

test('a native program, and running one', () => {
    built('--host=native', '-Wextra', 'app.c', 'other.c', '-DANSWER=42', '-o', 'native');
    assert.equal(succeeds(join(folder, 'native'), ['z']), '42 z 42\n');
    const { stdout, stderr, status } = eddy('run', '--host', 'native', 'app.c', 'other.c', '-DANSWER=1', '--', 'w');
    assert.deepEqual({ stdout, status }, { stdout: '42 w 1\n', status: 0 }, stderr);
});

for (const host of ['lean', 'web', 'wasip2', 'wasip1']) {
    test(`running one: ${host}`, () => {
        const before = readdirSync(folder);
        const { stdout, stderr, status } = eddy('run', '--host', host, 'app.c', 'other.c', '-DANSWER=1', '--', 'w');
        assert.deepEqual({ stdout, status }, { stdout: '42 w 1\n', status: 0 }, stderr);
        assert.deepEqual(readdirSync(folder), before);
    });
}

test('mistakes are told in one line', () => {
    const refused = (args, message, code = 2) => {
        const { status, stderr } = eddy('build', ...args);
        assert.match(stderr, message);
        assert.equal(status, code, stderr);
    };
    refused([], /^eddy: which program\? name its files\n/);
    refused(['none.c'], /^eddy: no such file: none\.c\n/);
    refused(['other.h'], /^eddy: other\.h: a program is made of /);
    refused(['--host', 'moon', 'app.c'], /^eddy: no host "moon": there are lean, web, wasip2, wasip1 and native\n/);
    writeFileSync(join(folder, 'mine.mjs'), '');
    refused(['--host', 'wasip2', 'app.c', '-o', 'mine.wasm'], /^eddy: mine\.wasm is what mine\.mjs loads: /);
    writeFileSync(join(folder, 'theirs.wasm'), '');
    refused(['app.c', '-o', 'theirs.mjs'], /^eddy: theirs\.wasm is there, without theirs\.mjs: /);
    refused(['--host', 'wasip2', 'app.c', '-o', 'app'], /^eddy: -o app: for this host the name ends in \.wasm\n/);
    refused(['--host', 'native', 'app.c'], /ANSWER[\s\S]*\neddy: cannot compile app\.c\n$/, 1);
    refused(['--host', 'native', 'app.c', '-DANSWER=1'], /twice[\s\S]*\neddy: cannot link app\n$/, 1);
    refused(['app.c', '-fexceptions'], /^eddy: -fexceptions: in wasm C\+\+ exceptions need .*--use-port/);
    const { stderr: warned } = eddy('build', 'app.c', '-DANSWER=1', '-o', 'missing.mjs');
    assert.match(warned, /^eddy: warning: nothing defines twice: what calls it fails, unless load\(/);
    const { stderr, status } = eddy('biuld');
    assert.match(stderr, /^eddy: no command "biuld"\n/);
    assert.equal(status, 2);
});

test('several files are compiled at once, and what compilers say comes in their order', () => {
    // Each waits for the other to begin, the first also for the second's end.
    const compiler = join(folder, 'compiler');
    writeFileSync(compiler, `#!/bin/sh
wait_for() {
    tries=0
    until test -e "${folder}/$1"; do
        tries=$((tries + 1))
        if test $tries -gt 1200; then echo "waited in vain for $1" >&2; exit 1; fi
        sleep 0.1
    done
}
case "$*" in
*' first.c '*) : >"${folder}/first.begun"; wait_for second.begun; wait_for second.ended; echo the first >&2 ;;
*' second.c '*) : >"${folder}/second.begun"; wait_for first.begun; echo the second >&2; : >"${folder}/second.ended"; exit 1 ;;
esac
`, { mode: 0o755 });
    for (const name of ['first.c', 'second.c']) writeFileSync(join(folder, name), '');
    const { status, stdout, stderr } = eddyWith({ CC: compiler }, 'build', '--host', 'native', 'first.c', 'second.c');
    assert.deepEqual([status, stdout, stderr], [1, '', 'the first\nthe second\neddy: cannot compile second.c\n']);
});

test('what was compiled for exceptions of WebAssembly\'s own is refused in one line', async () => {
    writeFileSync(join(folder, 'jump.c'), `#include <eddy.h>
#include <setjmp.h>
int eddy_main(int argc, char **argv) {
    jmp_buf back;
    (void)argv;
    if (setjmp(back)) return 0;
    if (eddy_yield() < 0) return 1;
    longjmp(back, argc);
}
`);
    const refused = (...args) => {
        const { stderr, status } = eddy('build', 'jump.c', ...args);
        const told = stderr.replaceAll(/^\w+:INFO: .*\n/gm, ''); // Emscripten makes its libraries when they are first used
        assert.match(told, /^eddy: the program was compiled for WebAssembly's own exceptions \(.*\n.* cannot link .*\n$/);
        assert.equal(status, 1);
    };
    refused('-fwasm-exceptions', '-sSUPPORT_LONGJMP=wasm', '-o', 'jump.mjs');
    refused('--host', 'wasip2', '-mllvm', '-wasm-enable-sjlj', '-lsetjmp', '-o', 'jump.wasm');
});

test('the headers are found, each by itself', () => {
    const include = eddy('include').stdout.trim();
    for (const name of ['eddy.h', ...readdirSync(join(include, 'eddy')).map((file) => `eddy/${file}`)]) {
        writeFileSync(join(folder, 'header.c'), `#include <${name}>\nint one(void);\n`);
        succeeds('cc', ['-std=c11', '-Wall', '-Wextra', '-Werror', `-I${include}`, '-fsyntax-only', 'header.c']);
    }
});
