// requests.mjs: the web host's HTTP as a program in C uses it, without the C.

import { createEddyHost } from '../../web/host.mjs';
import { createEddyHttp } from '../../web/http.mjs';

/**
 * `how`: of createEddyHttp. -> { open, ask }, both for { url, method, headers, body, redirect }, of which the texts
 * are Latin-1. open() -> the head and read() -> bytes, none at the end; ask() reads the body.
 */
export function requests(...how) {
    const memory = new Uint8Array(1 << 20);
    const waiting = new Map(); // operation -> what settles it
    let top = 1, lastOp = 0;
    const put = (bytes) => {
        if (top + bytes.length >= memory.length) top = 1;
        const at = top;
        memory.set(bytes, at);
        memory[at + bytes.length] = 0;
        top += bytes.length + 1;
        return at;
    };
    const text = (string) => (string === undefined ? 0 : put(Buffer.from(string, 'latin1')));
    const host = createEddyHost({
        memory: () => memory, tick: () => -1, alloc: (size) => put(Buffer.alloc(size)),
        complete(op, generation, result, data, size) {
            const bytes = Buffer.from(memory.slice(data, data + size));
            const { done, fail } = waiting.get(op);
            waiting.delete(op);
            if (result < 0) fail(Object.assign(new Error(bytes.toString()), { result }));
            else done({ result, bytes });
        },
    });
    const http = createEddyHttp(host, ...how);
    const wait = (start) => new Promise((done, fail) => {
        const op = ++lastOp;
        waiting.set(op, { done, fail });
        start(op, 1);
    });

    async function open({ url, method = 'GET', headers = [], body, redirect }) {
        const packed = headers.flat().map((part) => `${part}\0`).join('');
        const { result: number, bytes } = await wait((op, generation) => http.startFetch(op, generation, text(url),
            text(method), text(packed), packed.length, text(body), body?.length ?? 0, text(redirect), 0, 0, 0, 0));
        const [status, statusText, at, ...pairs] = bytes.toString('latin1').split('\0').slice(0, -1);
        const buffer = put(Buffer.alloc(1 << 16));
        const read = async () => {
            for (;;) {
                const size = http.takeBody(number, buffer, 1 << 16);
                if (size >= 0) return Buffer.from(memory.slice(buffer, buffer + size));
                await wait((op, generation) => http.moreOfBody(number, op, generation));
            }
        };
        return { status, statusText, url: at, headers: pairs, read, close: () => http.closeBody(number) };
    }

    async function ask(request) {
        const { read, close, ...head } = await open(request);
        const parts = [];
        try {
            for (let part; (part = await read()).length > 0;) parts.push(part);
        } finally {
            close();
        }
        return { ...head, body: Buffer.concat(parts).toString('latin1') };
    }

    return { open, ask };
}
