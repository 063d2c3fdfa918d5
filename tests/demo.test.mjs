// The demonstration page, by clicks in a real page.

import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ROOT } from '../tools/build.mjs';
import { assembleDemo, serveDemo } from '../tools/demo.mjs';
import { needHost } from './lib/hosts.mjs';

test('the demonstration page', async (t) => {
    const host = await needHost(t, 'chromium');
    if (!host) return;
    const site = await serveDemo(await assembleDemo());
    const page = await host.browser.newPage();
    t.after(async () => {
        await page.close();
        site.close();
    });
    const errors = [];
    page.on('pageerror', (error) => errors.push(error.message));
    await page.goto(site.url);
    await page.waitForFunction('globalThis.eddyReady', { timeout: 20_000 });
    const click = (name) => page.click(`button[data-call=${name}]`);
    const shows = (selector, pattern) => page.waitForFunction((where, text) =>
        new RegExp(text).test(document.querySelector(where)?.textContent ?? ''), { timeout: 20_000 },
    selector, pattern.source);

    await click('countasync');
    await shows('#tasks', /count.*waiting.*sleeps/);
    await shows('#output', /1: one\n2: one\n3: one\n1: two\n2: two\n3: two/);
    await shows('#calls', /countasync: gave 0/);
    await click('chores');
    await shows('#tasks', /tea.*event/);
    await shows('#output', /the water is hot\n(tea is ready\ncoffee|coffee is ready\ntea) is ready/);
    await click('request');
    await shows('#output', /status 200, \d+ bytes/);

    await click('many');
    await shows('#count', /^10001$/);
    await page.click('button[data-worker="7"]');
    await shows('#count', /^10000$/);
    assert.equal(await page.$('button[data-worker="7"]'), null, 'the one that was clicked is gone');
    mkdirSync(join(ROOT, 'build/demo'), { recursive: true });
    await page.screenshot({ path: join(ROOT, 'build/demo/screenshot.png') });
    await page.click('#calls li:first-child button');
    await shows('#calls', /many: EDDY_ECANCELED/);
    await shows('#count', /^0$/);
    assert.deepEqual(errors, []);
});
