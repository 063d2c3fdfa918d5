// The model test: random programs of eddy's operations, run by a C program with eddy and by a
// reference that is nothing but eddy's promises (tests/model/reference.mjs). The first difference is
// printed as a small program. How programs look: tests/model/README.md.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describe as tellOf, differenceOf, runPrograms } from './model/compare.mjs';
import { generate } from './model/generate.mjs';
import { fromText, sizeOf, toText } from './model/program.mjs';
import { Reference } from './model/reference.mjs';
import { shrink } from './model/shrink.mjs';
import { artifactOf, needHost } from './lib/hosts.mjs';

const PROGRAM = 'tests/programs/model.c';
const FIXED_SEED = 1;
const OTHER_SEED = Number(process.env.EDDY_SEED ?? 1_000_000); // what is tested is the same wherever it is
const AT_ONCE = 500; // programs a process

/** Runs a text of programs on a host; null, with the test skipped, if there is none. */
async function runnerOn(t, hostName) {
    const host = await needHost(t, hostName);
    if (!host) return null;
    const artifact = await artifactOf(hostName, PROGRAM);
    const timeout = (args) => (args.length ? 60_000 : 300_000); // a program alone takes no time
    return (stdin, args) => host.run(artifact, { args, stdin, atOnce: true, timeout: timeout(args) });
}

/** -> what a person must know of the first difference, or null */
async function firstDifference(runText, seed, count, hostName) {
    for (let i = 0; i < count; i += AT_ONCE) {
        const programs = Array.from({ length: Math.min(AT_ONCE, count - i) }, (_, k) => generate(seed + i + k));
        const traces = await runPrograms(runText, programs);
        for (const [k, program] of programs.entries()) {
            const difference = differenceOf(program, traces[k]);
            if (!difference) continue;
            const small = await shrink(runText, program) ?? { program, difference };
            return tellOf(small.program, small.difference, `--seed ${seed + i + k} --host ${hostName}`);
        }
    }
    return null;
}

for (const [hostName, seed, count, about] of [
    ['native', FIXED_SEED, 10_000, 'the same every time'],
    ['native', OTHER_SEED, 2_000, `from the seed EDDY_SEED, ${OTHER_SEED}`],
    ['node', FIXED_SEED, 1_000, 'the same every time'],
    ['wasmtime', FIXED_SEED, 1_000, 'the same every time'],
]) {
    test(`${count} random programs on ${hostName}, ${about}`, async (t) => {
        const runText = await runnerOn(t, hostName);
        if (!runText) return;
        const difference = await firstDifference(runText, seed, count, hostName);
        assert.equal(difference, null, difference ?? '');
    });
}

// ---- the test itself --------------------------------------------------------------------------------

/** A reference that is wrong: every sleep of 3 ms takes 4. */
class Wrong extends Reference {
    * sleep(duration) {
        return yield* super.sleep(duration === 3 ? 4 : duration);
    }
}
const makeWrong = (report) => new Wrong(report);

test('a wrong reference is found out, by a small program', async (t) => {
    const runText = await runnerOn(t, 'native');
    if (!runText) return;
    const programs = Array.from({ length: AT_ONCE }, (_, i) => generate(FIXED_SEED + i));
    const traces = await runPrograms(runText, programs);
    const wrong = programs.filter((program, i) => differenceOf(program, traces[i], makeWrong));
    assert.ok(wrong.length > 10, `${wrong.length} of ${programs.length} programs show it`);
    const big = wrong.reduce((a, b) => (sizeOf(a) > sizeOf(b) ? a : b));
    const { program, difference } = await shrink(runText, big, makeWrong);
    const told = tellOf(program, difference, 'on purpose');
    assert.ok(sizeOf(program) <= 10, told); // of up to two hundred
    assert.match(told, /sleep 3/);
    assert.match(told, /the model goes on:\n +4 ms .*\n[^]*eddy goes on:\n +3 ms /);
});

test('a program that breaks off, or never ends, is told from the others', async () => {
    const good = fromText('program 1\ntask t0\n  yield\nend\n')[0];
    const bad = fromText('program 1\ntask t0\n  sleep 9\nend\n')[0];
    // Stands for a C program that crashes at a sleep of 9 ms.
    const runText = async (stdin) => {
        let stdout = '';
        for (const text of stdin.split(/^(?=program )/m)) {
            stdout += `${text.split('\n')[0]}\n`;
            if (text.includes('sleep 9')) return { code: 139, stdout, stderr: 'crashed' };
            stdout += '= 2 0 0\nrun 0 0 0\nend\n';
        }
        return { code: 0, stdout, stderr: '' };
    };
    const traces = await runPrograms(runText, [good, bad, good]);
    assert.deepEqual(traces.map(({ broken }) => broken), ['', 'exit status 139\ncrashed', '']);
    assert.equal(differenceOf(good, traces[2]), null);
    assert.match(tellOf(bad, differenceOf(bad, traces[1]), 'here'), /eddy goes on:\n +exit status 139/);
});

test('programs survive being written and read', () => {
    for (let seed = 1; seed <= 200; seed++) {
        const text = toText(generate(seed));
        assert.equal(toText(fromText(text)[0]), text);
    }
});
