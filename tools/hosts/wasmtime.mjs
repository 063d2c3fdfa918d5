// wasmtime.mjs: WASI programs under wasmtime.

import { runProcess } from './process.mjs';

export async function open(tools) {
    return {
        name: 'wasmtime',
        run(artifact, { args = [], env = {}, ...options } = {}) {
            const variables = Object.entries(env).flatMap(([key, value]) => ['--env', `${key}=${value}`]);
            return runProcess([tools.wasmtime, 'run', ...variables, artifact, ...args], options);
        },
        async close() {},
    };
}
