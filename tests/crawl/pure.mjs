// What needs no network: addresses and pages. Native, under sanitizers.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

import { parse } from 'parse5';

import { native, run } from './helpers.mjs';

const base = 'http://Host/a/b/c.html?z#frag';

// reference -> what it means on a page at `base`
const addresses = {
  '': 'http://host/a/b/c.html?z',
  '#top': 'http://host/a/b/c.html?z',
  'x.html#top': 'http://host/a/b/x.html',
  './x.html': 'http://host/a/b/x.html',
  '../x/./y': 'http://host/a/x/y',
  '../../../../x': 'http://host/x',
  '/x': 'http://host/x',
  '.': 'http://host/a/b/',
  '..': 'http://host/a/',
  '?q=1': 'http://host/a/b/c.html?q=1',
  '?': 'http://host/a/b/c.html?',
  'x?a=/../b#c?d': 'http://host/a/b/x?a=/../b',
  '//other': 'http://other/',
  '//other?q': 'http://other/?q',
  '//OTHER:80/Z': 'http://other/Z',
  'HTTPS://h:443': 'https://h/',
  'https://h:80/': 'https://h:80/',
  'http://h:/x': 'http://h/x',
  'http://user@h/x': 'http://user@h/x',
  // what browsers forgive
  ' x.html\\n': 'http://host/a/b/x.html',
  'x\\n.ht\\tml': 'http://host/a/b/x.html',
  'a b.html': 'http://host/a/b/a%20b.html',
  'é.html': 'http://host/a/b/%C3%A9.html',
  '\\\\other\\x': 'http://other/x',
  '100%': 'http://host/a/b/100%25',
  '%zz': 'http://host/a/b/%25zz',
  '?q=a|b"<>^`{}': 'http://host/a/b/c.html?q=a%7Cb%22%3C%3E%5E%60%7B%7D',
  'x[1]': 'http://host/a/b/x%5B1%5D',
  // one spelling for what means the same
  '%7euser': 'http://host/a/b/~user',
  's%61me': 'http://host/a/b/same',
  '%c3%a9': 'http://host/a/b/%C3%A9',
  'a%2Fb': 'http://host/a/b/a%2Fb',
  // not for a crawler of the web
  'mailto:a@b': 'elsewhere',
  'javascript:void(0)': 'elsewhere',
  'JavaScript:x': 'elsewhere',
  'data:text/html,<a href=x>': 'elsewhere',
  'ftp://host/x': 'elsewhere',
  'a:b': 'elsewhere',
  './a:b': 'http://host/a/b/a:b',
  // no address at all
  'http:': 'malformed',
  'http://': 'malformed',
  'http:///x': 'malformed',
  'http://[::': 'malformed',
  'http://h:port/': 'malformed',
  [`/${'x'.repeat(9000)}`]: 'malformed',
};

test('links mean what a browser makes of them', async () => {
  const questions = Object.keys(addresses).map((reference) => `${base}\t${reference}\n`);
  const { code, stdout, stderr } = await run(await native('pure'), ['url'], {
    input: questions.join(''),
  });
  assert.equal(stderr, '');
  assert.equal(code, 0);
  const answers = stdout.trimEnd().split('\n');
  const got = Object.fromEntries(Object.keys(addresses).map((key, i) => [key, answers[i]]));
  assert.deepEqual(got, addresses);
});

test('the address of the start must be complete', async () => {
  const input = '\thttp://h/x\n\tx.html\n\t//h/x\n\tlocalhost:80\n';
  const { stdout } = await run(await native('pure'), ['url'], { input });
  assert.equal(stdout, 'http://h/x\nmalformed\nmalformed\nelsewhere\n');
});

async function page(html, type) {
  const { code, stdout, stderr } = await run(await native('pure'), ['page', ...(type ?? [])], {
    input: html,
  });
  assert.equal(stderr, '');
  assert.equal(code, 0);
  return stdout.replace(/\n$/, '').split('\n');
}

test('titles, bases and links of a page', async () => {
  const html = `<!doctype html><title> One &amp;\n two </title><title>no</title>
    <base target=x><base href="/b/"><base href="/c/">
    <a href='x?a=1&amp;b=2&c'>x<A HREF=y>y<a name=z>z</a>
    <svg><title>picture</title><a href="in-svg"></a></svg><map><area href=area></map>
    <!-- <a href=comment> --><script>"<a href=script>"</script><style><a href=style></style>
    <textarea><a href=text></textarea><template><a href=template></a></template>
    <iframe src=frame><a href=inside></iframe><table><a href=foster><tr><td><a href=cell></table>`;
  assert.deepEqual(await page(html), [
    ...['title One & two', 'base /b/', 'link x?a=1&b=2&c', 'link y', 'link in-svg', 'link area'],
    ...['link frame', 'link foster', 'link cell'],
  ]);
  const unclosed = '<svg><style><a href=a></style><title>t</title><p><style><a href=b>';
  assert.deepEqual(await page(unclosed), ['title ', 'link a']);
  assert.deepEqual(await page('<template><template></template><a href=x></template><a href=y>'), [
    ...['title ', 'link y'],
  ]);
  assert.deepEqual(await page('<frameset><frame src=a><frame src=b></frameset>'), [
    ...['title ', 'link a', 'link b'],
  ]);
});

test('character references mean what parse5 takes them for', async () => {
  const table = await readFile('examples/crawl/char_ref.c', 'utf8');
  const names = [...table.matchAll(/E\(0x\w+, (\w+)\)/g)].map((found) => found[1]);
  names.push(...[...table.matchAll(/^ +"([\w ]+)"/gm)].map((found) => found[1]).join('').split(' ').filter(Boolean));
  assert.equal(names.length, 253 + 6); // HTML 4's, apos and the capitals that need no semicolon
  const numbers = [0, 1, 32, 65, 127, 128, 0x81, 0x9f, 0xa0, 0xd7ff, 0xd800, 0xdfff, 0xfffd, 0x10ffff,
    0x110000, 2 ** 32 + 65].flatMap((n) => [`&#${n};`, `&#x${n.toString(16)};x`, `&#${n} z`]);
  const odd = ['&', '&;', '&#', '&#;', '&#x;', '&#xg', '&nosuchname;', '&ampx', '&amp;amp;', '&notit;', '&notin;',
    '&lt', '&ltx', '&am', '&copy=1', '&reg1', '&AMP', '&Amp;', '& amp;', '&&amp;', '&not', '&yumlx'];
  const all = [...names.flatMap((name) => [`&${name};`, `&${name}`, `&${name}=`, `&${name}x`]), ...numbers, ...odd];
  const html = all.map((text) => `<a href="${text}|"></a>`).join('\n');
  const link = (node) => [...(node.attrs ?? []).map(({ value }) => `link ${value}`),
    ...(node.childNodes ?? []).flatMap(link)];
  assert.deepEqual((await page(html)).slice(1), link(parse(html)));
  for (const text of ['&copy', '&copyx', '&notit;', '&notin;', '&Amp;', '&amp', '&#x41 b', '&hearts;'])
    assert.deepEqual(await page(`<title>${text}|</title>`),
      [`title ${parse(`<title>${text}|</title>`).childNodes[0].childNodes[0].childNodes[0].childNodes[0].value}`]);
});

test('the charset comes from the header, else from the page, else it is UTF-8', async () => {
  const latin1 = Buffer.from('<title>\xe9 \x80</title>', 'latin1');
  const meta = (name) => Buffer.concat([Buffer.from(`<meta charset="${name}">`), latin1]);
  assert.deepEqual(await page(latin1, ['text/html; charset=ISO-8859-1']), ['title é €']);
  assert.deepEqual(await page(meta('windows-1252')), ['title é €']);
  assert.deepEqual(await page(meta('iso-8859-1'), ['text/html']), ['title é €']);
  const lie = ['text/html; charset=utf-8'];
  assert.deepEqual(await page(meta('iso-8859-1'), lie), ['title \ufffd \ufffd']);
  assert.deepEqual(await page('<title>é</title>'), ['title é']);
});

test('no page is too odd', async () => {
  assert.deepEqual(await page(''), ['title ']);
  assert.deepEqual(await page('<'), ['title ']);
  assert.deepEqual(await page('<title'), ['title ']);
  assert.deepEqual(await page('<title>cut &am'), ['title cut &am']);
  assert.deepEqual(await page('<a href="cut'), ['title ']);
  assert.deepEqual(await page(Buffer.from([0, 0xff, 0x3c, 0x61, 0x20, 0])), ['title ']);
  assert.deepEqual(await page('<title>&#27;[31m</title>'), ['title ?[31m']);
  assert.deepEqual(await page(`${'<div>'.repeat(20_000)}<a href=deep>`), ['title ', 'link deep']);
});
