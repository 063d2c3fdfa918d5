// docs.mjs: writes build/docs: the API reference, made from the headers, and the guide, made from
// examples/from-asyncio. The pages need nothing from elsewhere.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './build.mjs';
import { guidePage, updateSnippets } from './docs/guide.mjs';
import { gaps, readHeaders } from './docs/headers.mjs';
import { linker, referencePage } from './docs/reference.mjs';

export async function main() {
    const model = await readHeaders(join(ROOT, 'include'));
    for (const gap of gaps(model)) process.stderr.write(`eddy: ${gap}\n`);
    for (const file of updateSnippets()) process.stderr.write(`eddy: ${file}: programs brought up to date\n`);
    const folder = join(ROOT, 'build/docs');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'index.html'), referencePage(model));
    writeFileSync(join(folder, 'from-asyncio.html'), guidePage(linker(model, 'index.html')));
    process.stdout.write('build/docs/index.html\nbuild/docs/from-asyncio.html\n');
    return gaps(model).length ? 1 : 0;
}
