// uploads.mjs: the program that sends streams, and what it sends.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { told } from './hosts.mjs';
import { until } from './server.mjs';

export const UPLOADING = 'tests/programs/uploading.c';

/** Of what it sends. */
export function digest(size) {
    const bytes = Buffer.alloc(size);
    for (let at = 0; at < size; at++) bytes[at] = Math.imul(at, 2654435761) >>> 24;
    return createHash('sha256').update(bytes).digest('hex');
}

/** What asserts on runs of the program, `run(args)`, against `server`. */
export function uploader(server, run) {
    const prints = async (stdout, what, path, ...more) => {
        const result = await run([what, path.startsWith('/') ? server.url(path) : path, ...more]);
        if (stdout instanceof RegExp) assert.match(result.stdout, stdout, told(result));
        else assert.equal(result.stdout, stdout, told(result));
        assert.equal(result.code, 0, told(result));
        return result.stdout;
    };
    let tries = 0;
    const abortsOne = async (stdout, what, path, ...more) => {
        const asked = `${path}?${++tries}`; // what was cancelled earlier may be seen now
        await prints(stdout, what, asked, ...more);
        await until(() => server.seen.abortedOf(asked), 'the server saw it close');
        assert.equal(server.seen.abortedOf(asked), 1, 'the server saw it close');
    };
    return { prints, abortsOne };
}

/** What holds over each version of HTTP. */
export async function uploads(t, server, { prints, abortsOne }) {
    const gone = new RegExp(`^fetch: EDDY_EUSER: ${new URL(server.url('/')).protocol}\\S+: the disk is gone\n$`);
    await t.test('megabytes', () => prints('200 undefined 30000000\n', 'plain', '/count', '30000000'));
    await t.test('each byte as it was', () => prints(`200 ${digest(20_000_000)}\n`, 'plain', '/digest', '20000000'));
    await t.test('nothing', () => prints(/^200 (undefined|0) 0\n$/, 'plain', '/count', '0'));
    await t.test('what another server sends', () =>
        prints('200 undefined 104000\n', 'passed-on', '/count', server.url('/chunks')));
    await t.test('an answer that comes before the end', () =>
        prints('413 no more of it\n', 'plain', '/too-large', '1000000000'));
    await t.test('a source that fails', () => abortsOne(gone, 'failing', '/count', '30000000'));
    await t.test('… at once', () => prints(gone, 'failing', '/count', '0'));
    await t.test('a server that takes nothing', () =>
        abortsOne('EDDY_ETIMEDOUT, some was sent\n', 'stuck', '/stuck'));
    await t.test('a cancelled request', () => abortsOne('EDDY_ECANCELED\n', 'cancelled', '/stuck'));
    await t.test('requests cancelled at every moment', () =>
        prints('40 cancelled, nothing left\n', 'many-cancelled', '/stuck', '40'));
    await t.test('one that the server resets', () =>
        prints(/^fetch: EDDY_E(HOST|CONNRESET): (?!\(no text\)).+\n$/, 'plain', '/reset-upload', '30000000'));
    await t.test('a redirect that keeps the body', () =>
        prints(/^fetch: EDDY_EHOST: (?!\(no text\)).+\n$/, 'plain', '/moved'));
    await t.test('a redirect that drops it', () =>
        prints('201 GET undefined undefined \n', 'plain', '/see-other', '10'));
    await t.test('wrong use', () =>
        prints(/^EDDY_EINVAL: .+\nEDDY_EINVAL: .+\nEDDY_EHOST\n$/, 'wrong-use', '/count'));
}
