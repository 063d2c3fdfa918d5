// test.mjs: every test on every host. Builds first, so that no test waits for a compiler, then runs
// Node's test runner, whose summary is the last thing printed.

import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { build, BuildError, ROOT } from './build.mjs';
import { projectPrograms } from './configure.mjs';
import { setup } from './setup.mjs';

function testFiles(folder) {
    return readdirSync(join(ROOT, folder), { recursive: true })
        .filter((name) => name.endsWith('.test.mjs')).sort().map((name) => join(folder, name));
}

const BUILDS = [
    { host: 'native', mode: 'asan' }, { host: 'web', mode: 'release' },
    { host: 'wasi', mode: 'release' }, { host: 'wasip2', mode: 'release' },
];

export async function main(args) {
    await setup({ want: ['web', 'wasi', 'native', 'browser', 'firefox', 'site', 'sources'] });
    const began = Date.now();
    for (const { host, mode } of BUILDS) {
        try {
            await build({ host, mode, programs: projectPrograms(host), quiet: true, keepGoing: true });
        } catch (error) {
            if (!(error instanceof BuildError)) throw error;
            process.stderr.write(`${error.message}\n`); // the tests that need it will fail
        }
    }
    process.stderr.write(`eddy: built in ${Math.round((Date.now() - began) / 1000)} s\n`);
    const files = args.length ? args : testFiles('tests');
    return new Promise((done, fail) => {
        const child = spawn(process.execPath,
            ['--no-warnings', '--test', '--test-reporter=spec', ...files],
            { cwd: ROOT, stdio: 'inherit' });
        child.on('error', fail);
        child.on('close', (code) => done(code ?? 1));
    });
}
