// lean-main.mjs: node lean-main.mjs X.mjs [ARG…]: runs a web program by eddy's own loader. Its exit
// status becomes ours when nothing is left to do.

import { resolve } from 'node:path';
import { setTimeout as later } from 'node:timers';
import { pathToFileURL } from 'node:url';
import { wantedFetch } from './wanted-fetch.mjs';

const [artifact, ...args] = process.argv.slice(2);
if (!artifact) {
    process.stderr.write('usage: node lean-main.mjs X.mjs [ARG…]\n');
    process.exit(2);
}
const { load } = await import(pathToFileURL(resolve(artifact)));
const app = await load({ args, fetch: wantedFetch() });
// Now and then Deno's fetch holds its process for ever when a request was given up, with no connection left open.
if (globalThis.Deno) app.ended.then(() => later(() => process.exit(), 5000).unref(), () => {});
