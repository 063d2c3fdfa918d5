// http.mjs: requests over the platform's fetch.

export function createEddyHttp(host) {
    const EEMPTY = -7; // of include/eddy/error.h
    const bodies = new Map(); // number -> body
    let lastBody = 0;

    function optionsOf(method, headers, headerBytes, body, bodySize, redirect, credentials, mode,
        cache) {
        const memory = host.memory();
        headers >>>= 0;
        body >>>= 0;
        const options = { method: host.string(method), headers: [] };
        // A character for each byte: so they are sent as they are.
        const text = Array.from(memory.subarray(headers, headers + headerBytes), (byte) => String.fromCharCode(byte));
        const parts = text.join('').split('\0').slice(0, -1);
        for (let i = 0; i < parts.length; i += 2) options.headers.push([parts[i], parts[i + 1]]);
        // As a Blob, which can be sent again: Node takes an array's bytes away before a redirect.
        if (body) options.body = new Blob([memory.slice(body, body + bodySize)]);
        for (const [name, pointer] of Object.entries({ redirect, credentials, mode, cache }))
            if (pointer) options[name] = host.string(pointer);
        return options;
    }

    function headOf(response, url) {
        const parts = [response.status, response.statusText, response.url || url];
        for (const [name, value] of response.headers) parts.push(name, value);
        return host.encoder.encode(parts.join('\0') + '\0');
    }

    function startFetch(op, generation, urlPointer, ...rest) {
        const controller = new AbortController();
        const url = host.string(urlPointer);
        host.begin(op, generation, () => controller.abort());
        request(op, generation, url, rest, controller).catch((error) => host.fail(op, generation, error));
    }

    async function request(op, generation, url, rest, controller) {
        const options = optionsOf(...rest); // before anything else runs: the memory is borrowed
        const response = await fetch(url, { ...options, signal: controller.signal });
        if (!host.isWanted(op, generation)) return controller.abort();
        const number = ++lastBody;
        bodies.set(number, {
            // Locked at once: Node cancels the body of a response that is only garbage otherwise.
            controller, reader: response.body?.getReader(), reading: false, waiting: undefined,
            chunk: undefined, offset: 0, ended: !response.body, error: undefined,
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
            if (done) body.ended = true;
            else [body.chunk, body.offset] = [value, 0];
        } catch (error) {
            body.error = error;
        }
        body.reading = false;
        tellWaiting(body);
    }

    function moreOfBody(number, op, generation) {
        const body = bodies.get(number);
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

    return { startFetch, takeBody, moreOfBody, closeBody };
}

/** The imports of a module that loader.mjs loads. */
export function httpImports({ startFetch, takeBody, moreOfBody, closeBody }) {
    return {
        eddy_js_fetch: startFetch, eddy_js_body_take: takeBody, eddy_js_body_more: moreOfBody,
        eddy_js_body_close: closeBody,
    };
}
