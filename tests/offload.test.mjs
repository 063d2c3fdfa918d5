// eddy_offload: functions in workers, on every host that has them; what the others say.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { casesOn, HOSTS_AND_LINKS } from './lib/cases.mjs';
import { artifactOf, runOn, told } from './lib/hosts.mjs';

const OFFLOADING = 'tests/programs/offloading.c';
const WITH_WORKERS = ['native', 'node', 'lean', 'chromium', 'chromium-worker', 'firefox'];

/** Runs it, and it must succeed and print what is expected. */
async function prints(t, hostName, args, expected) {
    const result = await runOn(t, hostName, OFFLOADING, { args, timeout: 60_000 });
    if (!result) return;
    assert.match(result.stdout, expected, told(result));
    assert.equal(result.code, 0, told(result));
}

for (const hostName of WITH_WORKERS) {
    test(`functions in workers on ${hostName}`, async (t) => {
        await t.test('results, sizes, errors, cancellation, the line', (part) => prints(part, hostName, [], /^ok\n$/));
        await t.test('workers that trap, overflow and leave', (part) => prints(part, hostName, ['ends'], /^ok\n$/));
        await t.test('what they print', (part) => prints(part, hostName, ['print'],
            /^(printed by job 0\nand then\n)(printed by job 1\nand then\n)(printed by job 2\nand then\n)$/));
        await t.test('an end with jobs under way and in line', (part) => prints(part, hostName, ['pending'], /^left\n$/));
        await t.test('the loop goes on during a job', async (part) => {
            const result = await runOn(part, hostName, OFFLOADING, { args: ['ticks'] });
            if (!result) return;
            const ticks = Number(/^(\d+) ticks\n$/.exec(result.stdout)?.[1]);
            assert.ok(ticks >= 5, `${ticks} ticks\n${told(result)}`);
        });
    });
}

test('each allocation failing in turn, and runs that are broken off', async (t) => {
    const result = await runOn(t, 'native', 'tests/programs/offload_oom.c');
    if (!result) return;
    assert.equal(result.stdout, 'ok\n', told(result));
    assert.equal(result.code, 0, told(result));
});

for (const hostName of ['node', 'lean']) {
    test(`a worker without memory on ${hostName}`, async (t) => {
        await prints(t, hostName, ['memory'], /^ok\n$/);
    });
}

for (const hostName of ['wasmtime', 'wasmtime-p1', 'workerd'])
    test(`there are no workers on ${hostName}`, (t) => prints(t, hostName, [], /^no workers\n$/));

for (const [hostName, linked] of HOSTS_AND_LINKS.filter(([name]) => name !== 'workerd')) {
    test(`calls of JavaScript's that are done in workers on ${hostName}, ${linked}`, async (t) => {
        await casesOn(t, hostName, 'offload-cases.mjs', await artifactOf(linked, 'tests/programs/offloaded.c'));
    });
}
