// http.mjs: requests over the platform's fetch, or in Node over its HTTP client (node-http.mjs).

/**
 * `ownFetch()`: what the program wants in place of the platform's fetch, if anything; `createClient`:
 * createEddyNodeHttp in Node, for what it takes if there is no ownFetch().
 */
export function createEddyHttp(host, ownFetch = () => undefined, createClient = undefined) {
    // Of include/eddy/error.h.
    const ECLOSED = -6, EEMPTY = -7, ENOSYS = -12;
    const HTTP1 = 'pages send a streamed body over HTTP/2 or 3 only';
    const isPage = typeof process === 'undefined' && typeof location === 'object';
    // Before Node 26 fetch holds every piece of a streamed body until all is sent. There the pieces lie
    // in a ring: its HTTP client takes the next one when no more than its mark, 64 KiB, is unsent.
    const RING = 1 << 20;
    const holdsPieces = typeof process === 'object' && parseInt(process.versions?.node) < 26 &&
        !process.versions.bun && !process.versions.deno;
    const client = createClient?.(
        { answered, failed, arrived: tellWaiting, roomFor: tellRoom, closeUpload, byFetch });
    const bodies = new Map(), uploads = new Map(); // number -> body, upload
    let lastBody = 0;

    // ---- requests -------------------------------------------------------------------------------------

    /** [[name, value]], a character for each byte: so they are sent as they are. */
    function pairsAt(pointer, size) {
        const bytes = host.memory().subarray(pointer >>> 0, (pointer >>> 0) + size);
        let text = '';
        for (let at = 0; at < size; at += 4096) text += String.fromCharCode(...bytes.subarray(at, at + 4096));
        const parts = text.split('\0'), pairs = [];
        for (let i = 0; i + 1 < parts.length; i += 2) pairs.push([parts[i], parts[i + 1]]);
        return pairs;
    }

    /** -> the number of the upload that is the body, 0 without. */
    function startFetch(op, generation, url, method, headers, headerBytes, body, bodySize, redirect, credentials,
        mode, cache, streamed) {
        const text = (pointer) => (pointer ? host.string(pointer) : '');
        body >>>= 0;
        const request = {
            op, generation, url: host.string(url), method: host.string(method),
            headers: headerBytes ? pairsAt(headers, headerBytes) : [],
            body: body ? host.memory().slice(body, body + (bodySize >>> 0)) : undefined, upload: undefined,
            redirect: text(redirect), credentials: text(credentials), mode: text(mode), cache: text(cache),
            redirects: 0, retries: 0, isAborted: false, at: undefined, sent: undefined, abort: undefined,
        };
        const upload = streamed ? makeUpload(request) : undefined;
        request.upload = upload;
        host.begin(op, generation, () => request.abort?.());
        const why = upload && isPage && whyNoStream(request.url);
        if (why) {
            host.complete(op, generation, ENOSYS, host.encoder.encode(`${why}: ${request.url}`));
            closeUpload(upload);
        } else if (client && !ownFetch() && client.takes(request)) {
            client.send(request);
        } else {
            byFetch(request);
        }
        return upload ? upload.number : 0;
    }

    function failed({ op, generation, upload }, error) {
        host.fail(op, generation, error);
        if (upload) closeUpload(upload);
    }

    /** `head`: { status, statusText, url, headers }, the headers by pairs. */
    function headOf({ status, statusText, url, headers }) {
        const parts = [status, statusText, url];
        for (const [name, value] of headers) parts.push(name, value);
        const text = parts.join('\0') + '\0';
        if (!/[\x80-\xff]/.test(text) || /[^\0-\xff]/.test(text)) return host.encoder.encode(text);
        const bytes = new Uint8Array(text.length); // a byte for each character: as they came
        for (let i = 0; i < bytes.length; i++) bytes[i] = text.charCodeAt(i);
        return bytes;
    }

    function answered(request, head, body) {
        const { op, generation } = request;
        if (!host.isWanted(op, generation)) return request.abort();
        const number = ++lastBody;
        bodies.set(number, body);
        // Without memory for the head nobody has learnt the number: nobody else would close it.
        if (!host.complete(op, generation, number, headOf(head))) closeBody(number);
    }

    // ---- over fetch -----------------------------------------------------------------------------------

    function optionsOf({ method, headers, body, redirect, credentials, mode, cache }, signal) {
        const options = { method, signal };
        if (headers.length) options.headers = headers;
        // As a Blob, which can be sent again: Node takes an array's bytes away before a redirect.
        if (body) options.body = new Blob([body]);
        if (redirect) options.redirect = redirect;
        if (credentials) options.credentials = credentials;
        if (mode) options.mode = mode;
        if (cache) options.cache = cache;
        return options;
    }

    /** Of the body as it is read; NaN: not known. */
    function lengthOf(headers) {
        const length = headers.has('content-encoding') ? null : headers.get('content-length');
        return length === null ? NaN : Number(length);
    }

    function byFetch(request) {
        const controller = new AbortController();
        const { upload } = request;
        // Chromium cancels the stream of a request that is aborted, reads it to the end that this is, and may
        // have told the server so before it aborts: what was broken off would pass for the whole.
        request.abort = (error) => {
            if (isPage && upload?.began && !upload.isOver) upload.fail(error);
            else controller.abort(error);
        };
        fetchAnswer(request, controller.signal).catch((error) => {
            if (isPage && upload && !upload.began) error = new Error(`${host.textOf(error)}; ${HTTP1}`);
            failed(request, error);
        });
    }

    async function fetchAnswer(request, signal) {
        const options = optionsOf(request, signal);
        if (request.upload) Object.assign(options, { body: streamOf(request.upload), duplex: 'half' });
        const response = await (ownFetch() ?? fetch)(request.url, options);
        if (request.upload?.failure) { // nobody wants it
            response.body?.cancel().catch(() => {});
            throw request.upload.failure;
        }
        const { status, statusText, url, headers } = response;
        const body = {
            // Locked at once: Node cancels the body of a response that is only garbage otherwise.
            request, reader: response.body?.getReader(), reading: false, waiting: undefined,
            chunk: undefined, offset: 0, ended: !response.body, error: undefined, left: lengthOf(headers),
            refill() {},
            more: () => body.reading || readChunk(body),
        };
        answered(request, { status, statusText, url: url || request.url, headers }, body);
    }

    // Reads one chunk ahead at the most, and only when C asked: that is the back-pressure.
    async function readChunk(body) {
        body.reading = true;
        try {
            let done, value;
            do ({ done, value } = await body.reader.read());
            while (!done && value.length === 0);
            if (!done) [body.chunk, body.offset] = [value, 0];
            // Without asking for the end when it is known to come next.
            body.left -= value?.length ?? 0;
            if (done || body.left === 0) body.ended = true;
        } catch (error) {
            body.error = error;
        }
        body.reading = false;
        tellWaiting(body);
    }

    // ---- bodies -----------------------------------------------------------------------------------------

    function takeBody(number, buffer, size) {
        const body = bodies.get(number);
        if (!body) return 0;
        if (!body.chunk) return body.ended ? 0 : EEMPTY;
        const part = body.chunk.subarray(body.offset, body.offset + size);
        host.memory().set(part, buffer >>> 0);
        body.offset += part.length;
        if (body.offset === body.chunk.length) [body.chunk, body.offset] = [body.refill(), 0];
        return part.length;
    }

    function tellWaiting(body) {
        if (!body.waiting) return;
        const { op, generation } = body.waiting;
        body.waiting = undefined;
        if (body.error && !body.chunk) host.fail(op, generation, body.error);
        else host.complete(op, generation, 0);
    }

    function moreOfBody(number, op, generation) {
        const body = bodies.get(number) ?? { ended: true };
        host.begin(op, generation, () => { body.waiting = undefined; });
        body.waiting = { op, generation };
        if (body.chunk || body.ended || body.error) tellWaiting(body);
        else body.more();
    }

    function closeBody(number) {
        const body = bodies.get(number);
        bodies.delete(number);
        if (!body || (body.ended && !body.chunk)) return;
        body.request.abort();
    }

    // What a program that has ended has left open.
    function leaveAll() {
        for (const number of bodies.keys()) closeBody(number);
        for (const number of uploads.keys()) endUpload(number, false);
    }
    host.onDeath.push(leaveAll);
    host.onEnd.push(leaveAll);

    // ---- uploads: the platform asks for a piece when it wants to send one -----------------------------

    /** Why this page cannot stream a body to there; '': nothing speaks against it. */
    function whyNoStream(url) {
        let asked = false;
        const { headers } = new Request('https://a.invalid', {
            method: 'POST', body: new ReadableStream(),
            get duplex() {
                asked = true;
                return 'half';
            },
        });
        // One that does not know streams takes it for text.
        if (!asked || headers.has('content-type')) return 'this browser sends no streamed bodies';
        const scheme = /^\w+:/.exec(url)?.[0] ?? location.protocol;
        return scheme.toLowerCase() === 'https:' ? '' : HTTP1;
    }

    /** What goes by another way than fetch has hasRoom, put and end of its own. */
    function makeUpload(request) {
        const upload = {
            number: ++lastBody, request, room: undefined, closed: false, began: false, isOver: false,
            hasRoom: () => false, put: undefined, end: undefined, fail: undefined, failure: undefined,
        };
        uploads.set(upload.number, upload);
        return upload;
    }

    /** The body of a fetch: it asks for a piece when it wants to send one. */
    function streamOf(upload) {
        const ring = holdsPieces ? new Uint8Array(RING) : undefined;
        let at = 0, sink, pulled;
        const pieceOf = (bytes) => {
            if (!ring) return bytes.slice();
            if (at + bytes.length > RING) at = 0;
            const from = at;
            ring.set(bytes, from);
            at += bytes.length;
            return ring.subarray(from, at);
        };
        const answer = () => {
            const done = pulled;
            pulled = undefined;
            done?.();
        };
        upload.hasRoom = () => !!pulled;
        upload.put = (bytes) => {
            sink.enqueue(pieceOf(bytes));
            answer();
        };
        upload.end = (whole) => {
            upload.isOver = true;
            if (whole) sink.close();
            answer();
        };
        upload.fail = (error = new Error('aborted')) => {
            upload.failure ??= error;
            sink.error(error);
            closeUpload(upload); // the stream takes no more of it
        };
        return new ReadableStream({
            start: (made) => { sink = made; },
            pull: () => new Promise((done) => {
                upload.began = true;
                pulled = done;
                tellRoom(upload);
            }),
            cancel() {
                upload.isOver = true;
                closeUpload(upload);
            },
        }, { highWaterMark: 0 });
    }

    function closeUpload(upload) {
        upload.closed = true;
        tellRoom(upload);
    }

    function tellRoom(upload) {
        if (!upload.room) return;
        const { op, generation } = upload.room;
        upload.room = undefined;
        host.complete(op, generation, upload.closed ? ECLOSED : 0);
    }

    function roomOfUpload(number, op, generation) {
        const upload = uploads.get(number) ?? { closed: true };
        host.begin(op, generation, () => { upload.room = undefined; });
        upload.room = { op, generation };
        if (upload.closed || upload.hasRoom()) tellRoom(upload);
    }

    function putUpload(number, data, size) {
        const upload = uploads.get(number);
        if (!upload || upload.closed || !upload.hasRoom()) return 0;
        upload.put(host.memory().subarray(data >>> 0, (data >>> 0) + size));
        return size;
    }

    function endUpload(number, whole) {
        const upload = uploads.get(number);
        uploads.delete(number);
        if (!upload || upload.closed) return;
        upload.closed = true;
        if (!whole) upload.request.abort?.(new Error('the stream that was sent has failed'));
        upload.end?.(whole);
    }

    return { startFetch, takeBody, moreOfBody, closeBody, putUpload, roomOfUpload, endUpload };
}

/** The imports of a module that loader.mjs loads. */
export function httpImports(http) {
    return {
        eddy_js_fetch: http.startFetch, eddy_js_body_take: http.takeBody,
        eddy_js_body_more: http.moreOfBody, eddy_js_body_close: http.closeBody,
        eddy_js_upload_put: http.putUpload, eddy_js_upload_room: http.roomOfUpload,
        eddy_js_upload_end: http.endUpload,
    };
}
