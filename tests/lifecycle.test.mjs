// The life of a page around its modules: hidden, frozen, left and come back to (from the browser's
// cache), several modules at a time. Nobody has to tell eddy: deadlines are judged by the clock.

import assert from 'node:assert/strict';
import { relative } from 'node:path';
import { test } from 'node:test';
import { ROOT } from '../tools/build.mjs';
import { serveProject } from './lib/cases.mjs';
import { artifactOf, needHost } from './lib/hosts.mjs';

const PROGRAMS = ['exports', 'functions', 'offloaded'];
const pause = (ms) => new Promise((done) => { setTimeout(done, ms); });

/** A page with all three modules, which notes what happens to it; null where there is no browser. */
async function openPage(t, linked) {
    const host = await needHost(t, 'chromium');
    if (!host) return null;
    const artifacts = [];
    for (const name of PROGRAMS) artifacts.push(await artifactOf(linked, `tests/programs/${name}.c`));
    const page = await host.browser.newPage();
    t.after(() => page.close());
    const errors = [];
    page.on('pageerror', (error) => errors.push(error.message));
    await page.goto(await serveProject());
    await page.bringToFront();
    await page.evaluate(async (urls) => {
        globalThis.noted = [];
        for (const name of ['freeze', 'resume', 'visibilitychange'])
            document.addEventListener(name, () => noted.push(`${name} ${document.visibilityState}`));
        for (const name of ['pagehide', 'pageshow'])
            addEventListener(name, ({ persisted }) => noted.push(`${name} ${persisted}`));
        globalThis.apps = await Promise.all(urls.map(async (url) => {
            const { default: create, load } = await import(url);
            const module = await (load ?? create)();
            return module.eddy ?? module;
        }));
        globalThis.note = (text, promise) => promise.then(() => noted.push(text), (error) => noted.push(`${text}: ${error}`));
    }, artifacts.map((path) => `/${relative(ROOT, path)}`));
    return { page, errors, browser: host.browser, noted: () => page.evaluate(() => noted) };
}

/** What a page says of itself, until it says so: how soon that is, is the browser's. */
async function shows(page, what, holds, ...args) {
    for (const end = Date.now() + 60_000; ; await pause(20)) {
        const said = await page.evaluate(what, ...args);
        if (holds(said)) return said;
        if (Date.now() > end) assert.fail(`waited 60 s in vain until ${holds} of ${JSON.stringify(said)}`);
    }
}

/** Puts another page in front of it. */
async function hide(t, page, browser) {
    const other = await browser.newPage();
    t.after(() => other.close());
    await other.bringToFront();
    await shows(page, () => document.visibilityState, (state) => state === 'hidden');
}

/** Of what was noted, that which is none of the browser's. */
const ours = (noted) => noted.filter((line) => !/^(freeze|resume|visibility|page)/.test(line));

/**
 * A page that was left amid calls and has come back; null where there is no browser. Whether it keeps a page is for
 * the browser to say: one that it has dropped, short of memory perhaps, shows nothing, and another is opened.
 */
async function leaveAndComeBack(t, linked, delay, loses) {
    const dropped = [];
    while (dropped.length < 5) {
        const opened = await openPage(t, linked);
        if (!opened) return null;
        const { page } = opened;
        await page.evaluate((loses) => {
            const { Worker } = globalThis;
            const lost = loses && new Promise((begun) => {
                globalThis.Worker = function Lost() {
                    globalThis.Worker = Worker;
                    begun();
                    return { postMessage() {}, terminate() {} };
                };
            });
            globalThis.calls = Promise.all([
                note('slept', apps[0].wait_ms(300)), note('for JavaScript', apps[1].late(300)),
                note('spun', apps[2].spin(300)),
            ]);
            return lost;
        }, loses);
        await pause(delay);
        await page.goto(`${await serveProject()}/package.json`);
        await pause(400);
        await page.goBack();
        const why = await page.evaluate(() => (globalThis.apps ? null
            : JSON.stringify(performance.getEntriesByType('navigation')[0]?.notRestoredReasons ?? 'no reason told')));
        if (why === null) return opened;
        dropped.push(why);
    }
    return assert.fail(`the browser has kept none of ${dropped.length} pages: ${dropped.join(', ')}`);
}

for (const linked of ['node', 'lean']) {
    test(`several modules in one page, ${linked}`, async (t) => {
        const opened = await openPage(t, linked);
        if (!opened) return;
        const results = await opened.page.evaluate(() => Promise.all([
            apps[0].wait_ms(20), apps[1].many(100), apps[2].square_of(7), apps[0].within(10).catch((error) => error.name),
        ]));
        assert.deepEqual(results, [20, 100, 49, 'EDDY_ETIMEDOUT']);
        const after = await opened.page.evaluate(async () => {
            const trapped = await apps[0].trap().catch((error) => error.name);
            return [trapped, await apps[1].many(10), await apps[2].square_of(8), await apps[1].close()];
        });
        assert.deepEqual(after, ['EDDY_EHOST', 10, 64, 0], 'what traps or is closed leaves the others alone');
    });

    test(`a hidden page that sleeps does nothing else, ${linked}`, async (t) => {
        const opened = await openPage(t, linked);
        if (!opened) return;
        const { page, browser } = opened;
        await page.evaluate(() => {
            const { setTimeout: set } = globalThis;
            const { postMessage: post } = MessagePort.prototype;
            globalThis.calls = 0; // that may lead to one of the loop's turns
            globalThis.setTimeout = (...args) => {
                calls++;
                return set(...args);
            };
            MessagePort.prototype.postMessage = function (...args) {
                calls++;
                return post.apply(this, args);
            };
        });
        await hide(t, page, browser);
        const sleeps = page.evaluate(() => Promise.all([apps[0].wait_ms(1500), apps[1].aborts(60_000, {
            signal: AbortSignal.timeout(1500),
        }).catch((error) => error.name)]));
        assert.deepEqual(await sleeps, [1500, 'EDDY_ECANCELED']);
        const calls = await page.evaluate(() => calls);
        assert.ok(calls > 0 && calls < 50, `${calls} timers and messages for two calls`);
    });

    test(`a frozen page goes on when it is resumed, in the order of its deadlines, ${linked}`, async (t) => {
        const opened = await openPage(t, linked);
        if (!opened) return;
        const { page, browser } = opened;
        await hide(t, page, browser); // only what is hidden can be frozen
        const session = await page.createCDPSession();
        const calls = page.evaluate(() => Promise.all([
            note('300', apps[0].wait_ms(300)), note('100', apps[0].wait_ms(100)),
            note('200', apps[0].within(200)), note('squared', apps[2].square_of(3)),
        ]));
        await session.send('Page.setWebLifecycleState', { state: 'frozen' });
        await pause(600);
        await session.send('Page.setWebLifecycleState', { state: 'active' });
        await calls;
        const noted = await shows(page, () => noted,
            (lines) => lines.includes('freeze hidden') && lines.includes('resume hidden'));
        assert.deepEqual(ours(noted).filter((line) => line !== 'squared'),
            ['100', '200: EDDY_ETIMEDOUT: deadline passed', '300']);
        assert.ok(noted.includes('squared'), noted.join(', '));
        assert.deepEqual(opened.errors, []);
    });

    // A worker that the browser was starting when the page was left is lost now and then.
    for (const [moment, delay, loses] of [['at once', 0], ['when a worker was lost', 0, true],
        ['while workers start', 15], ['while they run', 150]]) {
        test(`a page that is left ${moment} and come back to goes on where it was, ${linked}`, async (t) => {
            const opened = await leaveAndComeBack(t, linked, delay, loses);
            if (!opened) return;
            const { page } = opened;
            await page.evaluate(() => Promise.race([calls, new Promise((late) => { setTimeout(late, 60_000); })]));
            const noted = await opened.noted();
            assert.ok(noted.includes('pagehide true') && noted.includes('pageshow true'), noted.join(', '));
            assert.deepEqual(ours(noted).sort(), ['for JavaScript', 'slept', 'spun'], 'all are done in 60 s');
            assert.deepEqual(await page.evaluate(() => Promise.all([apps[0].add(1, 2), apps[2].square_of(5)])), [3, 25]);
            assert.deepEqual(opened.errors, []);
        });
    }
}
