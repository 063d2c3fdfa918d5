// A real site that nobody here wrote, against a walk of its files by other means: parse5 for HTML,
// the platform's URL for addresses.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { afterEach, before, describe, test } from 'node:test';
import { parse } from 'parse5';

import { setup } from '../../tools/setup.mjs';
import { serveSite } from '../../tools/site-server.mjs';
import { crawlJson } from './helpers.mjs';

const sources = { a: 'href', area: 'href', frame: 'src', iframe: 'src' };

// { title, links } of an HTML text; links are absolute, without fragment.
function read(html, address) {
  const found = { title: null, base: null, references: [] };
  const pending = [parse(html)];
  while (pending.length) {
    const node = pending.pop();
    const attribute = (name) => node.attrs.find((each) => each.name === name)?.value;
    const isHtml = node.namespaceURI === 'http://www.w3.org/1999/xhtml';
    if (isHtml && node.tagName === 'title') found.title ??= node.childNodes[0]?.value ?? '';
    if (isHtml && node.tagName === 'base') found.base ??= attribute('href');
    if (sources[node.tagName]) found.references.push(attribute(sources[node.tagName]));
    pending.push(...(node.childNodes ?? []).toReversed());
  }
  const base = new URL(found.base ?? '', address);
  const links = [];
  for (const reference of found.references) {
    if (reference === undefined || !URL.canParse(reference, base)) continue;
    const link = new URL(reference, base);
    link.hash = '';
    links.push(link);
  }
  const title = (found.title ?? '').replace(/[ \t\n\f\r]+/g, ' ').replace(/^ | $/g, '');
  return { title, links };
}

// The file behind an address, null if there is none.
function fileOf(root, address) {
  let file = path.join(root, decodeURIComponent(address.pathname));
  if (address.pathname.endsWith('/')) file = path.join(file, 'index.html');
  return existsSync(file) && statSync(file).isFile() ? file : null;
}

// The same address as the same text, whatever was escaped in it.
const spelling = (address) => decodeURIComponent(String(address));

// Map: address -> { title, size } of every HTML page that links lead to.
function walk(root, start) {
  const pages = new Map();
  const seen = new Set([spelling(start)]);
  const queue = [new URL(start)];
  for (const address of queue) {
    const file = fileOf(root, address);
    if (!file?.endsWith('.html')) continue;
    const html = readFileSync(file);
    const { title, links } = read(html.toString('utf8'), address);
    pages.set(spelling(address), { title, size: html.length });
    for (const link of links) {
      if (link.origin !== address.origin || seen.has(spelling(link))) continue;
      seen.add(spelling(link));
      queue.push(link);
    }
  }
  return pages;
}

describe('the documentation of SQLite', () => {
  let root, site;
  before(async () => {
    ({ site: root } = await setup({ want: ['site'], quiet: true }));
  });
  afterEach(() => site?.close());

  for (const host of ['blocking', 'node', 'wasmtime']) {
    test(`every HTML page that links lead to is found exactly once, ${host}`, async () => {
      site = await serveSite({ root, latency: host === 'blocking' ? 0 : 20 });
      const start = `${site.url}index.html`;
      const walked = walk(root, start);
      assert.ok(walked.size > 500, `only ${walked.size} pages: is this the site?`);
      const found = await crawlJson(host, start);
      const urls = found.pages.map((page) => spelling(page.url)).sort();
      assert.deepEqual(urls, [...walked.keys()].sort());

      for (const page of found.pages) {
        const { title, size } = walked.get(spelling(page.url));
        assert.equal(page.title, title, page.url);
        assert.equal(page.bytes, size, page.url);
      }
      for (const link of found.broken) assert.equal(link.detail, '404 Not Found', link.url);
      for (const link of found.broken) assert.equal(fileOf(root, new URL(link.url)), null);
      for (const [asked, times] of Object.entries(site.stats.paths)) assert.equal(times, 1, asked);
      assert.equal(found.requests, Object.keys(site.stats.paths).length);
      assert.equal(found.bytes, found.pages.reduce((sum, page) => sum + page.bytes, 0));

      if (host === 'blocking') return;
      assert.equal(found.most_in_flight, 32);
      assert.ok(site.stats.mostInFlight <= 32);
      const gain = found.latency_sum_ms / found.wall_ms;
      assert.ok(gain > 4, `32 at a time gained a factor of ${gain.toFixed(1)} only`);
    });
  }
});
