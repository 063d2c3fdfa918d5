// What eddy_ps and eddy_stacks write, and traces: read as people and Perfetto read them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runOn, told } from './lib/hosts.mjs';

const PROGRAM = 'tests/programs/inspecting.c';
const HOST_NAMES = ['native', 'node', 'wasmtime'];

async function lines(t, hostName, what) {
    const result = await runOn(t, hostName, PROGRAM, { args: [what], timeout: 20_000 });
    if (!result) return null;
    assert.equal(result.code, 0, told(result));
    return result.stdout.trimEnd().split('\n');
}

/** A table whose columns begin where the head's words do, at least two spaces apart. */
function table(rows) {
    const starts = [...rows[0].matchAll(/(?<=^|  )\S+(?: \S+)*/g)].map((match) => match.index);
    return rows.map((row) => starts.map((start, i) => {
        const letters = [...row];
        if (i > 0) assert.equal(letters[start - 1], ' ', `a column does not begin at ${start}: ${row}`);
        return letters.slice(start, starts[i + 1]).join('').trim();
    }));
}

const at = /^tests\/programs\/inspecting\.c:\d+$/;

for (const hostName of HOST_NAMES) {
    for (const what of ['ps', 'debug-ps']) {
        test(`${what} on ${hostName}`, async (t) => {
            const rows = await lines(t, hostName, what);
            if (!rows) return;
            // Numbers stand at the right of their columns: read these from the end.
            const words = rows.map((row) => row.trim().split(/\s{2,}/));
            assert.deepEqual(words[0],
                ['TASK', 'STATE', 'WAITS FOR', 'AT', 'SPAWNED AT', 'AGE s', 'RAN ms', 'STACK']);
            assert.deepEqual(words.slice(1).map((row) => row.slice(0, 3)), [
                ['main', 'runs', '-'],
                ['sleeps', 'waits', 'sleeps'],
                ['j"o\\iné', 'waits', "joins task 'sleeps'"],
                ['joins', 'waits', 'joins a future'],
                ['yields', 'ready', '-'],
                ['deep', 'waits', 'sleeps'],
                ['sleeps', 'new', '-'],
            ]);
            const texts = rows.map((row) => [...row].slice(0, rows[0].indexOf('AGE s')).join(''));
            assert.deepEqual(table(texts).map((row) => row.slice(0, 5)), words.map((row) => row.slice(0, 5)));
            for (const [, , , site, spawned, age, ran, stack] of words.slice(2)) {
                assert.match(spawned, at);
                if (site !== '-') assert.match(site, at);
                assert.match(age, /^\d+\.\d{3}$/);
                assert.match(ran, what === 'ps' ? /^-$/ : /^\d+\.\d{3}$/);
                assert.match(stack, /^\d+\/\d+$/);
            }
            const used = words.slice(1).map((row) => Number(row[7].split('/')[0]));
            assert.ok(used[0] > 0 && used[1] > 0, `main and the sleeper use a stack: ${used}`);
            if (what === 'debug-ps') {
                assert.ok(used[5] > 10_000, `how deep it was is not forgotten: ${used}`);
                assert.ok(used[1] < 10_000, `this one was not: ${used}`);
            }
        });
    }

    test(`stacks on ${hostName}`, async (t) => {
        const now = await lines(t, hostName, 'stacks'), counted = await lines(t, hostName, 'debug-stacks');
        if (!now) return;
        const read = (rows) => rows.map((row) => /^ *(\S+) +(\S+) +(\S+) +(.*)$/.exec(row).slice(1));
        const half = counted.length / 2;
        for (const [rows, tasks] of [[now, 1], [counted.slice(0, half), 1], [counted.slice(half), 2]]) {
            const [head, main, ...others] = read(rows);
            assert.deepEqual(head, ['TASKS', 'DEEPEST', 'OF', 'SPAWNED']);
            assert.equal(main[0], '1');
            assert.equal(main[3], "'main'");
            assert.deepEqual(others.map((row) => /^'(.*)' at tests.*:\d+$/.exec(row[3])[1]),
                ['sleeps', 'j"o\\iné', 'joins', 'yields', 'deep', 'sleeps']);
            for (const row of others) assert.equal(row[0], `${tasks}`, `${row}`);
            if (rows !== now) assert.ok(Number(others[4][1]) > 10_000, `${others[4]}`);
        }
    });
}
