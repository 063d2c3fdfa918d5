// demo.mjs: node tools/demo.mjs [PORT]: puts the demonstration page together in build/demo, a folder that
// any web server can serve, and serves it.

import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, ROOT } from './build.mjs';
import { installPackages } from './packages.mjs';
import { setup } from './setup.mjs';

const PROGRAM = 'web/demo/demo.c';

/** -> the folder with the page. */
export async function assembleDemo() {
    const artifact = (await build({ host: 'lean', programs: [PROGRAM], quiet: true })).get(PROGRAM);
    const folder = join(ROOT, 'build/demo');
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(join(folder, 'eddy'), { recursive: true });
    for (const name of ['index.html', 'demo.css', 'demo.mjs'])
        cpSync(join(ROOT, 'web/demo', name), join(folder, name));
    for (const name of readdirSync(join(ROOT, 'web')).filter((file) => file.endsWith('.mjs')))
        cpSync(join(ROOT, 'web', name), join(folder, 'eddy', name));
    cpSync(artifact.replace(/mjs$/, 'wasm'), join(folder, 'demo.wasm'));
    const loader = relative(dirname(artifact), join(ROOT, 'web/loader.mjs'));
    writeFileSync(join(folder, 'demo-module.mjs'),
        readFileSync(artifact, 'utf8').replace(loader, './eddy/loader.mjs'));
    return folder;
}

/** Serves a folder, and below site/ SQLite's documentation for the crawler; -> { origin, close() }. */
export async function serveDemo(folder, port = 0) {
    const { answerFile, serve } = await import('./serve.mjs'); // needs npm's packages
    const { site } = await setup({ want: ['site'], quiet: true });
    return serve((request, response) => {
        const [, page] = /^\/site(\/.*)$/.exec(request.url) ?? [];
        response.setHeader('content-security-policy',
            "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src data:");
        answerFile(request, response, page ? site : folder, page);
    }, port);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
    await installPackages();
    const { origin } = await serveDemo(await assembleDemo(), Number(process.argv[2] ?? 8080));
    process.stdout.write(`eddy: the demonstration is at ${origin}/\n`);
}
