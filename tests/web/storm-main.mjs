// storm-main.mjs: node storm-main.mjs X.mjs URL SEED: calls tests/programs/storm.c from JavaScript, at random,
// with signals that abort before, amid and after the calls. Prints what the program prints, and in the end
// what is left.

import { leaveDeno } from '../../tools/hosts/leave-deno.mjs';

const [artifact, url, seed] = process.argv.slice(2);
const { default: create, load } = await import(artifact);

let state = (Number(seed) * 2654435761 >>> 0) || 1;
function below(n) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 4) % n;
}
const pause = (ms) => new Promise((done) => { setTimeout(done, ms); });

const lines = [];
let ofEnd;
const end = new Promise((done) => { ofEnd = done; });
const print = (line) => {
    lines.push(line);
    if (/^(ok|wrong): /.test(line)) ofEnd();
};
const args = [url, seed, '0', '0'];
const options = { print, printErr: print };
let app;
if (load) app = await load({ ...options, args });
else ({ eddy: app } = await create({ ...options, arguments: args }));

const told = { resolved: 0, EDDY_ECANCELED: 0 };
async function call(depth) {
    const aborting = new AbortController();
    const how = below(6);
    if (how === 0) aborting.abort();
    const promise = app.storm(below(2 ** 31), 1 + below(5), how < 5 ? { signal: aborting.signal } : {});
    if (how === 1) aborting.abort();
    if (how === 2) queueMicrotask(() => aborting.abort());
    if (how === 3) setTimeout(() => aborting.abort(), below(15));
    try {
        await promise;
        told.resolved++;
    } catch (error) {
        told[error.name] = (told[error.name] ?? 0) + 1;
        if (!/^EDDY_E/.test(error.name)) lines.push(`not so: ${error.stack}`);
    }
    if (how === 4) aborting.abort();
    if (depth < 2 && below(2)) await call(depth + 1);
}

const calls = [];
for (let i = 0; i < 30; i++) {
    calls.push(call(0));
    if (below(4) === 0) await pause(below(5));
}
const limit = setTimeout(() => {
    console.log(`not so: done within 200 s\n${lines.join('\n')}\n${app.tree()}`);
    process.exit(1);
}, 200_000);
await Promise.all(calls);
// What calls have started and not waited for is main's to end: R11.
await app.finish();
await end;
clearTimeout(limit);
await pause(0);
console.log(JSON.stringify({ lines, told, tasks: app.tasks() }));
leaveDeno();
