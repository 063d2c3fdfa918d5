// native.mjs: programs as executables of this machine.

import { runProcess } from './process.mjs';

export async function open() {
    return {
        name: 'native',
        run: (artifact, { args = [], ...options } = {}) => runProcess([artifact, ...args], options),
        async close() {},
    };
}
