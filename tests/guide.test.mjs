// The guide "from asyncio to eddy": the C program of each pair on every kind of host, and the Python
// program, print the same.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ROOT } from '../tools/build.mjs';
import { snippets } from '../tools/docs/guide.mjs';
import { runProcess } from '../tools/hosts/process.mjs';
import { runOn, told } from './lib/hosts.mjs';

const FOLDER = 'examples/from-asyncio';
const NAMES = readdirSync(join(ROOT, FOLDER)).filter((file) => file.endsWith('.py') && file !== 'virtual.py')
    .map((file) => file.slice(0, -'.py'.length));

// countasync is an example of its own.
const place = (name, ending) => (name === 'countasync' && ending !== 'py' ?
    `examples/${name}.${ending}` : `${FOLDER}/${name}.${ending}`);

const PYTHON = process.env.PYTHON ?? 'python3';
const python = await runProcess([PYTHON, '-c',
    'import sys; sys.exit(0 if sys.version_info >= (3, 11) else 3)'])
    .then(({ code }) => (code === 0 ? null : `${PYTHON} is older than 3.11`))
    .catch(() => `there is no ${PYTHON}`);

for (const name of NAMES) {
    const expected = readFileSync(join(ROOT, place(name, 'expected')), 'utf8');
    for (const hostName of ['native', 'node', 'wasmtime']) {
        test(`${name}.c on ${hostName}`, async (t) => {
            const result = await runOn(t, hostName, place(name, 'c'));
            if (!result) return;
            assert.equal(result.stdout, expected, told(result));
            assert.equal(result.stderr, '', told(result));
            assert.equal(result.code, 0, told(result));
        });
    }
    test(`${name}.py`, { skip: python ?? false }, async () => {
        const result = await runProcess([PYTHON, join(ROOT, FOLDER, 'virtual.py'), join(ROOT, place(name, 'py'))]);
        assert.equal(result.stdout, expected, told(result));
        assert.equal(result.stderr, '', told(result));
        assert.equal(result.code, 0, told(result));
    });
}

test('the guide shows each pair, and nothing else', () => {
    const shown = snippets(`${FOLDER}/README.md`).map(({ path }) => path);
    const pairs = NAMES.flatMap((name) => [place(name, 'py'), place(name, 'c')]).map((path) => join(ROOT, path));
    assert.deepEqual([...shown].sort(), pairs.sort());
});
