// host.mjs: all logic of the web host: when the loop is called, and HTTP. It runs in pages, workers,
// Node, Deno, Bun. An adapter (emscripten.js) hands in the module's exports and memory, and forwards
// the imports eddy_js_*. The function is self-contained: adapters may embed its text.

/**
 * @param {object} module
 * @param {() => Uint8Array} module.memory   the module's bytes now: growth replaces them
 * @param {() => number} module.tick          eddy_tick
 * @param {(op: number, generation: number, result: number, data: number, size: number) => void}
 *        module.complete                     eddy__host_complete
 * @param {(size: number) => number} module.alloc  eddy__host_alloc
 * @param {() => number} module.interrupt     eddy_interrupt
 * @param {(text: string) => void} module.report   a line for a person, without its newline
 * @param {(status: number) => void} module.exit   the program has ended
 */
export function createEddyHost(module) {
    // Values of include/eddy/error.h.
    const ENOMEM = -5, EEMPTY = -7, EHOST = -13;
    const LONGEST_TIMEOUT = 2 ** 31 - 1;
    // Microtasks starve the page: after so many in a row, or so long, the next tick is a macrotask.
    const MICROTASKS = 64, MICROTASK_MS = 8;

    const isNode = typeof process === 'object' && !!process.versions?.node;
    const decoder = new TextDecoder();
    const encoder = new TextEncoder();

    // ---- when the loop is called -----------------------------------------------------------------

    let scheduled = false; // a call of run() is on its way
    let ticking = false;
    let dead = false; // the module trapped: its memory cannot be trusted any more
    let microtasks = 0, microtasksSince = 0;
    let timer, timerAt = 0; // the one host timer, and when it is due; undefined: not set
    let macrotask;

    function makeMacrotask() {
        // setTimeout would be clamped to 4 ms in pages.
        if (typeof setImmediate === 'function') return setImmediate;
        const channel = new MessageChannel();
        let next;
        channel.port1.onmessage = () => next();
        return (callback) => {
            next = callback;
            channel.port2.postMessage(0);
        };
    }

    function schedule() {
        if (scheduled || dead) return;
        scheduled = true;
        macrotask ??= makeMacrotask();
        macrotask(runMacrotask);
    }

    function runMacrotask() {
        microtasks = 0;
        run();
    }

    // A completion that finds the loop idle is served in a microtask, for low latency.
    function scheduleForCompletion() {
        if (scheduled || ticking || dead) return;
        if (microtasks === 0) microtasksSince = performance.now();
        const allowed = microtasks < MICROTASKS &&
            performance.now() - microtasksSince < MICROTASK_MS;
        if (!allowed) return schedule();
        microtasks++;
        scheduled = true;
        queueMicrotask(run);
    }

    function run() {
        scheduled = false;
        if (dead || ticking) return;
        ticking = true;
        let delay;
        try {
            delay = module.tick();
        } catch (error) {
            dead = true; // whether it trapped or called exit(): nothing of it may run again
            clearTimer();
            if (error?.name !== 'ExitStatus') throw error;
            exit(error.status);
            return;
        } finally {
            ticking = false;
        }
        if (delay === 0) schedule();
        else setTimer(delay);
    }

    function clearTimer() {
        if (timer !== undefined) clearTimeout(timer);
        timer = undefined;
    }

    function setTimer(delay) {
        if (delay < 0) {
            // Nothing but this timer holds Node alive while a promise is pending.
            if (!isNode || operations.size === 0) return clearTimer();
            delay = LONGEST_TIMEOUT;
        }
        const at = performance.now() + delay;
        if (timer !== undefined) {
            if (Math.abs(at - timerAt) < 0.01 || (delay >= LONGEST_TIMEOUT && timerAt >= at - 1e9)) return;
            clearTimeout(timer);
        }
        timerAt = at;
        // Rounded up: early timers would only make the loop look at the clock again.
        timer = setTimeout(() => {
            timer = undefined;
            microtasks = 0;
            run();
        }, Math.min(Math.ceil(delay), LONGEST_TIMEOUT));
    }

    function wake() {
        if (!ticking) schedule();
    }

    // ---- interrupts and the end ---------------------------------------------------------------------

    let onInterrupt, interruptSignal;

    /** SIGINT in Node, and everywhere the signal that the module was made with. */
    function catchInterrupts(signal) {
        if (onInterrupt) return;
        onInterrupt = () => module.interrupt();
        interruptSignal = signal;
        if (isNode) process.on('SIGINT', onInterrupt);
        if (signal?.aborted) queueMicrotask(onInterrupt); // the run begins in between
        else signal?.addEventListener('abort', onInterrupt);
    }

    function exit(status) {
        if (onInterrupt && isNode) process.removeListener('SIGINT', onInterrupt);
        interruptSignal?.removeEventListener('abort', onInterrupt);
        onInterrupt = interruptSignal = undefined;
        module.exit(status);
    }

    // ---- operations: one path back into the module -------------------------------------------------------

    const operations = new Map(); // op -> { generation, cancel }

    function begin(op, generation, cancel) {
        operations.set(op, { generation, cancel });
    }

    function take(op, generation) {
        const operation = operations.get(op);
        if (operation?.generation !== generation) return undefined;
        operations.delete(op);
        return operation;
    }

    /** Whether the module has got all of it. */
    function complete(op, generation, result, bytes) {
        if (!take(op, generation) || dead) return false;
        try {
            return hand(op, generation, result, bytes);
        } catch (error) {
            dead = true;
            clearTimer();
            if (ticking) throw error; // through the module, to run()
            queueMicrotask(() => { throw error; }); // a promise's handlers would swallow it
            return false;
        }
    }

    function hand(op, generation, result, bytes) {
        let data = 0;
        const size = bytes ? bytes.length : 0;
        if (bytes) {
            data = module.alloc(size + 1) >>> 0;
            if (data) {
                const memory = module.memory();
                memory.set(bytes, data);
                memory[data + size] = 0;
            } else if (result >= 0) {
                result = ENOMEM;
            }
        }
        module.complete(op, generation, result, data, data ? size : 0);
        scheduleForCompletion();
        return !bytes || data !== 0;
    }

    function cancel(op, generation) {
        take(op, generation)?.cancel();
    }

    function textOf(error) {
        if (!(error instanceof Error)) return String(error);
        const cause = error.cause;
        const inner = cause?.errors?.[0] ?? cause; // of several addresses tried, the first will do
        const reason = inner?.message || inner?.code;
        return reason ? `${error.message}: ${reason}` : error.message || error.name;
    }

    function fail(op, generation, error) {
        complete(op, generation, EHOST, encoder.encode(textOf(error)));
    }

    // ---- HTTP --------------------------------------------------------------------------------------------

    const bodies = new Map(); // number -> body
    let lastBody = 0;

    function string(pointer) {
        pointer >>>= 0; // above 2 GiB they arrive negative
        const memory = module.memory();
        return decoder.decode(memory.subarray(pointer, memory.indexOf(0, pointer)));
    }

    function optionsOf(method, headers, headerBytes, body, bodySize, redirect, credentials, mode,
        cache) {
        const memory = module.memory();
        headers >>>= 0;
        body >>>= 0;
        const options = { method: string(method), headers: [] };
        const parts = headerBytes
            ? decoder.decode(memory.subarray(headers, headers + headerBytes - 1)).split('\0') : [];
        for (let i = 0; i < parts.length; i += 2) options.headers.push([parts[i], parts[i + 1]]);
        if (body) options.body = memory.slice(body, body + bodySize);
        for (const [name, pointer] of Object.entries({ redirect, credentials, mode, cache }))
            if (pointer) options[name] = string(pointer);
        return options;
    }

    function headOf(response, url) {
        const parts = [response.status, response.statusText, response.url || url];
        for (const [name, value] of response.headers) parts.push(name, value);
        return encoder.encode(parts.join('\0') + '\0');
    }

    function startFetch(op, generation, urlPointer, ...rest) {
        const controller = new AbortController();
        const url = string(urlPointer);
        begin(op, generation, () => controller.abort());
        request(op, generation, url, rest, controller).catch((error) => fail(op, generation, error));
    }

    async function request(op, generation, url, rest, controller) {
        const options = optionsOf(...rest); // before anything else runs: the memory is borrowed
        const response = await fetch(url, { ...options, signal: controller.signal });
        if (operations.get(op)?.generation !== generation) return controller.abort();
        const number = ++lastBody;
        bodies.set(number, {
            // Locked at once: Node cancels the body of a response that is only garbage otherwise.
            controller, reader: response.body?.getReader(), reading: false, waiting: undefined,
            chunk: undefined, offset: 0, ended: !response.body, error: undefined,
        });
        // Without memory for the head nobody has learnt the number: nobody else would close it.
        if (!complete(op, generation, number, headOf(response, url))) closeBody(number);
    }

    function takeBody(number, buffer, size) {
        const body = bodies.get(number);
        if (!body) return 0;
        if (!body.chunk) return body.ended ? 0 : EEMPTY;
        const part = body.chunk.subarray(body.offset, body.offset + size);
        module.memory().set(part, buffer >>> 0);
        body.offset += part.length;
        if (body.offset === body.chunk.length) body.chunk = undefined;
        return part.length;
    }

    function tellWaiting(body) {
        if (!body.waiting) return;
        const { op, generation } = body.waiting;
        body.waiting = undefined;
        if (body.error) fail(op, generation, body.error);
        else complete(op, generation, 0);
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
        begin(op, generation, () => { body.waiting = undefined; });
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

    return {
        wake, exit, catchInterrupts, cancel, startFetch, takeBody, moreOfBody, closeBody,
        now: () => performance.now(),
        report: (text, length) => {
            text >>>= 0;
            const line = decoder.decode(module.memory().subarray(text, text + length));
            module.report(line.replace(/\n$/, ''));
        },
    };
}
