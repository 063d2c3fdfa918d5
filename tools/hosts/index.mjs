// index.mjs: the hosts by name: what is built for each, and which tools it needs.

import { setup, SetupError } from '../setup.mjs';

/** build: what build() is asked for; want: what setup() is; options: for the host's open(); optional: a machine
 * may be unable to set it up. */
export const HOSTS = {
    'native': { build: { host: 'native', mode: 'asan' }, want: ['native'], module: './native.mjs',
        about: 'executables under ASan and UBSan' },
    'valgrind': { build: { host: 'native', mode: 'release' }, want: ['native', 'valgrind'],
        module: './valgrind.mjs', about: 'executables under valgrind', optional: true },
    'node': { build: { host: 'web' }, want: ['web'], module: './node.mjs', about: 'Node' },
    'lean': { build: { host: 'lean' }, want: ['web'], module: './lean.mjs',
        about: "Node with eddy's own loader" },
    'chromium': { build: { host: 'web' }, want: ['web', 'browser'], module: './chromium.mjs',
        about: 'a page' },
    'chromium-worker': { build: { host: 'web' }, want: ['web', 'browser'], module: './chromium.mjs',
        options: { worker: true }, about: 'a worker of a page' },
    'firefox': { build: { host: 'web' }, want: ['web', 'firefox'], module: './chromium.mjs',
        options: { kind: 'firefox' }, about: 'a page of Firefox' },
    'node-26': { build: { host: 'lean' }, want: ['web'], module: './runtime.mjs', options: { runtime: 'node-26' },
        about: "Node 26 with eddy's own loader", optional: true },
    'deno': { build: { host: 'lean' }, want: ['web'], module: './runtime.mjs', options: { runtime: 'deno' },
        about: "Deno with eddy's own loader", optional: true },
    'bun': { build: { host: 'lean' }, want: ['web'], module: './runtime.mjs', options: { runtime: 'bun' },
        about: "Bun with eddy's own loader", optional: true },
    'workerd': { build: { host: 'lean' }, want: ['web'], module: './workerd.mjs',
        about: "workerd with eddy's own loader", optional: true },
    'wasmtime': { build: { host: 'wasip2' }, want: ['wasi'], module: './wasmtime.mjs',
        about: 'WASI 0.2 under wasmtime' },
    'jco': { build: { host: 'wasip2' }, want: ['wasi'], module: './jco.mjs',
        about: 'WASI 0.2 in Node, by jco' },
    'wasmtime-p1': { build: { host: 'wasi' }, want: ['wasi'], module: './wasmtime.mjs',
        options: { version: 1 }, about: 'WASI 0.1 under wasmtime' },
    'wasmtime-36': { build: { host: 'wasip2' }, want: ['wasi', 'wasmtime36'], module: './wasmtime.mjs',
        options: { program: 'wasmtime36' }, about: 'WASI 0.2 under the oldest wasmtime that is kept up', optional: true },
    'wasmtime-36-p1': { build: { host: 'wasi' }, want: ['wasi', 'wasmtime36'], module: './wasmtime.mjs',
        options: { version: 1, program: 'wasmtime36' }, about: 'WASI 0.1 under the same', optional: true },
    'browser-shim': { build: { host: 'wasi' }, want: ['wasi'], module: './browser-shim.mjs',
        about: "WASI 0.1 under browser_wasi_shim, pages' own" },
    'node-wasi': { build: { host: 'wasi' }, want: ['wasi'], module: './node-wasi.mjs',
        about: "WASI 0.1 under Node's own WASI" },
};

/**
 * Opens a host by its name. -> { name, run(artifact, options) -> { code, stdout, stderr, timedOut },
 * close() }, or null, after a line on stderr, if this machine has none.
 */
export async function openHost(name, options) {
    const host = HOSTS[name];
    try {
        const tools = await setup({ want: host.want, quiet: true });
        const { open } = await import(host.module);
        return await open(tools, { ...host.options, ...options });
    } catch (error) {
        if (!host.optional || !(error instanceof SetupError)) throw error;
        process.stderr.write(`eddy: ${name} is not there: ${error.message}\n`);
        return null;
    }
}
