// closure.mjs: Google's Closure Compiler, from npm, pinned, in the tool cache, for Emscripten's --closure.

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { npmPackages } from '../../tools/setup/npm.mjs';

/** Whether it is there for this machine. */
export const hasClosure = process.platform === 'linux' && process.arch === 'x64';

/** The path of the program. */
export async function closureCompiler() {
    const packages = await npmPackages({
        manifest: fileURLToPath(new URL('../closure', import.meta.url)), place: 'closure/',
        key: [process.platform, process.arch], what: 'the Closure Compiler for the tests',
    });
    return join(packages, 'google-closure-compiler-linux/compiler');
}
