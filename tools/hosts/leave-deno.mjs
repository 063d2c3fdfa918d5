// leave-deno.mjs: the end of a process of Deno, after its program's.

import { setTimeout } from 'node:timers';

/** Now and then Deno's fetch holds its process for ever when a request was given up, with no connection left open. */
export function leaveDeno() {
    if (globalThis.Deno) setTimeout(() => process.exit(), 5000).unref();
}
