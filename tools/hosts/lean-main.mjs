// lean-main.mjs: node lean-main.mjs X.mjs [ARG…]: runs a web program by eddy's own loader. Its exit
// status becomes ours when nothing is left to do.

import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { leaveDeno } from './leave-deno.mjs';
import { wantedFetch } from './wanted-fetch.mjs';

const [artifact, ...args] = process.argv.slice(2);
if (!artifact) {
    process.stderr.write('usage: node lean-main.mjs X.mjs [ARG…]\n');
    process.exit(2);
}
const { load } = await import(pathToFileURL(resolve(artifact)));
const app = await load({ args, fetch: wantedFetch() });
app.ended.then(leaveDeno, () => {});
