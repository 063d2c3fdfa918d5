// Frames survive suspensions whatever they hold: generated programs, in wasm as it is shipped.

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ROOT } from '../tools/build.mjs';
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
