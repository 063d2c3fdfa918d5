// browser-shim.mjs: WASI 0.1 programs under browser_wasi_shim, with which pages run such programs: a
// host made apart from the others, here in Node. It knows one clock only, and no input.

import { fileURLToPath } from 'node:url';
import { runProcess } from './process.mjs';

const MAIN = fileURLToPath(new URL('browser-shim-main.mjs', import.meta.url));

export async function open() {
    return {
        name: 'browser-shim',
        run: (artifact, { args = [], ...options } = {}) =>
            runProcess([process.execPath, '--no-warnings', MAIN, artifact, ...args], options),
        async close() {},
    };
}
