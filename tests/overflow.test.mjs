// A task, or a generator, whose stack is too small is named: which task, where it was spawned, how many bytes it needs
// and has. Natively the sanitizers and the system's guard pages do that; here it is wasm's turn.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { runOn, told } from './lib/hosts.mjs';

const OVERFLOW = 'tests/programs/overflow.c';
const source = readFileSync(new URL('programs/overflow.c', import.meta.url), 'utf8').split('\n');
const lineOf = (text) => source.findIndex((line) => line.includes(text)) + 1;
const spawnLine = lineOf('eddy_spawn_opt');

for (const hostName of ['node', 'chromium', 'wasmtime']) {
    for (const mode of hostName === 'chromium' ? ['release'] : ['release', 'debug']) {
        for (const how of ['deep', 'wide']) {
            test(`stack overflow on ${hostName}, ${mode}, ${how}: the task is named`, async (t) => {
                const result = await runOn(t, hostName, OVERFLOW, { mode, args: [how] });
                if (!result) return;
                assert.ok(!result.timedOut, told(result));
                assert.notEqual(result.code, 0, told(result));
                const [line] = result.stderr.match(/^.*parse.*$/m) ?? [''];
                assert.match(line, /task 'parse'/, told(result));
                assert.match(line, new RegExp(`overflow\\.c:(${spawnLine}|${spawnLine + 1})\\b`), told(result));
                const [needs, has] = (line.match(/\b\d{4,}\b/g) ?? []).map(Number);
                assert.equal(has, 2048, `what it has stands second in: ${line}`);
                assert.ok(needs >= 2048, `what it needs stands first in: ${line}`);
                assert.doesNotMatch(result.stdout, /it fits/);
            });
        }
    }
    // In wasmtime such frames exhaust the 512 KiB of its own stack before they fill 64 KiB of saved ones.
    for (const how of hostName === 'wasmtime' ? ['wide', 'both'] : ['deep', 'wide', 'both']) {
        test(`stack overflow of a generator on ${hostName}, ${how}: it is named, and the run ends`, async (t) => {
            const options = { args: [how, 'generator'] };
            const result = await runOn(t, hostName, OVERFLOW, options);
            if (!result) return;
            const place = `overflow\\.c:${lineOf(`eddy_gen_open(emits_${how}`)}`;
            assert.match(result.stderr, new RegExp(`'emits_${how}' needs \\d+ bytes of stack, has 65536 .*${place}`),
                told(result));
            assert.ok(!result.timedOut, told(result));
            assert.notEqual(result.code, 0, told(result));
            assert.doesNotMatch(result.stdout, /./, told(result)); // nothing of it goes on
        });
    }
    test(`stack overflow over what a call needs for its end, on ${hostName}: the program is ended, by name`, async (t) => {
        const result = await runOn(t, hostName, OVERFLOW, { args: ['both', 'gathers'] });
        if (!result) return;
        assert.match(result.stderr, /'gathers_both' needs \d+ bytes of stack, has 65536 /, told(result));
        assert.doesNotMatch(result.stderr, /out of bounds|main ended with/, told(result)); // it is not wound up
        assert.notEqual(result.code, 0, told(result));
    });
    test(`a larger stack is enough on ${hostName}`, async (t) => {
        for (const how of ['deep', 'wide']) {
            const result = await runOn(t, hostName, OVERFLOW, { args: [how, 'enough'] });
            if (!result) return;
            assert.equal(result.stdout, 'it fits\n', told(result));
            assert.equal(result.code, 0, told(result));
        }
    });
}
