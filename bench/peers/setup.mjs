// setup.mjs: what only the bench needs, laid out in the tool cache: Rust with the standard library
// for WASI (Debian's packages, on their own libc), Go where there is none, and the npm packages.
//
//   node bench/peers/setup.mjs --relock    pins what Debian's suite offers now

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { chmod, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { cacheFolder, digest, layFolder, mustRun, Report, run, SetupError, which,
         writeWhole } from '../../tools/setup/base.mjs';
import { fetchFiles, Gone, mirror, parseUris } from '../../tools/setup/debian.mjs';
import { npmPackages } from '../../tools/setup/npm.mjs';
import { alone } from '../../tools/setup/turn.mjs';

const HERE = dirname(fileURLToPath(import.meta.url));
const LOCK = join(HERE, 'lock.json');
const SUITE = 'forky';
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
const LAYOUT = 1; // raised when the way a folder is laid out changes

/** Least versions that a user's own tools must have. */
const LEAST_GO = [1, 21];

// `lld` stands for the one that the standard library's package recommends.
const ROOTS = {
    rust: ['rustc', 'cargo', 'libstd-rust-dev-wasm32', 'lld'],
    go: ['golang-go'],
};

// Host compilers that the packages depend on: the system's is used for Rust's build scripts, and
// nothing native is linked for Go.
const DROP = /^(gcc|cpp|g\+\+|binutils|lib(a|t|hwa|l|ub)san\d|lib(gcc|stdc\+\+)-\d|libc6-dev|linux-libc|lib(gprofng|mpfr|isl|binutils|gmp|ctf|gomp|quadmath|sframe|jansson|mpc|cc1|itm|atomic)|libc-|pkg|perl|golang-doc|openssl|libsasl2-modules)/;

const peersFolder = () => join(cacheFolder(), 'peers');

// ---- Debian ---------------------------------------------------------------------------------------

/** The files that a part needs, by the suite's signed index. */
async function resolve(cache, part) {
    const base = mirror();
    const folder = join(cache, `index-${process.pid}`);
    const at = (name) => join(folder, name);
    try {
        for (const name of ['lists/partial', 'cache/archives/partial', 'none'])
            await mkdir(at(name), { recursive: true });
        const signed = existsSync(KEYRING) ? `[signed-by=${KEYRING}] ` : '';
        await writeFile(at('sources.list'), `deb ${signed}${base} ${SUITE} main\n`);
        const options = Object.entries({
            'Dir::State': folder, 'Dir::State::lists': at('lists'),
            'Dir::State::status': '/dev/null', 'Dir::Cache': at('cache'),
            'Dir::Etc::sourcelist': at('sources.list'), 'Dir::Etc::sourceparts': at('none'),
            'Dir::Etc::preferences': '/dev/null', 'Dir::Etc::preferencesparts': at('none'),
            'APT::Default-Release': '', 'APT::Sandbox::User': '', 'Acquire::Languages': 'none',
            'Acquire::ForceHash': 'SHA256', 'Debug::NoLocking': 'true',
        }).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
        await mustRun(`cannot read the index of Debian ${SUITE}`,
            ['apt-get', ...options, 'update', '-q', '-o', 'APT::Update::Error-Mode=any']);
        const missing = `Debian ${SUITE} has no ${ROOTS[part][0]} for WASI`;
        const std = await mustRun(missing, ['apt-cache', ...options, 'show',
            '--no-all-versions', 'libstd-rust-dev-wasm32']);
        const lld = /^Recommends:.*\b(lld-\d+)\b/m.exec(std.stdout)?.[1] ?? 'lld';
        const { stdout } = await mustRun(missing,
            ['apt-get', ...options, '-q', '-y', 'install', '--no-install-recommends',
                '--print-uris', ...ROOTS[part].map((name) => (name === 'lld' ? lld : name))]);
        return parseUris(stdout, base).filter(({ name }) => !DROP.test(name));
    } finally {
        await rm(folder, { recursive: true, force: true });
    }
}

async function fetchPart(cache, part, locked, report) {
    const progress = (files) => {
        const total = files.reduce((sum, { size }) => sum + size, 0);
        report.step(`fetching ${Math.round(total / 1e6)} MB for the ${part} peers`);
        return () => {};
    };
    try {
        return await fetchFiles(cache, locked, { progress });
    } catch (error) {
        if (!(error instanceof Gone)) throw error;
        report.line(`${error.message} of bench/peers/lock.json: taking ${SUITE}'s present versions`);
    }
    return fetchFiles(cache, await resolve(cache, part), { progress });
}

/** A folder of unpacked packages; `finish` makes it work. -> its path */
async function layDebs(part, finish) {
    const cache = peersFolder();
    const locked = JSON.parse(readFileSync(LOCK, 'utf8'))[part];
    const place = join(cache, `${part}-${digest([LAYOUT, locked])}`);
    const stamp = join(place, '.stamp');
    if (existsSync(stamp)) return place;
    const report = new Report();
    await mkdir(cache, { recursive: true });
    await alone(cache, report, async () => {
        if (existsSync(stamp)) return;
        const local = await fetchPart(cache, part, locked, report);
        await layFolder(place, async (tree) => {
            for (const deb of local.values())
                await mustRun('cannot unpack a package', ['dpkg-deb', '-x', deb, tree]);
            await finish(tree);
        });
        await rm(join(cache, 'downloads'), { recursive: true, force: true });
        await writeWhole(stamp, `${new Date().toISOString()}\n`);
    });
    return place;
}

/** Programs of the tree run on the tree's own libc; the scripts find it beside themselves. */
async function writeScripts(tree) {
    const llvm = readdirSync(join(tree, 'usr/lib')).find((name) => /^llvm-\d+$/.test(name));
    if (!llvm) throw new SetupError('Rust\'s packages hold no LLVM');
    const start = '#!/bin/sh\nt=$(dirname "$(dirname "$(readlink -f "$0")")")\n';
    const native = '$t/usr/lib/x86_64-linux-gnu';
    const loader = `"${native}/ld-linux-x86-64.so.2" --library-path "${native}:$t/usr/lib/${llvm}/lib"`;
    const scripts = {
        rustc: `exec ${loader} "$t/usr/bin/rustc" "$@"\n`,
        cargo: `exec ${loader} "$t/usr/bin/cargo" "$@"\n`,
        'wasm-ld': `exec ${loader} "$t/usr/lib/${llvm}/bin/lld" "$@"\n`,
        // rustc's linker for wasip2 makes a component of what it linked.
        'component-ld': 'for a; do [ "$last" = -o ] && out=$a; last=$a; done\n' +
            '"$t/bin/wasm-ld" "$@" && mv "$out" "$out.core" &&\n' +
            'exec "$WASM_TOOLS" component new "$out.core" -o "$out"\n',
    };
    await mkdir(join(tree, 'bin'));
    for (const [name, text] of Object.entries(scripts)) {
        const path = join(tree, 'bin', name);
        await writeFile(path, start + text);
        await chmod(path, 0o755);
    }
}

/** -> the `bin` folder of a Rust that compiles for wasm32-wasip1 and wasm32-wasip2. */
export async function rust() {
    if (process.arch !== 'x64') throw new SetupError('its compiler is laid out for x86-64 only');
    if (!which('cc')) throw new SetupError('Rust needs the system\'s cc for its build scripts');
    const place = await layDebs('rust', async (tree) => {
        for (const name of ['usr/share', 'usr/lib/rustlib/wasm32-unknown-unknown', 'etc', 'var'])
            await rm(join(tree, name), { recursive: true, force: true });
        await writeScripts(tree);
        await mustRun('Debian\'s rustc does not run', [join(tree, 'bin/rustc'), '-vV']);
    });
    return join(place, 'bin');
}

/** -> the `go` program: the user's when it is recent enough, else Debian's. */
export async function go() {
    for (const path of [which('go'), '/usr/local/go/bin/go']) {
        if (!path || !existsSync(path)) continue;
        const { stdout } = await run([path, 'env', 'GOVERSION'], { env: { GOTOOLCHAIN: 'local' } });
        const [, major, minor] = /go(\d+)\.(\d+)/.exec(stdout) ?? [];
        if (major > LEAST_GO[0] || (major == LEAST_GO[0] && minor >= LEAST_GO[1])) return path;
    }
    const place = await layDebs('go', async (tree) => {
        const [version] = /\d+\.\d+/.exec(
            JSON.parse(readFileSync(LOCK, 'utf8')).go.find(({ name }) => name === 'golang-go').version);
        await symlink(`usr/lib/go-${version}`, join(tree, 'go'));
    });
    return join(place, 'go/bin/go');
}

// ---- npm --------------------------------------------------------------------------------------------

/**
 * The bench's own npm packages, kept out of the project's node_modules: a package that brings a
 * program `node` there would be the one that npm's scripts run. -> node_modules
 */
export const packages = () => npmPackages({
    manifest: join(HERE, 'npm'), place: 'peers/npm-', key: [LAYOUT, process.arch],
    what: 'Node 26 and a statistics library for the bench',
});

/** -> a Node 26, or an error that says why there is none. */
export async function node26() {
    const path = join(await packages(), `node-${process.platform}-${process.arch}`, 'bin/node');
    if (!existsSync(path)) {
        throw new SetupError(`Node 26 is not packaged for ${process.platform}-${process.arch}`);
    }
    return path;
}

async function relock() {
    const cache = peersFolder();
    await mkdir(cache, { recursive: true });
    const lock = {};
    for (const part of Object.keys(ROOTS)) lock[part] = await resolve(cache, part);
    await writeWhole(LOCK, `${JSON.stringify(lock, null, 1)}\n`);
    for (const [part, files] of Object.entries(lock)) {
        const size = files.reduce((sum, file) => sum + file.size, 0);
        process.stdout.write(`${part}: ${files.length} packages, ${Math.round(size / 1e6)} MB\n`);
    }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
    if (process.argv[2] === '--relock') await relock();
    else {
        process.stderr.write('usage: node bench/peers/setup.mjs --relock\n');
        process.exitCode = 2;
    }
}
