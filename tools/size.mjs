// size.mjs: `./build.sh size NAME`: what a module is made of, and which of its functions Asyncify
// instruments, because they can suspend, with the reason.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { KEEP_LINKED, neverSuspending } from './asyncify.mjs';
import { build, ROOT } from './build.mjs';
import { optimiserOf } from './configure.mjs';
import { ASYNCIFY } from './flags.mjs';
import { findSuspending } from './reach.mjs';
import { setup } from './setup.mjs';
import { importedTypes, reader, sectionsOf } from './wasm.mjs';

const SECTIONS = ['custom', 'type', 'import', 'function', 'table', 'memory', 'global', 'export', 'start', 'element',
    'code', 'data', 'data count', 'tag'];

function readNames(content) {
    const section = reader(content, 0);
    const names = new Map();
    section.text(); // "name"
    while (section.at() < content.length) {
        const isFunctions = section.byte() === 1;
        const size = section.number();
        if (!isFunctions) {
            section.take(size);
            continue;
        }
        for (let left = section.number(); left > 0; left--) names.set(section.number(), section.text());
    }
    return names;
}

/** A module's functions: name -> bytes. Those without a name are #INDEX. */
export function functionSizes(bytes) {
    const sizes = [];
    let imported = 0, names = new Map();
    for (const { id, name, content } of sectionsOf(bytes)) {
        const section = reader(content, 0);
        if (id === 2) imported = importedTypes(section).length;
        if (id === 10) {
            for (let left = section.number(); left > 0; left--) {
                const size = section.number();
                section.take(size);
                sizes.push(size);
            }
        }
        if (name === 'name') names = readNames(content);
    }
    return new Map(sizes.map((size, i) => [names.get(imported + i) ?? `#${imported + i}`, size]));
}

/** Why a function can suspend: the calls from it down to the switch, as names. */
function chain(suspending, name) {
    const path = [];
    for (let at = `$${name}`; suspending.has(at); at = suspending.get(at).because) path.push(at.slice(1));
    return path.slice(1);
}

const number = (n) => n.toLocaleString('en-US');
const row = (size, grown, name, text) =>
    `${number(size).padStart(9)}  ${(grown === undefined ? '' : `${grown < 0 ? '' : '+'}${number(grown)}`).padStart(7)}  ${name.padEnd(28)}  ${text}`.trimEnd();

function report({ program, host, mode, file, linked, tools, folder }) {
    const shipped = readFileSync(file);
    const { all: passFlags } = ASYNCIFY;
    // All that is done for the module as it is shipped, only its names are kept.
    const optimise = optimiserOf(program, host, mode).filter((flag) => !flag.startsWith('--strip-'));
    const features = passFlags.filter((flag) => flag.startsWith('--enable-'));
    const run = (tool, args) => execFileSync(tool, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 1 << 28 });
    const wat = run(tools.wasmOpt, [linked, ...features, '-S', '-o', '-']);
    const { suspending } = findSuspending(wat, neverSuspending(passFlags, wat));
    const [plain, named] = ['plain.wasm', 'named.wasm'].map((name) => join(folder, name));
    run(tools.wasmOpt, [linked, ...features, ...optimise.filter((flag) => !flag.startsWith('--drop-')), '-g',
        '-o', plain]);
    run(process.execPath, [join(ROOT, 'tools/asyncify.mjs'), tools.wasmOpt, linked, named, '--', ...passFlags, '--',
        ...optimise, '-g']);
    const without = functionSizes(readFileSync(plain)), sizes = functionSizes(readFileSync(named));
    const sum = (map) => [...map.values()].reduce((total, size) => total + size, 0);
    const all = [...sizes].sort((a, b) => b[1] - a[1]);
    const instrumented = all.filter(([name]) => suspending.has(`$${name}`) && !suspending.get(`$${name}`).top);
    const others = all.filter(([name]) => !suspending.has(`$${name}`));

    const shown = relative(ROOT, resolve(ROOT, program));
    console.log(`${shown.startsWith('..') ? program : shown}, ${host}, ${mode}: ${number(shipped.length)} bytes, ${number(gzipSync(shipped, { level: 9 }).length)} after gzip -9`);
    if (host !== 'wasip2') // a component's sections are other ones
        for (const { id, start, end, name } of sectionsOf(shipped))
            if (end - start >= 100) console.log(row(end - start, undefined, `section ${SECTIONS[id] ?? id}`, id === 0 ? name : ''));
    console.log(`\ncode: ${number(sum(sizes))} bytes in ${sizes.size} functions; without Asyncify ${number(sum(without))}`);
    console.log(`\n${instrumented.length} functions are instrumented, because they can suspend (bytes, and what it adds):`);
    for (const [name, size] of instrumented) {
        const grown = without.has(name) ? size - without.get(name) : undefined;
        console.log(row(size, grown, name, `calls ${chain(suspending, name).join(' > ')}`));
    }
    const gone = [...suspending].filter(([name, { top }]) => !top && !sizes.has(name.slice(1))).map(([name]) => name.slice(1));
    if (gone.length) console.log(`inlined into these: ${gone.join(', ')}`);
    console.log('\nthe largest of the others:');
    for (const [name, size] of others.slice(0, 20)) console.log(row(size, undefined, name, ''));
}

export async function size({ program, host }) {
    const mode = 'release';
    const folder = mkdtempSync(join(tmpdir(), 'eddy-size-'));
    try {
        const linked = join(folder, 'linked.wasm');
        const request = { host, mode, programs: [program], quiet: true };
        // The link is done again, so that what it makes for Asyncify can be kept.
        rmSync((await build(request)).get(program));
        process.env[KEEP_LINKED] = linked;
        const artifact = (await build(request)).get(program);
        delete process.env[KEEP_LINKED];
        const tools = await setup({ want: ['web', 'wasi'], quiet: true });
        report({ program, host, mode, file: artifact.replace(/\.mjs$/, '.wasm'), linked, tools, folder });
    } finally {
        rmSync(folder, { recursive: true });
    }
    return 0;
}
