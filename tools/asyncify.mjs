// asyncify.mjs: wasm-opt's Asyncify pass on just what can suspend, its output made faster, then the
// optimiser.
//
//   node tools/asyncify.mjs WASM-OPT IN OUT -- ASYNCIFY-FLAGS -- OPTIMISER-FLAGS [--drop-internal-exports] [--dwarf]
//
// The pass keeps the position in the record of saved frames in memory, behind a pointer that it keeps
// in a global, and checks bounds at every start and stop. eddy has one record and checks itself
// (src/switch/asyncify.c), so here the global becomes the position itself; C reads and sets it by two
// imports, which are made functions here.

import { spawnSync } from 'node:child_process';
import { appendFileSync, copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Fault, runCommand } from './command.mjs';
import { STDIO } from './flags.mjs';
import { UNWIND, withSmallFrame } from './frames.mjs';
import { allPlain, withPlainNames } from './names.mjs';
import { findSuspending, NAME, toBeNamed } from './reach.mjs';
import { sectionsOf } from './wasm.mjs';

const TAGS = 13; // the section of WebAssembly's own exceptions
const NO_EXCEPTIONS = "the program was compiled for WebAssembly's own exceptions (-fwasm-exceptions, " +
    '-sSUPPORT_LONGJMP=wasm, -mllvm -wasm-enable-sjlj): Asyncify cannot suspend in their blocks';
const NO_TAIL_CALLS = "the program was compiled for WebAssembly's own tail calls (-mtail-call), which Asyncify cannot " +
    'suspend in: compile without';

const GET = '(global.get $__asyncify_data)';

const STATE = (name, state, parameter = '') => `(func $${name} ${parameter}
  (global.set $__asyncify_state (i32.const ${state})))`;
const RUNTIME = {
    asyncify_start_unwind: STATE('asyncify_start_unwind', 1, '(param $0 i32)'),
    asyncify_start_rewind: STATE('asyncify_start_rewind', 2, '(param $0 i32)'),
    asyncify_stop_unwind: STATE('asyncify_stop_unwind', 0),
    asyncify_stop_rewind: STATE('asyncify_stop_rewind', 0),
};
// The position for C, by the name of the import; `get` and `set` say how.
const ACCESS = {
    eddy_position_get: (name, { get }) => ` (func ${name} (result i32) ${get})\n`,
    eddy_position_set: (name, { set }) => ` (func ${name} (param $0 i32) ${set('(local.get $0)')})\n`,
};
const IN_GLOBAL = { get: GET, set: (value) => `(global.set $__asyncify_data ${value})` };
const inMemory = (record) => ({
    get: `(i32.load (i32.const ${record}))`, set: (value) => `(i32.store (i32.const ${record}) ${value})`,
});

/** The module's text with C's two imports made functions. */
function withAccess(wat, how) {
    let text = wat, functions = '';
    for (const [field, make] of Object.entries(ACCESS)) {
        text = text.replace(
            new RegExp(`^ \\(import "\\w+" "${field}" \\(func (\\$\\S+).*\\n`, 'm'),
            (_, name) => {
                functions += make(name, how);
                return '';
            });
    }
    return text.replace(/^ \(func /m, (start) => functions + start);
}

/** For a module whose form is not known: the position stays in memory. */
function positionInMemory(wat) {
    const [, record] = /\(call \$asyncify_start_\w+\s*\(i32\.const (\d+)\)/.exec(wat) ?? [];
    if (record === undefined) throw new Error('where the record is cannot be told');
    return withAccess(wat, inMemory(record));
}

// Tops and what lies between them and bottoms: to resume they are called again, and look at no argument.
const isForgetful = (fn) => fn.includes(UNWIND) || fn.includes('(call $asyncify_start_unwind');
const nameOf = (fn) => new RegExp(NAME).exec(fn)[0];

function withSmallFrames(wat) {
    const functions = wat.split(/^(?= \(func )/m);
    const forgetful = new Set(functions.filter(isForgetful).map(nameOf));
    return functions.map((fn) => (fn.includes(UNWIND) ? withSmallFrame(fn, (name) => forgetful.has(name)) : undefined) ?? fn)
        .join('');
}

/** The module's text with the position in a global; undefined if it is not of the known form. */
export function positionInGlobal(wat) {
    let text = wat;
    let runtime = 0;
    for (const [name, body] of Object.entries(RUNTIME)) {
        text = text.replace(new RegExp(`^ \\(func \\$${name}\\b[\\s\\S]*?\\n \\)`, 'm'), () => {
            runtime++;
            return body;
        });
    }
    if (runtime !== 4) return undefined;
    text = withAccess(text, IN_GLOBAL);

    // In functions of another form than withSmallFrame knows the position is read and set where the pass does.
    const [MEMORY, GLOBAL] = [String.raw`\(global\.get \$__asyncify_data\)`, '$__eddy_position'];
    text = withSmallFrames(text)
        .replace(new RegExp(String.raw`\(i32\.load\s+${MEMORY}\s*\)`, 'g'), `(global.get ${GLOBAL})`)
        .replace(new RegExp(String.raw`\(i32\.store\s+${MEMORY}\s+(?=\(i32\.(?:add|sub)\s)`, 'g'), `(global.set ${GLOBAL} `);
    return new RegExp(String.raw`\(\w+\.(?:load|store)[^()]*${MEMORY}`).test(text) ? undefined
        : text.replaceAll(GLOBAL, '$__asyncify_data');
}

// What libc says of its imports for the making of a component stands in custom sections, which get
// lost in the text form.
function componentTypes(file) {
    const bytes = readFileSync(file);
    return [...sectionsOf(bytes)].filter(({ name }) => name.startsWith('component-type'))
        .map(({ start, end }) => bytes.subarray(start, end));
}

// What eddy's own loader calls; all other exports of the runtime's and of libc's are there for the pass.
const CALLED = new Set(['_tick', '_interrupt', '__host_alloc', '__host_complete', '__exports_begin',
    '__exports_end', '__export_slots', '__export_start', '__export_cancel', '__library_open',
    '__library_close', '__handle_drop', '__future_from_js', '__inspect', '__js_serve', '__js_debug',
    '__stream_demand', '__event_slot', '__event_arrived', '__offload_run', '__jump_enter', '__jump_suspend',
    '__jump_caught'].map((name) => `eddy${name}`));

// What web/guard.mjs asks for. A module has it whose exports or imports JavaScript of the program's own is
// called by or calls.
const SLOT = 'eddy__current_slot';

const needsGuard = (wat) => /^ \(import "env" "(?!eddy_js_(?!run|start)|invoke_|emscripten_notify_memory_growth)\w+" \(func/m.test(wat) ||
    /^ \(import "(?!env|asyncify|eddy|wasi_snapshot_preview1)[^"]*" /m.test(wat) ||
    /^ \(export "(?!main|__main_argc_argv|_initialize)[^"]*" \(func/m.test(wat);

/** The text without the exports that nobody calls any more after the pass. */
export function withoutInternalExports(wat) {
    const called = (name) => CALLED.has(name) ||
        (name === 'asyncify_get_state' && wat.includes('"eddy_js_jump"'));
    const without = (text, keep) => text.replace(
        /^ \(export "((?:eddy|asyncify)_\w+|_*em_lib_\w+|__st(?:art|op)_em_\w+|_?emscripten_stack_\w+)" \([^()]*\)\)\n/gm,
        (line, name) => (called(name) || name === keep ? line : ''));
    return without(wat, needsGuard(without(wat)) ? SLOT : undefined);
}

/** The environment variable with the place for a copy of what was linked, for tools/size.mjs. */
export const KEEP_LINKED = 'EDDY_KEEP_LINKED';

const REMOVE_LIST = '--pass-arg=asyncify-removelist@';

// A program with files of its own gets what libc writes to these, and may suspend then.
const STDIO_OF_ITS_OWN = new Set(STDIO.filter((name) => !['__stdio_write', '__stdout_write', 'fmt_fp'].includes(name)));
const hasOwnFiles = (wat) => /^ \(func \$fopencookie\b/m.test(wat);

/** The functions of a module that the flags of the pass name as never suspending. */
export function neverSuspending(flags, wat) {
    const flag = flags.find((each) => each.startsWith(REMOVE_LIST));
    const never = flag ? flag.slice(REMOVE_LIST.length).split(',') : [];
    return hasOwnFiles(wat) ? never.filter((name) => !STDIO_OF_ITS_OWN.has(name)) : never;
}

const featuresOf = (flags) => flags.filter((flag) => flag.startsWith('--enable-'));

const besides = (output) => ({ added: `${output}.added`, removed: `${output}.removed`, changed: `${output}.changed` });

/** The module to run the pass on, and what of it can suspend. */
function prepared(run, input, output, asyncify) {
    const { changed } = besides(output);
    const look = (module) => {
        const wat = run([module, ...featuresOf(asyncify), '-S', '-o', '-']);
        const never = neverSuspending(asyncify, wat);
        const { suspending, spared } = findSuspending(wat, never);
        return { module, wat, never, suspending, spared, names: toBeNamed(suspending) };
    };
    let found = look(input);
    if (!allPlain([...found.names, ...found.spared])) {
        writeFileSync(changed, withPlainNames(readFileSync(input)));
        found = look(changed);
    }
    return found;
}

/** The flags of the pass for just what can suspend; `precise`: as far as that can be told. */
function passFor({ wat, spared, names, never }, output, asyncify, precise) {
    const { added, removed } = besides(output);
    const others = asyncify.filter((flag) => !flag.startsWith(REMOVE_LIST));
    // Calls by way of JavaScript, of Emscripten's exceptions and jumps, reach anything.
    if (!precise || /^ \(import "env" "invoke_/m.test(wat)) return [...others, `${REMOVE_LIST}${never.join(',')}`];
    writeFileSync(removed, [...never, ...spared].join(','));
    const flags = [...others, `${REMOVE_LIST}@${removed}`, '--pass-arg=asyncify-ignore-indirect'];
    if (!names.length) return flags;
    writeFileSync(added, names.join(','));
    return [...flags, `--pass-arg=asyncify-addlist@@${added}`, '--pass-arg=asyncify-propagate-addlist'];
}

/**
 * Runs the pass, then the optimiser. `inText`: makes the pass's output faster in between, which loses
 * DWARF; without, the module must have been compiled for that (EDDY__POSITION_IN_GLOBAL undefined).
 * `precise`: what is called through pointers is looked at; without, the pass takes it all for suspending.
 */
export function makeSuspendable(wasmOpt, input, output,
    { asyncify, optimise, inText = true, precise = true, dropInternalExports = false }) {
    const run = (args) => {
        const { status, stdout, stderr, error } = spawnSync(wasmOpt, args,
            { encoding: 'utf8', maxBuffer: 1 << 30, stdio: 'pipe' });
        if (/^Fatal: tail calls\b/m.test(stderr)) {
            removeTemporary();
            throw new Fault(NO_TAIL_CALLS);
        }
        if (status !== 0) throw new Error(stderr || error?.message || `wasm-opt has ended with ${status}`);
        // What it takes no notice of could suspend without being saved.
        const [unknown] = /^.*\baddlist\b.*$/mi.exec(stderr) ?? [];
        if (unknown) throw new Error(unknown);
        return stdout;
    };
    const removeTemporary = () =>
        Object.values(besides(output)).forEach((file) => rmSync(file, { force: true }));
    if (process.env[KEEP_LINKED]) copyFileSync(input, process.env[KEEP_LINKED]);
    if ([...sectionsOf(readFileSync(input))].some(({ id }) => id === TAGS)) throw new Fault(NO_EXCEPTIONS);
    const found = prepared(run, input, output, asyncify);
    const withPass = [found.module, ...passFor(found, output, asyncify, precise)];
    if (!inText) {
        run([...withPass, ...optimise, '-o', output]);
        removeTemporary();
        return;
    }
    const features = featuresOf(asyncify);
    const file = `${output}.wat`;
    const types = componentTypes(input); // of the input, which may be the output as well
    // The pass makes all values locals; at this level it lets them share what they can before it saves them.
    run([...withPass, '--optimize-level=3', '-S', '-o', file]);
    const wat = readFileSync(file, 'utf8');
    if (wat.includes('"eddy_position_get"')) { // else nothing in it ever switches
        const text = positionInGlobal(wat);
        if (!text) process.stderr.write(`${input}: Asyncify's output has not the known form; switches are slower\n`);
        writeFileSync(file, text ?? positionInMemory(wat));
    }
    if (dropInternalExports) writeFileSync(file, withoutInternalExports(readFileSync(file, 'utf8')));
    run([file, ...features, ...optimise, '-o', output]);
    removeTemporary();
    for (const section of types) appendFileSync(output, section);
    rmSync(file);
}

const [DROP_EXPORTS, DWARF] = ['--drop-internal-exports', '--dwarf'];
const OWN_FLAGS = [DROP_EXPORTS, DWARF];

function main([wasmOpt, input, output, ...flags]) {
    const [, asyncify, all] = flags.join('\n').split(/^--$/m)
        .map((part) => part.split('\n').filter(Boolean));
    const has = (own) => all.includes(own);
    makeSuspendable(wasmOpt, input, output, {
        asyncify, optimise: all.filter((flag) => !OWN_FLAGS.includes(flag)), dropInternalExports: has(DROP_EXPORTS),
        inText: !has(DWARF), precise: !has(DWARF),
    });
}

runCommand(import.meta.url, main);
