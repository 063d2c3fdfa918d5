// The demonstration page, by clicks in a real page.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { ROOT } from '../tools/build.mjs';
import { assembleDemo, serveDemo } from '../tools/demo.mjs';
import { needHost, PAGES } from './lib/hosts.mjs';

let site; // both browsers get the same
after(() => site?.close());

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
        await click('request');
        await shows('#output', /status 200, \d+ bytes/);

        // Two crawls: one to its end, one that is cancelled.
        await click('crawl');
        await shows('#tasks', /visit.*waiting/);
        await shows('#output', /crawled http.*\n\n +pages +200\n/);
        await shows('#calls', /crawl: gave 0/);
        await click('crawl');
        await shows('#tasks', /visit.*waiting/);
        await page.click('#calls li:first-child button');
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
        await screenshot('many');
        await page.click('#calls li:first-child button');
        await shows('#calls', /many: EDDY_ECANCELED/);
        await shows('#count', /^0$/);
        assert.deepEqual(errors, []);
    });
}
