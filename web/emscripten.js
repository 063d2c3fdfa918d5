// emscripten.js: the adapter between the host's modules and an Emscripten program. The build puts the
// texts of what they export in the places marked below and hands the result to emcc as --js-library.
addToLibrary({
    $EddyError: __TEXT_EddyError__,
    $createEddyHost: __TEXT_createEddyHost__,
    $createEddyHttp: __TEXT_createEddyHttp__,
    $createEddyValues: __TEXT_createEddyValues__,
    $createEddyApp: __TEXT_createEddyApp__,
    $createEddyFunctions: __TEXT_createEddyFunctions__,

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
    $eddyHttp__deps: ['$createEddyHttp', '$eddyHost', 'eddy__host_complete', 'eddy__host_alloc'],
    $eddyHttp: '=createEddyHttp(eddyHost)',

    // Not before the module is instantiated.
    $eddyValues__deps: ['$createEddyValues', '$EddyError', '$eddyHost', 'eddy__handle_drop', 'eddy__future_from_js',
        'eddy__host_complete', 'eddy__host_alloc'],
    $eddyValues: `=createEddyValues(eddyHost, {
        closeHandle: (index, serial) => _eddy__handle_drop(index, serial),
        settleFuture: (...args) => _eddy__future_from_js(...args),
    })`,
    $eddyApp__deps: ['$createEddyApp', '$EddyError', '$eddyHost', '$eddyValues', 'eddy__exports_begin', 'eddy__exports_end',
        'eddy__export_slots', 'eddy__export_start', 'eddy__export_cancel', 'eddy__library_open',
        'eddy__library_close'],
    $eddyApp: `() => eddyApp.made ??= createEddyApp(eddyHost, {
        begin: () => _eddy__exports_begin(),
        end: () => _eddy__exports_end(),
        slots: () => _eddy__export_slots(),
        start: (...args) => _eddy__export_start(...args),
        cancel: (task) => _eddy__export_cancel(task),
        open: () => _eddy__library_open(),
        close: () => _eddy__library_close(),
        alloc: (size) => _eddy__host_alloc(size),
    }, eddyValues)`,
    $eddyApp__postset: `Object.defineProperty(Module, 'eddy', { get: () => eddyApp().app });`,
    $eddyBodies: '="EDDY_JS_BODIES"',
    $eddyFunctions__deps: ['$createEddyFunctions', '$eddyHost', '$eddyValues', '$eddyBodies'],
    $eddyFunctions: '=createEddyFunctions(eddyHost, eddyValues, eddyBodies)',

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

    eddy_js_fetch__deps: ['$eddyHttp'],
    eddy_js_fetch: (...args) => eddyHttp.startFetch(...args),
    eddy_js_body_take__deps: ['$eddyHttp'],
    eddy_js_body_take: (body, buffer, size) => eddyHttp.takeBody(body, buffer, size),
    eddy_js_body_more__deps: ['$eddyHttp'],
    eddy_js_body_more: (body, op, generation) => eddyHttp.moreOfBody(body, op, generation),
    eddy_js_body_close__deps: ['$eddyHttp'],
    eddy_js_body_close: (body) => eddyHttp.closeBody(body),
    eddy_js_cancel__deps: ['$eddyHost'],
    eddy_js_cancel: (op, generation) => eddyHost.cancel(op, generation),

    eddy_js_returned__deps: ['$eddyApp'],
    eddy_js_returned: (...args) => eddyApp().returned(...args),
    eddy_js_failed__deps: ['$eddyApp'],
    eddy_js_failed: (...args) => eddyApp().failed(...args),
    eddy_js_ended__deps: ['$eddyApp'],
    eddy_js_ended: (result) => eddyApp().hasEnded(result),

    eddy_js_start__deps: ['$eddyFunctions'],
    eddy_js_start: (...args) => eddyFunctions.start(...args),
    eddy_js_run__deps: ['$eddyFunctions'],
    eddy_js_run: (...args) => eddyFunctions.run(...args),
    eddy_js_drop__deps: ['$eddyHost'],
    eddy_js_drop: (value) => eddyHost.drop(value),
    eddy_js_keep__deps: ['$eddyHost'],
    eddy_js_keep: (value) => eddyHost.keep(eddyHost.valueOf(value)),

    // Imports of the module until the Asyncify pass, which replaces them.
    start_unwind: () => {},
    stop_unwind: () => {},
    start_rewind: () => {},
    stop_rewind: () => {},
    eddy_position_get: () => {},
    eddy_position_set: () => {},
});
