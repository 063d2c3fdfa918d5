// run.mjs: node bench/run.mjs [--json FILE] [--rows A,B] [--hosts H,H] [--quick]: the bench table.
//
// Each row measures eddy and what it is compared with in turns (A B A B ...) in one run: in one
// process where both can be in one. The figure of a side is the median of its rounds.

import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { build, BuildError } from '../tools/build.mjs';
import { installPackages } from '../tools/packages.mjs';
import { setup, SetupError } from '../tools/setup.mjs';
import { againstLog } from './curve.mjs';
import { measureInChromium } from './hosts/chromium.mjs';
import { isPinned } from './hosts/pinned.mjs';
import { measureOnNode } from './hosts/node.mjs';
import { measureSizes } from './hosts/sizes.mjs';
import { measureOnWasmtime } from './hosts/wasmtime.mjs';
import { buildPeers } from './peers/build.mjs';
import { node26, packages } from './peers/setup.mjs';
import { hostsOf, ROWS, targetOf } from './rows.mjs';
import { table } from './table.mjs';

class UsageError extends Error {}

function options(known) {
    let values;
    try {
        ({ values } = parseArgs({ options: {
            json: { type: 'string' }, rows: { type: 'string' }, hosts: { type: 'string' },
            quick: { type: 'boolean', default: false },
        } }));
    } catch (error) {
        throw new UsageError(error.message);
    }
    const pick = (text, among, what, matches) => {
        const wanted = text ? text.split(',') : among;
        const unknown = wanted.find((name) => !among.some((one) => matches(one, name)));
        if (unknown) throw new UsageError(`no ${what} "${unknown}": ${among.join(', ')}`);
        return among.filter((one) => wanted.some((name) => matches(one, name)));
    };
    const names = pick(values.rows, ROWS.map(({ name }) => name), 'row', (a, b) => a === b);
    return {
        // Before anything changes the current folder; npm has changed it already.
        json: values.json && resolve(process.env.INIT_CWD ?? '.', values.json), quick: values.quick,
        hosts: pick(values.hosts, known, 'host', (a, b) => `${a} `.startsWith(`${b} `)),
        rows: ROWS.filter(({ name }) => names.includes(name)),
    };
}

const warn = (text) => process.stderr.write(`eddy bench: ${text}\n`);

/** The major version of a Node; null when it is none. */
function majorOf(program) {
    try {
        return /^v(\d+)\./.exec(execFileSync(program, ['--version'], { encoding: 'utf8' }))?.[1];
    } catch {
        return null;
    }
}

/**
 * The Nodes: host -> program; null for a Node 26 that is still to be fetched. The user's own is the
 * one npm was started with: npm puts packages' programs before it on PATH.
 */
function findNodes() {
    const own = [process.env.npm_node_execpath, process.execPath].filter(Boolean)
        .map((program) => [`node ${majorOf(program)}`, program]);
    return new Map([...own, ['node 26', null]].reverse());
}

async function fetchNode26(found) {
    if (found.get('node 26') !== null) return;
    try {
        found.set('node 26', await node26());
    } catch (error) {
        if (!(error instanceof SetupError)) throw error;
        warn(`no node 26: ${error.message}; its rows are left out`);
        found.delete('node 26');
    }
}

/** The rows' programs, and of rows that compare two builds the other one, as PROGRAM-MACRO. */
async function artifactsFor(host, rows) {
    const artifacts = {};
    const add = async (some, defines) => {
        const paths = new Map(some.map(({ program }) => [program, join('bench/c', `${program}.c`)]));
        const built = await build(
            { host, mode: 'release', programs: [...paths.values()], defines, quiet: true });
        for (const [name, path] of paths) artifacts[[name, ...defines].join('-')] = built.get(path);
    };
    await add(rows, []);
    for (const macro of new Set(rows.map(({ without }) => without).filter(Boolean)))
        await add(rows.filter(({ without }) => without === macro), [macro]);
    return artifacts;
}

async function peersFor(rows, tools, field) {
    const names = new Set(rows.flatMap((row) => field(row)));
    const peers = await buildPeers([...names], tools);
    for (const [name, { reason }] of Object.entries(peers))
        if (reason) warn(`no ${name}: ${reason}; its rows are left out`);
    return peers;
}

/** The samples of all rows: [{ row, host, label, value: [], baseline: [] }, or points, or error]. */
async function measure({ rows, hosts, quick }, found) {
    const results = [];
    if (hosts.includes('node 26')) await fetchNode26(found);
    const rowsOn = (host) => rows.filter((row) => hostsOf(row, [host]).length);
    const nodes = hosts.filter((host) => found.has(host));
    if (nodes.length) {
        const artifacts = await artifactsFor('web', rows.filter((row) => !row.wasip2 && !row.size));
        const tools = await setup({ want: ['web'], quiet: true });
        const peers = await peersFor(rows, tools,
            ({ baseline }) => (baseline === 'fiber' ? ['fiber'] : []));
        for (const host of nodes) {
            results.push(...await measureOnNode(
                { host, program: found.get(host), rows: rowsOn(host), artifacts, peers, quick }));
        }
    }
    const inChromium = hosts.includes('chromium') ? rowsOn('chromium') : [];
    if (inChromium.length) {
        await installPackages();
        const artifacts = await artifactsFor('web', inChromium);
        results.push(...await measureInChromium({ rows: inChromium, artifacts, quick }));
    }
    results.push(...await measureSizes(rows.filter((row) => row.size && hostsOf(row, hosts).length)));
    const onWasmtime = hosts.includes('wasmtime') ? rowsOn('wasmtime').filter((row) => !row.size) : [];
    if (onWasmtime.length) {
        const [p1, p2] = [false, true].map((wasip2) =>
            onWasmtime.filter((row) => Boolean(row.wasip2) === wasip2));
        const artifacts = await artifactsFor('wasi', p1);
        const components = await artifactsFor('wasip2', p2);
        const tools = await setup({ want: ['wasi'], quiet: true });
        const peers = await peersFor(rows, tools, (row) => row.peers ?? []);
        results.push(...await measureOnWasmtime(
            { rows: onWasmtime, artifacts, components, peers, tools, quick }));
    }
    return results;
}

async function main() {
    const found = findNodes();
    const settings = options([...found.keys(), 'chromium', 'lean', 'wasmtime'].sort());
    const from = pathToFileURL(join(await packages(), 'simple-statistics/index.js'));
    const { median, medianAbsoluteDeviation } = await import(from);
    const results = await measure(settings, found);
    const rows = [];
    for (const { row, host, label, points, error, ...samples } of results) {
        if (error) {
            warn(`${row.name} on ${host} against ${label} failed: ${error}`);
            process.exitCode = 1;
            continue;
        }
        const { value, baseline, curve } = points ? againstLog(points, median) : samples;
        const [ours, theirs] = [median(value), median(baseline)];
        rows.push({
            spread: medianAbsoluteDeviation(value) / ours, target: targetOf(row, host),
            what: row.what, result: {
                name: row.name, host, value: ours, unit: row.unit,
                baseline: label, baseline_value: theirs, ratio: ours / theirs, curve,
            },
        });
    }
    const order = ROWS.map(({ name }) => name);
    rows.sort((a, b) => order.indexOf(a.result.name) - order.indexOf(b.result.name));
    process.stdout.write(table(rows, { ...settings, isPinned }));
    if (settings.json) {
        const text = JSON.stringify({ rows: rows.map(({ result }) => result) }, null, 2);
        writeFileSync(settings.json, `${text}\n`);
    }
}

try {
    await main();
} catch (error) {
    const expected = [UsageError, BuildError, SetupError].some((kind) => error instanceof kind);
    warn(expected ? error.message : error.stack);
    process.exitCode = error instanceof UsageError ? 2 : 1;
}
