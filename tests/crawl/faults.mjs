// Whatever a server does becomes a row of the table, never the end of the crawl.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { serveSite } from '../../tools/site-server.mjs';
import { until } from '../lib/server.mjs';
import { crawl, crawlJson } from './helpers.mjs';

// Seconds that a page may take: many, for all but those that stall must be there in time on a busy machine, too.
const DEADLINE = '12';

// path -> title
const pages = {
  'index.html': 'Faults',
  'ok.html': 'Fine',
  'ok.html?a': 'Fine',
  'too-long': 'Long',
  'landing.html': 'Landing',
  'based/index.html': 'Base',
  'elsewhere/one.html': 'One',
  'elsewhere/x.html': 'X',
  'elsewhere/x.html?q': 'X',
  'relative/': 'Directory',
  'relative/index.html': 'Relative',
  'relative/index.html?q=1': 'Relative',
  'relative/index.html?q=2&r=3': 'Relative',
  'relative/same.html': 'Same',
  'relative/a%20b.html': 'A b',
  'relative/area.html': 'Area',
  'relative/frame.html': 'Frame',
  'relative/unquoted.html': 'Unquoted',
  'up.html': 'Up',
  'empty.html': '',
  'latin1.html': 'Café “crème”',
  'latin1-meta.html': 'Café “crème”',
  'title.html': 'Two & <b>half</b>\u00a0é¬it;?',
  'deep.html': 'Deep',
  'chunks.html': 'Chunks',
};

// path -> why. Where the reason is the platform's own text, any will do, but there must be one.
const broken = {
  500: /^500 Internal Server Error$/,
  'missing.html': /^404 Not Found$/,
  'no-location': /^302 Found$/,
  stall: new RegExp(`^no answer within ${DEADLINE} s$`),
  'stall-body': new RegExp(`^no answer within ${DEADLINE} s$`),
  'hang-up': /./,
  reset: /./,
  'reset-body': /./,
  'too-short': /./,
  'no-http': /./,
  loop: /redirect/,
  'loop-a': /redirect/,
  'to-nowhere': /./,
};
const malformed = ['http://[::', 'http://127.0.0.1:port/'];

const notHtml = {
  'text.txt': 'text/plain; charset=utf-8',
  'picture.png': 'image/png',
  untyped: 'no content type',
  'endless.bin': 'application/octet-stream',
};

const redirects = {
  chain: 'landing.html',
  'to-landing': 'landing.html',
  'to-missing': 'missing.html',
};

// wasmtime refuses an answer that is longer than it says.
const { 'too-long': tooLong, ...otherPages } = pages;
assert.ok(tooLong);
const expectedOn = (host) => host === 'wasmtime'
  ? { pages: otherPages, broken: { ...broken, 'too-long': /./ } } : { pages, broken };

for (const host of ['blocking', 'node', 'wasmtime']) {
  const { pages, broken } = expectedOn(host);
  describe(`faults, ${host}`, () => {
    let site, found, address;
    const byPath = (links, value) =>
      Object.fromEntries(links.map((link) => [shorten(link.url), value(link)]));
    const shorten = (url) => url.replace(`${site.url}fault/`, '');

    before(async () => {
      site = await serveSite({ faults: true, latency: 5 });
      address = `${site.url}fault/index.html`;
      found = await crawlJson(host, '--deadline', DEADLINE, address);
    });
    after(() => site?.close());

    test('every page is found once, with its title', () => {
      const urls = found.pages.map((page) => page.url);
      assert.equal(new Set(urls).size, urls.length);
      assert.deepEqual(byPath(found.pages, (page) => page.title), pages);
    });

    test('every failure has its reason', () => {
      const reasons = byPath(found.broken, (link) => link.detail);
      assert.deepEqual(Object.keys(reasons).sort(), [...Object.keys(broken), ...malformed].sort());
      for (const path in broken) assert.match(reasons[path], broken[path], path);
      for (const reference of malformed) assert.equal(reasons[reference], 'not an address');
    });

    test('what is not HTML is named and not read', () => {
      assert.deepEqual(byPath(found.not_html, (link) => link.detail), notHtml);
      for (const link of found.not_html) assert.equal(link.bytes, 0);
    });

    test('redirects lead to a page that is counted once', () => {
      const targets = byPath(found.redirects, (link) => shorten(link.to));
      assert.deepEqual(targets, redirects);
      assert.deepEqual(byPath(found.leaves, (link) => new URL(link.detail).hostname), {
        'to-elsewhere': 'localhost',
      });
    });

    test('the pages that name a link are counted, the first is remembered', () => {
      const [missing] = found.broken.filter((link) => link.url.endsWith('missing.html'));
      assert.equal(missing.links, 2);
      const [landing] = found.pages.filter((link) => link.url.endsWith('landing.html'));
      assert.match(landing.from, /\/(chain|to-landing)$/);
      const [area] = found.pages.filter((link) => link.url.endsWith('area.html'));
      assert.equal(area.from, `${site.url}fault/relative/index.html`);
      assert.equal(area.depth, 2);
    });

    test('the table says the same', async () => {
      const { code, stdout } = await crawl(host, '--quiet', '--list', '--deadline', DEADLINE, address);
      assert.equal(code, 0);
      const total = (name) => Number(stdout.match(RegExp(`^  ${name} +(\\d+)$`, 'm'))[1]);
      assert.equal(total('pages'), found.pages.length);
      assert.equal(total('errors'), found.broken.length);
      assert.equal(total('not HTML'), found.not_html.length);
      assert.equal(total('redirects'), found.redirects.length + found.leaves.length);
      assert.match(stdout, /^  404 Not Found +\/fault\/missing.html +\S+ \(2 links\)$/m);
      assert.match(stdout, /^  leads to \/fault\/landing.html +\/fault\/chain /m);
      assert.match(stdout, /^ +\d+ +[\d.]+  \/fault\/latin1.html +Café “crème”$/m);
    });

    if (host === 'blocking') return;

    test('what is not wanted any more is aborted', async () => {
      // both stalls, and the endless body that nobody reads
      await until(() => site.stats.aborted >= 3, 'the server saw three close');
      await until(() => site.stats.inFlight === 0, 'the server saw all close');
    });
  });
}
