// site-server.mjs: serves a folder of files on the loopback interface, as slowly as a real site
// would, and, for tests, pages that misbehave in every way a crawler meets.
//
//   import { serveSite } from './site-server.mjs';
//   const site = await serveSite({ root: '/usr/share/doc/sqlite3', latency: 20 });
//   site.url        'http://127.0.0.1:40123/'
//   site.stats      { requests, inFlight, mostInFlight, aborted, paths: { '/x': 1 } }, kept current
//   await site.close()   ends open connections too
//
//   node tools/site-server.mjs FOLDER [--latency MS] [--port N] [--faults]
//
// Needs the npm package `send`: import this file only after `npm ci`.
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import send from 'send';

/**
 * Serves `root` (may be left out if `faults` is set) on 127.0.0.1.
 * @param {{ root?: string, latency?: number, port?: number, faults?: boolean }} options
 *   latency: milliseconds before each answer begins; port: 0 takes a free one;
 *   faults: also serve the misbehaving pages of `faultRoutes` under /fault/
 */
export async function serveSite({ root, latency = 20, port = 0, faults = false }) {
  if (root && !statSync(root, { throwIfNoEntry: false })?.isDirectory()) {
    throw new Error(`site server: no such folder: ${root}`);
  }
  const stats = { requests: 0, inFlight: 0, mostInFlight: 0, aborted: 0, paths: {} };

  const server = createServer(async (request, response) => {
    stats.requests++;
    stats.mostInFlight = Math.max(stats.mostInFlight, ++stats.inFlight);
    stats.paths[request.url] = (stats.paths[request.url] ?? 0) + 1;
    response.on('close', () => {
      stats.inFlight--;
      if (!response.writableFinished) stats.aborted++;
    });

    await sleep(latency);
    if (response.destroyed) return;
    const pathname = request.url.replace(/[?#].*/s, '');
    const fault = faults && faultRoutes[pathname];
    if (fault) return fault(response, `http://127.0.0.1:${server.address().port}`);
    if (!root) return text(response, 404, 'Not Found\n');
    send(request, pathname, { root, dotfiles: 'ignore' })
      .on('error', (error) => text(response, error.status ?? 500, `${error.message}\n`))
      .pipe(response);
  });
  server.keepAliveTimeout = 60_000;
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');

  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    stats,
    async close() {
      server.close();
      server.closeAllConnections();
      if (server.listening) await once(server, 'close');
    },
  };
}

function text(response, status, body) {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(body);
}

// ---- pages that misbehave ----

const HTML = { 'content-type': 'text/html; charset=utf-8' };

function page(title, body, headers = HTML) {
  const bytes = Buffer.from(`<!doctype html><title>${title}</title><body>${body}</body>`);
  const length = { 'content-length': bytes.length };
  return (response) => response.writeHead(200, { ...headers, ...length }).end(bytes);
}

function links(...addresses) {
  return addresses.map((address) => `<a href="${address}">${address}</a>`).join('\n');
}

function redirect(status, location) {
  return (response, origin) =>
    response.writeHead(status, { location: location.replace('ORIGIN', origin) }).end();
}

// Writes bytes that need not be HTTP, then ends the connection: 'end' properly, 'reset' with a RST.
function raw(bytes, how) {
  return ({ socket }) => {
    if (how === 'end') return socket.end(bytes);
    // the reset must not overtake the bytes: give the reader time to take them
    socket.write(bytes, () => setTimeout(() => socket.resetAndDestroy(), 20));
  };
}

function answer(length, body) {
  return `HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: ${length}\r\n\r\n${body}`;
}

const latin1 = Buffer.from(
  '<title>Caf\xe9 \x93cr\xe8me\x94</title><a href="/fault/ok.html">ok</a>',
  'latin1',
);
const latin1Meta = Buffer.concat([Buffer.from('<meta charset="iso-8859-1">'), latin1]);

/** path -> (response, origin) => void. Where each leads stands in tests/crawl. */
export const faultRoutes = {
  '/fault/ok.html': page('Fine', 'nothing wrong here'),
  '/fault/500': (response) => text(response, 500, 'Internal Server Error\n'),

  // no answer, half an answer, no HTTP at all
  '/fault/stall': () => {},
  '/fault/stall-body': (response) =>
    response.writeHead(200, HTML).write('<title>half a page</title>'),
  '/fault/hang-up': (response) => response.socket.destroy(),
  '/fault/reset': (response) => response.socket.resetAndDestroy(),
  '/fault/reset-body': raw(answer(1000, '<title>half'), 'reset'),
  '/fault/too-short': raw(answer(1000, '<title>ends early</title>'), 'end'),
  '/fault/too-long': raw(
    answer(20, '<title>Long</title>!<a href="/fault/never.html">cut off</a>'),
    'end',
  ),
  '/fault/no-http': raw('220 mail.example ESMTP\r\n', 'end'),

  // redirects
  '/fault/loop': redirect(302, '/fault/loop'),
  '/fault/loop-a': redirect(301, '/fault/loop-b'),
  '/fault/loop-b': redirect(301, '/fault/loop-a'),
  '/fault/chain': redirect(301, '/fault/chain/2'),
  '/fault/chain/2': redirect(302, './3?x=1#y'),
  '/fault/chain/3': redirect(303, '4'),
  '/fault/chain/4': redirect(307, 'ORIGIN/fault/chain/5'),
  '/fault/chain/5': redirect(308, '/fault/landing.html'),
  '/fault/landing.html': page('Landing', links('ok.html')),
  '/fault/to-landing': redirect(302, '/fault/landing.html#part'),
  '/fault/to-missing': redirect(302, '/fault/missing.html'),
  '/fault/to-nowhere': redirect(302, 'http://127.0.0.1:1/'),
  '/fault/to-elsewhere': (response, origin) =>
    redirect(302, `${origin.replace('127.0.0.1', 'localhost')}/fault/ok.html`)(response),
  '/fault/no-location': (response) => response.writeHead(302).end(),

  // links: what they are relative to, and how they may be written
  '/fault/based/index.html': page(
    'Base',
    '<base href="/fault/elsewhere/x.html"><base href="/wrong/">' +
      links('one.html', '?q', '#here', ''),
  ),
  '/fault/elsewhere/one.html': page('One', ''),
  '/fault/elsewhere/x.html': page('X', ''),
  '/fault/relative/index.html': page(
    'Relative',
    links('../up.html', './same.html', 'same.html#a', '#b', '', '?q=1', '?q=2&amp;r=3', '?q=2&r=3',
      ' same.html\n', '../relative/../relative/same.html', '/fault/relative/s%61me.html',
      'a%20b.html', 'a b.html', 'mailto:a@example.com', 'javascript:void(0)', 'data:text/html,x',
      'http://example.com/', 'http://[::', 'http://127.0.0.1:port/') +
    '<map><area href="area.html"></map><iframe src="frame.html"></iframe>' +
    '<template><a href="template.html"></a></template><!-- <a href="comment.html"> -->' +
    '<script>"<a href=script.html>"</script><A HREF=unquoted.html>x<a name=nohref>y',
  ),
  '/fault/up.html': page('Up', links('relative/')),
  '/fault/relative/': page('Directory', ''),
  '/fault/relative/same.html': page('Same', ''),
  '/fault/relative/a%20b.html': page('A b', ''),
  '/fault/relative/area.html': page('Area', ''),
  '/fault/relative/frame.html': page('Frame', ''),
  '/fault/relative/unquoted.html': page('Unquoted', ''),

  // what is not HTML, and HTML that is odd
  '/fault/text.txt': (response) => text(response, 200, '<a href="/fault/from-text.html">'),
  '/fault/picture.png': page('', '<a href="from-png.html">', { 'content-type': 'image/png' }),
  '/fault/untyped': page('', '<a href="from-untyped.html">', {}),
  '/fault/endless.bin': (response) => {
    response.writeHead(200, { 'content-type': 'application/octet-stream' });
    const pump = () => {
      while (!response.destroyed && response.write(Buffer.alloc(65536)));
    };
    response.on('drain', pump);
    pump();
  },
  '/fault/empty.html': (response) => response.writeHead(200, HTML).end(),
  '/fault/latin1.html': (response) =>
    response.writeHead(200, { 'content-type': 'text/html; charset=ISO-8859-1' }).end(latin1),
  '/fault/latin1-meta.html': (response) =>
    response.writeHead(200, { 'content-type': 'text/html' }).end(latin1Meta),
  '/fault/title.html': page('\n Two\t&amp; <b>half</b>\u00a0&eacute;&notit;&#7; ', ''),
  '/fault/deep.html': page('Deep', `${'<div><b>'.repeat(5000)}${links('ok.html')}`),
  '/fault/chunks.html': async (response) => {
    response.writeHead(200, HTML);
    for (const chunk of ['<ti', 'tle>Chu', 'nks</title><a hr', 'ef="ok.h', 'tml">x</a>']) {
      response.write(chunk);
      await sleep(5);
    }
    response.end();
  },
};

// The start of a crawl: leads to all of them, some only by way of others.
const unlinked = /\/(chain\/.|loop-b|landing.html|elsewhere\/.*|up.html|relative\/.*)$/;
faultRoutes['/fault/index.html'] = page(
  'Faults',
  links(
    ...Object.keys(faultRoutes).filter((path) => !unlinked.test(path)),
    ...['relative/index.html', 'missing.html', 'missing.html#again', 'ok.html?a'],
  ),
);

// ---- command line ----

async function main() {
  const usage = 'usage: node tools/site-server.mjs FOLDER [--latency MS] [--port N] [--faults]';
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      latency: { type: 'string', default: '20' },
      port: { type: 'string', default: '0' },
      faults: { type: 'boolean', default: false },
    },
  });
  const [root, ...more] = positionals;
  const { faults } = values;
  const latency = Number(values.latency);
  const port = Number(values.port);
  if (more.length || (!root && !faults) || !(latency >= 0) || !(port >= 0)) throw new Error(usage);
  const site = await serveSite({ root, latency, port, faults });
  console.log(site.url + (faults ? 'fault/index.html' : 'index.html'));
  process.once('SIGINT', () => site.close());
  process.once('SIGTERM', () => site.close());
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  main().catch((error) => {
    console.error(error.message);
    process.exitCode = 2;
  });
}
