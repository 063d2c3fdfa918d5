// Frames survive suspensions whatever they hold: generated programs, in wasm as it is shipped.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ROOT } from '../tools/build.mjs';
import { ASYNCIFY } from '../tools/flags.mjs';
import { withSmallFrame } from '../tools/frames.mjs';
import { setup } from '../tools/setup.mjs';
import { reader, sectionsOf } from '../tools/wasm.mjs';
import { framesProgram } from './lib/frames.mjs';
import { artifactOf, runOn, told } from './lib/hosts.mjs';

const FOLDER = 'build/generated';
mkdirSync(join(ROOT, FOLDER), { recursive: true });

for (const [seed, optimise] of [[1, '-O3'], [2, '-O1'], [3, '-Os']]) {
    const program = `${FOLDER}/frames-${seed}.c`;
    writeFileSync(join(ROOT, program), framesProgram(seed, { optimise }));
    for (const [hostName, mode] of [['wasmtime', 'release'], ['node', 'release'], ['wasmtime', 'debug']]) {
        if (mode === 'debug' && seed > 1) continue; // building takes longer than it tells
        test(`random frames, seed ${seed}, ${optimise}, on ${hostName}, ${mode}`, async (t) => {
            const result = await runOn(t, hostName, program, { mode });
            if (!result) return;
            assert.equal(result.stdout, 'ok\n', told(result));
            assert.equal(result.code, 0, told(result));
        });
    }
}

// As parsers and interpreters have them. V8's optimiser gives a function with a thousand locals, which all come
// back together, a frame of megabytes.
const wideProgram = (cases) => `#include <eddy.h>
#include <stdio.h>

static unsigned step(unsigned a, unsigned b, unsigned c) {
    if (a % 7 == 0 && eddy_yield() < 0) return 0;
    return a + 3 * b + 5 * c;
}

static unsigned run(const unsigned char *code, unsigned a, unsigned b) {
    for (;; code++) {
        switch (*code) {
${Array.from({ length: cases }, (_, i) =>
        `        case ${i}: a = step(a * ${i + 3}, b ^ ${i * 7}, a - ${i}) + step(b + ${i}, a >> ${i % 9}, b * ${i + 1}); break;`).join('\n')}
        default: return a ^ b;
        }
    }
}

int eddy_main(int argc, char **argv) {
    (void)argv;
    unsigned char code[257];
    for (int i = 0; i < 256; i++) code[i] = (unsigned char)(i * 17 % ${cases});
    code[256] = 255;
    printf("%u\\n", run(code, (unsigned)argc + 1, 2) & 0xffff);
    return 0;
}
`;

function mostLocals(wasm) {
    const code = reader([...sectionsOf(wasm)].find(({ id }) => id === 10).content, 0);
    const counts = Array.from({ length: code.number() }, () => {
        const body = reader(code.take(code.number()), 0);
        let locals = 0;
        for (let groups = body.number(); groups > 0; groups--) {
            locals += body.number();
            body.byte();
        }
        return locals;
    });
    return Math.max(...counts);
}

test('a function with hundreds of calls that can suspend has few locals, and is right', async (t) => {
    const program = `${FOLDER}/wide.c`;
    writeFileSync(join(ROOT, program), wideProgram(250));
    const native = await runOn(t, 'native', program, { mode: 'release' });
    for (const hostName of ['wasmtime', 'node']) {
        const result = await runOn(t, hostName, program, { mode: 'release' });
        if (!result || !native) return;
        assert.equal(result.code, 0, told(result));
        assert.equal(result.stdout, native.stdout);
    }
    const script = await artifactOf('node', program, 'release');
    const most = mostLocals(readFileSync(script.replace(/\.mjs$/, '.wasm')));
    assert.ok(most < 100, `${most} locals`);
});

// What the module's functions keep over their calls of $f, which suspends: the bytes of a frame, 4 of them for which
// call it was.
const KEPT = `(module
 (import "asyncify" "start_unwind" (func $start_unwind (param i32)))
 (import "asyncify" "start_rewind" (func $start_rewind (param i32)))
 (import "env" "answer" (func $answer (result i32)))
 (type $one (func (param i32) (result i32)))
 (memory 1)
 (table 2 funcref)
 (elem (i32.const 0) func $f)
 (func $enter (param $0 i32) (call $start_rewind (local.get $0)) (drop (call_indirect (type $one) (local.get $0) (i32.const 0))))
 (func $f (param $0 i32) (result i32) (call $start_unwind (local.get $0)) (i32.const 0))
 (func $nothing (param $0 i32) (result i32) (call $f (local.get $0)))
 (func $a_sum (param $0 i32) (param $1 i32) (result i32) (call $f (i32.add (local.get $0) (local.get $1))))
 (func $what_is_read_later (param $0 i32) (result i32) (i32.add (call $f (local.get $0)) (local.get $0)))
 (func $what_a_later_call_gets (param $0 i32) (param $1 i32) (result i32)
  (drop (call $f (local.get $0))) (call $f (local.get $1)))
 (func $wide (param $0 i64) (param $1 f64) (param $2 i32) (result f64)
  (drop (call $f (local.get $2))) (f64.mul (f64.convert_i64_s (local.get $0)) (local.get $1)))
 (func $a_count (param $0 i32) (param $1 i32)
  (loop $more (drop (call $f (local.get $1))) (br_if $more (local.tee $0 (i32.sub (local.get $0) (i32.const 1))))))
 (func $a_pointer (param $0 i32) (param $1 i32) (result i32) (call_indirect (type $one) (local.get $0) (local.get $1)))
 (func $what_is_made_anew (param $0 i32) (result i32)
  (drop (call $f (local.get $0))) (local.set $0 (call $answer)) (drop (call $f (local.get $0))) (local.get $0))
 ${['nothing', 'a_sum', 'what_is_read_later', 'what_a_later_call_gets', 'wide', 'a_count', 'a_pointer', 'what_is_made_anew',
        'enter'].map((name) => `(export "${name}" (func $${name}))`).join(' ')})`;
const BYTES = { nothing: 4, a_sum: 4, what_is_read_later: 8, what_a_later_call_gets: 8, wide: 20, a_count: 12,
    a_pointer: 12, what_is_made_anew: 8 };

test('what only a call that is made again is given, and does not look at, is not saved', async () => {
    const { wasmOpt } = await setup({ want: ['web'], quiet: true });
    const folder = mkdtempSync(join(tmpdir(), 'eddy-frames-'));
    try {
        writeFileSync(join(folder, 'in.wat'), KEPT);
        execFileSync(wasmOpt, [join(folder, 'in.wat'), ...ASYNCIFY.pass.filter((flag) => !flag.includes('removelist')),
            '--optimize-level=3', '-S', '-o', join(folder, 'out.wat')]);
        const functions = readFileSync(join(folder, 'out.wat'), 'utf8').split(/^(?= \(func )/m);
        const sizes = Object.keys(BYTES).map((name) => {
            const fn = withSmallFrame(functions.find((text) => text.startsWith(` (func $${name} `)), (callee) => callee === '$f');
            return [name, Number(/\(i32\.sub \(global\.get \$__asyncify_data\) \(i32\.const (\d+)\)/.exec(fn)?.[1])];
        });
        assert.deepEqual(Object.fromEntries(sizes), BYTES);
    } finally {
        rmSync(folder, { recursive: true });
    }
});
