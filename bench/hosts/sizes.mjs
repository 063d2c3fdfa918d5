// sizes.mjs: what is downloaded, gzipped: modules linked for eddy's own loader, and the loader; and
// components of WASI 0.2, as they are.

import { readFileSync, statSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { build } from '../../tools/build.mjs';

const gzipped = (parts) => gzipSync(Buffer.concat(parts.map((file) => readFileSync(file))), { level: 9 }).length;

/** Rows of bytes: of the program's module, or of the files. */
export async function measureSizes(rows) {
    const results = [];
    for (const row of rows) {
        const { size: { program, files = [] }, only: [host], target } = row;
        const link = host === 'lean' ? 'lean' : 'wasip2';
        const built = program && (await build({ host: link, programs: [program], quiet: true })).get(program);
        const bytes = host === 'lean' ? gzipped(built ? [built.replace(/\.mjs$/, '.wasm')] : files)
            : statSync(built).size;
        results.push({ row, host, label: 'limit', value: [bytes], baseline: [target[host].value] });
    }
    return results;
}
