// sockets.mjs: the server of the WebSocket tests: a conversation of each kind that matters, and a record
// of what it saw.

import { once } from 'node:events';
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';
import { refusedPort } from './server.mjs';

/** The socket below a WebSocket of the package, to break the protocol with. */
const raw = (socket) => socket._socket;

/** After a good message, and not before the other end has read that. */
function sendRaw(socket, bytes) {
    socket.send('good');
    socket.ping();
    socket.once('pong', () => setTimeout(() => raw(socket).write(Buffer.from(bytes)), 50));
}

function floodUntilClosed(socket) {
    const text = 'x'.repeat(10_000);
    const more = () => { if (socket.readyState === 1) socket.send(text, () => setImmediate(more)); };
    more();
}

/** shared: what the connections of one server know of each other. */
const routes = {
    '/echo'(socket) {
        socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
    },
    '/forget'(socket, shared) {
        socket.on('message', (data) => shared.seen.messages.push(String(data)));
    },
    '/fragments'(socket) {
        const parts = ['fr', '', 'ag', 'ments \u{1F30A}'];
        parts.forEach((part, i) => socket.send(part, { fin: i === parts.length - 1 }));
        socket.ping();
        socket.send(Buffer.alloc(40_000, 'a'), { binary: true, fin: false });
        socket.send(Buffer.alloc(60_000, 'b'), { binary: true, fin: true });
        socket.close(4321, 'that was äll');
    },
    '/goodbye'(socket) {
        socket.send('the last');
        socket.close();
    },
    '/going-away'(socket) {
        socket.close(1001, 'restart');
    },
    '/dies'(socket) {
        socket.send('the last', () => setTimeout(() => raw(socket).destroy(), 50));
    },
    '/bad-text'(socket) {
        sendRaw(socket, [0x81, 2, 0xc3, 0x28]);
    },
    '/bad-frame'(socket) {
        sendRaw(socket, [0xf3, 0]);
    },
    '/too-long'(socket) {
        socket.send('good');
        socket.send('x'.repeat(1_000_001));
    },
    '/numbers'(socket) { // when it is asked for them
        let next = 0, timer;
        socket.once('message', () => {
            timer = setInterval(() => {
                socket.send(String(next));
                if (++next === 100) clearInterval(timer);
            }, 3);
        });
        socket.on('close', () => clearInterval(timer));
    },
    // Tells what becomes of the first connection to /never.
    '/asker'(socket, shared) {
        shared.asker = socket;
        socket.on('close', () => { shared.asker = undefined; });
    },
    '/flood': floodUntilClosed,
    // For the example: what one says all hear.
    '/room'(socket, { room }) {
        const tell = (text) => { for (const one of room) one.send(text); };
        room.add(socket);
        tell(`${room.size} here`);
        socket.on('message', (data) => tell(String(data)));
        socket.on('close', () => {
            room.delete(socket);
            tell(`${room.size} here`);
        });
    },
    // The same, and until then does not answer a closing.
    '/silent'(socket, shared) {
        if (shared.silent) return shared.silent.resume();
        socket.pause();
        shared.silent = socket;
        socket.on('close', () => { shared.silent = undefined; });
    },
    // Reads nothing until another connection says so.
    '/slow'(socket, shared) {
        const waiting = [...shared.paused][0];
        if (waiting) {
            socket.on('message', () => waiting.resume());
            return;
        }
        let received = 0;
        const kinds = new Set();
        shared.paused.add(socket);
        socket.on('close', () => shared.paused.delete(socket));
        socket.pause();
        socket.on('message', (data, isBinary) => {
            if (isBinary) {
                received++;
                return kinds.add(data[0]);
            }
            socket.send(`${received - Number(data)} more than told, ${[...kinds].sort().map((one) =>
                (one ? String.fromCharCode(one) : '-')).join('')}`);
        });
    },
};

/** -> { url(path), seen, wakeSilent(), endRoom(), close() }; seen: connections now and all in all, the codes that they
 * ended with. */
export async function startSockets() {
    const server = createServer((request, response) => response.writeHead(404).end('no WebSocket here'));
    const sockets = new WebSocketServer({
        noServer: true, perMessageDeflate: false,
        handleProtocols: (offered) => ['chat.v1', 'chat.v2'].find((one) => offered.has(one)) ?? false,
    });
    const seen = { open: 0, opened: 0, codes: [], messages: [] };
    const shared = { paused: new Set(), room: new Set(), silent: undefined, asker: undefined, seen };
    server.on('upgrade', (request, socket, head) => {
        socket.on('error', () => {});
        if (request.url === '/never') {
            shared.asker?.send('asked');
            socket.on('close', () => shared.asker?.send('left'));
            return socket.resume().on('end', () => socket.end()); // half open
        }
        const route = routes[request.url];
        if (!route) return socket.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
        sockets.handleUpgrade(request, socket, head, (connection) => {
            seen.open++;
            seen.opened++;
            connection.on('error', () => {});
            connection.on('close', (code) => {
                seen.open--;
                seen.codes.push(code);
            });
            route(connection, shared);
        });
    });
    server.listen(0, '127.0.0.1', 1000);
    await once(server, 'listening');
    return {
        seen,
        url: (path) => `ws://127.0.0.1:${server.address().port}${path}`,
        /** What nobody has read is read now, and its end seen. */
        wakeSilent() {
            shared.silent?.resume();
            for (const socket of shared.paused) socket.resume();
        },
        endRoom() {
            for (const socket of shared.room) socket.close(1001, 'closing time');
        },
        close() {
            server.close();
            for (const connection of sockets.clients) connection.terminate();
            server.closeAllConnections();
        },
    };
}

/** A URL of this machine that nobody listens at. */
export const refusedSocket = async () => `ws://127.0.0.1:${await refusedPort()}/`;
