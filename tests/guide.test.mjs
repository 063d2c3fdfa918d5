// The guide web/README.md: its C is built, its JavaScript run, and it prints what the page says.

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { ROOT } from '../tools/build.mjs';
import { runProcess } from '../tools/hosts/process.mjs';
import { artifactOf } from './lib/hosts.mjs';

const text = readFileSync(join(ROOT, 'web/README.md'), 'utf8');
const blocks = (language) => [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))]
    .map(([, block]) => block);

test('the guide says what happens', async () => {
    const program = join(ROOT, 'build/guide/guide.c');
    mkdirSync(dirname(program), { recursive: true });
    writeFileSync(program, blocks('c').join('\n'));
    const artifact = await artifactOf('lean', program);
    const script = artifact.replace(/guide\.mjs$/, 'use.mjs');
    const code = blocks('js').join('\n');
    writeFileSync(script, code);
    const { stdout, stderr, code: status } = await runProcess([process.execPath, script]);
    assert.equal(stderr, '');
    const expected = [...code.matchAll(/^\/\/ -> (.*)$/gm)].map(([, line]) => line);
    assert.deepEqual(stdout.trimEnd().split('\n'), expected);
    assert.equal(status, 0);
});
