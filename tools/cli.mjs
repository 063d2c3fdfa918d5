#!/usr/bin/env node
// cli.mjs: `eddy`, the command of the npm package: builds and runs C programs of one's own, with the
// compilers that are on PATH, in EMSDK or WASI_SDK_PATH, or else in the tool cache, where it lays them.
// The runtime is built once for each host and mode, into that cache.

import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { spawn, spawnSync } from 'node:child_process';
import { availableParallelism, tmpdir } from 'node:os';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { BuildError, buildRuntime, HOSTS, MODES, ROOT } from './build.mjs';
import { compilers, hasSmallRuntime, linkRule } from './configure.mjs';
import { ASYNCIFY, CHECK_STACK, COMPILE } from './flags.mjs';
import { wasmtimeOptions } from './hosts/wasmtime.mjs';
import { setup, SetupError } from './setup.mjs';
import { digest, Report } from './setup/base.mjs';
import { alone } from './setup/turn.mjs';

const PORT = join('node_modules', 'eddy', 'web', 'eddy.py');

const HELP = `eddy COMMAND
  build [--host H] [--mode M] [-o OUT] FILE… [FLAG…]
                       compile and link a program of C, C++, object files and archives. H:
                         lean    a module for pages, workers and Node, and X.mjs, which loads it by the
                                 package eddy (default)
                         web     the same with Emscripten's JavaScript; better is
                                 emcc --use-port=${PORT}
                         wasip2  a component of WASI 0.2
                         wasip1  a module of WASI 0.1
                         native  a program for this machine
                       M: ${MODES.join(' ')} (default release); FLAGs are the compiler's and the
                       linker's: -I, -D, -O, -l, -L, -Wl, …; -Oz takes a small runtime
  run [--host H] [--mode M] [--dir DIR…] FILE… [FLAG…] [-- ARG…]
                       build it, and run it here: in Node, or (wasip2, wasip1) under wasmtime, which lets
                       it see DIR (default: this folder)
  include              print the folder of the headers: cc -I"$(npx eddy include)"
  version              print the version
`;

class UsageError extends Error {}

const SUFFIX = { native: '', web: '.mjs', lean: '.mjs', wasi: '.wasm', wasip2: '.wasm' };
const SOURCES = { '.c': 'c', '.cc': 'cxx', '.cpp': 'cxx', '.cxx': 'cxx' };
// Flags whose value may be a word of its own, and those of them that name a place.
const WITH_VALUE = ['-I', '-D', '-U', '-isystem', '-iquote', '-include', '-L', '-l', '-Xlinker'];
const PLACES = ['-I', '-isystem', '-iquote', '-L'];
const LINKS = /^-(l|L|Wl,|Xlinker|s[A-Z]|-js-library|-pre-js|-post-js|-embed-file|-preload-file|z$)/;

/** What stands on the command line. */
function read(args, command = 'build') {
    const wanted = { host: 'lean', mode: 'release', files: [], compile: [], link: [], folders: [] };
    const end = args.indexOf('--');
    wanted.args = end < 0 ? [] : args.slice(end + 1);
    const words = end < 0 ? [...args] : args.slice(0, end);
    const next = (flag) => {
        if (!words.length) throw new UsageError(`${flag} wants a value`);
        return words.shift();
    };
    while (words.length) {
        const word = words.shift();
        const option = /^--(host|mode|dir)(?:=(.*))?$/.exec(word);
        if (option) {
            const value = option[2] ?? next(word);
            if (option[1] === 'dir') wanted.folders.push(value);
            else wanted[option[1]] = value;
        } else if (word === '-o') {
            wanted.out = next(word);
        } else if (word.startsWith('-')) {
            let flag = word;
            if (WITH_VALUE.includes(word)) flag += PLACES.includes(word) ? resolve(next(word)) : ` ${next(word)}`;
            else flag = flag.replace(/^(-I|-L|-isystem|-iquote)(?=.)(.*)/, (_, name, place) => name + resolve(place));
            wanted[LINKS.test(flag) ? 'link' : 'compile'].push(...flag.split(/(?<=^-(?:D|U|include|l|Xlinker)) /));
        } else {
            if (!existsSync(word)) throw new UsageError(`no such file: ${word}`);
            if (!SOURCES[extname(word)] && !['.o', '.a'].includes(extname(word)))
                throw new UsageError(`${word}: a program is made of .c, .cc, .cpp, .cxx, .o and .a`);
            wanted.files.push(word);
        }
    }
    return checked(wanted, command);
}

function checked(wanted, command) {
    if (wanted.host === 'wasip1') wanted.host = 'wasi';
    if (!HOSTS.includes(wanted.host))
        throw new UsageError(`no host "${wanted.host}": there are lean, web, wasip2, wasip1 and native`);
    if (!MODES.includes(wanted.mode)) throw new UsageError(`no mode "${wanted.mode}": there are ${MODES.join(', ')}`);
    if (wanted.mode === 'asan' && wanted.host !== 'native') throw new UsageError('sanitizers run natively only');
    if (!wanted.files.length) throw new UsageError('which program? name its files');
    if (wanted.host !== 'native' && wanted.compile.includes('-fexceptions')) {
        throw new UsageError("-fexceptions: in wasm C++ exceptions need Emscripten's JavaScript: " +
            `emcc --use-port=${PORT}`);
    }
    const suffix = SUFFIX[wanted.host];
    wanted.out ??= basename(wanted.files[0], extname(wanted.files[0])) + suffix;
    if (extname(wanted.out) !== suffix && suffix)
        throw new UsageError(`-o ${wanted.out}: for this host the name ends in ${suffix}`);
    if (existsSync(wanted.out) && statSync(wanted.out).isDirectory())
        throw new UsageError(`-o ${wanted.out}: there is a folder of that name`);
    if (command === 'run') return wanted;
    const stem = wanted.out.slice(0, wanted.out.length - suffix.length);
    const [wasm, script] = [existsSync(`${stem}.wasm`), existsSync(`${stem}.mjs`)];
    if (suffix === '.wasm' && script)
        throw new UsageError(`${stem}.wasm is what ${stem}.mjs loads: name another by -o`);
    if (suffix === '.mjs' && wasm && !script)
        throw new UsageError(`${stem}.wasm is there, without ${stem}.mjs: remove it, or name another by -o`);
    return wanted;
}

/** Runs a compiler or linker; what it says goes to stderr. */
function mustRun(what, [program, ...args], options) {
    const { status, error } = spawnSync(program, args, { stdio: ['ignore', 2, 2], ...options });
    if (error) throw new BuildError(`${what}: ${error.message}`);
    if (status !== 0) throw new BuildError(what);
}

/** The runtime for a host, from the cache. */
async function runtimeOf(host, mode, tools, small) {
    const files = ['include', 'src', 'web', 'wasi', 'tools'].flatMap((folder) => readdirSync(join(ROOT, folder),
        { recursive: true }).filter((name) => /\.[ch]$|^(configure|flags|library)\.mjs$|^\w+\.js$/.test(name)).sort()
        .map((name) => join(ROOT, folder, name)));
    const sum = digest([compilers(host, tools), files.map((file) => readFileSync(file, 'utf8'))]);
    const folder = join(tools.cache, `runtime-${host}-${mode}-${sum}`);
    return alone(tools.cache, new Report({ quiet: true }), async () => ({
        folder, ...await buildRuntime({ host, mode, tools, folder, small }),
    }));
}

/** -> { status, error, text }: what it says is kept. */
function captured([program, ...args]) {
    return new Promise((done) => {
        const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
        let text = '';
        for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (part) => { text += part; });
        child.on('error', (error) => done({ error, text }));
        child.on('close', (status) => done({ status, text }));
    });
}

/** Runs compilers, as many at once as there are processors; it looks as if one ran after the other. */
async function mustRunAll(jobs) {
    const ends = [];
    let next = 0, told = 0, hasFailed = false;
    const runSome = async () => {
        while (next < jobs.length && !hasFailed) {
            const i = next++;
            const end = ends[i] = await captured(jobs[i].command);
            hasFailed ||= end.status !== 0;
            for (; ends[told] && (told === 0 || ends[told - 1].status === 0); told++)
                process.stderr.write(ends[told].text);
        }
    };
    // Two at least: part of what a compiler does is to wait for files.
    await Promise.all(Array.from({ length: Math.max(2, availableParallelism()) }, runSome));
    const failed = ends.findIndex(({ status }) => status !== 0);
    if (failed < 0) return;
    const { error } = ends[failed];
    throw new BuildError(jobs[failed].what + (error ? `: ${error.message}` : ''));
}

async function compile({ host, mode, files, compile }, { cc, env }, folder) {
    const colours = process.stderr.isTTY && process.stderr.hasColors() ? ['-fdiagnostics-color=always'] : [];
    const jobs = [];
    const objects = files.map((file, i) => {
        const language = SOURCES[extname(file)];
        if (!language) return resolve(file);
        const object = join(folder, `${i}-${basename(file)}.o`);
        const own = language === 'c' ? ['-std=gnu11'] : [...COMPILE.cxx, ...(host === 'native' ? [] : COMPILE.cxxInWasm)];
        jobs.push({ what: `cannot compile ${file}`, command: [...env, ...cc, ...colours, ...own,
            `-I${join(ROOT, 'include')}`, '-Wall', ...COMPILE[host], ...COMPILE[mode],
            ...(COMPILE[`${host}-${mode}`] ?? []), ...(CHECK_STACK[host]?.[mode] ?? []), ...compile,
            '-c', file, '-o', object] });
        return object;
    });
    await mustRunAll(jobs);
    return objects;
}

function defines(symbol, objects, { nm, env }) {
    const [program, ...args] = [...env, ...nm, '-g', ...objects];
    const { status, error, stdout } = spawnSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 2],
        maxBuffer: 1 << 28 });
    if (error || status !== 0) throw new BuildError(`${nm.join(' ')} cannot read what was compiled`);
    return new RegExp(`^\\S+ T ${symbol}$`, 'm').test(stdout);
}

const quoted = (word) => `'${word.replaceAll("'", "'\\''")}'`;

/** Builds into `folder`; -> the program there. */
async function buildInto(folder, wanted, loader) {
    const { host, mode, files, link } = wanted;
    const here = process.cwd();
    const tools = await setup({ want: [host === 'lean' ? 'web' : host === 'wasip2' ? 'wasi' : host] });
    const tool = compilers(host, tools);
    const objects = await compile(wanted, tool, folder);
    const small = wanted.compile.includes('-Oz') && hasSmallRuntime(host, mode);
    const runtime = await runtimeOf(host, mode, tools, small); // from here on in the package's folder
    const flags = host === 'wasip2' ? link.flatMap((flag) => (flag.startsWith('-Wl,') ? flag.slice(4).split(',') : flag))
        : link;
    const main = defines('eddy_main', objects, tool) ? [runtime.main] : [];
    const out = join(folder, basename(wanted.out));
    const words = {
        in: [...objects, ...main, ...flags, runtime.library].map(quoted).join(' '),
        out, stem: out.slice(0, out.length - extname(out).length), base: basename(out, extname(out)),
        libraries: host === 'native' && files.some((file) => SOURCES[extname(file)] === 'cxx') ? '-lstdc++' : '', $: '$',
    };
    const optimise = small ? ASYNCIFY.small : ASYNCIFY[`${host}-${mode}`] ?? ASYNCIFY[mode];
    const line = linkRule(host, mode, tools, tool, runtime.folder, optimise, loader)
        .replace(/\$(in|out|stem|base|libraries|\$)/g, (_, word) => words[word]);
    try {
        mustRun(`cannot link ${wanted.out}`, ['sh', '-c', line], { cwd: ROOT, env: { ...process.env, EDDY_SOURCES: here } });
    } finally {
        process.chdir(here);
    }
    return { out, tools };
}

async function inFolder(work) {
    const folder = mkdtempSync(join(tmpdir(), 'eddy-'));
    try {
        return await work(folder);
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
}

const COMMANDS = {
    async build(args) {
        const wanted = read(args);
        await inFolder(async (folder) => {
            const { out } = await buildInto(folder, wanted, 'eddy');
            const stem = basename(out, extname(out));
            const names = [basename(out), ...(SUFFIX[wanted.host] === '.mjs' ? [`${stem}.wasm`, `${stem}.d.mts`] : [])];
            for (const name of names.filter((each) => existsSync(join(folder, each))))
                cpSync(join(folder, name), join(dirname(wanted.out), name));
        });
        return 0;
    },
    async run(args) {
        const wanted = read(args, 'run');
        return inFolder(async (folder) => {
            const { out, tools } = await buildInto(folder, wanted);
            const runner = { lean: 'lean-main.mjs', web: 'node-main.mjs' }[wanted.host];
            const folders = wanted.folders.length ? wanted.folders : ['.'];
            const [program, ...rest] = wanted.host === 'native' ? [out]
                : runner ? [process.execPath, join(ROOT, 'tools/hosts', runner), out]
                    : [tools.wasmtime, 'run', ...wasmtimeOptions(wanted.host === 'wasip2' ? 2 : 1, { folders }), out];
            const child = spawn(program, [...rest, ...wanted.args], { stdio: 'inherit' });
            process.on('SIGINT', () => {}); // the terminal interrupts the whole group: the child decides
            return new Promise((done, fail) => {
                child.on('error', fail);
                child.on('close', (code, signal) => done(signal ? 128 : code));
            });
        });
    },
    async include() {
        process.stdout.write(`${join(ROOT, 'include')}\n`);
        return 0;
    },
    async version() {
        process.stdout.write(`${JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).version}\n`);
        return 0;
    },
    async help() {
        process.stdout.write(HELP);
        return 0;
    },
};

const ALIASES = { '--help': 'help', '-h': 'help', '--version': 'version' };

try {
    const [name = 'help', ...args] = process.argv.slice(2);
    const command = COMMANDS[ALIASES[name] ?? name];
    if (!command) throw new UsageError(`no command "${name}"`);
    process.exitCode = await command(args);
} catch (error) {
    const expected = [UsageError, BuildError, SetupError].some((kind) => error instanceof kind);
    process.stderr.write(expected ? `eddy: ${error.message}\n` : `${error.stack}\n`);
    if (error instanceof UsageError) process.stderr.write('eddy: eddy help lists the commands\n');
    process.exitCode = error instanceof UsageError ? 2 : 1;
}
