// sizes.mjs: what is downloaded, gzipped: modules linked for eddy's own loader, and the loader.

import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { build } from '../../tools/build.mjs';

/** Rows of bytes: of the program's module, or of the files. */
export async function measureSizes(rows) {
    const results = [];
    for (const row of rows) {
        const { size: { program, files = [] }, target } = row;
        const built = program
            ? (await build({ host: 'lean', programs: [program], quiet: true })).get(program) : undefined;
        const parts = built ? [built.replace(/\.mjs$/, '.wasm')] : files;
        const bytes = gzipSync(Buffer.concat(parts.map((file) => readFileSync(file))), { level: 9 }).length;
        results.push({ row, host: 'lean', label: 'limit', value: [bytes], baseline: [target.lean.value] });
    }
    return results;
}
