// The demonstration page, by clicks in a real page.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { ROOT } from '../tools/build.mjs';
import { assembleDemo, serveDemo } from '../tools/demo.mjs';
import { needHost, PAGES } from './lib/hosts.mjs';

let site; // both browsers get the same
after(() => site?.close());

/**
 * In the page, for it is soon over: cancels chores when the water is being boiled. -> the list of tasks when
 * the page first shows the state "cancelled", in which the stove is turned off.
 */
function cancelChores() {
    const element = (selector) => document.querySelector(selector);
    return new Promise((done, fail) => {
        setTimeout(() => fail(new Error(`waited 60 s in vain for the state "cancelled": ${element('#tree').textContent}`)), 60_000);
        let isAsked = false;
        new MutationObserver(() => {
            if (!isAsked && /boil the water sleeps/.test(element('#tree').textContent)) {
                isAsked = true;
                element('#calls li:first-child button').click();
            }
            if (element('#tree [data-state=cancelled]')) done(element('#tasks').textContent);
        }).observe(element('#tree'), { subtree: true, childList: true, attributes: true, characterData: true });
        element('button[data-call=chores]').click();
    });
}

/** In the page for the same reason: starts a crawl and cancels it when it waits for pages. */
function cancelCrawl() {
    const tasks = document.querySelector('#tasks');
    return new Promise((done, fail) => {
        setTimeout(() => fail(new Error(`waited 60 s in vain for a visit: ${tasks.textContent}`)), 60_000);
        const observer = new MutationObserver(() => {
            if (!/visit.*waiting/.test(tasks.textContent)) return;
            observer.disconnect();
            document.querySelector('#calls li:first-child button').click();
            done();
        });
        observer.observe(tasks, { subtree: true, childList: true, attributes: true, characterData: true });
        document.querySelector('button[data-call=crawl]').click();
    });
}

for (const hostName of PAGES) {
    test(`the demonstration page on ${hostName}`, async (t) => {
        const host = await needHost(t, hostName);
        if (!host) return;
        site ??= await serveDemo(await assembleDemo());
        const page = await host.browser.newPage();
        t.after(() => page.close());
        const errors = [];
        page.on('pageerror', (error) => errors.push(error.message));
        await page.setViewport({ width: 1100, height: 1400 });
        await page.goto(`${site.origin}/`);
        await page.waitForFunction('globalThis.eddyReady');
        const click = (name) => page.click(`button[data-call=${name}]`);
        const shows = (selector, pattern) => page.waitForFunction((where, text) =>
            new RegExp(text).test(document.querySelector(where)?.textContent ?? ''), {},
        selector, pattern.source);
        const screenshot = (what) =>
            page.screenshot({ path: join(ROOT, `build/demo/${hostName}-${what}.png`) });

        await click('countasync');
        await shows('#tasks', /count.*waiting.*sleeps/);
        await shows('#output', /1: one\n2: one\n3: one\n1: two\n2: two\n3: two/);
        await shows('#calls', /countasync: gave 0/);
        await click('chores');
        await shows('#tasks', /tea.*event/);
        await shows('#tree', /chores(.|\n)*boil the water(.|\n)*tea/);
        await screenshot('chores');
        await shows('#output', /the water is hot\n(tea is ready\ncoffee|coffee is ready\ntea) is ready/);
        assert.match(await page.evaluate(cancelChores), /boil the watercancelled/);
        await shows('#output', /the stove is off/);
        await shows('#calls', /chores: EDDY_ECANCELED/);
        await click('request');
        await shows('#output', /status 200, \d+ bytes/);

        // Two crawls: one to its end, one that is cancelled.
        await click('crawl');
        await shows('#tasks', /visit.*waiting/);
        await shows('#output', /crawled http.*\n\n +pages +200\n/);
        await shows('#calls', /crawl: gave 0/);
        await page.evaluate(cancelCrawl);
        await shows('#calls', /crawl: EDDY_ECANCELED/);
        await shows('#count', /^0$/);

        await click('many');
        await shows('#count', /^10001$/);
        await page.click('button[data-worker="7"]');
        await shows('#count', /^10000$/);
        assert.equal(await page.$('button[data-worker="7"]'), null, 'the one that was clicked is gone');
        await page.$eval('#from', (input) => { input.value = 9950; });
        await page.waitForSelector('button[data-worker="9960"]');
        await page.click('button[data-worker="9960"]');
        await shows('#count', /^9999$/);
        await page.click('#field', { offset: { x: 1, y: 1 } }); // worker 0
        await shows('#count', /^9998$/);
        await screenshot('many');

        // All at work: each has its turns, and the page goes on.
        await page.focus('#busy');
        await page.keyboard.press('Enter');
        await shows('#switches', /^\d+,\d{3}/);
        await shows('#passes', /^[1-9]/);
        await shows('#frames', /^[1-9]/);
        await page.waitForSelector('#tasks [data-state=ready]');
        await screenshot('busy');
        await page.keyboard.press('Enter');
        await shows('#switches', /^–$/);
        await page.click('#calls li:first-child button');
        await shows('#calls', /many: EDDY_ECANCELED/);
        await shows('#count', /^0$/);

        // Nothing is wider than the narrowest screens, in any state of the page.
        await page.setViewport({ width: 360, height: 740 });
        await click('sleeper');
        await shows('#tree', /sleeper sleeps/);
        assert.ok(await page.evaluate('document.documentElement.scrollWidth') <= 360, 'the page is too wide');
        await screenshot('narrow');
        assert.deepEqual(errors, []);
    });
}
