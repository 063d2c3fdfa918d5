// configure.mjs: writes build/HOST-MODE/build.ninja: the runtime as a library, and every program of
// the project (ninja builds those asked for).
//
// A program is a C file, or one of C++17 (.cpp), with main or eddy_main. In wasm C++ is compiled
// without exceptions and linked without its library: Asyncify saves no exception that is being
// handled, and the fetched WASI sysroot has no C++ library.
//
// What a program needs besides the runtime stands in comment lines of its own: `// build: files=GLOB,…`
// further C files, `sources=NAME,…` C libraries of the tool set-up, whose folders are then written
// @NAME, `cflags=FLAG,…`, and `hosts=HOST,…` if it can be built for those alone. `optimise=size`: its wasm
// is to be small rather than fast, and so is its runtime (the lean link makes all so); `printf=integers`:
// it prints no floating-point numbers, nor scans them.

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { ASYNCIFY, CHECK_STACK, COMPILE, LINK, PRINTF, RUNTIME_FLAGS, WARNINGS } from './flags.mjs';
import { libraryText } from './library.mjs';

const PROGRAM_FOLDERS = ['examples', 'examples/from-asyncio', 'tests/conformance', 'tests/programs', 'bench/c'];

const RUNTIME = {
    all: ['src/core', 'src/sync', 'src/io'],
    native: ['src/native', 'src/switch/native.c'],
    web: ['web', 'src/posix/web*.c', 'src/switch/asyncify.c', 'src/switch/jump.c'],
    lean: ['web', 'src/posix/web*.c', 'src/posix/lean*.c', 'src/switch/asyncify.c', 'src/switch/jump.c'],
    wasi: ['wasi/p1.c', 'src/native/descriptor.c', 'src/native/path.c', 'src/switch/asyncify.c'],
    wasip2: ['wasi/p2*.c', 'src/posix/wasi*.c', 'src/switch/asyncify.c'],
};

// eddy's own main(): in no library, because wasm linkers take a main from one either never or even
// beside the program's own. Linked to programs that define eddy_main.
const MAIN = 'src/core/main.c';

function definesEddyMain(program) {
    const definition = /^[ \t]*(?:[\w"()]+\s+)*int\s+eddy_main\s*\([^;{}]*\)\s*\{/m; // no mere declaration
    return definition.test(readFileSync(program, 'utf8'));
}

// The interfaces of 0.2 that libc does not describe itself.
const witFiles = () => ['wasi/wit/eddy.wit', ...list('wasi/wit/deps')];

// Host calls that a host makes itself.
const NOT_ON_WEB = ['src/io/absent-net.c', 'src/io/absent-offload.c', 'src/io/absent-streams.c', 'src/io/absent-udp.c',
    'src/io/absent.c', 'src/io/absent-websocket.c', 'src/io/no_dom.c',
    'src/io/no_javascript.c', 'src/io/no_javascript_streams.c', 'src/io/pending.c', 'src/io/process.c'];
const NOT_ON = {
    native: ['src/io/absent-net.c', 'src/io/absent-offload.c', 'src/io/absent-streams.c', 'src/io/absent-udp.c'],
    web: NOT_ON_WEB,
    lean: NOT_ON_WEB,
    wasi: ['src/io/absent-streams.c'],
    wasip2: ['src/io/absent.c', 'src/io/absent-net.c', 'src/io/absent-streams.c', 'src/io/absent-udp.c'],
};

function list(folder) {
    if (!existsSync(folder)) return [];
    return readdirSync(folder).sort().map((name) => join(folder, name));
}

function cFiles(path) {
    return path.endsWith('.c') ? glob(path) : list(path).filter((file) => file.endsWith('.c'));
}

const isCxx = (file) => file.endsWith('.cpp');

function glob(pattern) {
    if (!pattern.includes('*')) return [pattern];
    const [start, end] = basename(pattern).split('*');
    return list(dirname(pattern)).filter((file) => {
        const name = basename(file);
        return name.startsWith(start) && name.endsWith(end);
    });
}

export function runtimeFiles(host) {
    return [...RUNTIME.all, ...RUNTIME[host]].flatMap(cFiles)
        .filter((file) => file !== MAIN && !NOT_ON[host]?.includes(file));
}

const CHOICES = { optimise: ['size'], printf: Object.keys(PRINTF) };

/** The `// build:` lines of a program. */
export function needsOf(program) {
    const needs = { sources: [], files: [], cflags: [], hosts: [], optimise: [], printf: [] };
    const text = readFileSync(program, 'utf8');
    for (const [, words] of text.matchAll(/^\/\/ build: (.*)$/gm)) {
        for (const word of words.trim().split(/\s+/)) {
            const [, key, values] = /^(\w+)=(.*)$/.exec(word) ?? [];
            if (!needs[key] || (CHOICES[key] && !CHOICES[key].includes(values)))
                throw new Error(`${program}: cannot read "// build: ${word}"`);
            needs[key].push(...values.split(','));
        }
    }
    return needs;
}

export const hasSmallRuntime = (host, mode) => mode === 'release' && !['native', 'lean'].includes(host);

/** Whether a program is linked with the runtime that was compiled for size. */
function isSmall({ optimise }, host, mode) {
    return optimise.includes('size') && hasSmallRuntime(host, mode);
}

/** wasm-opt's flags for a program after the Asyncify pass. */
export function optimiserOf(program, host, mode) {
    return ASYNCIFY[isSmall(needsOf(program), host, mode) ? 'small' : `${host}-${mode}`] ?? ASYNCIFY[mode];
}

function canBuild(program, host) {
    const { hosts } = needsOf(program);
    return !hosts.length || hosts.includes(host);
}

/** All programs, or those that can be built for a host. */
export function projectPrograms(host) {
    return PROGRAM_FOLDERS.flatMap((folder) => [...cFiles(folder), ...list(folder).filter(isCxx)])
        .filter((program) => !host || canBuild(program, host));
}

// Ninja's and the shell's special characters; paths with spaces are quoted for the shell.
const ninja = (path) => path.replace(/[$: ]/g, '$$$&');
const shell = (word) => (/^[\w@%+=:,./*-]+$/.test(word) ? word : `'${word.replace(/'/g, `'\\''`)}'`)
    .replace(/\$/g, '$$$$');
const command = (...words) => words.flat().map(shell).join(' ');

export function compilers(host, tools) {
    if (host === 'native') return { cc: [tools.cc], ar: ['ar'], nm: ['nm'], env: [] };
    if (host === 'wasi' || host === 'wasip2') {
        const { cc } = host === 'wasi' ? tools.wasi.p1 : tools.wasi.p2;
        const beside = (name) => [join(dirname(cc[0]), name)];
        return { cc, ar: beside('llvm-ar'), nm: beside('llvm-nm'), env: [] };
    }
    const emcc = tools.emcc.command;
    const emar = [...emcc.slice(0, -1), emcc.at(-1).replace(/emcc(\.py)?$/, 'emar$1')];
    const emnm = [emcc.at(-1).replace(/emcc(\.py)?$/, 'emnm')]; // there need not be a Python file of it
    const env = Object.entries(tools.emcc.env).map(([name, value]) => `${name}=${value}`);
    return { cc: emcc, ar: emar, nm: emnm, env: env.length ? ['env', ...env] : [] };
}

function writeIfChanged(path, text) {
    if (existsSync(path) && readFileSync(path, 'utf8') === text) return;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
}

/** A place below the build folder for what is made of a file that may lie outside the project. */
function inside(path) {
    return path.replace(/^(\.\.\/)+|^\//, 'outside/');
}

/** What a program becomes, below the build folder. */
export function artifactOf(folder, host, program) {
    const suffix = { native: '', web: '.mjs', lean: '.mjs', wasi: '.wasm', wasip2: '.wasm' }[host];
    return join(folder, inside(program).replace(/\.c(pp)?$/, '') + suffix);
}

/** All files of a program, its artifact first. */
export function outputsOf(artifact) {
    if (!artifact.endsWith('.mjs')) return [artifact];
    const stem = artifact.slice(0, -'.mjs'.length);
    return [artifact, `${stem}.wasm`, `${stem}.d.mts`];
}

/** The command that makes the linked module IN suspendable, as OUT. */
function asyncify(mode, tools, input, output, optimise) {
    const { all } = ASYNCIFY;
    // Paths of the rule are ninja's variables: they must not be quoted.
    return `${command(process.execPath, 'tools/asyncify.mjs', tools.wasmOpt)} ${input} ${output} -- ` +
        `${command(all)} -- ${command(optimise, mode === 'release' ? [] : ['--dwarf'])}`;
}

// Variables by which somebody wants more of emcc than that it compiles.
const EMCC_WANTED = ['EMCC_CFLAGS', 'EM_COMPILER_WRAPPER', 'EMCC_DEBUG'];

/** What compiles C: for the web emcc's clang, where it is known, in less time. */
function cCompiler(host, tools, { cc, env }) {
    const isEmcc = host === 'web' || host === 'lean';
    return isEmcc && tools.emcc.clang && !EMCC_WANTED.some((name) => process.env[name]) ? tools.emcc.clang : [env, cc];
}

/** `loader`: where a lean module finds eddy's own: a path, or the package's name. */
export function linkRule(host, mode, tools, { cc, env }, folder, optimise, loader = 'web/loader.mjs') {
    const flags = LINK[host];
    if (host === 'native') return `${command(cc)} ${command(flags[mode])} -o $out $in $libraries -lm`;
    if (host === 'wasi') {
        const link = command(cc, flags[mode]);
        return `${link} -o $out.core $in $libraries ${command(tools.wasi.p1.ldflags)} && ` +
            `${asyncify(mode, tools, '$out.core', '$out', optimise)} && rm $out.core`;
    }
    if (host === 'wasip2') {
        const { ld } = tools.wasi.p2;
        const component = (...args) => command(tools.wasmTools, 'component', ...args);
        return `${command(ld.command, flags[mode])} ${command(ld.crt)} -o $out.core $in $libraries ` +
            `${command(ld.libs)} && ${asyncify(mode, tools, '$out.core', '$out.async', optimise)} && ` +
            `${component('embed', 'wasi/wit', '--world', 'eddy')} $out.async -o $out.core && ` +
            `${component('new')} $out.core -o $out.async && ` +
            (mode === 'release' ? `${command(tools.wasmTools, 'strip', '-a')} $out.async -o $out` :
                'cp $out.async $out') + ' && rm $out.core $out.async';
    }
    // Linked beside, so that the pair appears together and whole.
    const finish = command(process.execPath, 'tools/finish.mjs');
    const library = join(folder, 'eddy-library.js');
    const link = host === 'lean'
        ? `${command(env, cc, flags.all, flags[mode])} -o $out.d/$base.wasm $in && ` +
            `${finish} --loader ${loader} $out $out.d/$base.mjs`
        : `${command(env, cc, flags.all, flags[mode], `--js-library=${library}`)} -o $out.d/$base.mjs $in && ` +
            `${finish} $out.d/$base.mjs`;
    return `mkdir -p $out.d && ${link} $out.d/$base.wasm $stem.d.mts && ` +
        `${asyncify(mode, tools, '$out.d/$base.wasm', '$stem.wasm', optimise)} && mv $out.d/$base.mjs $out && rm -r $out.d`;
}

/** Every link comes after a look at the libc: see libc.mjs. */
function checkLibc({ cc, ld }, stamp) {
    const archive = join(dirname(ld.crt), 'libc.a');
    const nm = join(dirname(cc[0]), 'llvm-nm');
    return [`rule libc\n  command = ${command(process.execPath, 'tools/libc.mjs', nm)} $in $out`,
        `build ${stamp}: libc ${ninja(archive)} | tools/libc.mjs tools/flags.mjs`];
}

/**
 * Writes the ninja file; -> { folder, file, runtimes, checked, common, recipes }: runtimes and checked are
 * what programs are linked with, and what is to be made besides; the last two are for recipe.mjs: what
 * all are made by, and for each program { text, files, objects }: what it is besides, of which files.
 * `programs` adds to the project's own; `defines` are macros that everything is compiled with.
 */
export function configure({ host, mode, tools, programs = [], defines = [],
    folder = join('build', [host, mode, ...defines].join('-')) }) {
    const tool = compilers(host, tools);
    const flags = [...COMPILE.all, ...COMPILE[host], ...COMPILE[mode],
        ...(COMPILE[`${host}-${mode}`] ?? []),
        ...defines.map((name) => `-D${name}`)];
    // For recipe.mjs: debug information that the project's folder is no part of ($$ is the shell's $), and the
    // system's headers, which, unlike a sysroot's, change without the compiler.
    const anywhere = mode === 'asan' ? ' "-ffile-prefix-map=$$PWD=."' : '';
    const dependencies = host === 'native' ? '-MD' : '-MMD';
    const compile = (name, compiler, own) => `rule ${name}\n  command = ${command(...compiler)} ${dependencies} ` +
        `-MF $out.d ${command(own, flags)}${anywhere} $flags -c $in -o $out\n` +
        '  depfile = $out.d\n  deps = gcc\n  description = $in';
    const link = (name, optimise) => `rule ${name}\n  ` +
        `command = ${linkRule(host, mode, tools, tool, folder, optimise)}\n  description = $out`;
    const lines = [
        `builddir = ${folder}`,
        compile('cc', cCompiler(host, tools, tool), COMPILE.c),
        compile('cxx', [tool.env, tool.cc], [...COMPILE.cxx, ...(host === 'native' ? [] : COMPILE.cxxInWasm)]),
        `rule ar\n  command = rm -f $out && ${command(tool.env, tool.ar)} rcs $out $in\n` +
        '  description = $out',
        link('link', ASYNCIFY[`${host}-${mode}`] ?? ASYNCIFY[mode]),
        ...(hasSmallRuntime(host, mode) ? [link('link-small', ASYNCIFY.small)] : []),
    ];
    const objects = new Map(); // what makes each
    const object = (file, extra, place = 'o') => {
        const out = join(folder, place, inside(file.replace(/^.*\/(sources-[^/]*)\//, '$1/')) + '.o');
        if (!objects.has(out)) {
            objects.set(out, `build ${ninja(out)}: ${isCxx(file) ? 'cxx' : 'cc'} ${ninja(file)}\n  flags = ${command(extra)}`);
            lines.push(objects.get(out));
        }
        return out;
    };

    const makeRuntime = (name, place, extra) => {
        const library = join(folder, name);
        const own = [...WARNINGS, ...(RUNTIME_FLAGS[host]?.[mode] ?? []), ...extra];
        const files = runtimeFiles(host).map((file) => object(file, own, place));
        lines.push(`build ${library}: ar ${files.map(ninja).join(' ')}`);
        return { library, main: object(MAIN, [...WARNINGS, ...extra], place), files };
    };
    const usual = makeRuntime('libeddy.a', 'o', []);
    const small = hasSmallRuntime(host, mode) ? makeRuntime('libeddy-small.a', 'o-small', COMPILE.small) : usual;

    const checked = join(folder, 'libc.checked');
    if (host === 'wasip2') lines.push(...checkLibc(tools.wasi.p2, checked));
    const implicit = [...(host === 'wasip2' ? [checked] : []), 'tools/asyncify.mjs', 'tools/frames.mjs', 'tools/names.mjs', 'tools/reach.mjs', 'tools/finish.mjs', ...(host === 'wasip2' ? witFiles() : []), ...(host === 'web' ? [join(folder, 'eddy-library.js')] : [])];
    if (host === 'web') writeIfChanged(join(folder, 'eddy-library.js'), libraryText());
    const common = lines.join('\n');
    const recipes = new Map();
    for (const program of new Set([...projectPrograms(host), ...programs])) {
        const needs = needsOf(program);
        if (needs.sources.some((name) => !tools.sources?.[name])) continue;
        const place = (text) => text.replace(/@(\w+)/g, (_, name) => tools.sources[name]);
        const forSize = isSmall(needs, host, mode);
        const { library, main, files: runtime } = forSize ? small : usual;
        const extra = [...(forSize ? COMPILE.small : []), ...needs.cflags.map(place)];
        const libraries = [...(isCxx(program) && host === 'native' ? ['-lstdc++'] : []),
            ...needs.printf.flatMap((choice) => PRINTF[choice][host] ?? [])];
        const files = needs.files.map(place).flatMap(glob);
        const own = files.filter((file) => !file.startsWith('/'));
        const parts = [
            ...[program, ...own].map((file) =>
                object(file, [...WARNINGS, ...(CHECK_STACK[host]?.[mode] ?? []), ...extra])),
            ...(definesEddyMain(program) ? [main] : []),
            ...files.filter((file) => file.startsWith('/')).map((file) => object(file, ['-w', ...extra])),
        ];
        const out = artifactOf(folder, host, program);
        const stem = out.replace(/\.\w+$/, '');
        const made = `build ${ninja(out)}: link${forSize ? '-small' : ''} ${parts.map(ninja).join(' ')} ${library} | ` +
            `${implicit.join(' ')}\n  base = ${basename(stem)}\n  stem = ${stem}` +
            (libraries.length ? `\n  libraries = ${command(libraries)}` : '');
        lines.push(made);
        recipes.set(program, { text: [...parts.map((part) => objects.get(part)), made].join('\n'),
            files: [program, ...own], objects: [...new Set([...parts, ...runtime])] });
    }
    const file = join(folder, 'build.ninja');
    writeIfChanged(file, lines.join('\n') + '\n');
    return { folder, file, runtimes: { usual, small }, checked: host === 'wasip2' ? [checked] : [], common, recipes };
}
