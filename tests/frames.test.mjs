// Frames survive suspensions whatever they hold: generated programs, in wasm as it is shipped.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { positionInGlobal } from '../tools/asyncify.mjs';
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

// What the module's functions keep over their calls of $f, which suspends, and what they give: they are called again
// with other arguments to go on, and $f gives 7 then. The last one's form is not known to tools/frames.mjs.
const KEPT = `(module
 (import "asyncify" "start_unwind" (func $start_unwind (param i32)))
 (import "asyncify" "stop_rewind" (func $stop_rewind))
 (import "eddy" "eddy_position_set" (func $set_position (param i32)))
 (import "env" "answer" (func $answer (result i32)))
 (type $one (func (param i32) (result i32)))
 (memory 1)
 (global $resumes (mut i32) (i32.const 0))
 (table 2 funcref)
 (elem (i32.const 0) func $f)
 (func $place (param $0 i32) (call $set_position (local.get $0)))
 (func $resume (global.set $resumes (i32.const 1)))
 (func $f (param $0 i32) (result i32)
  (if (global.get $resumes) (then (global.set $resumes (i32.const 0)) (call $stop_rewind) (return (i32.const 7))))
  (call $start_unwind (local.get $0)) (i32.const 0))
 (func $nothing (param $0 i32) (result i32) (call $f (local.get $0)))
 (func $a_sum (param $0 i32) (param $1 i32) (result i32) (call $f (i32.add (local.get $0) (local.get $1))))
 (func $read_later (param $0 i32) (result i32) (i32.add (call $f (local.get $0)) (local.get $0)))
 (func $a_later_call_gets (param $0 i32) (param $1 i32) (result i32)
  (drop (call $f (local.get $0))) (call $f (local.get $1)))
 (func $wide (param $0 i64) (param $1 f64) (param $2 i32) (result f64)
  (drop (call $f (local.get $2))) (f64.mul (f64.convert_i64_s (local.get $0)) (local.get $1)))
 (func $a_count (param $0 i32) (param $1 i32) (result i32)
  (loop $more (drop (call $f (local.get $1))) (br_if $more (local.tee $0 (i32.sub (local.get $0) (i32.const 1)))))
  (local.get $0))
 (func $a_pointer (param $0 i32) (param $1 i32) (result i32) (call_indirect (type $one) (local.get $0) (local.get $1)))
 (func $made_anew (param $0 i32) (result i32)
  (drop (call $f (local.get $0))) (local.set $0 (call $answer)) (drop (call $f (local.get $0))) (local.get $0))
 (func $unknown (param $0 i64) (param $1 f64) (result f64)
  (drop (call $f (i32.wrap_i64 (local.get $0)))) (f64.mul (f64.convert_i64_s (local.get $0)) (local.get $1)))
EXPORTS)`;

// name: [bytes of its frame, 4 of them for which call it was; arguments, others, result]
const KEEPING = {
    nothing: [4, [1], [9], 7], a_sum: [4, [1, 2], [9, 9], 7], read_later: [8, [30], [9], 37],
    a_later_call_gets: [8, [1, 2], [9, 9], 7], wide: [20, [5n, 2.5, 1], [9n, 9.5, 9], 12.5], a_count: [12, [3, 4], [9, 9], 0],
    a_pointer: [12, [5, 0], [9, 0], 7], made_anew: [8, [1], [9], 42], unknown: [NaN, [5n, 2.5], [9n, 9.5], 12.5],
};

test('what only a call that is made again is given, and does not look at, is not saved', async () => {
    const { wasmOpt } = await setup({ want: ['web'], quiet: true });
    const folder = mkdtempSync(join(tmpdir(), 'eddy-frames-'));
    const [input, passed, changed, wasm] = ['in.wat', 'passed.wat', 'changed.wat', 'out.wasm'].map((name) => join(folder, name));
    const features = ASYNCIFY.all.filter((flag) => flag.startsWith('--enable-'));
    let text;
    try {
        const names = ['place', 'resume', ...Object.keys(KEEPING)];
        writeFileSync(input, KEPT.replace('EXPORTS', names.map((name) => `(export "${name}" (func $${name}))`).join(' ')));
        execFileSync(wasmOpt, [input, ...features, '--asyncify', '--optimize-level=3', '-S', '-o', passed]);
        text = readFileSync(passed, 'utf8');
        writeFileSync(changed, positionInGlobal(text));
        execFileSync(wasmOpt, [changed, ...features, '-O2', '-o', wasm]);
        const module = new WebAssembly.Module(readFileSync(wasm));
        const { exports } = new WebAssembly.Instance(module, { env: { answer: () => 42 } });
        for (const [name, [bytes, args, others, result]] of Object.entries(KEEPING)) {
            const [own] = text.split(/^(?= \(func )/m).filter((fn) => fn.startsWith(` (func $${name} `));
            const fn = withSmallFrame(own, (callee) => callee === '$f') ?? '';
            assert.equal(Number(/\(i32\.sub \(global\.get \$__asyncify_data\) \(i32\.const (\d+)\)/.exec(fn)?.[1]), bytes, name);
            exports.place(1024);
            let given = exports[name](...args);
            for (let calls = 0; exports.asyncify_get_state() === 1; calls++) {
                assert.ok(calls < 4, name);
                exports.asyncify_stop_unwind();
                exports.resume();
                exports.asyncify_start_rewind(0);
                given = exports[name](...others);
            }
            assert.equal(given, result, name);
        }
    } finally {
        rmSync(folder, { recursive: true });
    }
});
