// The documentation: every public name has a comment that says what it must, the pages are made and
// whole, and the programs they show are those that are tested.

import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { test } from 'node:test';
import { parse } from 'parse5';
import { ROOT } from '../tools/build.mjs';
import { guidePage, PAGES, snippets } from '../tools/docs/guide.mjs';
import { declarations, gaps, readHeaders } from '../tools/docs/headers.mjs';
import { linker, referencePage } from '../tools/docs/reference.mjs';
import { needHost } from './lib/hosts.mjs';

const model = await readHeaders(join(ROOT, 'include'));

const missing = gaps(model);

/** What is found missing besides when `change` has been made to a copy of a header. */
async function gapsAfter(header, change) {
    const folder = mkdtempSync(join(tmpdir(), 'eddy-headers-'));
    try {
        cpSync(join(ROOT, 'include'), folder, { recursive: true });
        const path = join(folder, header);
        const before = readFileSync(path, 'utf8');
        const after = change(before);
        assert.notEqual(after, before, `the change to ${header} changes nothing`);
        writeFileSync(path, after);
        const known = missing.map((gap) => gap.replace(/:\d+:/, ''));
        return gaps(await readHeaders(folder)).filter((gap) => !known.includes(gap.replace(/:\d+:/, '')));
    } finally {
        rmSync(folder, { recursive: true });
    }
}

test('no public name is without its comment', () => assert.deepEqual(missing, []));

const append = (code) => (text) => text.replace(/EDDY__END_C\n(?![\s\S]*EDDY__END_C)/, `${code}\n$&`);
const GAPS = {
    'a function without a comment': [append('int eddy_new_call(int x);'), 'eddy_new_call has no comment'],
    'a comment that an empty line parts from its function':
        [append('/* Does something. */\n\nint eddy_new_call(int x);'), 'eddy_new_call has no comment'],
    'a type': [append('typedef struct eddy_new eddy_new;'), 'eddy_new has no comment'],
    'a macro': [append('#define EDDY_NEW(x) (x)'), 'EDDY_NEW has no comment'],
    'a macro that is only written out': [append('/* EDDY_NEW(1, 2) */\n#define EDDY_NEW(...) 0'),
        'EDDY_NEW does not say what it does'],
    'a constant of an enum': [append('/* Kinds. */\ntypedef enum eddy_kind {\n    EDDY_ONE, /* one */\n' +
        '    EDDY_TWO\n} eddy_kind;'), 'EDDY_TWO has no comment'],
    'a field': [append('/* Options. */\ntypedef struct eddy_new {\n    int a; /* one */\n    int b;\n' +
        '} eddy_new;'), 'b has no comment'],
    'a blocking call without [blocks]': [append('/* Returns 0; EDDY_ESTATE. */\nint eddy_wait_more(void) ' +
        'EDDY__BLOCKS;'), 'eddy_wait_more blocks, but does not say [blocks]'],
    '[blocks] at a call that is not marked': [append('/* [blocks] Returns 0; EDDY_ESTATE. */\nint eddy_wait_more(void);'),
        'eddy_wait_more says [blocks], but is not EDDY__BLOCKS'],
    'a blocking call without results': [append('/* Waits. [blocks] EDDY_ESTATE. */\n' +
        'int eddy_wait_more(void) EDDY__BLOCKS;'), 'eddy_wait_more does not say what it returns'],
    'a blocking call without errors': [append('/* Waits. [blocks] Returns something. */\n' +
        'int eddy_wait_more(void) EDDY__BLOCKS;'), 'eddy_wait_more names no errors'],
};
for (const [what, [change, expected]] of Object.entries(GAPS)) {
    test(`it is noticed: ${what}`, async () => {
        const found = await gapsAfter('eddy/task.h', change);
        assert.equal(found.length, 1, found.join('\n'));
        assert.match(found[0], /^include\/eddy\/task\.h:\d+: /);
        assert.ok(found[0].endsWith(expected), found[0]);
    });
}

test('a comment that is taken away is missed', async () => {
    const found = await gapsAfter('eddy/base.h', (text) => text.replace(/\/\* Suspends the calling[^/]*\*\/\n/, ''));
    assert.match(found[0], /eddy_sleep has no comment/);
});

test('every name of the vocabulary is declared', () => {
    const names = JSON.parse(readFileSync(new URL('docs/names.json', import.meta.url), 'utf8'));
    const declared = new Set([...declarations(model)].map(({ name }) => name));
    assert.deepEqual(Object.values(names).flat().filter((name) => !declared.has(name)), []);
    assert.ok(Object.values(names).flat().length > 200, 'the list of names is nearly empty');
});

// ---- the pages ----------------------------------------------------------------------------------

function* elements(node) {
    if (node.tagName) yield node;
    for (const child of node.childNodes ?? []) yield* elements(child);
}

const attribute = (node, name) => node.attrs.find((each) => each.name === name)?.value;

function read(html) {
    const errors = [];
    const all = [...elements(parse(html, { onParseError: ({ code }) => errors.push(code) }))];
    const ids = all.map((node) => attribute(node, 'id')).filter(Boolean);
    return { errors, all, ids, links: all.map((node) => attribute(node, 'href')).filter(Boolean) };
}

const texts = {
    'index.html': referencePage(model),
    'from-asyncio.html': guidePage(linker(model, 'index.html')),
};
const pages = Object.fromEntries(Object.entries(texts).map(([name, html]) => [name, read(html)]));

for (const [name, { errors, all, ids, links }] of Object.entries(pages)) {
    test(`${name} is well formed, and nothing in it comes from elsewhere`, () => {
        assert.deepEqual(errors, []);
        assert.deepEqual(ids.filter((id, i) => ids.indexOf(id) !== i), [], 'ids that stand twice');
        for (const node of all) {
            assert.ok(!attribute(node, 'src'), `<${node.tagName} src>`);
            if (node.tagName === 'link') assert.equal(attribute(node, 'href'), 'data:,');
        }
    });

    test(`the links of ${name} lead somewhere`, () => {
        const broken = links.filter((link) => !/^(https:|data:)/.test(link)).filter((link) => {
            const [file, id] = link.split('#');
            const target = pages[file || name];
            return !target || (id && !target.ids.includes(id));
        });
        assert.deepEqual(broken, []);
    });
}

test('the reference has a place for every name, and shows nothing of the runtime\'s own', () => {
    const { ids } = pages['index.html'];
    for (const { name } of declarations(model)) assert.ok(ids.includes(name), name);
    assert.doesNotMatch(texts['index.html'], /eddy__|EDDY__/);
});

// ---- in a browser -------------------------------------------------------------------------------

/** Opens both pages in a browser as wide as asked for and hands each to `look`. */
async function eachPage(t, width, look) {
    const host = await needHost(t, 'chromium');
    if (!host) return;
    for (const [name, html] of Object.entries(texts)) {
        const page = await host.browser.newPage();
        try {
            await page.setViewport({ width, height: 800 });
            const requests = [];
            page.on('request', (request) => requests.push(request.url()));
            await page.setContent(html);
            await look(page, name);
            assert.deepEqual(requests.filter((url) => /^(https?|file):/.test(url)), [], name);
        } finally {
            await page.close();
        }
    }
}

test('a phone shows the pages without scrolling sideways, the menu closed', (t) =>
    eachPage(t, 360, async (page, name) => {
        const width = await page.evaluate(() => document.documentElement.scrollWidth);
        assert.equal(width, 360, name);
        assert.equal(await page.$eval('#menu', (menu) => menu.open), false, name);
    }));

test('a wide window shows the menu; the field leaves the names that match', (t) =>
    eachPage(t, 1400, async (page, name) => {
        assert.equal(await page.$eval('#menu', (menu) => menu.open), true, name);
        if (!(await page.$('#find'))) return;
        await page.type('#find', 'gather');
        const left = await page.$$eval('nav section:not([hidden]) li:not([hidden])',
            (names) => names.map((each) => each.textContent));
        assert.deepEqual(left, ['eddy_gather', 'eddy_gather_all']);
    }));

// ---- the programs that the pages show -----------------------------------------------------------

for (const file of PAGES) {
    test(`${file} shows its programs as they are`, () => {
        const shown = snippets(file);
        assert.ok(shown.length > 0, 'it shows none');
        for (const { path, shown: text, actual } of shown) {
            assert.equal(text, actual, `${file} and ${relative(ROOT, path)} differ: ./build.sh docs`);
        }
    });
}
