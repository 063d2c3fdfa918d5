// finish.mjs: what comes after the link on the web.
//
//   node tools/finish.mjs [--loader FILE PLACE] X.mjs X.wasm X.d.mts
//
// Puts the bodies of EDDY_ASYNC_JS and EDDY_JS, which are in a section of the module, into its
// JavaScript, and writes the TypeScript declarations of what it exports. With --loader there is no
// JavaScript yet: it is made, to stand at PLACE and to load the module by eddy's own loader FILE, or by the
// one of the package whose name FILE is. The sections themselves go in the pass that follows.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, relative, resolve } from 'node:path';
import { createEddyValues } from '../web/values.mjs';
import { Fault, runCommand } from './command.mjs';

const PLACEHOLDER = /(["'`])EDDY_JS_BODIES\1/;

const parameterName = (declaration) => /\w+$/.exec(declaration.trim())[0];

function parametersOf(text) {
    const list = text.replace(/^\(|\)$/g, '').trim();
    return list === 'void' ? [] : list.split(',').map(parameterName);
}

/** The JavaScript functions in the module: [{ name, parameters, isAsync, body }]. */
export function bodiesOf(module) {
    const found = [];
    for (const section of WebAssembly.Module.customSections(module, 'eddy_js')) {
        const parts = new TextDecoder().decode(section).split('\0');
        for (let i = 0; i + 3 < parts.length; i += 4) {
            const [name, parameters, kind, body] = parts.slice(i, i + 4);
            found.push({ name, parameters: parametersOf(parameters), isAsync: kind === 'async', body });
        }
    }
    return found;
}

function textOfBody({ name, parameters, isAsync, body }) {
    const signal = parameters.includes('signal') ? '_' : 'signal';
    const text = `${isAsync ? 'async ' : ''}function (${[signal, ...parameters].join(', ')}) ${body}`;
    try {
        new Function(`'use strict'; return (${text})`); // reads it only
    } catch (error) {
        throw new Fault(`the body of ${name} is no JavaScript: ${error.message}\n  ${body}`);
    }
    const usesSignal = isAsync && signal === 'signal' && /\bsignal\b/.test(body);
    return `${JSON.stringify(name)}: [${text}, ${usesSignal}]`;
}

/** The object literal that stands for all of them. */
export function textOfBodies(bodies) {
    return `{\n${bodies.map(textOfBody).join(',\n')}\n}`;
}

/** The signatures of what the module exports by EDDY_EXPORT. */
export function signaturesOf(module) {
    const stubs = new Proxy({}, { get: () => new Proxy({}, { get: () => () => 0 }) });
    const { exports } = new WebAssembly.Instance(module, stubs);
    if (!exports.eddy__exports_begin) return [];
    const memory = () => new Uint8Array(exports.memory.buffer);
    const host = {
        memory, view: () => new DataView(exports.memory.buffer),
        string: (at) => new TextDecoder().decode(memory().subarray(at, memory().indexOf(0, at))),
    };
    const { signatureOf } = createEddyValues(host, {});
    const list = [];
    for (let at = exports.eddy__exports_begin() >>> 0; at < exports.eddy__exports_end() >>> 0; at += 36) {
        const signature = signatureOf(at);
        if (signature.kind === 'g' && /[vntc]/.test(signature.letters[0])) {
            throw new Fault(`${signature.site}: ${signature.name}: "${signature.result}" is no type ` +
                'for what a generator hands out');
        }
        const bad = [...signature.letters].slice(1).findIndex((letter) => 'SAF'.includes(letter));
        if (bad >= 0) {
            throw new Fault(`${signature.site}: ${signature.name}: "${signature.parameters[bad]}" ` +
                'is no type for an argument of an export');
        }
        if (!signature.name.startsWith('eddy__')) list.push(signature); // those are the runtime's
    }
    return list;
}

const RESULTS = {
    v: 'void', i: 'number', u: 'number', l: 'number', q: 'bigint', Q: 'bigint', f: 'number', d: 'number',
    b: 'boolean', s: 'string | null', S: 'string | null', a: 'Uint8Array | null', A: 'Uint8Array | null',
    h: 'EddyHandle | null', j: 'any',
};
const ARGUMENTS = {
    ...RESULTS, s: 'string', a: 'EddyBytes', h: 'EddyHandle',
    n: 'EddySource<number>', t: 'EddySource<string>', c: 'EddySource<EddyBytes>',
};
const RESERVED = new Set(['call', 'close', 'ended', 'tasks', 'tree', 'trace', 'exports', 'then', '__proto__']);

/**
 * The comment right above an export, where its source can be read: below $EDDY_SOURCES or here. -> its
 * lines.
 */
function commentAt(site) {
    const [, file, number] = /^(.*):(\d+)$/.exec(site) ?? [];
    const path = file && resolve(process.env.EDDY_SOURCES ?? '.', file);
    if (!path || !existsSync(path)) return [];
    const lines = readFileSync(path, 'utf8').split(/\r?\n/);
    let at = Number(number) - 1;
    while (at > 0 && !/\bEDDY_EXPORT/.test(lines[at])) at--;
    const above = lines.slice(0, at).join('\n');
    const block = /\/\*((?:(?!\*\/)[\s\S])*)\*\/[ \t]*$/.exec(above)?.[1] ?? /(?:(?:^|\n)[ \t]*\/\/.*)+$/.exec(above)?.[0] ?? '';
    const texts = block.split('\n').map((line) => line.replace(/^\s*(\/\/+|\*+)? ?/, '').replaceAll('*/', '*\\/').trimEnd());
    while (texts.length && !texts[0]) texts.shift();
    while (texts.length && !texts.at(-1)) texts.pop();
    return texts;
}

function declarationOf({ name, result, parameters, site, letters, kind }) {
    const list = parameters.map((text, i) => `${safe(parameterName(text))}: ${ARGUMENTS[letters[i + 1]]}`);
    const promise = kind === 'g' ? `AsyncGenerator<${RESULTS[letters[0]]}, void, undefined>`
        : `Promise<${RESULTS[letters[0]]}>`;
    const call = `    call(${[`function__: '${name}'`, ...list, 'options?: EddyCallOptions'].join(', ')}): ${promise};\n`;
    if (RESERVED.has(name)) return call;
    const signature = `${result} ${name}(${parameters.join(', ') || 'void'}), ${site.replace(/^.*\//, '')}`;
    const comment = commentAt(site).map((line) => `     * ${line}`.trimEnd() + '\n').join('');
    const doc = comment ? `    /**\n${comment}     *\n     * ${signature}\n     */\n` : `    /** ${signature} */\n`;
    return `${doc}    ${name}(${[...list, 'options?: EddyCallOptions'].join(', ')}): ${promise};\n${call}`;
}

// Words that no parameter may be called in TypeScript, or that the declarations need themselves.
const KEYWORDS = new Set(`in new delete function var let with class this arguments await yield import export super null
    instanceof catch finally throw try extends debugger typeof true false eval public private protected interface
    package implements options function_`.split(/\s+/));
const safe = (name) => (KEYWORDS.has(name) ? `${name}_` : name);

/** The text of X.d.mts. */
export function declarationsOf(signatures, lean) {
    return `// Made by eddy from the exports of the module.
${signatures.length ? '/// <reference lib="esnext.disposable" />\n' : ''}
${signatures.length ? VALUES : ''}/** What calls reject with. */
${lean ? 'export declare class' : 'export interface'} EddyError extends Error {
    /** The code of C, EDDY_ETIMEDOUT is -2; \`name\` is its name. */
    readonly code: number;
    /** The name of the task that failed. */
    readonly task?: string;
    /** Where it was declared or spawned, in C. */
    readonly site?: string;
}

export interface EddyApp {
${signatures.map(declarationOf).join('')}${signatures.length ? INSPECTION : ''}    /** Ends what runs; calls reject from then on. */
    close(): Promise<number | undefined>;
    /** Settles with the program's exit status; undefined: it trapped. */
    readonly ended: Promise<number | undefined>;
${signatures.length ? '    /** The same as close: `await using app = …`. */\n    [Symbol.asyncDispose](): Promise<number | undefined>;\n' : ''}}

${lean ? LEAN : EMSCRIPTEN}`;
}

const VALUES = `export type EddyBytes = Uint8Array | ArrayBuffer | ArrayBufferView;

/** What JavaScript streams to C: it is asked for one value after the other. */
export type EddySource<T> = AsyncIterable<T> | Iterable<T | Promise<T>> |
    { getReader(): { read(): Promise<{ done: boolean; value?: T }>; cancel(): Promise<void> } };

export interface EddyCallOptions {
    /** Aborting it cancels the call's task. */
    signal?: AbortSignal;
}

/** An object of C's. */
export interface EddyHandle {
    close(): void;
    /** The same: \`using handle = …\`. */
    [Symbol.dispose](): void;
}

/** What eddy_numbers_sender and its kin make: a channel's end, to send into. */
export interface EddySender<T> {
    /** Resolves when the channel had room for it; rejects with EDDY_ECLOSED when nobody receives. */
    send(value: T, options?: EddyCallOptions): Promise<void>;
    /** What is being sent is sent first. */
    close(): void;
}

/** What eddy_numbers_receiver and its kin make: a channel's other end. */
export interface EddyReceiver<T> extends AsyncIterableIterator<T> {
    close(): void;
}

`;
const INSPECTION = `    /** The tasks there are: what each waits for, and where it does and was spawned. */
    tasks(): { name: string; state: string; waits: string; at: string; site: string; cancelled: boolean }[];
    /** Who waits for whom, as text. */
    tree(): string;
    /**
     * What tasks do: with \`start\` (how many events, true: 65,536; then the oldest are lost) it begins to be
     * recorded; otherwise -> what was recorded, as the JSON of a Chrome trace, and \`stop\` ends it. With
     * \`devtools\` the spans go to tracks of the DevTools' performance panel as well, when they are asked for.
     */
    trace(options: { start: true | number; devtools?: boolean }): void;
    trace(options?: { stop?: boolean; devtools?: boolean }): string;
`;
const EMSCRIPTEN = `export interface EddyModule {
    /** The program: its exports, its end. */
    readonly eddy: EddyApp;
    [name: string]: any;
}

export interface EddyModuleOptions {
    /** Of main, after the program's name. */
    arguments?: string[];
    /** Aborting it interrupts the program, as Ctrl-C does. */
    signal?: AbortSignal;
    print?(line: string): void;
    printErr?(line: string): void;
    /** The standard input; default: the process's, in pages there is none. */
    input?: ReadableStream<Uint8Array> | AsyncIterable<Uint8Array | string>;
    /** Gets errors that nobody read, with the place in C; default: printErr. */
    onReport?(line: string): void;
    /** Emscripten's own. */
    [name: string]: unknown;
}

export default function create(options?: EddyModuleOptions): Promise<EddyModule>;
`;
const LEAN = `export interface EddyLoadOptions {
    /** The module, when it is not beside this file. */
    wasm?: URL | string | Response | BufferSource | WebAssembly.Module | Promise<Response>;
    /** Of main, after the program's name. */
    args?: string[];
    /** The program's name: argv[0]. */
    name?: string;
    /** Aborting it interrupts the program, as Ctrl-C does. */
    signal?: AbortSignal;
    /** Gets stdout by lines; default: the console, in Node the process's own. */
    print?(line: string): void;
    /** The same of stderr. */
    printErr?(line: string): void;
    /** The standard input; default: the process's, in pages there is none. */
    input?: ReadableStream<Uint8Array> | AsyncIterable<Uint8Array | string>;
    /** Gets errors that nobody read, with the place in C; default: stderr. */
    onReport?(line: string): void;
    /** What eddy_fetch makes its requests by, in place of the platform's fetch or, in Node, of node:http. */
    fetch?: typeof globalThis.fetch;
}

/** Loads and starts the module; a library's functions can be called from then on. */
export function load(options?: EddyLoadOptions): Promise<EddyApp>;
`;

/** The module that loads X.wasm beside it. */
function loaderOf(loader, name, bodies, hasWorkers) {
    return `import { load as loadModule, EddyError } from ${JSON.stringify(loader)};

const bodies = ${textOfBodies(bodies)};

export { EddyError };

export function load({ wasm = new URL(${JSON.stringify(`./${name}.wasm`)}, import.meta.url), ...options } = {}) {
    return loadModule(wasm, { bodies, ${hasWorkers && bodies.length ? 'script: import.meta.url, ' : ''}...options });
}
`;
}

/**
 * What has to follow the JavaScript of Emscripten where it is a function, `create`, so that a worker of
 * eddy_offload calls it. emscripten.js does the rest.
 */
export function workerOf(create) {
    return '\nif (!globalThis.document && ' +
        `[globalThis.location?.hash, globalThis.process?.argv?.at(-1)].includes('#eddy-offload')) ${create}();\n`;
}

const imports = (module, wanted) => WebAssembly.Module.imports(module).some(({ name }) => name === wanted);

export const offloads = (module) => imports(module, 'eddy_js_offload');

/** Emscripten's JavaScript, its calls that may be jumped out of keeping the stack of a task: src/switch/jump.c. */
export function withJumps(text) {
    const own = (name) => `wasmExports['${name}']`;
    return text.replace(/^(function invoke_\w+\(.*\) ?\{\n\s*var sp = )stackSave\(\)(;\n[\s\S]*?\n) *\}\n\}$/gm,
        (_, begin, body) => `${begin}${own('eddy__jump_enter')}()${body}  } finally {
    if (${own('asyncify_get_state')}() === 1) ${own('eddy__jump_suspend')}(sp);
  }
}`);
}

/** The functions that the program calls and nothing defines: those of libc's own are no mistake. */
export function undefinedOf(module) {
    return WebAssembly.Module.imports(module).filter(({ module: from, name, kind }) => from === 'env' &&
        kind === 'function' && !/^(_(?!Z)|emscripten_|eddy_|invoke_)/.test(name)).map(({ name }) => name);
}

function main(args) {
    const [loader, place] = args[0] === '--loader' ? args.splice(0, 3).slice(1) : [];
    const [js, wasm, types] = args;
    const module = new WebAssembly.Module(readFileSync(wasm));
    const bodies = bodiesOf(module);
    const text = loader ? '' : readFileSync(js, 'utf8');
    if (loader) {
        for (const name of undefinedOf(module)) {
            process.stderr.write(`eddy: warning: nothing defines ${name}: what calls it fails, unless ` +
                `load({ imports: { env: { ${name} } } }) provides it\n`);
        }
        const from = /^\w+$/.test(loader) ? loader : relative(dirname(place), loader);
        writeFileSync(js, loaderOf(from, basename(js, '.mjs'), bodies, offloads(module)));
    } else {
        if (bodies.length && !PLACEHOLDER.test(text))
            throw new Fault(`${js} has no place for the JavaScript of the module`);
        const bare = imports(module, 'eddy_js_jump') ? withJumps(text) : text;
        const filled = bare.replace(PLACEHOLDER, () => textOfBodies(bodies)) +
            (offloads(module) ? workerOf('Module') : '');
        if (filled !== text) writeFileSync(js, filled);
    }
    const signatures = signaturesOf(module);
    writeFileSync(types, declarationsOf(signatures, !!loader));
}

runCommand(import.meta.url, main);
