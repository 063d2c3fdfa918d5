// udp.mjs: datagrams over Node's module, which Deno and Bun have as well.

export function createEddyUdp(host, { nodeModule, fail, start }) {
    const ECLOSED = -6, EEMPTY = -7, ENOSYS = -12; // of include/eddy/error.h
    // workerd has the module, but no datagrams: a socket of it is never bound.
    const isWorkerd = globalThis.navigator?.userAgent === 'Cloudflare-Workers';
    const ROOM = 1 << 20; // bytes that wait in a socket to be received: a system has as much
    const OVERHEAD = 64; // of one datagram
    const open = new Map(); // number -> socket
    let last = 0;
    // What a program that has ended has left open.
    const closeAll = () => { for (const number of open.keys()) close(number); };
    host.onDeath.push(closeAll);
    host.onEnd.push(closeAll);

    // ---- receiving: what has arrived waits in a queue; what it has no room for is dropped -------------

    function arrive(udp, data, { address, port }) {
        if (udp.closed) return;
        if (udp.queue.length && udp.waiting + data.length + OVERHEAD > ROOM) {
            udp.dropped++;
            return;
        }
        udp.queue.push({ data, address, port, dropped: udp.dropped });
        udp.waiting += data.length + OVERHEAD;
        udp.dropped = 0;
        tell(udp);
    }

    function tell(udp) {
        if (!udp.more || !(udp.queue.length || udp.error)) return;
        const { op, generation } = udp.more;
        udp.more = undefined;
        if (udp.queue.length) return host.complete(op, generation, 0);
        const { error } = udp; // was of one datagram
        udp.error = undefined;
        fail(op, generation, error);
    }

    /** Writes an eddy_peer of include/eddy/udp.h at `from`. */
    function writePeer(from, { address, port, dropped }, cut) {
        from >>>= 0;
        const text = host.encoder.encode(address.split('%')[0]);
        const memory = host.memory(), view = host.view();
        memory.fill(0, from, from + 46);
        memory.set(text.subarray(0, 45), from);
        view.setUint16(from + 46, port, true);
        view.setUint32(from + 48, cut, true);
        view.setUint32(from + 52, dropped, true);
    }

    function take(number, buffer, size, from) {
        const udp = open.get(number);
        const first = udp?.queue.shift();
        if (!first) return EEMPTY;
        const { data } = first;
        udp.waiting -= data.length + OVERHEAD;
        const part = data.subarray(0, size >>> 0);
        host.memory().set(part, buffer >>> 0);
        writePeer(from, first, data.length - part.length);
        return part.length;
    }

    function more(number, op, generation) {
        const udp = open.get(number);
        if (!udp) return tellGone(op, generation);
        host.begin(op, generation, () => { udp.more = undefined; });
        udp.more = { op, generation };
        queueMicrotask(() => tell(udp)); // completions come from outside of the module's calls
    }

    // ---- opening, connecting, sending -----------------------------------------------------------------

    async function openAt(op, generation, address, port) {
        let socket;
        host.begin(op, generation, () => socket?.close());
        const { createSocket } = await nodeModule('node:dgram');
        if (!host.isWanted(op, generation)) return;
        const six = address.includes(':');
        socket = createSocket({ type: six ? 'udp6' : 'udp4', ipv6Only: six });
        const udp = {
            socket, queue: [], waiting: 0, dropped: 0, error: undefined, more: undefined,
            sending: new Set(), closed: false,
        };
        socket.on('message', (data, peer) => arrive(udp, data, peer));
        const failed = (error) => {
            try {
                socket.close();
            } catch { /* it has closed itself */ }
            fail(op, generation, error);
        };
        socket.once('error', failed);
        socket.bind({ address, port, exclusive: true }, () => {
            socket.off('error', failed).on('error', (error) => {
                udp.error = error;
                tell(udp);
            });
            socket.unref(); // what is waited for holds the process, an open socket does not
            const at = socket.address(), number = ++last;
            open.set(number, udp);
            const data = host.encoder.encode(`${at.address}\0${at.port}\0`);
            if (!host.complete(op, generation, number, data)) close(number);
        });
    }

    function tellGone(op, generation) {
        host.begin(op, generation);
        queueMicrotask(() => host.complete(op, generation, ECLOSED));
    }

    function sendTo(udp, op, generation, data, address, port) {
        if (!udp) return tellGone(op, generation);
        const operation = { op, generation };
        udp.sending.add(operation);
        host.begin(op, generation, () => { udp.sending.delete(operation); });
        const told = (error) => {
            if (!udp.sending.delete(operation)) return;
            if (error) fail(op, generation, error);
            else host.complete(op, generation, 0);
        };
        try {
            udp.socket.send(data, port, address, told);
        } catch (error) {
            queueMicrotask(() => told(error)); // completions come from outside of the module's calls
        }
    }

    function close(number) {
        const udp = open.get(number);
        if (!udp) return;
        open.delete(number);
        udp.closed = true;
        udp.socket.close();
        const under = [...udp.sending, ...(udp.more ? [udp.more] : [])];
        udp.sending.clear();
        queueMicrotask(() => {
            for (const one of under) host.complete(one.op, one.generation, ECLOSED);
        });
    }

    return {
        take, more, close,
        open: (op, generation, address, port) => (isWorkerd ? ENOSYS
            : start(openAt, op, generation, host.string(address), port)),
        send(number, op, generation, data, size, address, port) {
            data >>>= 0;
            const bytes = host.memory().slice(data, data + size);
            sendTo(open.get(number), op, generation, bytes, host.string(address), port);
        },
    };
}

/** The imports of a module that loader.mjs loads. */
export function udpImports({ open, send, take, more, close }) {
    return {
        eddy_js_udp_open: open, eddy_js_udp_send: send, eddy_js_udp_take: take,
        eddy_js_udp_more: more, eddy_js_udp_close: close,
    };
}
