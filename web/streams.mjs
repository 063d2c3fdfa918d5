// streams.mjs: connections, listeners, names and stdin over Node's modules, which Deno and Bun
// have as well, and streams of the files of files.mjs and opfs.mjs. Where there are none (pages) every call
// is EDDY_ENOSYS, but for stdin if a page has given one.

/** `input`: what stdin reads, a ReadableStream or an iterable of bytes or strings. */
export function createEddyStreams(host, { hasNode, nodeModule, fail, start }, input) {
    const ENOSYS = -12, ECLOSED = -6, EEMPTY = -7; // of include/eddy/error.h
    const PIECE = 64 * 1024; // bytes that one put or one read of a file takes at the most

    const open = new Map(); // number -> stream or listener
    let last = 0;

    // What a program that has ended has left open: what was written is still sent, but not after a trap.
    const leaveAll = (leave) => () => {
        const error = new Error('this was closed at the end of a run');
        for (const thing of open.values()) {
            thing.error ??= error;
            leave(thing);
        }
    };
    host.onDeath.push(leaveAll((thing) => thing.close()));
    host.onEnd.push(leaveAll((thing) => (thing.leave ?? thing.close)()));

    function add(thing) {
        const number = ++last;
        open.set(number, thing);
        return number;
    }

    // ---- waiting: one `more`, and one of `room` and `drain`, at a time ------------------------------

    function wait(stream, kind, op, generation) {
        host.begin(op, generation, () => { stream[kind] = undefined; });
        stream[kind] = { op, generation };
        stream.look();
    }

    /** The wait of that kind is over, if there is one: with the error, if there is one. */
    function tell(stream, kind, error) {
        if (!stream[kind]) return;
        const { op, generation } = stream[kind];
        stream[kind] = undefined;
        if (error) fail(op, generation, error);
        else host.complete(op, generation, 0);
    }

    function tellClosed(stream) {
        for (const kind of ['more', 'room', 'drain']) {
            if (!stream[kind]) continue;
            const { op, generation } = stream[kind];
            stream[kind] = undefined;
            host.complete(op, generation, ECLOSED);
        }
    }

    // Completions come from outside of the module's calls.
    const lookLater = (stream) => () => queueMicrotask(() => {
        if (stream.more && (stream.error || stream.hasMore())) tell(stream, 'more', stream.error);
        if (stream.room && (stream.error || stream.hasRoom())) tell(stream, 'room', stream.error);
        if (stream.drain && (stream.error || !stream.unsent)) tell(stream, 'drain', stream.error);
    });

    // ---- sockets and stdin: Node's streams, paused: they read ahead up to their mark ------------------

    function fromNode(node) {
        const stream = {
            chunk: undefined, offset: 0, ended: false, error: undefined, unsent: 0,
            more: undefined, room: undefined, drain: undefined,
            hasMore() {
                if (!stream.chunk) stream.chunk = node.read() ?? undefined;
                return stream.chunk !== undefined || stream.ended;
            },
            hasRoom: () => !node.writableNeedDrain,
            put(bytes) {
                if (node.writableNeedDrain) return 0;
                stream.unsent++;
                node.write(bytes, () => {
                    stream.unsent--;
                    stream.look();
                });
                return bytes.length;
            },
            shut: () => { node.end(); },
            close: () => { node.destroy(); },
            leave: () => { (node.destroySoon ?? node.destroy).call(node); },
        };
        stream.look = lookLater(stream);
        const failed = (error) => {
            stream.error ??= error;
            stream.look();
        };
        node.on('readable', stream.look).on('drain', stream.look).on('error', failed);
        node.on('end', () => {
            stream.ended = true;
            stream.look();
        });
        node.on('close', () => {
            const early = Object.assign(new Error('the connection was closed'), { code: 'ECONNRESET' });
            if (!stream.ended) failed(early);
        });
        node.unref?.(); // what is waited for holds the process, an open stream does not
        return stream;
    }

    // ---- connections ------------------------------------------------------------------------------------

    async function connectTo(op, generation, address, port) {
        let socket;
        host.begin(op, generation, () => socket?.destroy());
        const { connect } = await nodeModule('node:net');
        if (!host.isWanted(op, generation)) return;
        socket = connect({ host: address, port, allowHalfOpen: true, noDelay: true });
        const failed = (error) => fail(op, generation, error);
        socket.once('error', failed).once('connect', () => {
            socket.off('error', failed);
            const number = add(fromNode(socket));
            if (!host.complete(op, generation, number)) closeStream(number);
        });
    }

    async function listenAt(op, generation, address, port) {
        const listener = {
            arrived: [], accept: undefined, server: undefined, error: undefined,
            close() {
                listener.server.close();
                for (const stream of listener.arrived.splice(0)) stream.close();
            },
        };
        let server;
        host.begin(op, generation, () => server?.close());
        const { createServer } = await nodeModule('node:net');
        if (!host.isWanted(op, generation)) return;
        server = createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true });
        listener.server = server;
        server.unref();
        server.on('connection', (socket) => {
            listener.arrived.push(fromNode(socket));
            handConnection(listener);
        });
        server.once('error', (error) => fail(op, generation, error));
        server.listen({ port, ...(address === undefined ? {} : { host: address }) }, () => {
            server.on('error', () => {}); // of a single accept: the next may do
            const at = server.address();
            const number = add(listener);
            const data = host.encoder.encode(`${at.address}\0${at.port}\0`);
            if (!host.complete(op, generation, number, data)) closeListener(number);
        });
    }

    function handConnection(listener) {
        if (listener.error) return tell(listener, 'accept', listener.error);
        if (!listener.accept || !listener.arrived.length) return;
        const { op, generation } = listener.accept;
        listener.accept = undefined;
        const number = add(listener.arrived.shift());
        if (!host.complete(op, generation, number)) closeStream(number);
    }

    function accept(number, op, generation) {
        const listener = open.get(number);
        host.begin(op, generation, () => { listener.accept = undefined; });
        listener.accept = { op, generation };
        queueMicrotask(() => handConnection(listener));
    }

    function closeListener(number) {
        const listener = open.get(number);
        open.delete(number);
        listener.close();
        const waiting = listener.accept;
        listener.accept = undefined;
        if (waiting) queueMicrotask(() => host.complete(waiting.op, waiting.generation, ECLOSED));
    }

    async function lookUp(op, generation, name) {
        host.begin(op, generation, () => {});
        const { lookup } = await nodeModule('node:dns/promises');
        const found = await lookup(name, { all: true });
        const addresses = [...new Set(found.map(({ address }) => address))];
        host.complete(op, generation, addresses.length, host.encoder.encode(`${addresses.join('\0')}\0`));
    }

    // ---- files --------------------------------------------------------------------------------------------

    /**
     * Completes with a stream of the file: `read()`, `write(bytes)`, `commit()` (may be missing: makes
     * what was written be in the file) and `close()` are its own, never two at a time but for a close.
     */
    function giveFile(op, generation, file) {
        const number = add(fromFile(file));
        if (!host.complete(op, generation, number)) closeStream(number);
    }

    function fromFile(file) {
        let reading = false, closed = false, writing = Promise.resolve();
        const stream = {
            chunk: undefined, offset: 0, ended: false, error: undefined, unsent: 0,
            more: undefined, room: undefined, drain: undefined,
            hasMore() {
                if (stream.chunk || stream.ended) return true;
                if (!reading) readChunk();
                return false;
            },
            hasRoom: () => !stream.unsent,
            put(bytes) {
                if (stream.unsent || stream.error) return 0;
                change(() => file.write(bytes));
                return bytes.length;
            },
            commit() {
                if (file.commit) change(() => file.commit());
            },
            shut() {},
            close() {
                closed = true;
                leave();
            },
        };
        const leave = () => {
            if (closed && !reading && !stream.unsent) file.close().catch(() => {});
        };
        function change(work) {
            stream.unsent++;
            writing = writing.then(work).catch((error) => { stream.error ??= error; }).finally(() => {
                stream.unsent--;
                stream.look();
                leave();
            });
        }
        async function readChunk() {
            reading = true;
            try {
                const bytes = await file.read(PIECE);
                if (bytes.length) stream.chunk = bytes;
                else stream.ended = true;
            } catch (error) {
                stream.error ??= error;
            }
            reading = false;
            stream.look();
            leave();
        }
        stream.look = lookLater(stream);
        return stream;
    }

    // ---- what C calls: streams ----------------------------------------------------------------------------

    function take(number, buffer, size) {
        const stream = open.get(number);
        if (!stream) return 0;
        if (!stream.chunk && !stream.hasMore()) return EEMPTY;
        if (!stream.chunk) return 0;
        const part = stream.chunk.subarray(stream.offset, stream.offset + size);
        host.memory().set(part, buffer >>> 0);
        stream.offset += part.length;
        if (stream.offset === stream.chunk.length) [stream.chunk, stream.offset] = [undefined, 0];
        return part.length;
    }

    function put(number, data, size) {
        const stream = open.get(number);
        if (!stream || stream.error) return 0;
        data >>>= 0;
        return stream.put(host.memory().slice(data, data + Math.min(size, PIECE)));
    }

    function closeStream(number) {
        const stream = open.get(number);
        if (!stream) return;
        open.delete(number);
        stream.close();
        queueMicrotask(() => tellClosed(stream));
    }

    function fromIterable(source) {
        const reader = source.getReader?.() ?? (source[Symbol.asyncIterator] ?? source[Symbol.iterator]).call(source);
        const next = () => (reader.read ? reader.read() : reader.next());
        let reading = false;
        const stream = {
            chunk: undefined, offset: 0, ended: false, error: undefined, unsent: 0, more: undefined,
            hasMore() {
                if (stream.chunk || stream.ended) return true;
                if (!reading) readChunk();
                return false;
            },
            close() {},
        };
        async function readChunk() {
            reading = true;
            try {
                while (!stream.chunk && !stream.ended) {
                    const { done, value } = await next();
                    if (done) stream.ended = true;
                    else if (value.length) stream.chunk = typeof value === 'string' ? host.encoder.encode(value) : value;
                }
            } catch (error) {
                stream.error ??= error;
            }
            reading = false;
            stream.look();
        }
        stream.look = lookLater(stream);
        return stream;
    }

    function standardInput() {
        if (input) return add(fromIterable(input));
        if (!hasNode) return ENOSYS;
        const stream = fromNode(process.stdin);
        stream.leave = stream.close; // or Node would wait for more of it
        return add(stream);
    }

    return {
        take, put, accept, closeStream, closeListener, standardInput, giveFile, hasInput: () => 1,
        connect: (op, generation, name, port) => start(connectTo, op, generation, host.string(name), port),
        listen: (op, generation, name, port) =>
            start(listenAt, op, generation, name ? host.string(name) : undefined, port),
        resolve: (op, generation, name) => start(lookUp, op, generation, host.string(name)),
        more: (number, op, generation) => wait(open.get(number), 'more', op, generation),
        room: (number, op, generation) => wait(open.get(number), 'room', op, generation),
        drain(number, op, generation) {
            open.get(number).commit?.();
            wait(open.get(number), 'drain', op, generation);
        },
        shut(number) {
            open.get(number).shut();
            return 0;
        },
    };
}

/** The imports of a module that loader.mjs loads. */
export function streamImports(streams) {
    const names = {
        connect: 'connect', listen: 'listen', resolve: 'resolve', accept: 'accept',
        listener_close: 'closeListener', stdin: 'standardInput',
        stream_take: 'take', stream_more: 'more', stream_put: 'put', stream_room: 'room',
        stream_drain: 'drain', stream_shut: 'shut', stream_close: 'closeStream', has_input: 'hasInput',
    };
    return Object.fromEntries(Object.entries(names)
        .map(([name, method]) => [`eddy_js_${name}`, streams[method]]));
}
