// JavaScript calls C: the cases of web/exports-cases.mjs in each host, and the TypeScript declarations.

import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { runProcess } from '../tools/hosts/process.mjs';
import { casesOn, HOSTS_AND_LINKS } from './lib/cases.mjs';
import { artifactOf, runOn, told } from './lib/hosts.mjs';

const EXPORTS = 'tests/programs/exports.c';
const TSC = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url));

for (const [hostName, linked] of HOSTS_AND_LINKS) {
    test(`JavaScript calls C on ${hostName}, ${linked}`, async (t) => {
        await casesOn(t, hostName, 'exports-cases.mjs', await artifactOf(linked, EXPORTS));
    });
}

for (const linked of ['node', 'lean']) {
    test(`calls into a program, while its main sleeps and after its end, ${linked}`, async (t) => {
        await casesOn(t, 'node', 'called-cases.mjs', await artifactOf(linked, 'tests/programs/called.c'));
    });
}

// Newer ones have arrays of that size; C has no room for them.
test('more bytes than C can have are refused by their size', async (t) => {
    let buffer;
    try {
        buffer = new ArrayBuffer(5 * 2 ** 30); // of addresses: nobody writes it
    } catch (error) {
        return t.skip(`no 5 GiB in this process: ${error.message}`);
    }
    const { load } = await import(pathToFileURL(await artifactOf('lean', EXPORTS)));
    const app = await load({ print() {} });
    for (const bytes of [buffer, new DataView(buffer)]) {
        await assert.rejects(app.sum(bytes), ({ name, message }) => name === 'EDDY_ENOMEM' ||
            (name === 'EDDY_EINVAL' && message === 'sum: bytes must be less than 4 GiB'));
    }
    assert.equal(await app.sum(new DataView(buffer, 2 ** 32, 3)), 0, 'what fits is taken of it');
    await app.close();
});

for (const [hostName, mode] of [['node', 'release'], ['node', 'debug'], ['chromium', 'release']]) {
    test(`an export that JavaScript calls below a task cannot suspend, on ${hostName}, ${mode}`, async (t) => {
        const result = await runOn(t, hostName, 'tests/programs/foreign.c', { mode });
        if (!result) return;
        assert.equal(result.stdout, 'ok\n', told(result));
        assert.equal(result.code, 0, told(result));
    });
}

const RIGHT = `import create, { type EddyHandle, type EddyError } from './exports.mjs';
const { eddy: app } = await create();
const sum: number = await app.add(1, 2, { signal: AbortSignal.timeout(5) });
const wide: bigint = await app.same_wide(5n);
const text: string | null = await app.call('twice', 'x');
const image: EddyHandle | null = await app.open_image(1, 2);
if (image) await app.area(image, 0);
const bytes: Uint8Array | null = await app.same_bytes(new ArrayBuffer(3));
const words: number = await app.delete(1, 2, 3, 4, 5, 6, 7, 8) + await app.call('delete', 1, 2, 3, 4, 5, 6, 7, 8);
try { await app.nothing(); } catch (error) { (error as EddyError).code.toFixed(); }
const trace: string = app.trace();
app.trace({ start: true, devtools: true });
await app.close();
export { sum, wide, text, bytes, trace, words };
`;
const WRONG = ["await app.add('1', 2);", 'await app.add(1);', 'await app.same_wide(5);', 'await app.no_such();',
    "const s: string = await app.add(1, 2);", 'await app.area({}, 1);', "await app.call('add', true, 1);",
    'app.trace({ start: false });'];

const RIGHT_STREAMS = `import create, { type EddyReceiver, type EddySender } from './exports.mjs';
const { eddy: app } = await create();
for await (const item of app.numbers(3, { signal: AbortSignal.timeout(5) })) item.toFixed();
for await (const item of app.words('a b')) item?.trim();
for await (const item of app.call('wide')) item.toString(2n === item ? 2 : 10);
const result: IteratorResult<number, void> = await app.numbers(3).next();
await app.sum([1, Promise.resolve(2)]);
await app.sum(app.slowly(1, 1));
await app.count_bytes(new Response('x').body!);
await app.join((async function* () { yield 'x'; })());
const sender: EddySender<number> = await app.number_sender(1);
await sender.send(1, { signal: AbortSignal.timeout(5) });
sender.close();
const receiver: EddyReceiver<number> = await app.number_receiver(1);
for await (const item of receiver) item.toFixed();
receiver.close();
export { result };
`;
const WRONG_STREAMS = ["for await (const item of app.numbers('3')) item;",
    'for await (const item of app.words("")) item.toFixed();', "await app.sum(['1']);", 'await app.sum(5);',
    'await app.numbers(3).next(5);', 'await app.join([1]);',
    "const s: import('./exports.mjs').EddySender<number> = await app.number_sender(1); await s.send('1');",
    "app.eddy__send_number;"];

for (const [what, program, rightOnes, wrongOnes] of [['exports', EXPORTS, RIGHT, WRONG],
    ['generators and streams', 'tests/programs/iterating.c', RIGHT_STREAMS, WRONG_STREAMS]]) {
    test(`the declarations say what ${what} take and give`, async (t) => {
        const artifact = await artifactOf('node', program);
        const folder = mkdtempSync(join(tmpdir(), 'eddy-types-'));
        t.after(() => rmSync(folder, { recursive: true }));
        copyFileSync(artifact.replace(/\.mjs$/, '.d.mts'), join(folder, 'exports.d.mts'));
        const check = async (text) => {
            writeFileSync(join(folder, 'use.mts'), text);
            return runProcess([process.execPath, TSC, '--noEmit', '--strict', '--target', 'es2022',
                '--module', 'nodenext', '--lib', 'es2022,dom,dom.asynciterable', join(folder, 'use.mts')],
            { timeout: 300_000 });
        };
        const right = await check(rightOnes);
        assert.equal(right.code, 0, right.stdout);
        const wrong = await check(`import create from './exports.mjs';\nconst { eddy: app } = await create();\n` +
            wrongOnes.map((line) => `{ ${line} }\n`).join(''));
        assert.notEqual(wrong.code, 0);
        for (let i = 0; i < wrongOnes.length; i++)
            assert.match(wrong.stdout, new RegExp(`use\\.mts\\(${i + 3},`), `no complaint about ${wrongOnes[i]}`);
    });
}
