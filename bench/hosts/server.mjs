// server.mjs: the web server of rows that need one.

import { spawn } from 'node:child_process';
import { once } from 'node:events';

const SCRIPT = `
const { createServer } = require('http');
const piece = Buffer.alloc(64 * 1024);
createServer((request, response) => {
    response.setHeader('access-control-allow-origin', '*');
    let left = Number(request.url.slice(1)) * 16;
    if (!left) return response.end('0123456789');
    response.setHeader('content-length', left * piece.length);
    const more = () => {
        while (left > 0) {
            left--;
            if (!response.write(piece)) return;
        }
        response.end();
    };
    response.on('drain', more);
    more();
}).listen(0, '127.0.0.1', 511, function () { console.log(this.address().port) });`;

/**
 * A web server of its own process, so that it shares no thread with anybody: ten bytes, at /N that many
 * MiB. -> { url, close() }
 */
export async function startServer() {
    const child = spawn(process.execPath, ['-e', SCRIPT], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [port] = await once(child.stdout, 'data');
    return { url: `http://127.0.0.1:${Number(port)}/`, close: () => child.kill() };
}
