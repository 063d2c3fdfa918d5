// node-main.mjs: node node-main.mjs X.mjs [ARG…]: runs a web program in this process. Its exit status
// becomes ours when nothing is left to do: Node ends by itself, nothing here ends it.

import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { wantedFetch } from './wanted-fetch.mjs';

const [artifact, ...args] = process.argv.slice(2);
if (!artifact) {
    process.stderr.write('usage: node node-main.mjs X.mjs [ARG…]\n');
    process.exit(2);
}
// Nobody reads any more: the end is as by the signal that other programs get.
process.stdout.on('error', (error) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(128 + 13);
});
const { default: create } = await import(pathToFileURL(resolve(artifact)));
await create({
    arguments: args,
    fetch: wantedFetch(),
    // Straight to the streams: console.log would read % in the text.
    print: (line) => process.stdout.write(`${line}\n`),
    printErr: (line) => process.stderr.write(`${line}\n`),
});
