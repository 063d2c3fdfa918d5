#!/usr/bin/env node
// eddy.mjs: the commands of build.sh. Imports no npm package: `test`, `start` and `bench` install
// them first.

import { spawn } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { build, BuildError, HOSTS, MODES, ROOT } from './build.mjs';
import { projectPrograms } from './configure.mjs';
import { installPackages } from './packages.mjs';
import { setup, SetupError } from './setup.mjs';

const HELP = `./build.sh COMMAND
  setup [--relock]                     lay out the tools that are missing in the tool cache
  build [--host H] [--mode M] [FILE…]  build programs; H: native web wasi (default all); wasi: a core
                                       module of WASI 0.1 in build/wasi-M and a component of 0.2
                                       in build/wasip2-M;
                                       M: ${MODES.join(' ')} (default release);
                                       --define EDDY_NO_TRACE leaves tracing out
  run NAME [--host H] [--mode M] [-- ARG…]
                                       run an example or a C file; H: node chromium native,
                                       wasmtime (WASI 0.2) or wasmtime-p1 (WASI 0.1)
  start                                crawl a real site in Node and under wasmtime, then chores
  test [FILE…]                         every test on every host
  matrix                               the README's table of hosts, from the last tests on each
  conformance [--host H] [CASE…]       the conformance programs alone; --repeat memory|orders:
                                       natively, many times each; H may be valgrind, too
  bench [-- --json FILE]               the bench table
  size NAME [--host H]                 what a module is made of, and which functions can suspend and why;
                                       H: lean (default) web wasi wasip2
  docs                                 build/docs: API reference and guide, as pages
  clean                                remove what was built; programs whose sources are the same come
                                       back from the tool cache, unless EDDY_BUILD_CACHE=0
`;

class UsageError extends Error {}

const HOST_OPTIONS = {
    host: { type: 'string' }, mode: { type: 'string' }, define: { type: 'string', multiple: true },
};

function options(args, extra = {}) {
    try {
        return parseArgs({ args, options: { ...HOST_OPTIONS, ...extra }, allowPositionals: true });
    } catch (error) {
        throw new UsageError(error.message);
    }
}

/** Runs a program in the foreground; its exit status becomes ours. */
function foreground(command, args) {
    return new Promise((done, fail) => {
        const child = spawn(command, args, { stdio: 'inherit', cwd: ROOT });
        const forward = () => {}; // the terminal interrupts the whole group: the child decides
        process.on('SIGINT', forward);
        child.on('error', fail);
        child.on('close', (code, signal) => {
            process.off('SIGINT', forward);
            done(signal ? 128 : code);
        });
    });
}

const FROM = process.cwd(); // where the command was given

/** A C file, named from where the command was given or from the project's root; its path from there, or undefined. */
function findFile(name) {
    const places = /\.c(pp)?$/.test(name) ? [resolve(FROM, name), resolve(ROOT, name)] : [];
    const found = places.find((path) => existsSync(path));
    return found && relative(ROOT, found);
}

function findProgram(name) {
    const found = [name, ...['examples', 'tests/programs', 'tests/conformance', 'bench/c']
        .map((folder) => join(ROOT, folder, `${name}.c`))].map(findFile).find(Boolean);
    if (!found) throw new UsageError(`no example or C file "${name}"`);
    return found;
}

function needFile(name) {
    const found = findFile(name);
    if (!found) throw new UsageError(`no C file "${name}"`);
    return found;
}

const RUN_HOSTS = { node: 'web', chromium: 'web', wasmtime: 'wasip2',
    'wasmtime-p1': 'wasi', native: 'native' };

async function run(args) {
    const end = args.indexOf('--');
    const own = end < 0 ? args : args.slice(0, end);
    const programArgs = end < 0 ? [] : args.slice(end + 1);
    const { values: { host = 'node', mode = 'release', define }, positionals } = options(own);
    if (positionals.length !== 1) throw new UsageError('run wants one NAME');
    if (!RUN_HOSTS[host]) throw new UsageError(`no host "${host}": ${Object.keys(RUN_HOSTS).join(', ')}`);
    const program = findProgram(positionals[0]);
    const artifact = (await build(
        { host: RUN_HOSTS[host], mode, programs: [program], defines: define })).get(program);
    if (host === 'native') return foreground(artifact, programArgs);
    if (host === 'node') {
        return foreground(process.execPath,
            [join(ROOT, 'tools/hosts/node-main.mjs'), artifact, ...programArgs]);
    }
    const tools = await setup({ want: host === 'chromium' ? ['browser'] : ['wasi'] });
    if (host.startsWith('wasmtime')) {
        const { wasmtimeOptions } = await import('./hosts/wasmtime.mjs');
        const flags = wasmtimeOptions(host === 'wasmtime' ? 2 : 1, { folders: ['.'] });
        return foreground(tools.wasmtime, ['run', ...flags, artifact, ...programArgs]);
    }
    await installPackages();
    const { open } = await import('./hosts/chromium.mjs');
    const timeout = 600_000;
    const browser = await open(tools, { protocolTimeout: timeout + 60_000 });
    if (!browser) return 1;
    const result = await browser.run(artifact, { args: programArgs, timeout });
    await browser.close();
    process.stdout.write(result.stdout);
    process.stderr.write(result.stderr);
    return result.code;
}

const COMMANDS = {
    async setup(args) {
        return foreground(process.execPath, ['--no-warnings', join(ROOT, 'tools/setup.mjs'), ...args]);
    },
    async build(args) {
        const { values: { host, mode = 'release', define }, positionals } = options(args);
        const programsFor = (each) => (positionals.length ? positionals.map(needFile) : projectPrograms(each));
        const hosts = !host ? HOSTS : host === 'wasi' ? ['wasi', 'wasip2'] : [host];
        for (const each of hosts) await build({ host: each, mode, programs: programsFor(each), defines: define });
        return 0;
    },
    run,
    async start(args) {
        await installPackages();
        return (await import('./start.mjs')).main(args);
    },
    async test(args) {
        await installPackages();
        return (await import('./test.mjs')).main(args);
    },
    async matrix() {
        return (await import('./matrix.mjs')).updateMatrix();
    },
    async conformance(args) {
        await installPackages();
        return (await import('./conformance.mjs')).main(args);
    },
    async bench(args) {
        await installPackages();
        const own = args.filter((arg) => arg !== '--');
        return foreground(process.execPath, [join(ROOT, 'bench/run.mjs'), ...own]);
    },
    async size(args) {
        const { values: { host = 'lean' }, positionals } = options(args);
        if (positionals.length !== 1) throw new UsageError('size wants one NAME');
        if (host === 'native') throw new UsageError('size is for modules: lean web wasi wasip2');
        return (await import('./size.mjs')).size({ program: findProgram(positionals[0]), host });
    },
    async docs() {
        await installPackages();
        return (await import('./docs.mjs')).main();
    },
    async clean() {
        rmSync(join(ROOT, 'build'), { recursive: true, force: true });
        return 0;
    },
    async help() {
        process.stdout.write(HELP);
        return 0;
    },
};

async function main([name = 'help', ...args]) {
    process.chdir(ROOT);
    const command = COMMANDS[name === '--help' || name === '-h' ? 'help' : name];
    try {
        if (!command) throw new UsageError(`no command "${name}"`);
        return (await command(args)) ?? 0;
    } catch (error) {
        const expected = [UsageError, BuildError, SetupError].some((kind) => error instanceof kind);
        process.stderr.write(expected ? `eddy: ${error.message}\n` : `${error.stack}\n`);
        if (error instanceof UsageError) process.stderr.write('eddy: ./build.sh help lists the commands\n');
        return error instanceof UsageError ? 2 : 1;
    }
}

process.exitCode = await main(process.argv.slice(2));
