// The examples that need no network: one source, the same output on every host.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { HOSTS } from '../tools/hosts/index.mjs';
import { runOn, told } from './lib/hosts.mjs';

for (const name of ['hello', 'countasync', 'chores', 'mirrors', 'pipeline', 'primes']) {
    const expected = readFileSync(new URL(`../examples/${name}.expected`, import.meta.url), 'utf8');
    for (const hostName of Object.keys(HOSTS)) {
        test(`${name} on ${hostName}`, async (t) => {
            const result = await runOn(t, hostName, `examples/${name}.c`);
            if (!result) return;
            assert.equal(result.stdout, expected, told(result));
            assert.equal(result.stderr, '', told(result));
            assert.equal(result.code, 0, told(result));
        });
    }
}
