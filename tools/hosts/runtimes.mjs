// runtimes.mjs: Deno, Bun, workerd, Vite and Node 26, from npm, pinned, in the tool cache: what the tests
// run in and with, and nobody needs to have installed.

import { existsSync, readFileSync } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { node26 } from '../../bench/peers/setup.mjs';
import { cacheFolder, digest, layFolder, mustRun, Report, SetupError, writeWhole } from '../setup/base.mjs';
import { alone } from '../setup/turn.mjs';

const HERE = fileURLToPath(new URL('runtimes', import.meta.url));
const MANIFEST = ['package.json', 'package-lock.json'];

/** -> the folder node_modules with them. */
export async function packages() {
    const texts = MANIFEST.map((name) => readFileSync(join(HERE, name), 'utf8'));
    const cache = join(cacheFolder(), 'runtimes');
    const place = join(cache, digest([process.arch, texts]));
    const stamp = join(place, '.stamp');
    if (!existsSync(stamp)) {
        const report = new Report();
        await mkdir(cache, { recursive: true });
        await alone(cache, report, async () => {
            if (existsSync(stamp)) return;
            report.step('fetching Deno, Bun, workerd and Vite for the tests');
            await layFolder(place, async (folder) => {
                for (const name of MANIFEST) await copyFile(join(HERE, name), join(folder, name));
                await mustRun('npm ci failed', ['npm', 'ci', '--no-audit', '--no-fund',
                    '--ignore-scripts', '--loglevel=error'], { cwd: folder });
                // Each only moves its program from the package for this platform to its place.
                for (const script of ['deno/install.cjs', 'bun/install.js'])
                    await mustRun(`${script} failed`,
                        [process.execPath, join('node_modules', script)], { cwd: folder });
            });
            await writeWhole(stamp, `${new Date().toISOString()}\n`);
        });
    }
    return join(place, 'node_modules');
}

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
