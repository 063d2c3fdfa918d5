// start.mjs: the main job: crawls a real site in Node and once more under wasmtime, then runs chores.

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { build, ROOT } from './build.mjs';
import { wasmtimeOptions } from './hosts/wasmtime.mjs';
import { setup } from './setup.mjs';
import { serveSite } from './site-server.mjs';

const CRAWL = 'examples/crawl.c';
const CHORES = 'examples/chores.c';
const LATENCY_MS = 20;

function run(command, args) {
    return new Promise((done, fail) => {
        const child = spawn(command, args, { stdio: 'inherit', cwd: ROOT });
        child.on('error', fail);
        child.on('close', (code) => done(code ?? 1));
    });
}

export async function main() {
    const tools = await setup({ want: ['web', 'wasi', 'site', 'sources'] });
    const crawl = (await build({ host: 'web', programs: [CRAWL] })).get(CRAWL);
    const component = await build({ host: 'wasip2', programs: [CRAWL, CHORES] });
    const wasmtime = (program, ...args) =>
        run(tools.wasmtime, ['run', ...wasmtimeOptions(2), component.get(program), ...args]);

    const site = await serveSite({ root: tools.site, latency: LATENCY_MS });
    process.stderr.write(`eddy: crawling SQLite's documentation at ${site.url} in Node, ` +
        `${LATENCY_MS} ms of latency a request\n`);
    const args = ['--concurrency', '64', new URL('index.html', site.url).href];
    let crawled = await run(process.execPath,
        [join(ROOT, 'tools/hosts/node-main.mjs'), crawl, ...args]);
    if (!crawled) {
        process.stderr.write('\neddy: the same program and site under wasmtime, as a component of ' +
            'WASI 0.2\n');
        crawled = await wasmtime(CRAWL, ...args);
    }
    await site.close();
    if (crawled) return crawled;

    process.stderr.write('\neddy: the household of examples/chores.c under wasmtime\n');
    return wasmtime(CHORES);
}
