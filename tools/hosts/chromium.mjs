// chromium.mjs: web programs in a real page, or in a worker of one. One browser for all runs, a fresh
// page for each.

import { readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import puppeteer from 'puppeteer-core';
import { answerFile, serve } from '../serve.mjs';
import { stopped } from './process.mjs';

const PAGE = '<!doctype html><meta charset="utf-8"><title>eddy</title>' +
    '<link rel="icon" href="data:,"><script type="module" src="/browser-main.mjs"></script>';
const MAIN = new URL('browser-main.mjs', import.meta.url);

/** Serves the page, its script, and /N/ for the N-th folder of artifacts asked for. `secure`: as serve(). */
async function servePrograms(secure) {
    const folders = [];
    const answer = (request, response) => {
        const send = (type, body) => response.writeHead(200, { 'content-type': type }).end(body);
        if (request.url === '/') return send('text/html', PAGE);
        if (request.url === '/browser-main.mjs') return send('text/javascript', readFileSync(MAIN));
        const [, number, rest] = /^\/(\d+)(\/.*)$/.exec(request.url) ?? [];
        if (!folders[number]) return response.writeHead(404).end(`no ${request.url}\n`);
        return answerFile(request, response, folders[number], rest);
    };
    const server = await serve(answer, 0, secure);
    return {
        ...server,
        urlOf(artifact) {
            const folder = dirname(artifact);
            if (!folders.includes(folder)) folders.push(folder);
            return `${server.origin}/${folders.indexOf(folder)}/${basename(artifact)}`;
        },
    };
}

function launchOnce({ path, kind }, protocolTimeout, flags, secure) {
    const common = { executablePath: path, protocolTimeout, timeout: 120_000 };
    if (kind === 'firefox') return puppeteer.launch({ ...common, browser: 'firefox', acceptInsecureCerts: !!secure });
    const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
    return puppeteer.launch({
        ...common,
        args: [...asRoot, '--disable-gpu', '--disable-background-networking', '--no-first-run',
            '--disable-dev-shm-usage', ...flags,
            ...(secure ? [`--ignore-certificate-errors-spki-list=${secure.pin}`] : [])],
    });
}

/** Calls attempt() up to three times: for what comes before a program, where no fault can be its own. */
async function attempts(attempt, what) {
    for (let tries = 1; ; tries++) {
        try {
            return await attempt();
        } catch (error) {
            if (tries === 3) throw error;
            process.stderr.write(`eddy: ${what} is tried again: ${error.message.split('\n')[0]}\n`);
        }
    }
}

/** Adds to the errors of a page's calls what the page has said so far: whoever reads them was not there. */
function explainErrors(page) {
    const said = [];
    const note = (text) => { if (said.length < 200) said.push(text); };
    page.on('console', (message) => note(`console.${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => note(`error: ${error?.stack ?? error}`));
    page.on('requestfailed', (request) => note(`not loaded: ${request.url()}: ${request.failure()?.errorText}`));
    page.on('error', (error) => note(`the page has crashed: ${error.message}`));
    for (const name of ['evaluate', 'waitForFunction', 'waitForSelector', 'goto', 'goBack', 'click']) {
        const call = page[name].bind(page);
        page[name] = async (...args) => {
            try {
                return await call(...args);
            } catch (error) {
                const all = said.length ? said.join('\n  ') : '(nothing)';
                error.message += `\nin ${name}(${String(args[0]).slice(0, 300)}) of ${page.url()}, which said:\n  ${all}`;
                throw error;
            }
        };
    }
    return () => said.map((line) => `${line}\n`).join('');
}

async function within(promise, milliseconds, otherwise) {
    let timer;
    const limit = new Promise((done) => { timer = setTimeout(done, milliseconds, otherwise); });
    promise.catch(() => {}); // it may fail after the limit, when the page is closed
    try {
        return await Promise.race([promise, limit]);
    } finally {
        clearTimeout(timer);
    }
}

/**
 * `kind`: chromium, or firefox, which is driven by WebDriver BiDi. `worker`: run programs in a worker of the page.
 * -> null, after a line on stderr, where there is no browser. A run's option `during(page)` is awaited
 * beside the program and its value comes back as `during`. `protocolTimeout`: more than any run's timeout; what does
 * not answer by then never will. `flags`: more of Chromium's command line. `secure`: { key, cert, pin }, as of
 * tests/lib/certificate.mjs: the pages come over HTTP/2, and this certificate is taken for a good one.
 */
export async function open(tools, { worker = false, kind = 'chromium', protocolTimeout = 300_000, flags = [],
    secure = undefined } = {}) {
    const program = kind === 'firefox' ? tools.firefox : tools.browser;
    if (!program) {
        process.stderr.write(`eddy: ${kind}: not run: no browser is installed, and without root none can be\n`);
        return null;
    }
    const server = await servePrograms(secure);
    const browser = await attempts(() => launchOnce(program, protocolTimeout, flags, secure), `starting ${kind}`)
        .catch((error) => {
            server.close();
            throw new Error(`cannot start the browser: ${error.message.split('\n')[0]}`);
        });
    // Firefox may lose a tab that it is just opening, beside others that are closed.
    const newPage = browser.newPage.bind(browser);
    browser.newPage = async () => {
        for (let tries = 1; ; tries++) {
            try {
                const page = await newPage();
                page.setDefaultTimeout(90_000); // of navigation and of waits
                page.told = explainErrors(page);
                return page;
            } catch (error) {
                if (tries === 10 || !/DiscardedBrowsingContext|no such frame/.test(error.message)) throw error;
                await new Promise((done) => { setTimeout(done, 20 * tries); });
            }
        }
    };
    return {
        name: worker ? `${kind}-worker` : kind,
        browser,
        async run(artifact, { args = [], timeout = 120_000, during } = {}) {
            const page = await attempts(async () => {
                const fresh = await browser.newPage();
                try {
                    await fresh.goto(`${server.origin}/`);
                    await fresh.waitForFunction('globalThis.eddyReady', { polling: 10 });
                    return fresh;
                } catch (error) {
                    await within(fresh.close(), 5000);
                    throw error;
                }
            }, 'opening a page');
            try {
                if (during) await page.bringToFront();
                const program = page.evaluate((url, list, inWorker) =>
                    globalThis.eddyRun(url, list, inWorker), server.urlOf(artifact), args, worker);
                const observed = during?.(page);
                const result = await within(program, timeout, null);
                if (result) return { ...result, during: await observed, timedOut: false };
                // A page that is busy for ever does not answer this either.
                const output = await within(page.evaluate('globalThis.eddyOutput'), 2000, null);
                const { stdout, stderr } = output ?? { stdout: '', stderr: '' };
                return { code: 124, stdout, stderr: stderr + page.told() + stopped(timeout), timedOut: true };
            } finally {
                await within(page.close(), 5000);
            }
        },
        async close() {
            await within(browser.close(), 20_000);
            browser.process()?.kill('SIGKILL'); // if it has not ended
            server.close();
        },
    };
}
