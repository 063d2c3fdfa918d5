// Packages of npm by a lock file, in the tool cache rather than in the project: what only tests, hosts
// or the bench need.

import { existsSync, readFileSync } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cacheFolder, digest, layFolder, mustRun, Report, writeWhole } from './base.mjs';
import { alone } from './turn.mjs';

const MANIFEST = ['package.json', 'package-lock.json'];
const ATTEMPTS = 3; // a registry may be out of reach for a moment

async function install(folder) {
    const command = ['npm', 'ci', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];
    for (let left = ATTEMPTS - 1; ; left--) {
        try {
            return await mustRun('npm ci failed', command, { cwd: folder });
        } catch (error) {
            if (!left) throw error;
            await sleep(5000);
        }
    }
}

/**
 * @param {object} options
 * @param {string} options.manifest  the folder with package.json and package-lock.json
 * @param {string} options.place  where below the cache, up to the digest of what it is made of
 * @param {unknown[]} options.key  what else than those files it depends on
 * @param {string} options.what  is fetched, for the user
 * @param {(folder: string) => Promise<void>} [options.finish]  is called with the folder before it counts
 * @returns {Promise<string>}  the folder node_modules
 */
export async function npmPackages({ manifest, place: before, key, what, finish }) {
    const texts = MANIFEST.map((name) => readFileSync(join(manifest, name), 'utf8'));
    const place = join(cacheFolder(), `${before}${digest([...key, texts])}`);
    const cache = join(place, '..');
    const stamp = join(place, '.stamp');
    if (!existsSync(stamp)) {
        const report = new Report();
        await mkdir(cache, { recursive: true });
        await alone(cache, report, async () => {
            if (existsSync(stamp)) return;
            report.step(`fetching ${what}`);
            await layFolder(place, async (folder) => {
                for (const name of MANIFEST) await copyFile(join(manifest, name), join(folder, name));
                await install(folder);
                await finish?.(folder);
            });
            await writeWhole(stamp, `${new Date().toISOString()}\n`);
        });
    }
    return join(place, 'node_modules');
}
