// crossing.mjs: calls from JavaScript into C and awaits the other way, by eddy and by JSPI, which is the
// engine's own way to suspend a module for a promise.

// Knows nothing of where it runs: Node or a page.

const IN_FLIGHT = 1000;

/* (module
 *   (import "host" "wait" (func $wait))
 *   (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
 *   (func (export "once") (param i32) (result i32) (call $wait) (local.get 0))
 *   (func (export "twice") (param i32) (result i32) (call $wait) (call $wait) (local.get 0))
 *   (func (export "inTurn") (param $n i32) (result i32)
 *     (loop $more
 *       (call $wait)
 *       (local.set $n (i32.sub (local.get $n) (i32.const 1)))
 *       (br_if $more (local.get $n)))
 *     (i32.const 0))) */
const JSPI_MODULE = 'AGFzbQEAAAABDwNgAX8Bf2AAAGACf38BfwINAQRob3N0BHdhaXQAAQMFBAIAAAAHHwQDYWRkAAEEb25jZQACBXR3aWNl' +
    'AAMGaW5UdXJuAAQKLgQHACAAIAFqCwYAEAAgAAsIABAAEAAgAAsUAANAEAAgAEEBayEAIAANAAtBAAs=';

let jspi;

function jspiModule() {
    if (jspi) return jspi;
    if (!WebAssembly.promising) throw new Error('this engine has no JSPI');
    const wait = new WebAssembly.Suspending(async () => {});
    const module = new WebAssembly.Module(Uint8Array.from(atob(JSPI_MODULE), (character) => character.charCodeAt(0)));
    const { exports } = new WebAssembly.Instance(module, { host: { wait } });
    jspi = Object.fromEntries(Object.entries(exports).map(([name, fn]) => [name, WebAssembly.promising(fn)]));
    return jspi;
}

async function inFlight(calls, call) {
    const start = performance.now();
    for (let done = 0; done < calls; done += IN_FLIGHT)
        await Promise.all(Array.from({ length: IN_FLIGHT }, (_, i) => call(i)));
    return (performance.now() - start) * 1e6 / calls;
}

async function sequential(calls, call) {
    const start = performance.now();
    for (let i = 0; i < calls; i++) await call(i);
    return (performance.now() - start) * 1e6 / calls;
}

async function batches(waits, batch) {
    const start = performance.now();
    for (let done = 0; done < waits; done += IN_FLIGHT) await batch();
    return (performance.now() - start) * 1e6 / waits;
}

/** Nanoseconds for each: by eddy's bench/c/crossing.c, which is `app`. */
export const drivers = {
    exportCalls: (app, calls) => inFlight(calls, (i) => app.twice(i)),
    exportSequential: (app, calls) => sequential(calls, (i) => app.add(i, 1)),
    jsAwait: (app, waits) => batches(waits, () => app.many(IN_FLIGHT)),
    jsAwaitSequential: (app, waits) => batches(waits, () => app.in_turn(IN_FLIGHT)),
};

/** The same by JSPI. */
export const jspiBaselines = {
    exportCalls: (calls) => inFlight(calls, (i) => jspiModule().twice(i)),
    exportSequential: (calls) => sequential(calls, (i) => jspiModule().add(i, 1)),
    jsAwait: (waits) => inFlight(waits, (i) => jspiModule().once(i)),
    jsAwaitSequential: (waits) => batches(waits, () => jspiModule().inTurn(IN_FLIGHT)),
};
