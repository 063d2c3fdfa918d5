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
 * In the page, for what it shows is soon over: starts the call and waits for each of `steps`, [selector, what its text
 * matches, whether the call is cancelled then]. A call that is over before the page has shown that is made again: the
 * page looks now and then only, a slow one rarely. -> the list of tasks at the last step
 */
function callAndSee(name, ...steps) {
    const element = (selector) => document.querySelector(selector);
    const cancel = () => element('#calls li:first-child button'); // until its call has ended
    return new Promise((done, fail) => {
        let at = 0;
        const limit = setTimeout(() => {
            observer.disconnect();
            fail(new Error(`waited 60 s in vain until ${steps[at].join(' shows ')}: ${element('#tree').textContent} ${element('#tasks').textContent}`));
        }, 60_000);
        const observer = new MutationObserver(() => {
            for (; at < steps.length; at++) {
                const [selector, text, cancels] = steps[at];
                if (!element(selector) || !new RegExp(text).test(element(selector).textContent) || (cancels && !cancel())) break;
                if (cancels) cancel().click();
            }
            if (at === steps.length) {
                clearTimeout(limit);
                observer.disconnect();
                done(element('#tasks').textContent);
            } else if (!cancel()) {
                at = 0;
                element(`button[data-call=${name}]`).click();
            }
        });
        observer.observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
        element(`button[data-call=${name}]`).click();
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
        const see = (...args) => page.evaluate(callAndSee, ...args);
        const shows = (selector, pattern) => page.waitForFunction((where, text) =>
            new RegExp(text).test(document.querySelector(where)?.textContent ?? ''), {},
        selector, pattern.source);
        const screenshot = (what) =>
            page.screenshot({ path: join(ROOT, `build/demo/${hostName}-${what}.png`) });

        await see('countasync', ['#tasks', 'count.*waiting.*sleeps']);
        await shows('#output', /1: one\n2: one\n3: one\n1: two\n2: two\n3: two/);
        await shows('#calls', /countasync: gave 0/);
        await see('chores', ['#tasks', 'tea.*event'], ['#tree', 'chores(.|\\n)*boil the water(.|\\n)*tea']);
        await screenshot('chores');
        await shows('#output', /the water is hot\n(tea is ready\ncoffee|coffee is ready\ntea) is ready/);
        assert.match(await see('chores', ['#tree', 'boil the water sleeps', 'cancel'], ['#tree [data-state=cancelled]', '']),
            /boil the watercancelled/);
        await shows('#output', /the stove is off/);
        await shows('#calls', /chores: EDDY_ECANCELED/);
        await click('request');
        await shows('#output', /status 200, \d+ bytes/);

        // Two crawls: one to its end, one that is cancelled.
        await see('crawl', ['#tasks', 'visit.*waiting']);
        await shows('#output', /crawled http.*\n\n +pages +200\n/);
        await shows('#calls', /crawl: gave 0/);
        await see('crawl', ['#tasks', 'visit.*waiting', 'cancel']);
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
