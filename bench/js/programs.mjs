// programs.mjs: web programs run inside this process, again and again, one instance each time.

import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

/** Compiled once, so that what the engine has optimised serves every instance. */
async function load(artifact) {
    const { default: create } = await import(pathToFileURL(artifact));
    const compiled = new WebAssembly.Module(readFileSync(artifact.replace(/\.mjs$/, '.wasm')));
    const instantiateWasm = (imports, done) => {
        const instance = new WebAssembly.Instance(compiled, imports);
        done(instance, compiled);
        return instance.exports;
    };
    return (options) => create({ ...options, instantiateWasm });
}

const loaded = new Map();

/**
 * Runs a program that prints "name value" to its end; -> the value. A program without eddy's main
 * (`plain`) has ended when its main has returned.
 */
export async function runProgram(artifact, args, { plain = false } = {}) {
    if (!loaded.has(artifact)) loaded.set(artifact, await load(artifact));
    const lines = [];
    const failure = (status) => new Error(`${artifact} ended with status ${status}: ` +
        (lines.join('; ') || 'it said nothing'));
    const status = await new Promise((ended, fail) => {
        loaded.get(artifact)({
            arguments: args.map(String),
            print: (line) => lines.push(line),
            printErr: (line) => lines.push(line),
            onEddyExit: ended,
            onAbort: (reason) => fail(new Error(`${artifact} aborted: ${reason}`)),
        }).then(() => plain && ended(0), fail);
    });
    const value = Number(/^\w+ (\d[\d.e+-]*)$/.exec(lines.at(-1) ?? '')?.[1]);
    if (status !== 0 || !Number.isFinite(value)) throw failure(status);
    return value;
}
