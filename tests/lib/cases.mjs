// cases.mjs: runs modules of cases (tests/web/*-cases.mjs) against a web program in every host of
// JavaScript; each case becomes a test.

import assert from 'node:assert/strict';
import { relative } from 'node:path';
import { after } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ROOT } from '../../tools/build.mjs';
import { serveProject as serveFiles } from '../../tools/serve.mjs';
import { runCases } from '../web/check.mjs';
import { needHost } from './hosts.mjs';

/** Where cases run, and how their program is linked: by Emscripten ("node") or leanly. */
export const HOSTS_AND_LINKS = [
    ...['node', 'lean'].flatMap((linked) =>
        ['node', 'chromium', 'chromium-worker', 'firefox'].map((hostName) => [hostName, linked])),
    ...['node-26', 'deno', 'bun', 'workerd'].map((hostName) => [hostName, 'lean']),
];

let server;

/** The project's files over HTTP, with the strictest policy that WebAssembly runs under. */
export async function serveProject() {
    server ??= serveFiles({ 'content-security-policy': "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'" });
    return (await server).origin;
}

after(async () => (await server)?.close());

const urlOf = (path) => `/${relative(ROOT, path)}`;

const LONGEST = 400_000; // milliseconds for all cases of a file: each has a limit of its own, and says more

/** What the page's cases have led to: no single question to a browser may last so long. */
async function resultsIn(page, casesFile) {
    for (const end = Date.now() + LONGEST; ; await sleep(100)) {
        const { results, problem } = await page.evaluate(() => globalThis.eddyCases ?? {});
        assert.equal(problem, undefined, problem);
        if (results) return results;
        assert.ok(Date.now() < end, `waited ${LONGEST / 1000} s in vain for the cases of ${casesFile}`);
    }
}

async function inPage(host, casesFile, artifact) {
    const page = await host.browser.newPage();
    try {
        await page.goto(await serveProject());
        await page.evaluate(async (cases, program, check) => {
            const [{ cases: list }, { runCases: run }, { default: create, load }] =
                await Promise.all([import(cases), import(check), import(program)]);
            run(list, load ?? create).then((results) => { globalThis.eddyCases = { results }; });
        }, `/tests/web/${casesFile}`, urlOf(artifact), '/tests/web/check.mjs');
        return await resultsIn(page, casesFile);
    } finally {
        await page.close();
    }
}

async function inWorker(host, casesFile, artifact) {
    const page = await host.browser.newPage();
    try {
        await page.goto(await serveProject());
        await page.evaluate((...files) => {
            const worker = new Worker('/tests/web/worker.mjs', { type: 'module' });
            worker.onmessage = ({ data: results }) => { globalThis.eddyCases = { results }; };
            worker.onerror = ({ message }) => { globalThis.eddyCases = { problem: `the worker: ${message}` }; };
            worker.postMessage(files);
        }, `/tests/web/${casesFile}`, urlOf(artifact));
        return await resultsIn(page, casesFile);
    } finally {
        await page.close();
    }
}

const FOLDER = fileURLToPath(new URL('../web/', import.meta.url));

async function inRuntime(host, casesFile, artifact) {
    const { code, stdout, stderr } = await host.script(
        `${FOLDER}run.mjs`, [`${FOLDER}${casesFile}`, artifact], { timeout: LONGEST });
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout.trim().split('\n').at(-1));
}

async function inWorkerd(host, casesFile, artifact) {
    const wasm = artifact.replace(/mjs$/, 'wasm');
    const main = `import { cases } from './tests/web/${casesFile}';
import { runCases } from './tests/web/check.mjs';
import { load } from '.${urlOf(artifact)}';
import wasm from '.${urlOf(wasm)}';
export default {
    async test() {
        console.log(JSON.stringify(await runCases(cases, (options) => load({ wasm, ...options }))));
    },
};
`;
    const files = [`${FOLDER}${casesFile}`, `${FOLDER}check.mjs`, artifact, wasm];
    const { code, stdout, stderr } = await host.runWorker(main, files, { timeout: LONGEST });
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout.trim().split('\n').at(-1));
}

async function inThisNode(host, casesFile, artifact) {
    const { cases } = await import(`../web/${casesFile}`);
    const { default: create, load } = await import(pathToFileURL(artifact));
    try {
        return await runCases(cases, load ?? create);
    } finally {
        process.exitCode = undefined; // a program's that has called exit()
    }
}

/** Runs all cases of the file there; nothing where there is no such host. */
export async function casesOn(t, hostName, casesFile, artifact) {
    const host = await needHost(t, hostName);
    if (!host) return;
    const run = host.runWorker ? inWorkerd : host.script ? inRuntime : !host.browser ? inThisNode
        : hostName.endsWith('-worker') ? inWorker : inPage;
    const results = await run(host, casesFile, artifact);
    assert.ok(Object.keys(results).length > 0, 'there are cases');
    for (const [name, problem] of Object.entries(results))
        await t.test(name, () => assert.equal(problem, null, problem));
}
