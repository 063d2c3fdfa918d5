// Debian packages without root and without touching the system's apt: its programs are used on
// private folders, its mirror and its keyring stay in force, so signatures are checked.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { lastLine, mustRun, partOf, run, settle, SetupError, sha256, which } from './base.mjs';
import { isNeeded, PIP_PACKAGE, SITE_PACKAGE, SOURCES, SUITES, TESTED,
         treeRoots, VALGRIND_PACKAGE } from './packages.mjs';

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
const HELPER = '/usr/lib/apt/apt-helper';
const PARALLEL = 4;
const STALL_MS = Number(process.env.EDDY_STALL_MS) || 40000;

function osRelease() {
    try {
        const text = readFileSync('/etc/os-release', 'utf8');
        return Object.fromEntries([...text.matchAll(/^(\w+)="?([^"\n]*)"?$/gm)]
            .map(([, name, value]) => [name, value]));
    } catch {
        return {};
    }
}

function sourceFiles(root) {
    const folder = join(root, 'sources.list.d');
    const parts = existsSync(folder) ? readdirSync(folder).sort().map((n) => join(folder, n)) : [];
    return [join(root, 'sources.list'), ...parts]
        .filter((path) => existsSync(path) && /\.(list|sources)$/.test(path))
        .map((path) => ({ path, text: readFileSync(path, 'utf8') }));
}

/** Every (address, suites) that the system's apt reads from, of either format. */
export function systemSources(root = '/etc/apt') {
    const found = [];
    for (const { path, text } of sourceFiles(root)) {
        if (path.endsWith('.list')) {
            const lines = text.matchAll(/^\s*deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)/gm);
            for (const [, uri, suite] of lines) {
                found.push({ uri, suites: [suite] });
            }
            continue;
        }
        for (const stanza of text.replace(/^#.*\n?/gm, '').split(/\n\s*\n/)) {
            const field = (name) =>
                new RegExp(`^${name}:\\s*(.*)$`, 'mi').exec(stanza)?.[1].trim() ?? '';
            if (!/\bdeb\b/.test(field('Types')) || /^no$/i.test(field('Enabled'))) continue;
            const suites = field('Suites').split(/\s+/);
            for (const uri of field('URIs').split(/\s+/)) if (uri) found.push({ uri, suites });
        }
    }
    return found;
}

/** The Debian mirror that this system uses, without a slash at the end. */
export function mirror(env = process.env, root = '/etc/apt') {
    if (env.EDDY_DEBIAN_MIRROR) return env.EDDY_DEBIAN_MIRROR.replace(/\/+$/, '');
    const os = osRelease();
    const released = [os.VERSION_CODENAME, 'oldstable', 'stable', 'testing', 'unstable', 'sid'];
    const found = os.ID === 'debian' && systemSources(root)
        .find(({ suites }) => suites.some((suite) => suite && released.includes(suite)));
    if (!found) {
        throw new SetupError('this system\'s apt names no Debian mirror: set EDDY_DEBIAN_MIRROR ' +
            'to one, or put emcc, a WASI SDK (WASI_SDK_PATH) and wasmtime on PATH');
    }
    return found.uri.replace(/\/+$/, '');
}

function options(folder) {
    const at = (name) => join(folder, name);
    const set = {
        'Dir::State': folder, 'Dir::State::lists': at('lists'), 'Dir::State::status': '/dev/null',
        'Dir::Cache': at('cache'), 'Dir::Etc::sourcelist': at('sources.list'),
        'Dir::Etc::sourceparts': at('none'), 'Dir::Etc::preferences': '/dev/null',
        'Dir::Etc::preferencesparts': at('none'), 'APT::Default-Release': '',
        'APT::Sandbox::User': '', 'Acquire::Languages': 'none', 'Acquire::ForceHash': 'SHA256',
        'Acquire::IndexTargets::deb::DEP-11::DefaultEnabled': 'false',
        'Acquire::Retries': '2', 'Acquire::http::Timeout': '20', 'Acquire::https::Timeout': '20',
        'Debug::NoLocking': 'true', 'Dpkg::Use-Pty': 'false',
    };
    return Object.entries(set).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
}

let folders = 0;

/** Private apt folders in the cache, removed after `work`. */
async function withApt(cache, work) {
    const folder = partOf(join(cache, `apt-${++folders}`));
    if (!which('apt-get') || !existsSync(HELPER)) {
        throw new SetupError('there is no apt on this system to fetch the compilers with: ' +
            'put emcc, a WASI SDK (WASI_SDK_PATH) and wasmtime on PATH');
    }
    await rm(folder, { recursive: true, force: true });
    for (const name of ['lists/partial', 'cache/archives/partial', 'none']) {
        await mkdir(join(folder, name), { recursive: true });
    }
    await writeFile(join(folder, 'sources.list'), '');
    try {
        return await work(options(folder));
    } finally {
        await rm(folder, { recursive: true, force: true });
    }
}

/** The reasons that apt gave, without the addresses. */
function reasons(text) {
    const found = [...text.matchAll(/^[EW]: (?:Failed to fetch \S+\s+)?(.*)$/gm)].map((m) => m[1]);
    const telling = /resolv|connect|time|unreachable|mismatch|404|sign/i;
    const one = found.find((line) => telling.test(line));
    return (one ?? found[0] ?? lastLine(text)).replace(/\s+/g, ' ').slice(0, 160);
}

export class Gone extends SetupError {}

const localName = (file) => `${file.sha256.slice(0, 16)}-${basename(file.path)}`;

const sizeOf = (path) => stat(path).then((s) => s.size, () => 0);

async function isWhole(path, file) {
    return await sizeOf(path) === file.size && await sha256(path) === file.sha256;
}

/** One apt process for files in turn; it goes on where an interrupted file ended. */
async function fetchSome(opts, base, downloads, files, signal) {
    const triples = files.flatMap((file) => [
        `${base}/${file.path.split('/').map(encodeURIComponent).join('/')}`,
        join(downloads, localName(file)), `SHA256:${file.sha256}`,
    ]);
    const { stdout, stderr } = await run([HELPER, ...opts, 'download-file', ...triples],
        { signal });
    return stdout + stderr;
}

/**
 * Aborts when nothing has come for STALL_MS: apt's own time-outs are for one file, and a mirror
 * that takes connections and is silent would cost them for every file.
 */
function watchForStall(paths, controller) {
    let [best, since] = [-1, Date.now()];
    return setInterval(async () => {
        const now = (await Promise.all(paths.map(sizeOf))).reduce((a, b) => a + b, 0);
        if (now > best) [best, since] = [now, Date.now()];
        else if (Date.now() - since > STALL_MS) controller.abort();
    }, 500);
}

async function fetchMissing(opts, base, downloads, files) {
    const bins = Array.from({ length: PARALLEL }, () => ({ size: 0, files: [] }));
    for (const file of [...files].sort((a, b) => b.size - a.size)) {
        const least = bins.reduce((a, b) => (b.size < a.size ? b : a));
        least.files.push(file);
        least.size += file.size + 100000;
    }
    const stalled = new AbortController();
    const watch = watchForStall(files.map((file) => join(downloads, localName(file))), stalled);
    try {
        const said = await settle(bins.filter((bin) => bin.files.length)
            .map((bin) => fetchSome(opts, base, downloads, bin.files, stalled.signal)));
        return stalled.signal.aborted ? 'E: the mirror does not answer\n' : said.join('\n');
    } finally {
        clearInterval(watch);
    }
}

/**
 * Fetch the files of the lock into `downloads`; -> Map of file to local path. Throws Gone when
 * the mirror no longer has one of them.
 */
export async function fetchFiles(cache, files, { progress }) {
    const downloads = join(cache, 'downloads');
    await mkdir(downloads, { recursive: true });
    const place = (file) => join(downloads, localName(file));
    const missing = async () => {
        const whole = await Promise.all(files.map((file) => isWhole(place(file), file)));
        return files.filter((_, i) => !whole[i]);
    };
    let left = await missing();
    if (left.length) {
        const base = mirror();
        await withApt(cache, async (opts) => {
            const stop = progress(left.map((file) => ({ path: place(file), size: file.size })));
            try {
                let said = '';
                for (let round = 0; left.length && round < 2; round++) {
                    said = await fetchMissing(opts, base, downloads, left);
                    left = await missing();
                    if (/404\s+Not Found/.test(said)) break;
                    // A damaged part must not be the ground of the second try.
                    for (const file of left) {
                        if (await sizeOf(place(file)) >= file.size || /mismatch/i.test(said)) {
                            await rm(place(file), { force: true });
                        }
                    }
                    // What is not damaged is unreachable: apt has tried that often enough.
                    const parts = await Promise.all(left.map((file) => sizeOf(place(file))));
                    if (!/mismatch/i.test(said) && !parts.some((size) => size > 0)) break;
                }
                if (left.length) throw failure(left, said);
            } finally {
                stop();
            }
        });
    }
    return new Map(files.map((file) => [file, place(file)]));
}

function failure(left, said) {
    const name = basename(left[0].path);
    const what = left.length === 1 ? name : `${left.length} packages (${name}, ...)`;
    if (/404\s+Not Found/.test(said)) return new Gone(`the mirror no longer has ${what}`);
    if (/mismatch/i.test(said) || !said.includes('E: ')) {
        return new SetupError(`${what} came damaged: its SHA-256 is not the one in ` +
            'tools/toolchain.lock.json. Run it again; if it stays so, the mirror is at fault');
    }
    return new SetupError(`cannot fetch ${what}: ${reasons(said)}. Nothing was changed; ` +
        'run it again when the network is back');
}

/** The lines of --print-uris as lock entries. */
export function parseUris(text, base) {
    const found = [];
    for (const [, uri, file, size, sum] of
        text.matchAll(/^'([^']+)' (\S+) (\d+) SHA256:([0-9a-f]{64})$/gm)) {
        const [name, version] = decodeURIComponent(file).replace(/\.deb$/, '').split('_');
        const path = decodeURIComponent(uri.slice(base.length + 1));
        found.push({ name, version, path, size: Number(size), sha256: sum });
    }
    return found;
}

/** Ask the mirror's signed index what there is now. -> the `debian` part of a lock file. */
export async function resolveParts(cache, parts, report) {
    const base = mirror();
    const signed = existsSync(KEYRING) ? `[signed-by=${KEYRING}] ` : '';
    const lock = {};
    for (const part of parts) {
        const suite = SUITES[part];
        report.step(`reading the index of Debian ${suite}`);
        lock[part] = await withApt(cache, async (opts) => {
            const kind = part === 'sources' ? 'deb-src' : 'deb';
            await writeFile(opts.find((o) => o.startsWith('Dir::Etc::sourcelist=')).split('=')[1],
                `${kind} ${signed}${base} ${suite} main\n`);
            const update = await run(['apt-get', ...opts, 'update', '-q',
                '-o', 'APT::Update::Error-Mode=any']);
            if (update.code !== 0) {
                throw new SetupError(`cannot read the index of Debian ${suite}: ` +
                    `${reasons(update.stderr)}. Nothing was changed`);
            }
            return { suite, files: await RESOLVE[part](opts, base) };
        });
    }
    return lock;
}

async function uris(what, opts, base, args) {
    const { stdout } = await mustRun(what, ['apt-get', ...opts, '-q', '-y', ...args]);
    const files = parseUris(stdout, base);
    if (!files.length) throw new SetupError(`${what}: the index offers none`);
    return files;
}

const RESOLVE = {
    async tree(opts, base) {
        const { stdout } = await mustRun('emscripten is not in the index',
            ['apt-cache', ...opts, 'show', '--no-all-versions', 'emscripten']);
        const major = /^Depends:.*\bclang-(\d+)\b/m.exec(stdout)?.[1];
        if (!major) throw new SetupError('emscripten\'s package no longer names its clang');
        const files = await uris('cannot resolve the compilers', opts, base,
            ['install', '--no-install-recommends', '--print-uris', ...treeRoots(major)]);
        return files.filter((file) => isNeeded(file.name));
    },
    site: (opts, base) => uris(`cannot resolve ${SITE_PACKAGE}`, opts, base,
        ['download', '--print-uris', SITE_PACKAGE]),
    pip: (opts, base) => uris(`cannot resolve ${PIP_PACKAGE}`, opts, base,
        ['download', '--print-uris', PIP_PACKAGE]),
    valgrind: (opts, base) => uris(`cannot resolve ${VALGRIND_PACKAGE}`, opts, base,
        ['download', '--print-uris', VALGRIND_PACKAGE]),
    async sources(opts, base) {
        const files = [];
        for (const name of Object.values(SOURCES)) {
            const all = await uris(`cannot resolve the source of ${name}`, opts, base,
                ['source', '--download-only', '--print-uris', name]);
            files.push(all.find((file) => /\.orig\.tar\.\w+$/.test(file.path)));
        }
        return files.map(({ name, version, ...rest }) =>
            ({ name, version: version.replace(/\.orig\.tar\.\w+$/, ''), ...rest }));
    },
};

/** Throws when the suite has rolled to a major that nobody has tried with this project. */
export function checkTested(files) {
    const untested = (name, major, tested) => {
        if (major !== undefined && !tested.includes(Number(major)) && !process.env.EDDY_UNTESTED) {
            throw new SetupError(`Debian now offers ${name} ${major}, and this version of eddy ` +
                `was tested with ${tested.join(', ')}: take a newer eddy, set EDDY_UNTESTED=1 ` +
                'to try, or bring your own emcc and WASI SDK');
        }
    };
    for (const { name, version } of files) {
        if (name === 'emscripten') untested(name, version.split('.')[0], TESTED.emscripten);
        untested('clang', /^clang-(\d+)$/.exec(name)?.[1], TESTED.clang);
    }
}
