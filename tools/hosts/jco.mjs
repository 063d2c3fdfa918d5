// jco.mjs: components of WASI 0.2 in Node, made into JavaScript modules by jco: a host made apart from
// wasmtime.

import { existsSync, statSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transpile, writeFiles } from '@bytecodealliance/jco-transpile';
import { runProcess } from './process.mjs';

const MAIN = fileURLToPath(new URL('jco-main.mjs', import.meta.url));

/** The module of a component, made again only when that is newer. */
async function moduleOf(artifact) {
    const folder = `${artifact}.jco`;
    const module = join(folder, 'program.js');
    if (existsSync(module) && statSync(module).mtimeMs > statSync(artifact).mtimeMs) return module;
    const part = `${folder}.${process.pid}`;
    const { files } = await transpile(artifact, { outDir: part, name: 'program' });
    await writeFiles(files);
    await rm(folder, { recursive: true, force: true });
    await rename(part, folder).catch(() => rm(part, { recursive: true })); // another process was faster
    return module;
}

export async function open() {
    const modules = new Map(); // artifact -> the promise of its module
    return {
        name: 'jco',
        async run(artifact, { args = [], ...options } = {}) {
            if (!modules.has(artifact)) modules.set(artifact, moduleOf(artifact));
            const module = await modules.get(artifact);
            return runProcess([process.execPath, '--no-warnings', MAIN, module, ...args], options);
        },
        async close() {},
    };
}
