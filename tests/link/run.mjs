// run.mjs: node run.mjs MODULE: runs what matrix.c has become, and calls it meanwhile.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const [path] = process.argv.slice(2);
const create = path.endsWith('.mjs') ? (await import(pathToFileURL(path))).default : createRequire(import.meta.url)(path);
const module = await create({ arguments: ['called'] });
const app = module.eddy;
const [text, wide, seven, refused] = await Promise.all([
    app.shout('ab', new Uint8Array([67])), app.call('wide', 2n ** 40n, 2), app.finish(),
    app.wide('x', 1).catch((error) => [error.name, error.code, error.task]),
]);
assert.equal(text, 'abC');
assert.equal(wide, 2n ** 40n + 2n);
assert.equal(seven, 7);
assert.deepEqual(refused, ['EDDY_EINVAL', -4, 'wide']);
assert.ok(app.tasks().some(({ name, state }) => name === 'main' && state));
assert.match(app.tree(), /main/);
assert.equal(await app.finish(), 7);
assert.equal(await app.ended, 0);
