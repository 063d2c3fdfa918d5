// runtimes.mjs: Deno, Bun and Node 26, from npm, pinned, in the tool cache: hosts of JavaScript that
// nobody needs to have installed.

import { existsSync, readFileSync } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { node26 } from '../../bench/peers/setup.mjs';
import { cacheFolder, digest, layFolder, mustRun, Report, SetupError, writeWhole } from '../../tools/setup/base.mjs';
import { alone } from '../../tools/setup/turn.mjs';

const HERE = fileURLToPath(new URL('../runtimes', import.meta.url));
const MANIFEST = ['package.json', 'package-lock.json'];

async function packages() {
    const texts = MANIFEST.map((name) => readFileSync(join(HERE, name), 'utf8'));
    const cache = join(cacheFolder(), 'runtimes');
    const place = join(cache, digest([process.arch, texts]));
    const stamp = join(place, '.stamp');
    if (!existsSync(stamp)) {
        const report = new Report();
        await mkdir(cache, { recursive: true });
        await alone(cache, report, async () => {
            if (existsSync(stamp)) return;
            report.step('fetching Deno and Bun for the tests');
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
    return join(place, 'node_modules/.bin');
}

/** What runs a script there: a command without the script. */
export const RUNTIMES = {
    'deno': async () => [join(await packages(), 'deno'), 'run', '--allow-all', '--quiet'],
    'bun': async () => [join(await packages(), 'bun')],
    'node-26': async () => [await node26()],
};

/** The command; null, with the test skipped, where it cannot be set up. In CI that fails. */
export async function runtimeOf(t, name) {
    try {
        return await RUNTIMES[name]();
    } catch (error) {
        if (!(error instanceof SetupError) || process.env.CI) throw error;
        t.skip(`no ${name}: ${error.message}`);
        return null;
    }
}
