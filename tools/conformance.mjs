// conformance.mjs: runs the programs of tests/conformance on the hosts and compares their traces.
// A program is every C file of that folder; nothing else has to be told of a new one.
// Natively one can also run many times in one process (tests/conformance/repeat.h): with each
// allocation failing, and under many orders of its tasks.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { build, BuildError, ROOT } from './build.mjs';
import { HOSTS, openHost } from './hosts/index.mjs';

const FOLDER = 'tests/conformance';
const SEEDS = 1000;
export const CONFORMANCE_HOSTS = ['native', 'node', 'node-26', 'deno', 'bun', 'workerd',
    'chromium', 'firefox', 'wasmtime-p1', 'node-wasi', 'browser-shim',
    'wasmtime', 'wasmtime-36', 'jco'];

/** The names of all programs. */
export function listCases() {
    return readdirSync(join(ROOT, FOLDER)).sort()
        .filter((file) => file.endsWith('.c')).map((file) => basename(file, '.c'));
}

/** Ways to repeat a case: for each its arguments, and the host and mode that it is built for. */
export const REPETITIONS = {
    memory: { mode: 'asan', args: () => ['memory'] },
    orders: { mode: 'release', args: (name) => ['seeds', '1', `${SEEDS}`, keptUnderOrders(name)] },
};

let orders;

/** What of a case's run stays the same in any order of its tasks. */
function keptUnderOrders(name) {
    orders ??= JSON.parse(readFileSync(join(ROOT, FOLDER, 'order.json'), 'utf8'));
    return orders[name]?.keeps ?? 'trace';
}

/** Programs that start their run in their own way can be run only once. */
export function canRepeat(name) {
    const text = readFileSync(join(ROOT, programOf(name)), 'utf8');
    return text.includes('#include "case.h"') && !text.includes('#define CASE_OWN_MAIN');
}

const programOf = (name) => `${FOLDER}/${name}.c`;
const linesOf = (text) => (text === '' ? [] : text.replace(/\n$/, '').split('\n'));

let table;

/** The lines a program must print; undefined if nobody has said it. */
export function expectedLines(name) {
    table ??= JSON.parse(readFileSync(join(ROOT, FOLDER, 'expected.json'), 'utf8'));
    if (Object.hasOwn(table, name)) return table[name].expected;
    const beside = join(ROOT, FOLDER, `${name}.expected`);
    return existsSync(beside) ? linesOf(readFileSync(beside, 'utf8')) : undefined;
}

/**
 * Builds the cases for a host. -> Map from name to artifact, or to the BuildError of a program that
 * does not compile: it must not keep the others from being run.
 */
export async function buildCases(hostName, names, mode) {
    const options = { ...HOSTS[hostName].build, ...(mode ? { mode } : {}), quiet: true };
    const all = (list) => build({ ...options, programs: list.map(programOf) });
    try {
        const artifacts = await all(names);
        return new Map(names.map((name) => [name, artifacts.get(programOf(name))]));
    } catch (error) {
        if (!(error instanceof BuildError)) throw error;
    }
    const artifacts = new Map();
    for (const name of names) {
        try {
            artifacts.set(name, (await all([name])).get(programOf(name)));
        } catch (error) {
            if (!(error instanceof BuildError)) throw error;
            artifacts.set(name, error);
        }
    }
    return artifacts;
}

// What a person needs of a compiler's output: not the command lines.
function essence(message) {
    const lines = linesOf(message).filter((line) => line.length < 500);
    const errors = lines.filter((line) => /error|fatal|undefined/i.test(line));
    return (errors.length ? errors : lines).slice(0, 12);
}

function differences(expected, got) {
    const lines = [];
    for (let i = 0; i < Math.max(expected.length, got.length); i++) {
        if (expected[i] === got[i]) continue;
        lines.push(`line ${i + 1}: expected ${expected[i] ?? '(nothing)'}`);
        lines.push(`${' '.repeat(`line ${i + 1}: `.length)}got      ${got[i] ?? '(nothing)'}`);
    }
    return lines;
}

/**
 * Runs one case, with `repeat` in that way of REPETITIONS. -> the lines that say what is wrong; none
 * if it passed.
 */
export async function checkCase(host, artifact, name, repeat) {
    const expected = expectedLines(name);
    if (!expected) {
        return [`nobody has said what it must print: no entry in ${FOLDER}/expected.json, ` +
            `no ${FOLDER}/${name}.expected`];
    }
    if (artifact instanceof Error) return ['it cannot be built:', ...essence(artifact.message)];
    const { code, stdout, stderr } = await host.run(artifact,
        { args: repeat ? REPETITIONS[repeat].args(name) : [] });
    const wrong = differences(expected, linesOf(stdout));
    if (code !== 0) wrong.push(`exit status ${code}`);
    else if (/^case: /m.test(stderr)) wrong.push('case.h complains');
    if (wrong.length && stderr) wrong.push(...linesOf(stderr).map((line) => `stderr: ${line}`));
    return wrong;
}

/** Calls `work` for each item, a few at a time, and `done` with the results in the items' order. */
async function inOrder(items, work, done) {
    const started = [];
    let finished = 0;
    for (const item of items) {
        while (started.length - finished >= availableParallelism()) await started[finished].then(tell);
        started.push(work(item));
    }
    while (finished < items.length) await started[finished].then(tell);

    function tell(result) {
        done(items[finished++], result);
    }
}

export async function main(argv) {
    let options;
    try {
        options = parseArgs({
            args: argv, allowPositionals: true,
            options: { host: { type: 'string', multiple: true }, mode: { type: 'string' },
                repeat: { type: 'string' } },
        });
    } catch (error) {
        process.stderr.write(`eddy: ${error.message}\n`);
        return 2;
    }
    const { repeat } = options.values;
    if (repeat && !Object.hasOwn(REPETITIONS, repeat)) {
        process.stderr.write(`eddy: no way to repeat "${repeat}": ${Object.keys(REPETITIONS).join(', ')}\n`);
        return 2;
    }
    const known = repeat ? listCases().filter(canRepeat) : listCases();
    const asked = options.positionals.map((name) => basename(name, '.c'));
    const hosts = options.values.host ?? (repeat ? ['native'] : CONFORMANCE_HOSTS);
    const mode = options.values.mode ?? REPETITIONS[repeat]?.mode;
    const unknown = asked.find((name) => !known.includes(name));
    const noHost = hosts.find((name) => !Object.hasOwn(HOSTS, name));
    if (unknown) process.stderr.write(`eddy: no conformance case "${unknown}" in ${FOLDER}\n`);
    if (noHost) process.stderr.write(`eddy: no host "${noHost}": ${Object.keys(HOSTS).join(', ')}\n`);
    if (unknown || noHost) return 2;

    const names = asked.length ? asked : known;
    let passed = 0, failed = 0;
    const notRun = [];
    for (const hostName of hosts) {
        process.stdout.write(`# ${hostName}: ${HOSTS[hostName].about}\n`);
        const host = await openHost(hostName);
        if (!host) {
            notRun.push(hostName);
            continue;
        }
        try {
            const artifacts = await buildCases(hostName, names, mode);
            await inOrder(names, (name) => checkCase(host, artifacts.get(name), name, repeat), (name, wrong) => {
                if (wrong.length) failed++;
                else passed++;
                process.stdout.write(`${wrong.length ? 'FAIL' : 'PASS'} ${name}\n`);
                for (const line of wrong) process.stdout.write(`  ${line}\n`);
            });
        } finally {
            await host.close();
        }
    }
    for (const name of notRun) process.stdout.write(`# ${name}: NOT RUN\n`);
    process.stdout.write(`${passed} passed, ${failed} failed\n`);
    // A host that was asked for by name, or that CI must have, may not be missing.
    const mustRun = options.values.host || process.env.CI;
    return failed || (notRun.length && mustRun) ? 1 : 0;
}
