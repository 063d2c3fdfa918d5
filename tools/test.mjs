// test.mjs: every test on every host. Builds first, so that no test waits for a compiler, then runs
// Node's test runner, whose summary is the last thing printed.

import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { build, BuildError, ROOT } from './build.mjs';
import { projectPrograms } from './configure.mjs';
import { record, updateMatrix } from './matrix.mjs';
import { setup } from './setup.mjs';

function testFiles(folder) {
    return readdirSync(join(ROOT, folder), { recursive: true })
        .filter((name) => name.endsWith('.test.mjs')).sort().map((name) => join(folder, name));
}

const BUILDS = [
    { host: 'native', mode: 'asan' }, { host: 'web', mode: 'release' }, { host: 'lean', mode: 'release' },
    { host: 'wasi', mode: 'release' }, { host: 'wasip2', mode: 'release' },
];

/** Before any test, each of which has a limit. Where they are not to be had the tests say so. */
async function fetchRuntimes() {
    const { RUNTIMES, workerd } = await import('./hosts/runtimes.mjs');
    for (const find of [...Object.values(RUNTIMES), workerd])
        await find().catch((error) => process.stderr.write(`eddy: ${error.message}\n`));
}

/** Files: most of a test's time something waits for something else. */
const AT_ONCE = Math.max(2, availableParallelism() - 1);

/** Milliseconds for a file, should even test-watch.mjs get no turn in it. */
const FILE_LIMIT = 30 * 60_000;

/** Hosts whose programs of the bench tests run. */
const BENCHED = new Set(['web', 'wasip2']);

export async function main(args) {
    await setup({ want: ['web', 'wasi', 'native', 'browser', 'firefox', 'site', 'sources'] });
    await fetchRuntimes();
    const began = Date.now();
    for (const { host, mode } of BUILDS) {
        try {
            const programs = projectPrograms(host).filter((path) => !path.startsWith('bench/') || BENCHED.has(host));
            await build({ host, mode, programs, quiet: true, keepGoing: true });
        } catch (error) {
            if (!(error instanceof BuildError)) throw error;
            process.stderr.write(`${error.message}\n`); // the tests that need it will fail
        }
    }
    process.stderr.write(`eddy: built in ${Math.round((Date.now() - began) / 1000)} s\n`);
    const files = args.length ? args : testFiles('tests');
    const results = join(mkdtempSync(join(tmpdir(), 'eddy-test-')), 'results');
    const code = await new Promise((done, fail) => {
        const child = spawn(process.execPath,
            ['--no-warnings', `--import=${new URL('test-watch.mjs', import.meta.url)}`, '--test',
                `--test-concurrency=${AT_ONCE}`, `--test-timeout=${FILE_LIMIT}`,
                '--test-reporter=spec', '--test-reporter-destination=stdout',
                `--test-reporter=${new URL('matrix-reporter.mjs', import.meta.url)}`,
                `--test-reporter-destination=${results}`, ...files],
            { cwd: ROOT, stdio: 'inherit' });
        child.on('error', fail);
        child.on('close', (status) => done(status ?? 1));
    });
    if (existsSync(results)) record(readFileSync(results, 'utf8'));
    rmSync(dirname(results), { recursive: true });
    // The README claims what a whole run has shown. CI only compares: its checkout stays clean.
    if (code || args.length) return code;
    return updateMatrix({ check: Boolean(process.env.CI) });
}
