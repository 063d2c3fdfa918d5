// workerd.mjs: web programs by eddy's own loader in workerd, each in a process of its own. There WebAssembly
// cannot be compiled: the module is part of the worker, and load() gets it compiled.

import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ROOT } from '../build.mjs';
import { runProcess } from './process.mjs';
import { workerd } from './runtimes.mjs';

const WEB = fileURLToPath(new URL('../../web/', import.meta.url));
const COMPATIBILITY_DATE = '2026-10-01';
const STATUS = /^eddy: exit status (-?\d+)\n/m;
/** What `workerd test` says of itself on stderr. */
const OWN_LINES = /^workerd\/server\/.*: debug: \[ (TEST|PASS|FAIL) \].*\n/gm;

const runtimeFiles = readdirSync(WEB).filter((name) => name.endsWith('.mjs')).map((name) => join(WEB, name));
const wasmOf = (artifact) => artifact.replace(/\.mjs$/, '.wasm');

/** Modules have the names of their files below the project's folder, which they are found under. */
function configuration(main, files) {
    const text = (value) => JSON.stringify(value);
    const modules = files.map((file) => {
        const name = relative(ROOT, file);
        return `(name = ${text(name)}, ${name.endsWith('.wasm') ? 'wasm' : 'esModule'} = embed ${text(`/${name}`)})`;
    });
    return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = (
      modules = [(name = "main.mjs", esModule = ${text(main)}), ${modules.join(', ')}],
      compatibilityDate = ${text(COMPATIBILITY_DATE)}, globalOutbound = "network")),
    (name = "network", network = (allow = ["public", "private", "local"])),
  ],
);
`;
}

function mainOf(artifact, args) {
    return `import module from './${relative(ROOT, wasmOf(artifact))}';
import { load } from './${relative(ROOT, artifact)}';
export default {
    async test() {
        const app = await load({ wasm: module, args: ${JSON.stringify(args)},
            print: (line) => console.log(line), printErr: (line) => console.error(line) });
        console.log('eddy: exit status ' + await statusOf(app));
    },
};
async function statusOf(app) {
    const tellsItsEnd = WebAssembly.Module.imports(module).some(({ name }) => name === 'eddy_js_exit');
    if (tellsItsEnd) return (await app.ended) ?? 1;
    // The end of a program with a main() of its own is when its loop wants nothing more.
    try {
        while (app.exports.eddy_tick() >= 0) await new Promise((done) => { setTimeout(done, 1); });
        return 0;
    } catch (error) {
        return error.status ?? 1;
    }
}
`;
}

export async function open() {
    const program = await workerd();

    /** Runs the worker of the module `main`, which may import those files and the runtime's. */
    async function runWorker(main, files, options) {
        const folder = mkdtempSync(join(tmpdir(), 'eddy-workerd-'));
        try {
            const config = join(folder, 'config.capnp');
            writeFileSync(config, configuration(main, [...runtimeFiles, ...files]));
            const result = await runProcess([program, 'test', '--import-path', ROOT, config], options);
            return { ...result, stderr: result.stderr.replace(OWN_LINES, '') };
        } finally {
            rmSync(folder, { recursive: true });
        }
    }

    return {
        name: 'workerd',
        runWorker,
        async run(artifact, { args = [], ...options } = {}) {
            const result = await runWorker(mainOf(artifact, args), [artifact, wasmOf(artifact)], options);
            const status = STATUS.exec(result.stdout)?.[1];
            return { ...result, stdout: result.stdout.replace(STATUS, ''), code: result.code || Number(status ?? 1) };
        },
        async close() {},
    };
}
