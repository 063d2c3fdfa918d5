// The npm package: what is in the tarball, its exports, and a project elsewhere that uses it.

import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, after, test } from 'node:test';
import { spawnSync } from 'node:child_process';
import { ROOT } from '../tools/build.mjs';
import { artifactOf } from './lib/hosts.mjs';

let folder, tarball;

function run(command, args, cwd = folder) {
    const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8', timeout: 120_000 });
    return { status, output: `${stdout}${stderr}`, stdout };
}

function succeeds(command, args, cwd) {
    const { status, output, stdout } = run(command, args, cwd);
    assert.equal(status, 0, `${command} ${args.join(' ')}\n${output}`);
    return stdout;
}

const tool = (name) => join(ROOT, 'node_modules', '.bin', name);

before(() => {
    folder = mkdtempSync(join(tmpdir(), 'eddy-package-'));
    succeeds('npm', ['pack', '--pack-destination', folder], ROOT);
    tarball = join(folder, readdirSync(folder).find((name) => name.endsWith('.tgz')));
    writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n');
    succeeds('npm', ['install', '--offline', '--no-audit', '--no-fund', tarball]);
});

after(() => rmSync(folder, { recursive: true, force: true }));

test('publint finds nothing', () => {
    const { status, output } = run(tool('publint'), ['run', tarball, '--strict']);
    assert.equal(status, 0, output);
});

test('the types are right wherever ES modules are', () => {
    const { status, output } = run(tool('attw'), [tarball, '--profile', 'esm-only', '--no-emoji']);
    assert.equal(status, 0, output);
});

test('an empty folder loads a module with it', async () => {
    const hello = (await artifactOf('lean', 'examples/hello.c')).replace(/mjs$/, 'wasm');
    copyFileSync(hello, join(folder, 'hello.wasm'));
    writeFileSync(join(folder, 'main.mjs'), `import { load, EddyError } from 'eddy';
const app = await load(new URL('./hello.wasm', import.meta.url));
console.log(await app.ended, typeof EddyError);
`);
    assert.equal(succeeds(process.execPath, ['main.mjs']), 'hello,\nworld\n0 function\n');
});

test('TypeScript knows what it imports', () => {
    writeFileSync(join(folder, 'use.mts'), `import { load, EddyError, type EddyApp } from 'eddy';
const app: EddyApp = await load('hello.wasm', { args: ['x'], onReport: (line) => console.log(line.length) });
const status: number | undefined = await app.ended;
const error = new EddyError(-4, 'EDDY_EINVAL', 'no');
export { status, error };
`);
    succeeds(tool('tsc'), ['--noEmit', '--strict', '--target', 'es2022', '--module', 'nodenext',
        '--lib', 'es2022,dom', 'use.mts']);
});

test('a C compiler finds the headers and the sources', () => {
    const { stdout } = run('ls', ['-R', join(folder, 'node_modules', 'eddy')]);
    for (const file of ['eddy.h', 'js.h', 'loop.c', 'asyncify.c', 'guest.c', 'emscripten.js', 'finish.mjs'])
        assert.match(stdout, new RegExp(`^${file.replace('.', '\\.')}$`, 'm'));
    writeFileSync(join(folder, 'use.c'), '#include <eddy.h>\nEDDY_EXPORT(int, one, (void)) { return 1; }\n');
    succeeds('cc', ['-std=c11', '-Wall', '-Wextra', '-Inode_modules/eddy/include', '-c', 'use.c', '-o', '/dev/null']);
});
