// The examples that need no network: one source, the same output on every host.

import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ROOT } from '../tools/build.mjs';
import { HOSTS } from '../tools/hosts/index.mjs';
import { runProcess } from '../tools/hosts/process.mjs';
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

test('a program of one\'s own is named from where the command is given', async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'eddy-own-'));
    t.after(() => rmSync(folder, { recursive: true }));
    copyFileSync(join(ROOT, 'examples/countasync.c'), join(folder, 'own.c'));
    const run = (name) => runProcess([join(ROOT, 'build.sh'), 'run', name, '--host', 'native', '--mode', 'asan'],
        { cwd: folder, timeout: 300_000 });
    const result = await run('own.c');
    assert.match(result.stdout, /(One\n){3}(Two\n){3}$/, told(result));
    const none = await run('none.c');
    assert.equal(none.code, 2, told(none));
    assert.match(none.stderr, /^eddy: no example or C file "none.c"/, told(none));
});
