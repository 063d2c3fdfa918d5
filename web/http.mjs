// http.mjs: requests over the platform's fetch.

export function createEddyHttp(host) {
    // Of include/eddy/error.h.
    const ECLOSED = -6, EEMPTY = -7, ENOSYS = -12;
    const HTTP1 = 'pages send a streamed body over HTTP/2 or 3 only';
    const isPage = typeof process === 'undefined' && typeof location === 'object';
    // Before Node 26 fetch holds every piece of a streamed body until all is sent. There the pieces lie
    // in a ring: its HTTP client takes the next one when no more than its mark, 64 KiB, is unsent.
    const RING = 1 << 20;
    const holdsPieces = typeof process === 'object' && parseInt(process.versions?.node) < 26 &&
        !process.versions.bun && !process.versions.deno;
    const bodies = new Map(), uploads = new Map(); // number -> body, upload
    let lastBody = 0;

    function optionsOf(method, headers, headerBytes, body, bodySize, redirect, credentials, mode,
        cache) {
        const memory = host.memory();
        headers >>>= 0;
        body >>>= 0;
        const options = { method: host.string(method) };
        if (headerBytes) {
            // A character for each byte: so they are sent as they are.
            const text = Array.from(memory.subarray(headers, headers + headerBytes),
                (byte) => String.fromCharCode(byte)).join('');
            const parts = text.split('\0').slice(0, -1);
            options.headers = [];
            for (let i = 0; i < parts.length; i += 2) options.headers.push([parts[i], parts[i + 1]]);
        }
        // As a Blob, which can be sent again: Node takes an array's bytes away before a redirect.
        if (body) options.body = new Blob([memory.slice(body, body + (bodySize >>> 0))]);
        if (redirect) options.redirect = host.string(redirect);
        if (credentials) options.credentials = host.string(credentials);
        if (mode) options.mode = host.string(mode);
        if (cache) options.cache = host.string(cache);
        return options;
    }

    function headOf(response, url) {
        const parts = [response.status, response.statusText, response.url || url];
        for (const [name, value] of response.headers) parts.push(name, value);
        const text = parts.join('\0') + '\0';
        if (/[^\0-\xff]/.test(text)) return host.encoder.encode(text);
        const bytes = new Uint8Array(text.length); // a byte for each character: as they came
        for (let i = 0; i < bytes.length; i++) bytes[i] = text.charCodeAt(i);
        return bytes;
    }

    /** Of the body as it is read; NaN: not known. */
    function lengthOf(headers) {
        const length = headers.has('content-encoding') ? null : headers.get('content-length');
        return length === null ? NaN : Number(length);
    }

    /** -> the number of the upload that is the body, 0 without. */
    function startFetch(op, generation, urlPointer, ...rest) {
        const controller = new AbortController();
        const url = host.string(urlPointer);
        const upload = rest.pop() ? makeUpload(controller) : undefined;
        host.begin(op, generation, () => controller.abort());
        if (upload && isPage && !canStream(url)) {
            host.complete(op, generation, ENOSYS, host.encoder.encode(`${HTTP1}: ${url}`));
            closeUpload(upload);
            return upload.number;
        }
        request(op, generation, url, rest, controller, upload).catch((error) => {
            if (isPage && upload && !upload.began) error = new Error(`${host.textOf(error)}; ${HTTP1}`);
            host.fail(op, generation, error);
            if (upload) closeUpload(upload);
        });
        return upload ? upload.number : 0;
    }

    async function request(op, generation, url, rest, controller, upload) {
        const options = optionsOf(...rest); // before anything else runs: the memory is borrowed
        options.signal = controller.signal;
        if (upload) Object.assign(options, { body: upload.stream, duplex: 'half' });
        const response = await fetch(url, options);
        if (!host.isWanted(op, generation)) return controller.abort();
        const number = ++lastBody;
        bodies.set(number, {
            // Locked at once: Node cancels the body of a response that is only garbage otherwise.
            controller, reader: response.body?.getReader(), reading: false, waiting: undefined,
            chunk: undefined, offset: 0, ended: !response.body, error: undefined,
            left: lengthOf(response.headers),
        });
        // Without memory for the head nobody has learnt the number: nobody else would close it.
        if (!host.complete(op, generation, number, headOf(response, url))) closeBody(number);
    }

    function takeBody(number, buffer, size) {
        const body = bodies.get(number);
        if (!body) return 0;
        if (!body.chunk) return body.ended ? 0 : EEMPTY;
        const part = body.chunk.subarray(body.offset, body.offset + size);
        host.memory().set(part, buffer >>> 0);
        body.offset += part.length;
        if (body.offset === body.chunk.length) body.chunk = undefined;
        return part.length;
    }

    function tellWaiting(body) {
        if (!body.waiting) return;
        const { op, generation } = body.waiting;
        body.waiting = undefined;
        if (body.error) host.fail(op, generation, body.error);
        else host.complete(op, generation, 0);
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

    function moreOfBody(number, op, generation) {
        const body = bodies.get(number) ?? { ended: true };
        host.begin(op, generation, () => { body.waiting = undefined; });
        body.waiting = { op, generation };
        if (body.chunk || body.ended || body.error) tellWaiting(body);
        else if (!body.reading) readChunk(body);
    }

    function closeBody(number) {
        const body = bodies.get(number);
        bodies.delete(number);
        if (!body || (body.ended && !body.chunk)) return;
        body.controller.abort();
    }

    // What a program that has ended has left open.
    function leaveAll() {
        for (const number of bodies.keys()) closeBody(number);
        for (const number of uploads.keys()) endUpload(number, false);
    }
    host.onDeath.push(leaveAll);
    host.onEnd.push(leaveAll);

    // ---- uploads: the platform asks for a piece when it wants to send one -----------------------------

    /** Whether this page's browser streams bodies at all, and may do so to there. */
    function canStream(url) {
        let asked = false;
        const { headers } = new Request('https://a.invalid', {
            method: 'POST', body: new ReadableStream(),
            get duplex() {
                asked = true;
                return 'half';
            },
        });
        const scheme = /^\w+:/.exec(url)?.[0] ?? location.protocol;
        return asked && !headers.has('content-type') && scheme.toLowerCase() === 'https:';
    }

    function makeUpload(controller) {
        const upload = {
            number: ++lastBody, controller, stream: undefined, sink: undefined, pulled: undefined,
            room: undefined, began: false, closed: false,
            ring: holdsPieces ? new Uint8Array(RING) : undefined, at: 0,
        };
        upload.stream = new ReadableStream({
            start: (sink) => { upload.sink = sink; },
            pull: () => new Promise((done) => {
                upload.began = true;
                upload.pulled = done;
                tellRoom(upload);
            }),
            cancel: () => closeUpload(upload),
        }, { highWaterMark: 0 });
        uploads.set(upload.number, upload);
        return upload;
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
        if (upload.closed || upload.pulled) tellRoom(upload);
    }

    function pieceOf(upload, bytes) {
        if (!upload.ring) return bytes.slice();
        if (upload.at + bytes.length > RING) upload.at = 0;
        const from = upload.at;
        upload.ring.set(bytes, from);
        upload.at += bytes.length;
        return upload.ring.subarray(from, upload.at);
    }

    function putUpload(number, data, size) {
        const upload = uploads.get(number);
        const { pulled } = upload ?? {};
        if (!pulled || upload.closed) return 0;
        upload.pulled = undefined;
        upload.sink.enqueue(pieceOf(upload, host.memory().subarray(data >>> 0, (data >>> 0) + size)));
        pulled();
        return size;
    }

    function endUpload(number, whole) {
        const upload = uploads.get(number);
        uploads.delete(number);
        if (!upload || upload.closed) return;
        upload.closed = true;
        if (whole) upload.sink.close();
        else upload.controller.abort(new Error('the stream that was sent has failed'));
        upload.pulled?.();
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
