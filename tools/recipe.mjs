// recipe.mjs: what a program is built of, as keys for the cache of built programs: equal keys, equal bytes.
//
// A key holds the commands, the content of the runtime, of the program's own files, of the headers beside them
// and of the modules of tools/ that take part, and which compilers these are. What else was included, above all
// the headers of the system, is known only when the program is built: it is listed beside what was built, and
// counts as long as it is the same.

import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { compilers } from './configure.mjs';
import { namesIn, which } from './setup/base.mjs';

const LAYOUT = 1; // raised when keys or entries change their meaning

const FOLDERS = ['include', 'src'];
const HOST_FOLDERS = { native: [], web: ['web'], lean: ['web'], wasi: ['wasi'], wasip2: ['wasi'] };

// What commands of the build run of the project itself.
const WEB_SCRIPTS = ['tools/asyncify.mjs', 'tools/finish.mjs', 'tools/library.mjs'];
const SCRIPTS = { native: [], web: WEB_SCRIPTS, lean: WEB_SCRIPTS, wasi: ['tools/asyncify.mjs'],
    wasip2: ['tools/asyncify.mjs', 'tools/libc.mjs'] };

// Variables that compilers, Emscripten and finish.mjs heed.
const HEEDED = /^(EM_|EMCC_|EMSDK|BINARYEN|CPATH$|C_INCLUDE_PATH$|CPLUS_INCLUDE_PATH$|LIBRARY_PATH$|COMPILER_PATH$|GCC_EXEC_PREFIX$|SOURCE_DATE_EPOCH$|NODE_OPTIONS$|EDDY_SOURCES$)/;

const sumOf = (value) => createHash('sha256').update(value).digest('hex');

/** The sum of a file's content; null if there is none. */
function contentOf(path) {
    try {
        return sumOf(readFileSync(path));
    } catch {
        return null;
    }
}

const filesIn = (folder) => readdirSync(folder, { recursive: true }).filter((name) => !/__pycache__|\.md$/.test(name)).sort()
    .map((name) => join(folder, name)).filter((path) => statSync(path).isFile());

/** The scripts and what they import of the project. */
function modulesOf(scripts, found = new Set()) {
    for (const script of scripts) {
        if (found.has(script)) continue;
        found.add(script);
        const imports = readFileSync(script, 'utf8').matchAll(/(?:from |import\()'(\.[^']*)'/g);
        modulesOf([...imports].map(([, path]) => join(dirname(script), path)), found);
    }
    return [...found].sort();
}

// The programs and libraries that a native compiler takes from elsewhere: each may be renewed by itself.
const PROGRAMS = ['cc1', 'cc1plus', 'collect2', 'as', 'ld'];
const LIBRARIES = ['crt1.o', 'libc.so', 'libc.so.6', 'libm.so', 'libgcc.a', 'libstdc++.so', 'libasan.so', 'libubsan.so'];

const asked = new Map(); // a native compiler -> the paths of those
function partsOf(cc) {
    if (!asked.has(cc)) {
        const ask = (option, name) => spawnSync(cc, [`-print-${option}-name=${name}`], { encoding: 'utf8' }).stdout?.trim();
        const programs = PROGRAMS.map((name) => ask('prog', name)).map((path) => which(path) ?? path);
        asked.set(cc, [...programs, ...LIBRARIES.map((name) => ask('file', name))]);
    }
    return asked.get(cc);
}

const TOOLS = { native: ['cc'], web: ['emcc', 'wasmOpt'], lean: ['emcc', 'wasmOpt'], wasi: ['wasi', 'wasmOpt'],
    wasip2: ['wasi', 'wasmOpt', 'wasmTools'] };

/** Says which tools these are, without running them: where they lie, how large they are and since when. */
function identityOf(host, tools) {
    const { cc, ar } = compilers(host, tools);
    const used = JSON.stringify([TOOLS[host].map((name) => tools[name]), which(ar[0]), host === 'native' ? partsOf(cc[0]) : []]);
    return [used, ...[...new Set(used.match(/\/[^"=]+/g))].sort().map((path) => {
        const about = statSync(path, { throwIfNoEntry: false });
        if (!about) return path;
        // In the tool cache, when it was laid: its name says only what was wanted there.
        const [folder] = relative(tools.cache, path).split('/');
        const stamp = path.startsWith(join(tools.cache, '/')) && contentOf(join(tools.cache, folder, '.stamp'));
        return [path, realpathSync(path), stamp, ...(about.isFile() ? [about.size, about.mtimeMs] : [])];
    })];
}

/**
 * For each program: { key, covered }: the files that the key is made of; undefined for what configure() has no
 * recipe of. To be called in the project's folder, which is `root`.
 */
export function recipesOf({ host, mode, tools, recipes, common, programs, root }) {
    const sums = new Map();
    const sum = (path) => {
        if (!sums.has(path)) sums.set(path, contentOf(path));
        return [path, sums.get(path)];
    };
    const shared = [...[...FOLDERS, ...HOST_FOLDERS[host]].flatMap(filesIn), ...modulesOf(SCRIPTS[host])];
    const environment = Object.entries(process.env).filter(([name]) => HEEDED.test(name)).sort();
    const base = sumOf(JSON.stringify([LAYOUT, process.platform, process.arch, process.version, process.execPath, host, mode,
        mode === 'debug' ? root : '', // for debuggers, which want to find the sources
        environment, identityOf(host, tools), common, shared.map(sum)]));
    return new Map(programs.filter((program) => recipes.has(program)).map((program) => {
        const { text, files } = recipes.get(program);
        const headers = [...new Set(files.map((file) => dirname(file)))].sort().flatMap((folder) =>
            namesIn(folder).filter((name) => /\.(h|hpp|inc)$/.test(name)).sort().map((name) => join(folder, name)));
        const own = [...files, ...headers];
        const key = sumOf(JSON.stringify([base, text, own.map(sum)]));
        return [program, { key, covered: new Set([...shared, ...own]) }];
    }));
}

/** What ninja knows that objects include: object -> paths. */
export function includedBy(ninja, file) {
    const known = new Map();
    let paths;
    for (const line of execFileSync(ninja, ['-f', file, '-t', 'deps'], { encoding: 'utf8', maxBuffer: 1 << 30 }).split('\n')) {
        const [, object, state] = /^(\S.*): #deps \d+, .*\((\w+)\)$/.exec(line) ?? [];
        if (object) known.set(object, paths = state === 'VALID' ? [] : undefined);
        else if (line.startsWith('    ')) paths?.push(line.slice(4));
    }
    return known;
}

/** The files besides `covered` that went into objects, with their sums; null if that is not known of each. */
export function besides(objects, included, covered) {
    if (objects.some((object) => !included.get(object))) return null;
    const paths = new Set(objects.flatMap((object) => included.get(object)).filter((path) => !covered.has(path)));
    return [...paths].sort().map((path) => [path, contentOf(path)]);
}

/** Whether these files are still the same; `known` remembers what was looked at. */
export function areSame(files, known) {
    return files.every(([path, sum]) => {
        if (!known.has(path)) known.set(path, existsSync(path) ? contentOf(path) : null);
        return known.get(path) === sum;
    });
}
