// runtime.mjs: web programs by eddy's own loader in another host of JavaScript than this Node, each in a
// process of its own.

import { fileURLToPath } from 'node:url';
import { runProcess } from './process.mjs';
import { RUNTIMES } from './runtimes.mjs';

const MAIN = fileURLToPath(new URL('lean-main.mjs', import.meta.url));

/** `runtime`: which of RUNTIMES; the host's script() runs any script there. */
export async function open(tools, { runtime }) {
    const command = await RUNTIMES[runtime]();
    const script = (file, args, options) => runProcess([...command, file, ...args], options);
    return {
        name: runtime,
        script,
        run: (artifact, { args = [], ...options } = {}) => script(MAIN, [artifact, ...args], options),
        async close() {},
    };
}
