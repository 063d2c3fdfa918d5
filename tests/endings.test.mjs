// How programs end in JavaScript: what they have left open is closed, whoever looks later learns it, and
// nothing of them goes on, wherever the end was.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { runProcess } from '../tools/hosts/process.mjs';
import { artifactOf, told } from './lib/hosts.mjs';

const ENDING = 'tests/programs/ending.c';
const MAIN = fileURLToPath(new URL('web/ending-main.mjs', import.meta.url));

async function ending(linked, how) {
    const artifact = pathToFileURL(await artifactOf(linked, ENDING)).href;
    const result = await runProcess([process.execPath, '--no-warnings', MAIN, artifact, how], { timeout: 120_000 });
    assert.equal(result.code, 0, told(result));
    return JSON.parse(result.stdout);
}

for (const linked of ['node', 'lean']) {
    const closed = { listens: false, isFree: true };
    for (const [how, status, received] of [['return', 6, 'the last words'], ['exit', 5, undefined],
        ['halt', 1, 'the last words'], ['trap', 'trapped', undefined]]) {
        test(`what a program has left open is closed after its end by ${how}, ${linked}`, async () => {
            const { received: got, uncaught, ...rest } = await ending(linked, how);
            assert.deepEqual(rest, { status, ...closed });
            if (received) assert.equal(got, received, 'what was written arrives');
            assert.equal(uncaught, how === 'trap' ? 1 : 0);
        });
    }

    for (const [how, ended, name] of [['return', 6, 'EDDY_ECLOSED'], ['exit', 5, 'EDDY_ECLOSED'],
        ['trap', 'undefined', 'EDDY_EHOST']]) {
        test(`a first look after the end by ${how}, ${linked}`, async () => {
            const { uncaught, ...seen } = await ending(linked, `late ${how}`);
            assert.deepEqual(seen, { ended, calls: name });
        });
    }

    for (const how of ['destructor', 'call', 'swallowed', 'pointer'].flatMap((where) =>
        [`${where} trap`, `${where} exit`])) {
        if (how === 'swallowed exit' || how === 'pointer trap') continue; // there are no such
        // A call of an export has its turn when the task that has called JavaScript waits.
        for (const later of how.startsWith('call') ? [' later'] : ['', ' later']) {
            test(`an end below JavaScript that a task has called: ${how}${later}, ${linked}`, async () => {
                const { uncaught, ...seen } = await ending(linked, how + later);
                const [ended, name] = how.endsWith('exit') ? [9, 'EDDY_ECLOSED'] : ['undefined', 'EDDY_EHOST'];
                assert.deepEqual(seen, { call: name, ended, noted: [], next: name });
            });
        }
    }
}
