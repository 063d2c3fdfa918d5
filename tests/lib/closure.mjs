// closure.mjs: Google's Closure Compiler, from npm, pinned, in the tool cache, for Emscripten's --closure.

import { existsSync, readFileSync } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder, digest, layFolder, mustRun, Report, writeWhole } from '../../tools/setup/base.mjs';
import { alone } from '../../tools/setup/turn.mjs';

const HERE = fileURLToPath(new URL('../closure', import.meta.url));
const MANIFEST = ['package.json', 'package-lock.json'];

/** Whether it is there for this machine. */
export const hasClosure = process.platform === 'linux' && process.arch === 'x64';

/** The path of the program. */
export async function closureCompiler() {
    const texts = MANIFEST.map((name) => readFileSync(join(HERE, name), 'utf8'));
    const cache = join(cacheFolder(), 'closure');
    const place = join(cache, digest([process.platform, process.arch, texts]));
    const stamp = join(place, '.stamp');
    if (!existsSync(stamp)) {
        const report = new Report();
        await mkdir(cache, { recursive: true });
        await alone(cache, report, async () => {
            if (existsSync(stamp)) return;
            report.step('fetching the Closure Compiler for the tests');
            await layFolder(place, async (folder) => {
                for (const name of MANIFEST) await copyFile(join(HERE, name), join(folder, name));
                await mustRun('npm ci failed', ['npm', 'ci', '--no-audit', '--no-fund',
                    '--ignore-scripts', '--loglevel=error'], { cwd: folder });
            });
            await writeWhole(stamp, `${new Date().toISOString()}\n`);
        });
    }
    return join(place, 'node_modules/google-closure-compiler-linux/compiler');
}
