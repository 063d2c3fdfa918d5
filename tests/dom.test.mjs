// Events as a channel in C: the cases of web/dom-cases.mjs in each host, real clicks and key strokes in
// browsers; and frames of the page beside Emscripten's main loop.

import assert from 'node:assert/strict';
import { relative } from 'node:path';
import { test } from 'node:test';
import { ROOT } from '../tools/build.mjs';
import { casesOn, HOSTS_AND_LINKS, serveProject } from './lib/cases.mjs';
import { artifactOf, needHost, runOn, told } from './lib/hosts.mjs';

const DOM = 'tests/programs/dom.c';

for (const [hostName, linked] of HOSTS_AND_LINKS) {
    test(`events on ${hostName}, ${linked}`, async (t) => {
        await casesOn(t, hostName, 'dom-cases.mjs', await artifactOf(linked, DOM));
    });
}

/** A page with a form, beside which the program listens. */
async function openPage(host, artifact) {
    const page = await host.browser.newPage();
    await page.goto(await serveProject());
    await page.evaluate(async (program) => {
        document.body.innerHTML = '<button id="save">save</button><a id="link" href="#gone">link</a>' +
            '<input id="name"><p id="other">text</p>';
        const { default: create, load } = await import(program);
        const module = await (load ?? create)();
        globalThis.app = module.eddy ?? module;
        globalThis.take = async (which, count) => {
            const lines = [];
            for await (const line of app.events(which)) if (lines.push(line.split('|')) === count) break;
            return lines;
        };
    }, `/${relative(ROOT, artifact)}`);
    return page;
}

const take = (page, which, count) => page.evaluate((...args) => globalThis.take(...args), which, count);

for (const hostName of ['chromium', 'firefox']) {
    for (const linked of ['node', 'lean']) {
        test(`clicks and key strokes in ${hostName}, ${linked}`, async (t) => {
            const host = await needHost(t, hostName);
            if (!host) return;
            const page = await openPage(host, await artifactOf(linked, DOM));
            t.after(() => page.close());

            await page.evaluate(() => app.watch(0, '#save', 'click mousedown', 0));
            await page.click('#save');
            await page.click('#other');
            await page.keyboard.down('Shift');
            await page.click('#save', { button: 'left' });
            await page.keyboard.up('Shift');
            const clicks = await take(page, 0, 4);
            assert.deepEqual(clicks.map(([type, target]) => [type, target]),
                [['mousedown', 'save'], ['click', 'save'], ['mousedown', 'save'], ['click', 'save']]);
            assert.deepEqual(clicks.map((line) => line[8]), ['0', '0', '1', '1'], 'with shift');
            const { x, y, width, height } = await (await page.$('#save')).boundingBox();
            assert.ok(Math.abs(clicks[1][5] - x - width / 2) <= 1 && Math.abs(clicks[1][6] - y - height / 2) <= 1,
                `at ${clicks[1][5]}, ${clicks[1][6]}`);

            await page.evaluate(() => app.watch(1, 'document', 'keydown', 0));
            await page.evaluate(() => app.watch(2, '#name', 'input', 0));
            await page.focus('#name');
            await page.keyboard.type('aB');
            await page.keyboard.press('Escape');
            const keys = await take(page, 1, 3);
            assert.deepEqual(keys.map(([type, target, key, code]) => [type, target, key, code]), [
                ['keydown', 'name', 'a', 'KeyA'], ['keydown', 'name', 'B', 'KeyB'], ['keydown', 'name', 'Escape', 'Escape'],
            ]);
            assert.deepEqual((await take(page, 2, 2)).map((line) => line[4]), ['a', 'aB'], 'the value of the input');

            await page.evaluate(() => app.watch_and_prevent(3, '#link', 'click'));
            await page.click('#link');
            assert.equal((await take(page, 3, 1))[0][0], 'click');
            assert.equal(await page.evaluate(() => location.hash), '', 'the link was not followed');
            await page.evaluate(() => app.unwatch(3));
            await page.click('#link');
            await page.waitForFunction(() => location.hash === '#gone');

            await page.evaluate(() => app.close());
            await page.click('#save');
            assert.equal(await page.evaluate(() => app.ended), 0);
        });
    }
}

for (const hostName of ['chromium', 'firefox']) {
    test(`frames beside Emscripten's main loop in ${hostName}`, async (t) => {
        const result = await runOn(t, hostName, 'tests/programs/main_loop.c');
        if (!result) return;
        assert.equal(result.stdout, 'ok\n', told(result));
        assert.equal(result.code, 0, told(result));
    });
}
