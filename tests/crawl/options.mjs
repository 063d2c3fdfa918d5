// The command line: limits, usage, exit status, progress.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { serveSite } from '../../tools/site-server.mjs';
import { refusedPort } from '../lib/server.mjs';
import { crawl, crawlJson } from './helpers.mjs';

for (const host of ['blocking', 'node', 'wasmtime']) {
  describe(`options, ${host}`, () => {
    const misused = host === 'wasmtime' ? 1 : 2; // WASI 0.2 knows only 0 and 1
    let site, address;
    before(async () => {
      site = await serveSite({ faults: true, latency: 20 });
      address = `${site.url}fault/relative/index.html`;
    });
    after(() => site?.close());

    test('wrong usage ends with an error and says how', async () => {
      const wrong = [
        ...[[], ['--pages'], ['--sideways', address], [address, address]],
        ...['0', '-1', '3x', ''].map((count) => ['--pages', count, address]),
        ...['0', 'soon', 'nan', ''].map((seconds) => ['--deadline', seconds, address]),
      ];
      for (const args of wrong) {
        const { code, stdout, stderr } = await crawl(host, ...args);
        assert.equal(code, misused, args.join(' '));
        assert.match(stderr, /^usage: crawl /m);
        if (args.length > 1 && args[0] !== address) assert.match(stderr, /^crawl: cannot read "/m);
        assert.equal(stdout, '');
      }
      const { code, stderr } = await crawl(host, 'mailto:a@example.com');
      assert.equal(code, misused);
      assert.match(stderr, /^crawl: not the address of a web page: mailto:a@example.com$/m);
    });

    test('a start that is no page ends with 1 and says why', async () => {
      const starts = {
        [`http://127.0.0.1:${await refusedPort()}/`]: /: ./,
        [`${site.url}fault/missing.html`]: /: 404 Not Found$/m,
        [`${site.url}fault/text.txt`]: /: text\/plain; charset=utf-8$/m,
      };
      for (const [start, reason] of Object.entries(starts)) {
        const { code, stdout, stderr } = await crawl(host, '--quiet', start);
        assert.equal(code, 1, start);
        assert.match(stderr, reason);
        assert.ok(stderr.includes(`crawl: no page at ${start}: `), stderr);
        assert.match(stdout, /^  pages +0$/m);
      }
    });

    test('--pages stops after so many', async () => {
      const found = await crawlJson(host, '--pages', '3', '--concurrency', '16', address);
      assert.equal(found.pages.length, 3);
      assert.ok(found.not_visited.length > 0);
      const one = await crawlJson(host, '--pages', '1', address);
      assert.equal(one.requests, 1);
      assert.equal(one.pages[0].url, address);
    });

    if (host === 'blocking') return;

    test('progress goes to stderr, unless --quiet', async () => {
      const start = `${site.url}fault/index.html`;
      const { stdout, stderr } = await crawl(host, '--deadline', '2.5', start);
      const line = /^crawl: \d+ pages, \d+ in flight, \d+ waiting, \d+ broken, \S+ MB, \d+\.\d s$/m;
      assert.match(stderr, line);
      assert.doesNotMatch(stderr, /\r/);
      assert.doesNotMatch(stdout, /in flight,/);
    });

    test('--concurrency is kept to and used', async () => {
      const root = `${site.url}fault/index.html`;
      for (const limit of [1, 8]) {
        site.stats.mostInFlight = 0;
        const found = await crawlJson(host, '--concurrency', `${limit}`, '--deadline', '5', root);
        assert.equal(found.most_in_flight, limit);
        // the server also counts stalled requests whose end it has not yet seen; without a limit there are 24
        assert.ok(site.stats.mostInFlight <= limit + 6, `${site.stats.mostInFlight} at the server`);
      }
    });
  });
}
