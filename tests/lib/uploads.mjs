// uploads.mjs: the program that sends streams, and what it sends.

import { createHash } from 'node:crypto';

export const UPLOADING = 'tests/programs/uploading.c';

/** Of what it sends. */
export function digest(size) {
    const bytes = Buffer.alloc(size);
    for (let at = 0; at < size; at++) bytes[at] = Math.imul(at, 2654435761) >>> 24;
    return createHash('sha256').update(bytes).digest('hex');
}
