// lean.mjs: web programs without Emscripten's JavaScript in Node, each in a process of its own.

import { fileURLToPath } from 'node:url';
import { runProcess } from './process.mjs';

const MAIN = fileURLToPath(new URL('lean-main.mjs', import.meta.url));

/** `node`: another Node than the one that runs this. */
export async function open(tools, { node = process.execPath } = {}) {
    return {
        name: 'lean',
        run: (artifact, { args = [], ...options } = {}) =>
            runProcess([node, MAIN, artifact, ...args], options),
        async close() {},
    };
}
