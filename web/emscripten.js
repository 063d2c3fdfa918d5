// emscripten.js: the adapter between host.mjs and an Emscripten program. The build puts the text of
// createEddyHost in the place marked below and hands the result to emcc as --js-library.
addToLibrary({
    $createEddyHost: __CREATE_EDDY_HOST__,

    $eddyHost__deps: ['$createEddyHost', 'eddy_tick'],
    $eddyHost: `=createEddyHost({
        memory: () => HEAPU8,
        tick: () => _eddy_tick(),
        complete: (...args) => _eddy__host_complete(...args),
        alloc: (size) => _eddy__host_alloc(size),
        interrupt: () => _eddy_interrupt(),
        report: (text) => err(text),
        exit: (status) => {
            if (Module['onEddyExit']) Module['onEddyExit'](status);
            else if (typeof process === 'object') process.exitCode = status;
        },
    })`,

    eddy_js_now__deps: ['$eddyHost'],
    eddy_js_now: () => eddyHost.now(),
    eddy_js_wake__deps: ['$eddyHost'],
    eddy_js_wake: () => eddyHost.wake(),
    eddy_js_report__deps: ['$eddyHost'],
    eddy_js_report: (text, length) => eddyHost.report(text, length),
    eddy_js_exit__deps: ['$eddyHost'],
    eddy_js_exit: (status) => eddyHost.exit(status),
    eddy_js_catch_interrupts__deps: ['$eddyHost', 'eddy_interrupt'],
    eddy_js_catch_interrupts: () => eddyHost.catchInterrupts(Module['signal']),
    eddy_js_abort: () => abort('eddy: a stack is broken'),

    eddy_js_fetch__deps: ['$eddyHost', 'eddy__host_complete', 'eddy__host_alloc'],
    eddy_js_fetch: (...args) => eddyHost.startFetch(...args),
    eddy_js_body_take__deps: ['$eddyHost'],
    eddy_js_body_take: (body, buffer, size) => eddyHost.takeBody(body, buffer, size),
    eddy_js_body_more__deps: ['$eddyHost', 'eddy__host_complete', 'eddy__host_alloc'],
    eddy_js_body_more: (body, op, generation) => eddyHost.moreOfBody(body, op, generation),
    eddy_js_body_close__deps: ['$eddyHost'],
    eddy_js_body_close: (body) => eddyHost.closeBody(body),
    eddy_js_cancel__deps: ['$eddyHost'],
    eddy_js_cancel: (op, generation) => eddyHost.cancel(op, generation),

    // Imports of the module until the Asyncify pass, which replaces them.
    start_unwind: () => {},
    stop_unwind: () => {},
    start_rewind: () => {},
    stop_rewind: () => {},
    eddy_position_get: () => {},
    eddy_position_set: () => {},
});
