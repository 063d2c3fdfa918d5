// The bench on a run too short to be quoted: its table, its JSON, its errors.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { againstLog } from '../../bench/curve.mjs';
import { isMet, table } from '../../bench/table.mjs';

const RUN = fileURLToPath(new URL('../../bench/run.mjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'eddy-bench-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const run = (...args) => promisify(execFile)(process.execPath, [RUN, ...args],
    { timeout: 800_000, env: { ...process.env, npm_node_execpath: '' } });

const FIELDS = ['name', 'host', 'value', 'unit', 'baseline', 'baseline_value', 'ratio'];

test('a row on this Node: a line in the table, an object in the JSON', async () => {
    const file = join(folder, 'rows.json');
    const host = `node ${process.versions.node.split('.')[0]}`;
    const { stdout } = await run('--quick', '--rows', 'switch,task_memory', '--hosts', host,
        '--json', file);
    const { rows } = JSON.parse(readFileSync(file, 'utf8'));
    assert.deepEqual(rows.map(({ name }) => name), ['switch', 'task_memory']);
    for (const row of rows) {
        assert.deepEqual(Object.keys(row), FIELDS);
        assert.equal(row.host, host);
        assert.ok(row.value > 0 && row.baseline_value > 0);
        assert.ok(Math.abs(row.ratio - row.value / row.baseline_value) < 1e-9);
        assert.match(stdout, new RegExp(`^${row.name} +${host} .*${row.baseline}`, 'm'));
    }
    assert.equal(rows[0].unit, 'ns');
    assert.equal(rows[1].unit, 'bytes');
});

test('a row with a curve is held against the logarithm at its worst point', async () => {
    const median = (samples) => samples[0];
    const points = [
        { n: 100, samples: [10] }, { n: 1000, samples: [20] }, { n: 10_000, samples: [21] },
    ];
    const { value, baseline, curve } = againstLog(points, median);
    assert.deepEqual(value, [20]);
    assert.ok(Math.abs(baseline[0] - 15) < 1e-9);
    assert.deepEqual(curve, [{ n: 100, value: 10 }, { n: 1000, value: 20 }, { n: 10_000, value: 21 }]);

    const file = join(folder, 'curve.json');
    const host = `node ${process.versions.node.split('.')[0]}`;
    const { stdout } = await run('--quick', '--rows', 'timer_scaling', '--hosts', host, '--json', file);
    const [row] = JSON.parse(readFileSync(file, 'utf8')).rows;
    assert.deepEqual(row.curve.map(({ n }) => n), [100, 1000, 10_000]);
    assert.match(stdout, new RegExp(`timer_scaling on ${host}: 100: \\d+ ns, 1,000: \\d+ ns`));
});

test('the rows of locks, queues, groups and cancellation have their baselines', async () => {
    const file = join(folder, 'more.json');
    const host = `node ${process.versions.node.split('.')[0]}`;
    const names = ['lock', 'queue64', 'queue64_try', 'queue1', 'group', 'cancel10k'];
    await run('--quick', '--rows', names.join(','), '--hosts', host, '--json', file);
    const { rows } = JSON.parse(readFileSync(file, 'utf8'));
    assert.deepEqual(rows.map(({ name }) => name), names);
    for (const { value, baseline_value: theirs } of rows) assert.ok(value > 0 && theirs > 0);
});

test('rows of WASI 0.2 under wasmtime, one with a web server', async () => {
    const file = join(folder, 'wasi.json');
    await run('--quick', '--rows', 'wasi_queue,wasi_fetch32', '--hosts', 'wasmtime', '--json', file);
    const { rows } = JSON.parse(readFileSync(file, 'utf8'));
    assert.deepEqual(rows.map(({ name, baseline }) => [name, baseline]),
        [['wasi_queue', 'go'], ['wasi_fetch32', 'wstd']]);
    for (const { host, value, baseline_value: theirs } of rows) {
        assert.match(host, /^wasmtime \d+$/);
        assert.ok(value > 0 && theirs > 0);
    }
});

test('rows in a page of Chromium, one with a web server', async (t) => {
    const file = join(folder, 'page.json');
    const { stderr } = await run('--quick', '--rows', 'export_calls,fetch32', '--hosts', 'chromium', '--json', file);
    const { rows } = JSON.parse(readFileSync(file, 'utf8'));
    if (!rows.length && !process.env.CI) return t.skip(stderr.trim());
    assert.deepEqual(rows.map(({ name, host, baseline }) => [name, host, baseline]),
        [['export_calls', 'chromium', 'JSPI'], ['fetch32', 'chromium', 'fetch']]);
    for (const { value, baseline_value: theirs } of rows) assert.ok(value > 0 && theirs > 0);
});

test('an unknown row or host is one line and status 2', async () => {
    for (const [option, name] of [['--rows', 'swich'], ['--hosts', 'deno']]) {
        const { code, stderr } = await run(option, name).catch((error) => error);
        assert.equal(code, 2);
        assert.match(stderr, new RegExp(`^eddy bench: no \\w+ "${name}": .*switch|wasmtime.*\\n$`));
        assert.equal(stderr.trim().split('\n').length, 1);
    }
});

test('a target is met by less, a head only by really less', () => {
    const result = { ratio: 1, value: 15 };
    assert.equal(isMet({ ratio: 1 }, result), false);
    assert.equal(isMet({ ratio: 1 }, { ...result, ratio: 0.99 }), true);
    assert.equal(isMet({ ratio: 0.65 }, { ...result, ratio: 0.65 }), true);
    assert.equal(isMet({ value: 15 }, result), true);
    assert.equal(isMet({ ratio: 1, value: 14 }, { ratio: 0.5, value: 15 }), false);
});

test('the table says what was to be reached and whether it was', () => {
    const result = {
        name: 'switch', host: 'node 26', value: 20, unit: 'ns', baseline: 'await null',
        baseline_value: 40, ratio: 0.5,
    };
    const text = table([
        { result, target: { ratio: 0.65 }, spread: 0.01, what: 'one' },
        { result: { ...result, ratio: 0.7 }, target: { ratio: 0.65 }, spread: 0, what: 'one' },
        { result, target: {}, spread: 0, what: 'one' },
    ]);
    const [, first, second, third] = text.split('\n');
    assert.match(first, /switch +node 26 +20\.00 ns +±1% +await null +40\.00 ns +0\.500 +ratio <= 0\.65 +met$/);
    assert.match(second, /not met$/);
    assert.match(third, /0\.500$/);
});
