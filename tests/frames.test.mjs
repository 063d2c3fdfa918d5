// Frames survive suspensions whatever they hold: generated programs, in wasm as it is shipped.

import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ROOT } from '../tools/build.mjs';
import { framesProgram } from './lib/frames.mjs';
import { runOn, told } from './lib/hosts.mjs';

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
