// What eddy_ps and eddy_stacks write, and traces: read as people and Perfetto read them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build } from '../tools/build.mjs';
import { HOSTS } from '../tools/hosts/index.mjs';
import { needHost, runOn, told } from './lib/hosts.mjs';

const PROGRAM = 'tests/programs/inspecting.c';
const HOST_NAMES = ['native', 'node', 'wasmtime'];

async function lines(t, hostName, what) {
    const result = await runOn(t, hostName, PROGRAM, { args: [what] });
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

// ---- the tree ---------------------------------------------------------------------------------------

// Without the places. Who holds a lock stands below who waits for it, and the last three are a ring.
const TREE = `
  task 'main' runs
  task 'first in line' waits for a lock held by task 'holder'
    task 'holder' sleeps
  task 'second in line' waits for a lock held by task 'holder'
    task 'holder' sleeps
  task 'picks' waits in a select for task 'slow'
    task 'slow' sleeps
  task 'collects' gathers task 'slow' and 1 more
    task 'slow' sleeps
    task 'part' sleeps
  task 'owns' waits for its group: task 'sleeps'
    task 'sleeps' sleeps
  task 'wants the ring's' waits for a lock held by task 'holds the ring's'
    task 'holds the ring's' joins task 'wants the ring's'
      task 'wants the ring's' waits for a lock held by task 'holds the ring's' (a ring)`;

for (const hostName of HOST_NAMES) {
    test(`the tree on ${hostName}`, async (t) => {
        const rows = await lines(t, hostName, 'tree');
        if (!rows) return;
        const place = 'tests/programs/inspecting\\.c:\\d+';
        const bare = new RegExp(` \\(spawned at ${place}\\)| at ${place}`, 'g');
        assert.deepEqual(rows.map((row) => row.replace(bare, '')), TREE.split('\n').slice(1));
        for (const row of rows.slice(1)) assert.equal(row.match(bare).length, 2, row);
    });
}

// ---- traces -----------------------------------------------------------------------------------------

/** Nested asynchronous events: each end has its beginning, by category, id and name. */
function checkAsynchronous(events) {
    const open = new Map();
    for (const event of events.filter(({ ph }) => 'ben'.includes(ph))) {
        const key = `${event.cat} ${event.id}`;
        const stack = open.get(key) ?? [];
        open.set(key, stack);
        if (event.ph === 'b') stack.push(event.name);
        else if (event.ph === 'e') assert.equal(event.name, stack.pop(), `ends of ${key}`);
        else assert.ok(stack.length, `${event.name} of ${key} outside of its life`);
        assert.ok(stack.length <= (event.cat === 'task' ? 2 : 1), `${key} is nested too deep`);
    }
    for (const [key, stack] of open) assert.deepEqual(stack, [], `${key} does not end`);
}

/** Steps lie beside or inside one another. -> whether a time is inside of one */
function checkSteps(events) {
    const steps = events.filter(({ ph }) => ph === 'X').map(({ ts, dur }) => [ts, ts + dur]);
    const around = [];
    for (const [from, to] of steps) {
        assert.ok(to >= from);
        while (around.length && around.at(-1) <= from) around.pop();
        if (around.length) assert.ok(to <= around.at(-1) + 1e-6, 'steps overlap');
        around.push(to);
    }
    return (time) => steps.some(([from, to]) => from <= time && time <= to + 1e-6);
}

function checkFlows(events, inStep) {
    const begun = new Set();
    for (const event of events.filter(({ ph }) => ph === 's' || ph === 'f')) {
        assert.ok(inStep(event.ts), `an arrow's end at ${event.ts} is in no step`);
        if (event.ph === 's') {
            assert.ok(!begun.has(event.id), 'two arrows of one number');
            begun.add(event.id);
        } else {
            assert.equal(event.bp, 'e');
            assert.ok(begun.delete(event.id), 'an arrow comes from nowhere');
        }
    }
    assert.equal(begun.size, 0, 'an arrow leads nowhere');
}

/** What Perfetto and the DevTools want of a trace. -> its events */
function checkTrace(text) {
    const { traceEvents: events } = JSON.parse(text);
    let last = 0;
    for (const event of events) {
        for (const key of ['ph', 'name', 'cat']) assert.equal(typeof event[key], 'string');
        assert.ok('MbenXsfC'.includes(event.ph), event.ph);
        assert.equal(event.pid, 1);
        assert.equal(event.tid, 1);
        assert.ok(Number.isFinite(event.ts) && event.ts >= last, `${event.ts} comes after ${last}`);
        last = event.ts;
        if ('bensf'.includes(event.ph)) assert.match(event.id, /^0x[1-9a-f][0-9a-f]*$/);
        if (event.ph === 'C') for (const value of Object.values(event.args)) assert.ok(value >= 0);
    }
    checkAsynchronous(events);
    checkFlows(events, checkSteps(events));
    return events;
}

const count = (events, ph, name) => events.filter((event) => event.ph === ph && event.name === name).length;

for (const hostName of HOST_NAMES) {
    for (const [what, lives] of [['trace', 2], ['debug-trace', 1]]) {
        test(`${what} on ${hostName}`, async (t) => {
            const rows = await lines(t, hostName, what);
            if (!rows) return;
            const events = checkTrace(rows.join('\n'));
            for (const ph of 'MbenXsfC') assert.ok(events.some((event) => event.ph === ph), `no ${ph}`);
            assert.equal(count(events, 'M', 'process_name'), 1);
            assert.equal(count(events, 'b', 'busy_life'), lives);
            assert.equal(count(events, 'e', 'busy_life'), lives);
            assert.equal(count(events, 'b', 'second'), lives);
            assert.equal(count(events, 'X', 'yields_often'), 21 * lives);
            assert.ok(count(events, 'X', 'callback') >= lives);
            const odd = 'quote" backslash\\ tab\t bad\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd good€';
            assert.equal(count(events, 'b', odd), lives, 'the name with odd characters');
            for (const verb of ['sleeps', 'joins', 'waits for a lock', 'gathers'])
                assert.ok(count(events, 'b', verb) > 0, `nobody ${verb}`);
            assert.ok(count(events, 'n', 'cancelled') >= 2 * lives);
            assert.equal(count(events, 'b', 'quiet'), 1);
            const failed = events.filter(({ ph, name }) => ph === 'e' && name === 'fails');
            assert.deepEqual(failed.map(({ args }) => args?.result).filter((result) => result < 0),
                Array(lives).fill(-1005));
            const woken = events.find(({ ph, name, args }) => ph === 'e' && name === 'waits for a lock' && args);
            assert.ok(woken?.args['woken by task'] > 0);
            const spawned = events.find(({ ph, name }) => ph === 'b' && name === 'busy_life');
            assert.match(spawned.args['spawned at'], at);
        });
    }

    test(`traces whose beginning is overwritten, on ${hostName}`, async (t) => {
        for (const entries of [1, 2, 3, 7, 20, 55, 100, 150, 200]) {
            const result = await runOn(t, hostName, PROGRAM,
                { args: ['trace-overwritten', `${entries}`] });
            if (!result) return;
            assert.equal(result.code, 0, told(result));
            const events = checkTrace(result.stdout);
            assert.ok(count(events, 'b', 'main') === 1 && count(events, 'e', 'main') === 1, `${entries}`);
            assert.equal(count(events, 'b', 'quiet'), 1);
        }
    });
}

test('a runtime without traces says so', async (t) => {
    const host = await needHost(t, 'native');
    if (!host) return;
    const built = await build(
        { ...HOSTS.native.build, programs: [PROGRAM], defines: ['EDDY_NO_TRACE'], quiet: true });
    const result = await host.run(built.get(PROGRAM), { args: ['trace'] });
    assert.match(result.stderr, /main ended with EDDY_ENOSYS/, told(result));
    assert.equal(result.stdout, '', told(result));
});

test('a host operation in a trace', async (t) => {
    const rows = await lines(t, 'node', 'trace-fetch');
    if (!rows) return;
    const operations = checkTrace(rows.join('\n')).filter(({ cat }) => cat === 'host');
    assert.deepEqual(operations.map(({ ph }) => ph), ['b', 'e']);
    assert.match(operations[0].name, /data:text\/plain,milk/);
    assert.ok(operations[0].args['by task'] > 0);
});
