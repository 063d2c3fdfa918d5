// build.mjs: builds programs for a host. Incremental and parallel; says nothing when nothing changed.

import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { artifactOf, configure, needsOf } from './configure.mjs';
import { setup } from './setup.mjs';
import { takeLock } from './setup/turn.mjs';

export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');
// wasi: core modules of WASI 0.1; wasip2: components of WASI 0.2.
/** `lean` is the web host without Emscripten's JavaScript: web/loader.mjs loads what it makes. */
export const HOSTS = ['native', 'web', 'lean', 'wasi', 'wasip2'];
export const MODES = ['release', 'debug', 'asan'];

export class BuildError extends Error {}

function ninja(tools, args, quiet) {
    return new Promise((done, fail) => {
        const child = spawn(tools.ninja, args, {
            cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'],
            env: { ...process.env, NINJA_STATUS: '[%f/%t] ' },
        });
        let output = '';
        child.stdout.on('data', (text) => { output += text; });
        child.on('error', fail);
        child.on('close', (code) => {
            const nothing = output.includes('no work to do');
            if (code) fail(new BuildError(`${output.trimEnd()}\nbuild failed`));
            else {
                if (!quiet && !nothing) process.stderr.write(output);
                done();
            }
        });
    });
}

// Two builds of one folder would trample on each other's outputs: of this process, or of two that run tests.
const turns = new Map();
function inTurn(key, work) {
    const locked = async () => {
        mkdirSync(join(ROOT, 'build'), { recursive: true });
        const release = await takeLock(join(ROOT, 'build', `.${key}.lock`));
        try {
            return await work();
        } finally {
            release();
        }
    };
    const turn = (turns.get(key) ?? Promise.resolve()).then(locked);
    turns.set(key, turn.catch(() => {}));
    return turn;
}

/**
 * Builds `programs` (paths of C files, from the project's root or absolute) for `host` in `mode`.
 * `defines` are macros that the runtime and the programs are compiled with.
 * With `keepGoing` everything is tried before the failure is told.
 * -> Map from each path as given to its artifact: an executable, X.mjs (beside it X.wasm), X.wasm
 * (a component for wasip2).
 */
export async function build(
    { host, mode = 'release', programs, defines = [], quiet = false, keepGoing = false }) {
    if (!HOSTS.includes(host)) throw new BuildError(`no host "${host}": ${HOSTS.join(', ')}`);
    if (!MODES.includes(mode)) throw new BuildError(`no mode "${mode}": ${MODES.join(', ')}`);
    if (mode === 'asan' && host !== 'native') throw new BuildError('sanitizers run natively only');
    const paths = new Map(programs.map((given) => [given, relative(ROOT, resolve(ROOT, given))]));
    for (const [given, path] of paths) {
        if (!existsSync(resolve(ROOT, path))) throw new BuildError(`no such file: ${given}`);
    }
    process.chdir(ROOT);
    const needsSources = [...paths.values()].some((path) => needsOf(path).sources.length);
    const part = host === 'lean' ? 'web' : host === 'wasip2' ? 'wasi' : host;
    const want = [part, ...(needsSources ? ['sources'] : [])];
    const tools = await setup({ want, quiet });
    return inTurn([host, mode, ...defines].join('-'), async () => {
        const { folder, file } = configure({ host, mode, tools, defines, programs: [...paths.values()] });
        const artifacts = new Map([...paths].map(([given, path]) =>
            [given, artifactOf(folder, host, path)]));
        if (artifacts.size) await ninja(tools, ['-f', file, ...(keepGoing ? ['-k', '0'] : []), ...artifacts.values()], quiet);
        return new Map([...artifacts].map(([given, path]) => [given, resolve(ROOT, path)]));
    });
}

/**
 * Builds the runtime alone, in `folder`, for programs elsewhere. -> what they are linked with: an object
 * with eddy's main, for those that define eddy_main, and the library.
 */
export async function buildRuntime({ host, mode, tools, folder, small }) {
    process.chdir(ROOT);
    const { file, runtimes, checked } = configure({ host, mode, tools, folder });
    const runtime = small ? runtimes.small : runtimes.usual;
    const stamp = join(folder, small ? '.stamp-small' : '.stamp');
    if (!existsSync(stamp)) {
        await ninja(tools, ['-f', file, ...Object.values(runtime), ...checked], true);
        writeFileSync(stamp, '');
    }
    return runtime;
}
