// wasmtime.mjs: WASI programs under wasmtime: components of 0.2, and core modules of 0.1.

import { runProcess } from './process.mjs';

/** What a program may use besides its own memory and clocks; 0.1 has none of it. */
export const NETWORK = ['-S', 'http,inherit-network,allow-ip-name-lookup'];

/** The options of `wasmtime run` for WASI 0.`version`. */
export function wasmtimeOptions(version, { env = {}, folders = [] } = {}) {
    return [
        ...(version === 2 ? NETWORK : []),
        ...Object.entries(env).flatMap(([key, value]) => ['--env', `${key}=${value}`]),
        ...folders.flatMap((folder) => ['--dir', folder]),
    ];
}

/** A run's option `folders`: what the program may open, as HOST or HOST::GUEST; `flags`: more;
 * `environment`: of wasmtime itself. */
export async function open(tools, { version = 2, program = 'wasmtime' } = {}) {
    return {
        name: version === 2 ? program : `${program}-p1`,
        run(artifact, { args = [], env, environment, folders, flags = [], ...options } = {}) {
            const own = wasmtimeOptions(version, { env, folders });
            return runProcess([tools[program], 'run', ...own, ...flags, artifact, ...args],
                { ...options, env: environment });
        },
        async close() {},
    };
}
