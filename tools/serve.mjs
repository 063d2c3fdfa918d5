// serve.mjs: web servers on the loopback interface.
//
// Needs the npm package `send`: import this file only after `npm ci`.

import { once } from 'node:events';
import { createServer } from 'node:http';
import { createSecureServer } from 'node:http2';
import sendFile from 'send';
import { ROOT } from './build.mjs';

/**
 * Serves by `handler(request, response)`, at a free port by default. `secure`: { key, cert }: over HTTP/2 only.
 * -> { origin, close() }
 */
export async function serve(handler, port = 0, secure = undefined) {
    const server = secure ? createSecureServer(secure, handler) : createServer(handler);
    const sessions = new Set();
    server.on('session', (session) => {
        sessions.add(session);
        session.on('close', () => sessions.delete(session)).on('error', () => {}); // its end is enough
    });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return {
        origin: `${secure ? 'https' : 'http'}://127.0.0.1:${server.address().port}`,
        close() {
            server.close();
            server.closeAllConnections?.();
            for (const session of sessions) session.destroy();
        },
    };
}

/** The answer is the file at `path` below `root`, or that it is missing. */
export function answerFile(request, response, root, path = request.url) {
    sendFile(request, path, { root })
        .on('error', () => response.writeHead(404).end(`no ${request.url}\n`)).pipe(response);
}

/** The project's files, with these headers, and an empty page at /. -> { origin, close() } */
export function serveProject(headers) {
    return serve((request, response) => {
        for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
        if (request.url !== '/') return answerFile(request, response, ROOT);
        return response.writeHead(200, { 'content-type': 'text/html' })
            .end('<!doctype html><link rel="icon" href="data:,">');
    });
}
