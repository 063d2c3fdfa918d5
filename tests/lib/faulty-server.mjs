// faulty-server.mjs: the server of storms: it stalls, breaks off and dawdles, as the path of a request says.

import { once } from 'node:events';
import { createServer } from 'node:http';

const LETTERS = Buffer.from('abcdefghijklmnopqrstuvwxyz'.repeat(2000));

const pause = (ms) => new Promise((done) => { setTimeout(done, ms); });

const kinds = {
    async 'ok'(response, size) {
        response.end(LETTERS.subarray(0, size));
    },
    async 'slow'(response, size, ms) {
        for (let at = 0; at < size; at += 5000) {
            response.write(LETTERS.subarray(at, Math.min(at + 5000, size)));
            await pause(ms / 4);
        }
        response.end();
    },
    async 'short'(response, size) {
        response.writeHead(200, { 'content-length': size + 5 });
        response.write(LETTERS.subarray(0, size), () => response.socket?.end());
    },
    async 'stall-body'(response, size) {
        response.writeHead(200, { 'content-length': size + 5 });
        response.write(LETTERS.subarray(0, size));
    },
    async 'reset-body'(response, size, ms) {
        response.writeHead(200, { 'content-length': size + 5 });
        response.write(LETTERS.subarray(0, size));
        await pause(ms);
        response.socket?.resetAndDestroy();
    },
    async 'reset'(response, size, ms) {
        await pause(ms);
        response.socket?.resetAndDestroy();
    },
    async 'silent'() {},
};

/** -> { url, open, close() }; open: the requests whose answer has neither ended nor been given up. */
export async function startFaultyServer() {
    const open = new Set();
    const server = createServer(async (request, response) => {
        const { pathname, searchParams } = new URL(request.url, 'http://x');
        response.setHeader('access-control-allow-origin', '*'); // pages come from another server
        open.add(request.url);
        response.on('close', () => open.delete(request.url));
        response.on('error', () => {});
        request.resume();
        await kinds[pathname.slice(1)](response, Number(searchParams.get('size')), Number(searchParams.get('ms')));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return {
        url: `http://127.0.0.1:${server.address().port}`,
        open,
        close() {
            server.close();
            server.closeAllConnections();
        },
    };
}
