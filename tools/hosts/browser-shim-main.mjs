// browser-shim-main.mjs: node browser-shim-main.mjs X.wasm [ARG…]: runs a WASI 0.1 program in this
// process.

import { readFileSync, writeSync } from 'node:fs';
import { ConsoleStdout, File, OpenFile, WASI } from '@bjorn3/browser_wasi_shim';

const [artifact, ...args] = process.argv.slice(2);
const output = (fd) => new ConsoleStdout((bytes) => { writeSync(fd, bytes); });
const wasi = new WASI([artifact, ...args], [], [new OpenFile(new File([])), output(1), output(2)],
    { debug: false });
const module = new WebAssembly.Module(readFileSync(artifact));
const instance = new WebAssembly.Instance(module, { wasi_snapshot_preview1: wasi.wasiImport });
process.exitCode = wasi.start(instance);
