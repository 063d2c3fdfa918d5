// runtimes.mjs: Deno, Bun, workerd, Vite and Node 26, from npm, pinned, in the tool cache: what the tests
// run in and with, and nobody needs to have installed.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { node26 } from '../../bench/peers/setup.mjs';
import { mustRun, SetupError } from '../setup/base.mjs';
import { npmPackages } from '../setup/npm.mjs';

/** -> the folder node_modules with them. */
export const packages = () => npmPackages({
    manifest: fileURLToPath(new URL('runtimes', import.meta.url)), place: 'runtimes/',
    key: [process.arch], what: 'Deno, Bun, workerd and Vite for the tests',
    async finish(folder) {
        // Each only moves its program from the package for this platform to its place.
        for (const script of ['deno/install.cjs', 'bun/install.js'])
            await mustRun(`${script} failed`, [process.execPath, join('node_modules', script)], { cwd: folder });
    },
});

/** -> the program workerd, or an error that says why there is none. */
export async function workerd() {
    const machine = { x64: '64' }[process.arch] ?? process.arch;
    const path = join(await packages(), `@cloudflare/workerd-${process.platform}-${machine}/bin/workerd`);
    if (!existsSync(path))
        throw new SetupError(`workerd is not packaged for ${process.platform}-${process.arch}`);
    return path;
}

/** What runs a script there: a command without the script. */
export const RUNTIMES = {
    'node-26': async () => [await node26()],
    'deno': async () => [join(await packages(), '.bin/deno'), 'run', '--allow-all', '--quiet'],
    'bun': async () => [join(await packages(), '.bin/bun')],
};
