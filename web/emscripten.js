// emscripten.js: the adapter between the host's modules and an Emscripten program. The build puts the
// texts of what they export in the places marked below and hands the result to emcc as --js-library.
addToLibrary({
    $EddyError: __TEXT_EddyError__,
    $createEddyHost: __TEXT_createEddyHost__,
    $createEddyHttp: __TEXT_createEddyHttp__,
    $createEddyNodeHttp: __TEXT_createEddyNodeHttp__,
    $createEddySystem: __TEXT_createEddySystem__,
    $createEddyStreams: __TEXT_createEddyStreams__,
    $createEddyWebsockets: __TEXT_createEddyWebsockets__,
    $createEddyOffload: __TEXT_createEddyOffload__,
    $serveEddyOffload: __TEXT_serveEddyOffload__,
    $createEddyUdp: __TEXT_createEddyUdp__,
    $createEddyDom: __TEXT_createEddyDom__,
    $createEddyFiles: __TEXT_createEddyFiles__,
    $createEddyOriginFiles: __TEXT_createEddyOriginFiles__,
    $createEddyValues: __TEXT_createEddyValues__,
    $createEddyTrace__deps: ['$EddyError'],
    $createEddyTrace: __TEXT_createEddyTrace__,
    $createEddyApp: __TEXT_createEddyApp__,
    $createEddyGuard: __TEXT_createEddyGuard__,
    $createEddyFunctions: __TEXT_createEddyFunctions__,
    $createEddyChannels__deps: ['$EddyError'],
    $createEddyChannels: __TEXT_createEddyChannels__,

    $eddyGuard__deps: ['$createEddyGuard', 'eddy__current_slot'],
    $eddyGuard: '=createEddyGuard(() => HEAPU8, () => _eddy__current_slot())',
    // All that the module imports, and what addFunction puts into its table.
    $eddyGuard__postset: `createWasm = ((create) => () => {
        eddyGuard.guardAll(wasmImports);
        return create();
    })(createWasm);
#if WASM2JS
    if (typeof setWasmTableEntry == 'function')
        setWasmTableEntry = ((set) => (i, f) => set(i, f && eddyGuard.guard(f)))(setWasmTableEntry);
#else
    if (typeof convertJsFunctionToWasm == 'function')
        convertJsFunctionToWasm = ((convert) => (f, type) => convert(eddyGuard.guard(f), type))(convertJsFunctionToWasm);
#endif
    `,

    $eddyHost__deps: ['$createEddyHost', '$eddyGuard', 'eddy_tick',
#if EXIT_RUNTIME
        '$callUserCallback', '$exitJS', '$runtimeKeepalivePush', '$runtimeKeepalivePop', '$eddyIsWorker',
#endif
    ],
    $eddyHost: `=createEddyHost({
        memory: () => HEAPU8,
        tick: () => _eddy_tick(),
        complete: (op, generation, result, data, size) => _eddy__host_complete(op, generation, result, data, size),
        alloc: (size) => _eddy__host_alloc(size),
        interrupt: () => _eddy_interrupt(),
        report: (text) => (Module['onReport'] ? Module['onReport'](text) : err(text)),
        exit: (status) => {
#if EXIT_RUNTIME
            if (!eddyIsWorker()) queueMicrotask(() => callUserCallback(() => {
                runtimeKeepalivePop();
                exitJS(status);
            }));
#endif
            if (Module['onEddyExit']) Module['onEddyExit'](status);
            else if (typeof process === 'object') process.exitCode = status;
        },
    })`,
    // What every program has; that of one with exports comes after it and replaces it ($eddyApp).
    $eddyHost__postset: `Object.defineProperty(Module, 'eddy', { configurable: true, value: {
        ended: new Promise((done) => eddyHost.onEnd.push(done) + eddyHost.onDeath.push((error) =>
            done(error?.name === 'ExitStatus' ? error.status : undefined))),
        close() {
            eddyHost.enter(() => _eddy_interrupt());
            return this.ended;
        },
    } });`,
    $eddyHttp__deps: ['$createEddyHttp', '$eddyHost', 'eddy__host_complete', 'eddy__host_alloc',
#if ENVIRONMENT_MAY_BE_NODE
        '$createEddyNodeHttp',
#endif
    ],
#if ENVIRONMENT_MAY_BE_NODE
    $eddyHttp: "=createEddyHttp(eddyHost, () => Module['fetch'], createEddyNodeHttp)",
#else
    $eddyHttp: "=createEddyHttp(eddyHost, () => Module['fetch'])",
#endif
    $eddyWebsockets__deps: ['$createEddyWebsockets', '$eddyHost', 'eddy__host_complete', 'eddy__host_alloc'],
    $eddyWebsockets: '=createEddyWebsockets(eddyHost)',
    $eddySystem__deps: ['$createEddySystem', '$eddyHost', 'eddy__host_complete', 'eddy__host_alloc'],
    $eddySystem: '=createEddySystem(eddyHost)',
    $eddyStreams__deps: ['$createEddyStreams', '$eddyHost', '$eddySystem'],
    $eddyStreams: "=createEddyStreams(eddyHost, eddySystem, Module['input'])",
    $eddyUdp__deps: ['$createEddyUdp', '$eddyHost', '$eddySystem'],
    $eddyUdp: '=createEddyUdp(eddyHost, eddySystem)',
    $eddyFiles__deps: ['$createEddyFiles', '$createEddyOriginFiles', '$eddyHost', '$eddySystem'],
    $eddyFiles: '=(eddySystem.hasNode ? createEddyFiles : createEddyOriginFiles)(eddyHost, eddySystem)',

    eddy_js_jump__deps: ['_emscripten_throw_longjmp'], // throws what invoke_ functions catch
    eddy_js_jump: '=__emscripten_throw_longjmp',

    // This JavaScript is its own worker, known by a mark: in its address, in Node among the arguments.
    $eddyIsWorker: () => !globalThis.document &&
        [globalThis.location?.hash, globalThis.process?.argv?.at(-1)].includes('#eddy-offload'),
    $eddyServe__deps: ['$serveEddyOffload',
#if EXIT_RUNTIME
        '$runtimeKeepalivePush',
#endif
    ],
    $eddyServe: (run) => {
        let giveModule, giveInstance, fail, print;
        const module = new Promise((give) => { giveModule = give; });
        const made = new Promise((give, reject) => {
            giveInstance = give;
            fail = reject;
        });
        Module['noInitialRun'] = true;
        Module['print'] = (line) => print(1, line);
        Module['printErr'] = (line) => print(2, line);
        Module['onRuntimeInitialized'] = () => {
#if EXIT_RUNTIME
            runtimeKeepalivePush(); // for the next job
#endif
            giveInstance();
        };
        Module['instantiateWasm'] = (imports, receive) => {
            module.then((one) => WebAssembly.instantiate(one, imports)).then(receive).catch(fail);
            return {};
        };
        serveEddyOffload((one, own) => {
            print = own.print;
            Module['fetch'] = own.fetch;
            own.serve(run);
            giveModule(one);
            return made;
        });
    },
    $eddyOffload__deps: ['$createEddyOffload', '$eddyHost', '$eddyIsWorker', '$eddyServe', 'eddy__host_complete',
        'eddy__host_alloc', 'eddy__offload_run'],
    $eddyOffload: `=createEddyOffload(eddyHost, {
        exports: () => ({ eddy__host_alloc: _eddy__host_alloc, eddy__offload_run: _eddy__offload_run }),
        serve: eddyIsWorker() ? eddyServe : undefined,
        wantsFetch: () => !!Module['fetch'],
        module: async () => WebAssembly.compile(await getWasmBinary(wasmBinaryFile ??= findWasmBinary())),
        start: (NodeWorker) => {
            const mark = '#eddy-offload';
            const isUrl = _scriptName.startsWith('file:');
            if (NodeWorker) return new NodeWorker(isUrl ? new URL(_scriptName) : _scriptName, { argv: [mark] });
            return new Worker(new URL(mark, _scriptName), { type: {{{ EXPORT_ES6 ? "'module'" : "'classic'" }}} });
        },
        print: (stream, line) => (stream === 1 ? out : err)(line),
    })`,

    // Not before the module is instantiated.
    $eddyDom__deps: ['$createEddyDom', '$eddyHost', 'eddy__event_slot', 'eddy__event_arrived'],
    $eddyDom: `=createEddyDom(eddyHost, () => eddyDom.exports ??= {
        eddy__event_slot: _eddy__event_slot, eddy__event_arrived: _eddy__event_arrived,
    })`,
    $eddyValues__deps: ['$createEddyValues', '$EddyError', '$eddyHost', 'eddy__handle_drop', 'eddy__future_from_js',
        'eddy__host_complete', 'eddy__host_alloc'],
    $eddyValues: `=createEddyValues(eddyHost, () => ({
        eddy__handle_drop: _eddy__handle_drop, eddy__future_from_js: _eddy__future_from_js,
    }))`,
    $eddyApp__deps: ['$createEddyApp', '$createEddyTrace', '$EddyError', '$eddyHost', '$eddyValues', 'eddy__exports_begin', 'eddy__exports_end',
        'eddy__export_slots', 'eddy__export_start', 'eddy__export_cancel', 'eddy__stream_demand', 'eddy__library_open',
        'eddy__library_close', 'eddy__inspect'],
    $eddyApp: `() => {
        if (eddyApp.made) return eddyApp.made;
        eddyApp.made = createEddyApp(eddyHost, {
        eddy__exports_begin: _eddy__exports_begin, eddy__exports_end: _eddy__exports_end,
        eddy__export_slots: _eddy__export_slots, eddy__export_start: _eddy__export_start,
        eddy__export_cancel: _eddy__export_cancel, eddy__stream_demand: _eddy__stream_demand, eddy__library_open: _eddy__library_open,
        eddy__library_close: _eddy__library_close, eddy__inspect: _eddy__inspect, eddy__host_alloc: _eddy__host_alloc,
    }, eddyValues);
        eddyApp.end?.(eddyApp.made);
        return eddyApp.made;
    }`,
    // Its end may come before anybody looks at it.
    $eddyApp__postset: `eddyHost.onDeath.push((error) => { eddyApp.end ??= (made) => made.died(error); });
    eddyHost.onEnd.push((status) => { eddyApp.end ??= (made) => made.hasEnded(status); });
    Object.defineProperty(Module, 'eddy', { get: () => eddyApp().app });`,
    $eddyBodies: '="EDDY_JS_BODIES"',
    $eddyFunctions__deps: ['$createEddyFunctions', '$eddyHost', '$eddyValues', '$eddyBodies', 'eddy__js_serve',
        'eddy__js_debug'],
    $eddyFunctions: `=createEddyFunctions(eddyHost, eddyValues, eddyBodies, () => eddyFunctions.exports ??= {
        eddy__js_serve: _eddy__js_serve, eddy__js_debug: _eddy__js_debug,
    })`,

    $eddyChannels__deps: ['$createEddyChannels', '$eddyHost', '$eddyValues', '$eddyApp'],
    $eddyChannels: '=createEddyChannels(eddyHost, eddyValues, (...args) => eddyApp().app.call(...args))',

    eddy_js_now__deps: ['$eddyHost'],
    eddy_js_now: () => eddyHost.now(),
    eddy_js_wake__deps: ['$eddyHost'],
    eddy_js_wake: () => eddyHost.wake(),
    eddy_js_report__deps: ['$eddyHost'],
    eddy_js_report: (text, length) => eddyHost.report(text, length),
    eddy_js_exit__deps: ['$eddyHost'],
    eddy_js_exit: (status) => eddyHost.exit(status),
    eddy_js_catch_interrupts__deps: ['$eddyHost', 'eddy_interrupt'],
    eddy_js_catch_interrupts: () => {
#if EXIT_RUNTIME
        runtimeKeepalivePush(); // main returns before the run has ended
#endif
        eddyHost.catchInterrupts(Module['signal']);
    },
    eddy_js_abort: () => abort('eddy: a stack is broken'),

    eddy_js_fetch__deps: ['$eddyHttp'],
    eddy_js_fetch: (...args) => eddyHttp.startFetch(...args),
    eddy_js_body_take__deps: ['$eddyHttp'],
    eddy_js_body_take: (body, buffer, size) => eddyHttp.takeBody(body, buffer, size),
    eddy_js_body_more__deps: ['$eddyHttp'],
    eddy_js_body_more: (body, op, generation) => eddyHttp.moreOfBody(body, op, generation),
    eddy_js_body_close__deps: ['$eddyHttp'],
    eddy_js_body_close: (body) => eddyHttp.closeBody(body),
    eddy_js_upload_put__deps: ['$eddyHttp'],
    eddy_js_upload_put: (upload, data, size) => eddyHttp.putUpload(upload, data, size),
    eddy_js_upload_room__deps: ['$eddyHttp'],
    eddy_js_upload_room: (upload, op, generation) => eddyHttp.roomOfUpload(upload, op, generation),
    eddy_js_upload_end__deps: ['$eddyHttp'],
    eddy_js_upload_end: (upload, whole) => eddyHttp.endUpload(upload, whole),
    eddy_js_connect__deps: ['$eddyStreams'],
    eddy_js_connect: (...args) => eddyStreams.connect(...args),
    eddy_js_listen__deps: ['$eddyStreams'],
    eddy_js_listen: (...args) => eddyStreams.listen(...args),
    eddy_js_resolve__deps: ['$eddyStreams'],
    eddy_js_resolve: (...args) => eddyStreams.resolve(...args),
    eddy_js_accept__deps: ['$eddyStreams'],
    eddy_js_accept: (...args) => eddyStreams.accept(...args),
    eddy_js_listener_close__deps: ['$eddyStreams'],
    eddy_js_listener_close: (...args) => eddyStreams.closeListener(...args),
    eddy_js_file_open__deps: ['$eddyFiles', '$eddyStreams'],
    eddy_js_file_open: (...args) => eddyFiles.open(eddyStreams, ...args),
    eddy_js_path__deps: ['$eddyFiles'],
    eddy_js_path: (...args) => eddyFiles.path(...args),
    eddy_js_stdin__deps: ['$eddyStreams'],
    eddy_js_stdin: (...args) => eddyStreams.standardInput(...args),
#if SYSCALLS_REQUIRE_FILESYSTEM
    eddy_js_has_input__deps: ['$FS'],
    eddy_js_has_input: () => !!FS.getStream(0)?.tty, // else it is a file, or the option `stdin`
#else
    eddy_js_has_input: () => !Module['stdin'],
#endif
    eddy_js_stream_take__deps: ['$eddyStreams'],
    eddy_js_stream_take: (...args) => eddyStreams.take(...args),
    eddy_js_stream_more__deps: ['$eddyStreams'],
    eddy_js_stream_more: (...args) => eddyStreams.more(...args),
    eddy_js_stream_put__deps: ['$eddyStreams'],
    eddy_js_stream_put: (...args) => eddyStreams.put(...args),
    eddy_js_stream_room__deps: ['$eddyStreams'],
    eddy_js_stream_room: (...args) => eddyStreams.room(...args),
    eddy_js_stream_drain__deps: ['$eddyStreams'],
    eddy_js_stream_drain: (...args) => eddyStreams.drain(...args),
    eddy_js_stream_shut__deps: ['$eddyStreams'],
    eddy_js_stream_shut: (...args) => eddyStreams.shut(...args),
    eddy_js_stream_close__deps: ['$eddyStreams'],
    eddy_js_stream_close: (...args) => eddyStreams.closeStream(...args),
    eddy_js_ws_connect__deps: ['$eddyWebsockets'],
    eddy_js_ws_connect: (...args) => eddyWebsockets.connect(...args),
    eddy_js_ws_next__deps: ['$eddyWebsockets'],
    eddy_js_ws_next: (...args) => eddyWebsockets.next(...args),
    eddy_js_ws_take__deps: ['$eddyWebsockets'],
    eddy_js_ws_take: (...args) => eddyWebsockets.take(...args),
    eddy_js_ws_more__deps: ['$eddyWebsockets'],
    eddy_js_ws_more: (...args) => eddyWebsockets.more(...args),
    eddy_js_ws_send__deps: ['$eddyWebsockets'],
    eddy_js_ws_send: (...args) => eddyWebsockets.send(...args),
    eddy_js_ws_queue__deps: ['$eddyWebsockets'],
    eddy_js_ws_queue: (...args) => eddyWebsockets.queue(...args),
    eddy_js_ws_shut__deps: ['$eddyWebsockets'],
    eddy_js_ws_shut: (...args) => eddyWebsockets.shut(...args),
    eddy_js_ws_over__deps: ['$eddyWebsockets'],
    eddy_js_ws_over: (...args) => eddyWebsockets.over(...args),
    eddy_js_ws_close__deps: ['$eddyWebsockets'],
    eddy_js_ws_close: (...args) => eddyWebsockets.close(...args),
    eddy_js_ws_amount__deps: ['$eddyWebsockets'],
    eddy_js_ws_amount: (...args) => eddyWebsockets.amount(...args),
    eddy_js_ws_reason__deps: ['$eddyWebsockets'],
    eddy_js_ws_reason: (...args) => eddyWebsockets.reason(...args),
    eddy_js_offload__deps: ['$eddyOffload'],
    eddy_js_offload: (...args) => eddyOffload.offload(...args),
    eddy_js_offload_limit__deps: ['$eddyOffload'],
    eddy_js_offload_limit: (workers) => eddyOffload.setLimit(workers),
    eddy_js_offload_end__deps: ['$eddyOffload'],
    eddy_js_offload_end: () => eddyOffload.endAll(),
    eddy_js_offloaded__deps: ['$eddyOffload'],
    eddy_js_offloaded: (...args) => eddyOffload.offloaded(...args),
    eddy_js_udp_open__deps: ['$eddyUdp'],
    eddy_js_udp_open: (...args) => eddyUdp.open(...args),
    eddy_js_udp_send__deps: ['$eddyUdp'],
    eddy_js_udp_send: (...args) => eddyUdp.send(...args),
    eddy_js_udp_take__deps: ['$eddyUdp'],
    eddy_js_udp_take: (...args) => eddyUdp.take(...args),
    eddy_js_udp_more__deps: ['$eddyUdp'],
    eddy_js_udp_more: (...args) => eddyUdp.more(...args),
    eddy_js_udp_close__deps: ['$eddyUdp'],
    eddy_js_udp_close: (...args) => eddyUdp.close(...args),
    eddy_js_cancel__deps: ['$eddyHost'],
    eddy_js_cancel: (op, generation) => eddyHost.cancel(op, generation),

    eddy_js_dom_listen__deps: ['$eddyDom'],
    eddy_js_dom_listen: (...args) => eddyDom.listen(...args),
    eddy_js_dom_unlisten__deps: ['$eddyDom'],
    eddy_js_dom_unlisten: (listener) => eddyDom.unlisten(listener),

    eddy_js_returned__deps: ['$eddyApp'],
    eddy_js_returned: (call, letter, result) => eddyApp().returned(call, letter, result),
    eddy_js_failed__deps: ['$eddyApp'],
    eddy_js_failed: (...args) => eddyApp().failed(...args),
    eddy_js_ended__deps: ['$eddyApp'],
    eddy_js_ended: (result) => eddyApp().ended(result),

    eddy_js_start__deps: ['$eddyFunctions'],
    eddy_js_start: (op, generation, called, slots) => eddyFunctions.start(op, generation, called, slots),
    eddy_js_run__deps: ['$eddyFunctions'],
    eddy_js_run: (called, slots) => eddyFunctions.run(called, slots),
    eddy_js_channel__deps: ['$eddyChannels'],
    eddy_js_channel: (index, serial, kind) => eddyChannels(index, serial, kind),
    eddy_js_drop__deps: ['$eddyHost'],
    eddy_js_drop: (value) => eddyHost.drop(value),
    eddy_js_keep__deps: ['$eddyHost'],
    eddy_js_keep: (value) => eddyHost.keep(eddyHost.valueOf(value)),

    // Of Emscripten's own exceptions: what is being handled is put aside, as a value, while another
    // task runs.
    eddy_js_swap_exceptions__deps: ['$eddyHost', '$exceptionCaught', '$uncaughtExceptionCount'],
    eddy_js_swap_exceptions: (theirs) => {
        const mine = exceptionCaught.length || uncaughtExceptionCount
            ? eddyHost.keep([exceptionCaught.splice(0), uncaughtExceptionCount]) : 0;
        const [caught, count] = theirs ? eddyHost.valueOf(theirs) : [[], 0];
        exceptionCaught.push(...caught);
        uncaughtExceptionCount = count;
        eddyHost.drop(theirs);
        return mine;
    },

    // Imports of the module until the Asyncify pass, which replaces them.
    start_unwind: () => {},
    stop_unwind: () => {},
    start_rewind: () => {},
    stop_rewind: () => {},
    eddy_position_get: () => {},
    eddy_position_set: () => {},
});
