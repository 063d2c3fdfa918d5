// host.mjs: the core of the web host: when the loop is called, and operations under way. An adapter
// (emscripten.js, loader.mjs) hands in the module's exports and memory, and forwards the imports
// eddy_js_*. It may embed the text of exports of this folder, which refer to one another by name only.

/** An error of the C side. `name` is the code's ("EDDY_ETIMEDOUT"), `site` where the task began. */
export class EddyError extends Error {
    constructor(code, name, message, task, site, options) {
        super(message, options);
        this.code = code;
        this.name = name;
        this.task = task;
        this.site = site;
    }
}

/**
 * `module`: the exports eddy_tick, _host_complete, _host_alloc, _interrupt by their last words; memory():
 * its bytes now, another array after growth; report(line), without its newline; exit(status): the end.
 */
export function createEddyHost(module) {
    // Values of include/eddy/error.h.
    const ENOMEM = -5, EHOST = -13;
    const LONGEST_TIMEOUT = 2 ** 31 - 1;
    // Microtasks starve the page: after so long, or so many, the next tick is a macrotask.
    const MICROTASK_MS = 8, MICROTASKS = 65536;

    const isNode = typeof process === 'object' && !!process.versions?.node;
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true }); // a U+FEFF is a character
    const encoder = new TextEncoder();

    // ---- memory ------------------------------------------------------------------------------------

    let bytes, bytesView;

    /** Of the memory as it is now: growth replaces it. */
    function view() {
        const memory = module.memory();
        if (memory !== bytes) bytesView = new DataView((bytes = memory).buffer);
        return bytesView;
    }

    function string(pointer) {
        pointer >>>= 0; // above 2 GiB they arrive negative
        const memory = module.memory();
        return decoder.decode(memory.subarray(pointer, memory.indexOf(0, pointer)));
    }

    // ---- when the loop is called -----------------------------------------------------------------

    let scheduled = false; // a call of run() is on its way
    let ticking = false, completing = false; // the module runs: a tick, or takes in a completion
    let dead; // what the module trapped with: its memory cannot be trusted any more
    let clock = 0; // as the module last read it, which it does in each tick
    let microtasks = 0, microtasksSince; // undefined: there was none since the last macrotask
    let timer, timerAt = 0; // the one host timer, and when it is due; undefined: not set
    let keepAlive; // a timer that is never due; see holdProcess
    let macrotask, busySince;
    const onDeath = [], onEnd = []; // callbacks: of a trap or exit(), of the end of the program

    const now = () => (clock = performance.now());

    function makeMacrotask() {
        // setTimeout would be clamped to 4 ms in pages.
        if (typeof setImmediate === 'function') return setImmediate;
        const channel = new MessageChannel();
        let next;
        channel.port1.onmessage = () => next();
        return (callback) => {
            next = callback;
            busySince ??= clock;
            if (clock - busySince < 10) return channel.port2.postMessage(0);
            busySince = undefined; // for Firefox to draw
            setTimeout(callback, 1);
        };
    }

    function schedule() {
        if (scheduled || dead) return;
        scheduled = true;
        macrotask ??= makeMacrotask();
        macrotask(runMacrotask);
    }

    function runMacrotask() {
        microtasksSince = undefined;
        microtasks = 0;
        run();
    }

    function mustGiveWay() {
        microtasksSince ??= now();
        return clock - microtasksSince >= MICROTASK_MS || ++microtasks > MICROTASKS;
    }

    // A completion that finds the loop idle is served in a microtask, for low latency.
    function serveCompletion() {
        if (scheduled || ticking || dead) return;
        if (mustGiveWay()) return schedule();
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
            if (die(error)) throw error;
            return;
        } finally {
            ticking = false;
        }
        runAgain(delay);
    }

    function runAgain(delay) {
        if (delay === 0) schedule();
        else setTimer(delay);
        holdProcess();
    }

    /** What left the module trapped or called exit(): nothing of it may run again. True: it trapped. */
    function die(error) {
        const trapped = error?.name !== 'ExitStatus';
        if (dead) return trapped;
        dead = error ?? true;
        clearTimer();
        holdProcess();
        stopListening();
        for (const cancel of cancels) {
            try { cancel?.(); } catch { /* it is of no use any more */ }
        }
        for (const callback of onDeath) callback(error);
        if (!trapped) exit(error.status);
        return trapped;
    }

    /** Before the module goes on after code of others: what that called may have ended it. */
    function goOn() {
        if (dead) throw dead;
    }

    /** Calls into the module from outside of a tick; a trap is thrown to the caller. */
    function enter(call) {
        if (dead) return undefined;
        try {
            return call();
        } catch (error) {
            if (die(error)) throw error;
            return undefined;
        } finally {
            holdProcess();
        }
    }

    /** The same for what wakes a task, which is served as a completion is. */
    function nudge(call) {
        const outer = completing;
        completing = true;
        try {
            return enter(call);
        } finally {
            completing = outer;
            serveCompletion();
        }
    }

    /** Nothing but a timer holds Node alive while a promise is pending. */
    function holdProcess() {
        if (!isNode) return;
        const wanted = underWay > 0 && timer === undefined && !dead;
        if (wanted === (keepAlive !== undefined)) return;
        if (!wanted) clearTimeout(keepAlive);
        keepAlive = wanted ? setTimeout(() => {}, LONGEST_TIMEOUT) : undefined;
    }

    function clearTimer() {
        if (timer !== undefined) clearTimeout(timer);
        timer = undefined;
    }

    function setTimer(delay) {
        busySince = undefined;
        if (delay < 0) return clearTimer();
        const at = performance.now() + delay;
        if (timer !== undefined) {
            if (Math.abs(at - timerAt) < 0.01) return;
            clearTimeout(timer);
        }
        timerAt = at;
        clearTimeout(keepAlive);
        keepAlive = undefined;
        // Rounded up: early timers would only make the loop look at the clock again.
        timer = setTimeout(() => {
            timer = undefined;
            runMacrotask();
        }, Math.min(Math.ceil(delay), LONGEST_TIMEOUT));
    }

    function wake() {
        if (!ticking && !completing) schedule();
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

    function stopListening() {
        if (onInterrupt && isNode) process.removeListener('SIGINT', onInterrupt);
        interruptSignal?.removeEventListener('abort', onInterrupt);
        onInterrupt = interruptSignal = undefined;
    }

    function exit(status) {
        stopListening();
        for (const callback of onEnd) callback(status);
        module.exit(status);
    }

    // ---- operations: one path back into the module -------------------------------------------------------

    const generations = [], cancels = []; // by operation; 0: it is not under way
    let underWay = 0;

    function begin(op, generation, cancel) {
        generations[op] = generation;
        cancels[op] = cancel;
        underWay++;
    }

    const isWanted = (op, generation) => generations[op] === generation;

    function take(op, generation) {
        if (!isWanted(op, generation)) return false;
        generations[op] = 0;
        cancels[op] = undefined;
        underWay--;
        return true;
    }

    // Outside of a tick a promise's handlers would swallow what is thrown; inside it goes through the
    // module to run().
    function trapped(error) {
        if (ticking) throw error;
        if (die(error)) queueMicrotask(() => { throw error; });
        return false;
    }

    /** Whether the module has got all of it. */
    function complete(op, generation, result, bytes) {
        if (!take(op, generation) || dead) return false;
        try {
            return hand(op, generation, result, bytes);
        } catch (error) {
            return trapped(error);
        }
    }

    let served = 0, most = 1, looked = 0; // by settle(): since a look at the clock, until the next

    /**
     * In a promise's handler: completes an operation that is wanted. If it is the only one, `serve`
     * does, and runs what it wakes.
     */
    function settle(serve, op, generation, result) {
        if (underWay > 1 || scheduled || ticking || dead) return complete(op, generation, result);
        if (++served > most) {
            most = now() - looked > 0.5 ? 1 : Math.min(2 * most, 64);
            looked = clock;
            microtasks += served;
            served = 0;
            if (timer !== undefined && clock >= timerAt || mustGiveWay()) return complete(op, generation, result);
        }
        take(op, generation);
        ticking = true;
        let delay;
        try {
            delay = serve(op, generation, result);
        } catch (error) {
            ticking = false;
            return trapped(error);
        }
        ticking = false;
        if (delay >= 0 || timer !== undefined || !underWay) runAgain(delay);
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
        completing = true; // what it wakes is served below
        module.complete(op, generation, result, data, data ? size : 0);
        completing = false;
        serveCompletion();
        return !bytes || data !== 0;
    }

    function cancel(op, generation) {
        const stop = cancels[op];
        if (take(op, generation)) stop?.();
        goOn();
    }

    function textOf(error) {
        try {
            if (!(error instanceof Error)) return String(error);
            const cause = error.cause;
            const inner = cause?.errors?.[0] ?? cause; // of several addresses tried, the first will do
            const reason = inner?.message || inner?.code;
            return String(reason ? `${error.message}: ${reason}` : error.message || error.name);
        } catch {
            return 'an error without a text';
        }
    }

    function fail(op, generation, error) {
        complete(op, generation, EHOST, encoder.encode(textOf(error)));
    }

    // ---- values that C holds --------------------------------------------------------------------------

    const values = new Map(); // number -> value
    let lastValue = 0;

    function keep(value) {
        if (value === undefined) return 0;
        do lastValue = (lastValue + 1) >>> 0;
        while (lastValue === 0 || values.has(lastValue));
        values.set(lastValue, value);
        return lastValue;
    }

    const host = {
        wake, exit, catchInterrupts, cancel, begin, complete, settle, fail, isWanted, enter, nudge, textOf, string, view, keep,
        onDeath, onEnd, encoder, now,
        memory: module.memory,
        alloc: module.alloc,
        valueOf: (number) => values.get(number >>> 0),
        drop: (number) => { values.delete(number >>> 0); },
        goOn, isDead: () => !!dead,
        report: (text, length) => {
            text >>>= 0;
            const line = decoder.decode(module.memory().subarray(text, text + length));
            (host.listener ?? module.report)(line.replace(/\n$/, ''));
            goOn();
        },
    };
    return host;
}
