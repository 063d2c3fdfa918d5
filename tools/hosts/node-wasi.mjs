// node-wasi.mjs: WASI 0.1 programs under Node's own WASI, a host made apart from wasmtime.

import { fileURLToPath } from 'node:url';
import { runProcess } from './process.mjs';

const MAIN = fileURLToPath(new URL('node-wasi-main.mjs', import.meta.url));

/** `node`: another Node than the one that runs this. */
export async function open(tools, { node = process.execPath } = {}) {
    return {
        name: 'node-wasi',
        run: (artifact, { args = [], folders = [], ...options } = {}) =>
            runProcess([node, '--no-warnings', MAIN, ...folders.map((folder) => `--dir=${folder}`),
                artifact, ...args], options),
        async close() {},
    };
}
