// build.mjs: builds programs for a host. Incremental and parallel; says nothing when nothing changed.

import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { KEEP_LINKED } from './asyncify.mjs';
import { Artifacts, openBuildCache } from './build-cache.mjs';
import { artifactOf, configure, needsOf } from './configure.mjs';
import { besides, includedBy, recipesOf } from './recipe.mjs';
import { setup } from './setup.mjs';
import { takeLock } from './setup/turn.mjs';

export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');
// wasi: core modules of WASI 0.1; wasip2: components of WASI 0.2.
/** `lean` is the web host without Emscripten's JavaScript: web/loader.mjs loads what it makes. */
export const HOSTS = ['native', 'web', 'lean', 'wasi', 'wasip2'];
export const MODES = ['release', 'debug', 'asan'];

export class BuildError extends Error {}

/** -> whether the commands have said anything. */
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
                done(output.split('\n').some((line) => line && !/^\[\d+\/\d+\] |^ninja: /.test(line)));
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

/** Builds what the cache has not; `paths` are the programs' from the project's root. */
async function make({ host, mode, paths, configured, tools, quiet, keepGoing }) {
    const { folder, file, common, recipes } = configured;
    const cache = process.env[KEEP_LINKED] ? null : openBuildCache(tools.cache);
    const look = () => (cache ? recipesOf({ host, mode, tools, recipes, common, programs: paths, root: ROOT }) : new Map());
    const toMake = look();
    const artifact = (path) => artifactOf(folder, host, path);
    const artifacts = new Artifacts(folder, { cache, root: mode === 'debug' ? null : ROOT });
    const fetched = artifacts.fetch(new Map([...toMake].map(([path, { key }]) => [artifact(path), key])));
    if (fetched && !quiet) process.stderr.write(`eddy: ${fetched} of ${paths.length} were built before, of the same\n`);
    const left = paths.filter((path) => !toMake.has(path) || !artifacts.isFresh(artifact(path), toMake.get(path).key));
    if (!left.length) return;
    artifacts.leave(left.map(artifact));
    const said = await ninja(tools, ['-f', file, ...(keepGoing ? ['-k', '0'] : []), ...left.map(artifact)], quiet);
    if (!cache) return;
    const made = look(); // what was changed meanwhile may be in them or not
    const included = includedBy(tools.ninja, file);
    for (const path of left) {
        const recipe = made.get(path);
        if (!recipe || recipe.key !== toMake.get(path)?.key) continue;
        const others = besides(recipes.get(path).objects, included, recipe.covered);
        // What a compiler says is to be seen elsewhere, too.
        if (others) artifacts.keep(artifact(path), recipe.key, others, !said);
    }
    artifacts.save();
    cache.trim();
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
        const wanted = [...new Set(paths.values())];
        const configured = configure({ host, mode, tools, defines, programs: wanted });
        if (wanted.length) await make({ host, mode, paths: wanted, configured, tools, quiet, keepGoing });
        return new Map([...paths].map(([given, path]) =>
            [given, resolve(ROOT, artifactOf(configured.folder, host, path))]));
    });
}

/**
 * Builds the runtime alone, in `folder`, for programs elsewhere. -> what they are linked with: an object
 * with eddy's main, for those that define eddy_main, and the library.
 */
export async function buildRuntime({ host, mode, tools, folder, small }) {
    process.chdir(ROOT);
    const { file, runtimes, checked } = configure({ host, mode, tools, folder });
    const { library, main } = small ? runtimes.small : runtimes.usual;
    const stamp = join(folder, small ? '.stamp-small' : '.stamp');
    if (!existsSync(stamp)) {
        await ninja(tools, ['-f', file, library, main, ...checked], true);
        writeFileSync(stamp, '');
    }
    return { library, main };
}
