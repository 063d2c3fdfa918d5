// The conformance programs again, natively: under valgrind; with each allocation of the runtime
// failing; and under many orders of their tasks, where the trace must stay what it is, but for the
// cases of order.json, whose subject is the order.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { test } from 'node:test';
import { buildCases, canRepeat, checkCase, listCases, REPETITIONS } from '../tools/conformance.mjs';
import { needHost } from './lib/hosts.mjs';

const concurrency = availableParallelism();
const repeatable = listCases().filter(canRepeat);

async function checkAll(t, { hostName, names, mode, repeat }) {
    const host = await needHost(t, hostName);
    if (!host) return;
    const artifacts = await buildCases(hostName, names, mode);
    await Promise.all(names.map((name) => t.test(name, async () => {
        const wrong = await checkCase(host, artifacts.get(name), name, repeat);
        assert.equal(wrong.length, 0, `\n${wrong.join('\n')}`);
    })));
}

for (const [repeat, { mode }] of Object.entries(REPETITIONS)) {
    test(`conformance, natively: ${repeat}`, { concurrency }, (t) =>
        checkAll(t, { hostName: 'native', names: repeatable, mode, repeat }));
}

test('conformance under valgrind', { concurrency }, (t) =>
    checkAll(t, { hostName: 'valgrind', names: listCases() }));

test('a difference is told with its seed and both traces', async (t) => {
    const host = await needHost(t, 'native');
    const name = 'sched_yield_round_robin';
    const artifact = (await buildCases('native', [name])).get(name);
    const { code, stdout, stderr } = await host.run(artifact, { args: ['seeds', '1', '50', 'trace'] });
    assert.equal(code, 1);
    assert.match(stdout, /^a0\nb0\nc0\n/);
    assert.match(stderr, /^case: seed \d+: .*instead of\na0\nb0\nc0\n[^]*there came\n[abc]0\n/m);
});

test('what order.json excepts are programs, for a reason', () => {
    const orders = JSON.parse(readFileSync(new URL('conformance/order.json', import.meta.url), 'utf8'));
    for (const [name, { keeps, why }] of Object.entries(orders)) {
        assert.ok(repeatable.includes(name), `${name} is no program that can be repeated`);
        assert.match(keeps, /^(lines|result)$/, name);
        assert.ok(why, name);
    }
});
