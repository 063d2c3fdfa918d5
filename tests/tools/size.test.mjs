// `./build.sh size`: the sizes add up, and what is said to suspend does, for the reason told.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { build, ROOT } from '../../tools/build.mjs';
import { functionSizes } from '../../tools/size.mjs';

// A copy: the command links anew, and other tests run the example meanwhile.
const PROGRAM = 'build/generated/sized.c';
mkdirSync(join(ROOT, 'build/generated'), { recursive: true });
copyFileSync(join(ROOT, 'examples/countasync.c'), join(ROOT, PROGRAM));

const size = (...args) => promisify(execFile)(join(ROOT, 'build.sh'), ['size', ...args], { cwd: ROOT });

test('what a module is made of, and which functions can suspend and why', async () => {
    const { stdout } = await size(PROGRAM);
    const wasm = (await build({ host: 'lean', programs: [PROGRAM], quiet: true })).get(PROGRAM).replace(/mjs$/, 'wasm');
    const bytes = readFileSync(wasm).length;
    assert.ok(stdout.startsWith(`${PROGRAM}, lean, release: ${bytes.toLocaleString('en-US')} bytes, `), stdout);
    const [, suspending] = /can suspend[^\n]*\n([\s\S]*?)\n\n/.exec(stdout);
    assert.match(suspending, / count +calls eddy__sleep$/m);
    assert.match(suspending, / eddy_main +calls eddy__gather > .*eddy__block$/m);
    assert.doesNotMatch(suspending, /puts|__stdio_write|eddy_tick/);
    assert.match(stdout.slice(stdout.indexOf('the largest of the others')), / eddy__loop_turn$/m);
    const total = [...functionSizes(readFileSync(wasm)).values()].reduce((sum, each) => sum + each, 0);
    assert.match(stdout, new RegExp(`^code: ${total.toLocaleString('en-US')} bytes in \\d+ functions`, 'm'));
});

test('for WASI too; not for what is no module', async () => {
    const { stdout } = await size(PROGRAM, '--host', 'wasip2');
    assert.match(stdout, / count +calls eddy__sleep$/m);
    await assert.rejects(size(PROGRAM, '--host', 'native'), /size is for modules/);
});

test('the crawler is a component of 120 KB at most', async () => {
    const crawler = 'examples/crawl.c';
    const component = (await build({ host: 'wasip2', programs: [crawler], quiet: true })).get(crawler);
    const { size: bytes } = statSync(component);
    assert.ok(bytes <= 120 * 1024, `it has ${bytes} bytes`);
});
