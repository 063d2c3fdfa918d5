// Tools that the user has: found on PATH or where the usual variables point, asked for their
// version once, and used when recent enough. EDDY_TOOLS=own leaves them all aside.

import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { run, SetupError, which, writeWhole } from './base.mjs';
import { atLeast, LEAST } from './packages.mjs';

/** Answers of `--version`, kept in the cache until the program's file changes. */
export class Versions {
    constructor(cache) {
        this.path = join(cache, 'versions.json');
        try {
            this.known = JSON.parse(readFileSync(this.path, 'utf8'));
        } catch {
            this.known = {};
        }
    }

    /** The first group of `pattern` in what `program args` prints; null when it fails. */
    async ask(program, args, pattern) {
        const { mtimeMs, size } = statSync(program);
        const key = [realpathSync(program), program, mtimeMs, size, ...args].join(' ');
        if (!(key in this.known)) {
            const { code, stdout, stderr } = await run([program, ...args])
                .catch(() => ({ code: 1 }));
            const answer = code === 0 ? pattern.exec(stdout + stderr)?.[1] : null;
            // A failure may pass (no memory, an interruption): it is not kept.
            if (!answer) return null;
            this.known[key] = answer;
            // Only a faster second start is lost when the cache cannot be written.
            await writeWhole(this.path, JSON.stringify(this.known, null, 1)).catch(() => {});
        }
        return this.known[key];
    }
}

const VERSION = /(\d+\.\d+(?:\.\d+)?)/;
const useOwn = () => process.env.EDDY_TOOLS === 'own';

/** One program; too old a one is noted, because the user may wonder why it is not used. */
async function recent(versions, report, path, least) {
    if (!path || useOwn()) return null;
    const version = await versions.ask(path, ['--version'], VERSION);
    if (version && atLeast(version, least)) return { path, version };
    report.note(`${path} is ${version ? `version ${version}` : 'of unknown version'}, ` +
        `eddy needs ${least} or later: using its own`);
    return null;
}

export async function findPython(versions) {
    for (const name of ['python3', 'python']) {
        const path = which(name);
        if (!path) continue;
        // A version manager's shim starts slowly: ask for the interpreter behind it.
        const real = await versions.ask(path, ['-c', 'import sys; print("at=" + sys.executable)'],
            /^at=(.+)$/m);
        const python = real && existsSync(real) ? real : path;
        const version = await versions.ask(python, ['--version'], VERSION);
        if (version && atLeast(version, LEAST.python)) return python;
    }
    throw new SetupError(`no Python ${LEAST.python} or later on PATH: install python3`);
}

export function findCc() {
    if (process.env.CC) {
        const path = which(process.env.CC);
        if (!path) throw new SetupError(`CC is ${process.env.CC}, which is not a program on PATH`);
        return path;
    }
    return ['gcc', 'cc', 'clang'].map((name) => which(name)).find(Boolean) ?? null;
}

export const findNinja = (versions, report) =>
    recent(versions, report, which('ninja'), LEAST.ninja);
export const findWasmtime = (versions, report) =>
    recent(versions, report, which('wasmtime'), LEAST.wasmtime);
export const findWasmTools = (versions, report) =>
    recent(versions, report, which('wasm-tools'), LEAST.wasmTools);

export const findValgrind = (versions, report) =>
    recent(versions, report, which('valgrind'), LEAST.valgrind);

export async function findEmcc(versions, report) {
    const sdk = process.env.EMSDK && join(process.env.EMSDK, 'upstream/emscripten/emcc');
    const path = which('emcc') ?? (sdk && existsSync(sdk) ? sdk : null);
    const found = await recent(versions, report, path, LEAST.emcc);
    if (!found) return null;
    const bin = join(dirname(realpathSync(path)), '..', 'bin');
    return { ...found, bin: existsSync(join(bin, 'wasm-opt')) ? bin : null };
}

/** wasm-opt: Emscripten's own first, because it was released together with its compiler. */
export async function findWasmOpt(versions, report, emcc) {
    const path = emcc?.bin ? join(emcc.bin, 'wasm-opt') : which('wasm-opt');
    if (!path || useOwn()) return null;
    const version = await versions.ask(path, ['--version'], /version (\d+)/);
    return version && atLeast(version, LEAST.wasmOpt) ? { path, version } : null;
}

function findFile(folder, pattern) {
    for (const name of readdirSync(folder, { recursive: true })) {
        if (pattern.test(name)) return join(folder, name);
    }
    return null;
}

/** A WASI SDK in WASI_SDK_PATH that has both WASI versions. */
export async function findWasiSdk(versions, report) {
    const sdk = process.env.WASI_SDK_PATH;
    if (!sdk || useOwn()) return null;
    const clang = join(sdk, 'bin/clang');
    const sysroot = join(sdk, 'share/wasi-sysroot');
    if (!existsSync(clang)) {
        throw new SetupError(`WASI_SDK_PATH is ${sdk}, which has no bin/clang`);
    }
    const found = await recent(versions, report, clang, LEAST.wasiClang);
    if (!found) return null;
    const builtins = findFile(join(sdk, 'lib'),
        /(wasip2|wasi)\/libclang_rt\.builtins(-wasm32)?\.a$/);
    if (!builtins || !existsSync(join(sysroot, 'lib/wasm32-wasip2/crt1-command.o'))) {
        report.note(`${sdk} has no wasm32-wasip2 libraries: using eddy's own`);
        return null;
    }
    return { clang, sysroot, builtins, bin: join(sdk, 'bin'), version: found.version };
}

const CHROMIUM = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const FIREFOX = ['firefox', 'firefox-esr'];

const firstOf = (names) => names.map((name) => which(name)).find(Boolean);

export function findBrowser() {
    const named = process.env.EDDY_BROWSER;
    if (named) {
        const path = which(named);
        if (!path) throw new SetupError(`EDDY_BROWSER is ${named}, which is not a program`);
        return { path, kind: /firefox/i.test(path) ? 'firefox' : 'chromium' };
    }
    for (const [names, kind] of [[CHROMIUM, 'chromium'], [FIREFOX, 'firefox']]) {
        const path = firstOf(names);
        if (path) return { path, kind };
    }
    return null;
}

/** The second browser, in which the tests of pages run once more. */
export function findFirefox() {
    const path = firstOf(FIREFOX);
    return path ? { path, kind: 'firefox' } : null;
}

/** Debian's Chromium by the system's apt; null, with one line, where that cannot be. */
export const installBrowser = (report) => installPackage(report, 'chromium', findBrowser);

/** Debian's Firefox in the same way. */
export const installFirefox = (report) => installPackage(report, 'firefox-esr', findFirefox);

async function installPackage(report, name, find) {
    const already = find(); // while this process waited for its turn
    if (already) return already;
    const give = (why) => {
        report.line(`no ${name}: ${why}; what needs it is not run`);
        return null;
    };
    if (!which('apt-get')) return give('install it');
    if (process.getuid() !== 0) {
        return give(`install it (apt-get install ${name}), which this user may not`);
    }
    report.step(`installing ${name} with apt-get (about a minute)`);
    const env = { DEBIAN_FRONTEND: 'noninteractive' };
    const apt = async (...args) => {
        report.figure(`apt-get ${args[0]}`);
        return run(['apt-get', '-q', '-y', '-o', 'DPkg::Lock::Timeout=120',
            '-o', 'Acquire::Retries=2', ...args], { env, whole: args[0] === 'install' });
    };
    // An old index may still do: whether the package can be had is what counts.
    await apt('update');
    const { code, stderr } = await apt('install', '--no-install-recommends', name);
    const found = find();
    if (code === 0 && found) return found;
    const reason = /^E: (.*)$/m.exec(stderr)?.[1] ?? `exit code ${code}`;
    return give(`apt-get install ${name} failed (${reason.slice(0, 120)})`);
}
