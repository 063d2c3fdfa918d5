// Which functions the Asyncify pass is told can suspend: never too few. Real modules are run by the
// conformance and frames tests; here is what each kind of call does.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { neverSuspending } from '../tools/asyncify.mjs';
import { ROOT } from '../tools/build.mjs';
import { ASYNCIFY } from '../tools/flags.mjs';
import { findSuspending, toBeNamed } from '../tools/reach.mjs';
import { setup } from '../tools/setup.mjs';

const MODULE = `(module
 (import "asyncify" "start_unwind" (func $start_unwind (param i32)))
 (import "asyncify" "start_rewind" (func $start_rewind (param i32)))
 (type $task (func (param i32) (result i32)))
 (type $write (func (param i32 i32 i32) (result i32)))
 (type $hook (func (param f64)))
 (type $late (func (param i64)))
 (type $quiet (func (param f32)))
 (table $t 8 funcref)
 (elem (i32.const 0) func $task_body $writer)
 (elem declare func $late_body)
 (func $park (param i32) (call $start_unwind (local.get 0)))
 (func $enter (param i32) (result i32)
  (call $start_rewind (local.get 0)) (call_indirect $t (type $task) (local.get 0) (i32.const 0)))
 (func $main_loop (drop (call $enter (i32.const 0))))
 (func $task_body (param i32) (result i32) (call $park (i32.const 8)) (call $caller)
  (call $same_type_not_taken (f64.const 0)) (call $call_late) (call $call_hook) (call $promised) (call $tail))
 (func $writer (param i32 i32 i32) (result i32) (i32.const 0))
 (func $print (drop (call_indirect $t (type $write) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 1))))
 (func $run_one (result i32) (call_indirect $t (type $task) (i32.const 1) (i32.const 0)))
 (func $caller (drop (call $run_one)) (call $print))
 (func $same_type_not_taken (param f64) (call $park (i32.const 1)))
 (func $call_hook (call_indirect $t (type $hook) (f64.const 0) (i32.const 2)))
 (func $late_body (param i64) (call $park (i32.const 2)))
 (func $take (table.set $t (i32.const 3) (ref.func $late_body)))
 (func $call_late (call_indirect $t (type $late) (i64.const 0) (i32.const 3)))
 (func $tail (result i32) (return_call $run_one))
 (func $promised (call $below_promised))
 (func $below_promised (drop (call $run_one)))
 (func $not_of_a_task (drop (call $run_one)))
 (func $calls_promised (call $promised))
 (func $quiet (param f32))
 (export "a" (func $main_loop)) (export "b" (func $caller)) (export "c" (func $same_type_not_taken))
 (export "d" (func $call_hook)) (export "e" (func $take)) (export "f" (func $call_late))
 (export "g" (func $tail)) (export "h" (func $calls_promised)) (export "i" (func $quiet))
 (export "j" (func $not_of_a_task))
)`;

test('functions that can suspend: by calls, and by pointers of a type that some such function has', async (t) => {
    const { wasmOpt } = await setup({ want: ['web'], quiet: true });
    const folder = mkdtempSync(join(tmpdir(), 'eddy-reach-'));
    t.after(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'm.wat');
    writeFileSync(file, MODULE);
    for (const features of [['--all-features'], ['--enable-reference-types', '--enable-tail-call', '--enable-multivalue']]) {
        const wat = execFileSync(wasmOpt, [file, ...features, '-S', '-o', '-'], { encoding: 'utf8', stdio: 'pipe' });
        const { suspending, spared } = findSuspending(wat, ['prom*']);
        assert.deepEqual([...suspending.keys()].map((name) => name.slice(1)).sort(), ['call_late', 'caller',
            'late_body', 'park', 'run_one', 'same_type_not_taken', 'tail', 'task_body']);
        assert.deepEqual(toBeNamed(suspending).sort(), ['call_late', 'run_one']);
        assert.deepEqual(spared.sort(), ['below_promised', 'not_of_a_task']);
    }
});

test('a text that cannot be read is an error, not a module in which nothing suspends', () => {
    assert.throws(() => findSuspending('(module\n (func $a\n  (call_indirect $0 (type $none)\n  )\n )\n)', []),
        /no type \$none/);
    assert.throws(() => findSuspending('(module\n (func (param i32)\n )\n)', []), /cannot read/);
});

test('no call that blocks is taken for one that never suspends', () => {
    const folder = join(ROOT, 'include/eddy');
    const blocking = readdirSync(folder).flatMap((name) =>
        [...readFileSync(join(folder, name), 'utf8').matchAll(/^\w[\w *]* \*?(eddy_\w+)\([^;]*\) EDDY__BLOCKS;/gm)]
            .map((found) => found[1]));
    for (const name of ['eddy_sleep', 'eddy__sleep', 'eddy_each_next', 'eddy_fetch_with', 'eddy_read'])
        assert.ok(blocking.includes(name), `${name} is not found in the headers`);
    const names = [...blocking, 'eddy_close', 'eddy_emit'];
    const imports = ['start_unwind', 'start_rewind']
        .map((name) => `\n (import "asyncify" "${name}" (func $${name} (param i32)))`).join('');
    const enter = `\n (func $enter\n  (call $start_rewind (i32.const 0))${names.map((name) => `\n  (call $${name})`).join('')}\n )`;
    const calls = names.map((name) => `\n (func $${name}\n  (call $start_unwind (i32.const 0))\n )`).join('');
    const module = `(module${imports}${enter}${calls}\n)`;
    const { suspending } = findSuspending(module, neverSuspending(ASYNCIFY.all, module));
    for (const name of names)
        assert.ok(suspending.has(`$${name}`), `${name} may suspend, but flags.mjs says that it never does`);
});
