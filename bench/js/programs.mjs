// programs.mjs: web programs run inside this process, again and again, one instance each time.

import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { runInstance } from './instance.mjs';

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

async function creatorOf(artifact) {
    if (!loaded.has(artifact)) loaded.set(artifact, await load(artifact));
    return loaded.get(artifact);
}

/** See runInstance. */
export async function runProgram(artifact, args, options) {
    return runInstance(await creatorOf(artifact), artifact, args, options);
}

const apps = new Map();

/** The functions that the library exports, of one instance for all calls. */
export async function appOf(artifact) {
    if (!apps.has(artifact)) apps.set(artifact, (await (await creatorOf(artifact))()).eddy);
    return apps.get(artifact);
}
