// node-wasi-main.mjs: node node-wasi-main.mjs [--dir=HOST::GUEST…] X.wasm [ARG…]: runs a WASI 0.1
// program in this process.

import { readFileSync } from 'node:fs';
import { WASI } from 'node:wasi';

const given = process.argv.slice(2);
const preopens = {};
while (given[0]?.startsWith('--dir=')) {
    const [host, guest = host] = given.shift().slice('--dir='.length).split('::');
    preopens[guest] = host;
}
const [artifact, ...args] = given;
if (!artifact) {
    process.stderr.write('usage: node node-wasi-main.mjs [--dir=HOST::GUEST…] X.wasm [ARG…]\n');
    process.exit(2);
}
const wasi = new WASI({
    version: 'preview1', args: [artifact, ...args], env: process.env, preopens, returnOnExit: true,
});
const module = new WebAssembly.Module(readFileSync(artifact));
const instance = new WebAssembly.Instance(module, wasi.getImportObject());
process.exitCode = wasi.start(instance);
