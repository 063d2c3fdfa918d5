// flags.mjs: every compiler and linker flag of the project, in one place.

export const WARNINGS = ['-Wall', '-Wextra', '-Wconversion'];

// The runtime of a module that is to be small.
const SMALL = ['-Oz', '-DEDDY__SMALL'];

const STACK_CHECK = ['-finstrument-function-entry-bare'];

/** Flags of C and C++ files by host and mode. Third-party files are compiled without warnings. */
export const COMPILE = {
    c: ['-std=c11'],
    cxx: ['-std=c++17'],
    cxxInWasm: ['-fno-exceptions', '-fno-rtti', '-fno-threadsafe-statics'],
    all: ['-Iinclude', '-Isrc'],
    // The position in a global: tools/asyncify.mjs comes after the pass.
    release: ['-O3', '-DNDEBUG', '-DEDDY__POSITION_IN_GLOBAL', '-ffunction-sections', '-fdata-sections'],
    debug: ['-O0', '-g'],
    asan: ['-O1', '-g', '-fsanitize=address,undefined', '-fno-sanitize-recover=undefined',
        '-fno-omit-frame-pointer'],
    native: ['-D_GNU_SOURCE'],
    web: [],
    lean: [],
    'lean-release': SMALL,
    // A table for each `switch` takes more than comparing does, a second counter for a loop more than an
    // addition, and what both branches do need not be there twice. Compressed, as for pages, it is the other
    // way round.
    small: [...SMALL, '-fno-jump-tables', ...['-disable-lsr', '-sink-common-insts', '-hoist-common-insts']
        .flatMap((option) => ['-mllvm', option])],
    wasi: ['-D_GNU_SOURCE'],
    wasip2: ['-D_GNU_SOURCE'],
};

// Of a program's own files only: each function first looks whether its frame fits (asyncify.c).
export const CHECK_STACK = { web: { debug: STACK_CHECK }, lean: { debug: STACK_CHECK }, wasi: { debug: STACK_CHECK },
    wasip2: { debug: STACK_CHECK } };

// Of the runtime only: a primitive with a frame of its own would take a scope that was left just below its
// caller's frame for one that is alive.
const NO_FRAMES = ['-O1'];
export const RUNTIME_FLAGS = { web: { debug: NO_FRAMES }, lean: { debug: NO_FRAMES }, wasi: { debug: NO_FRAMES },
    wasip2: { debug: NO_FRAMES } };

// wasi-libc's printf for programs that print no floating-point numbers; Emscripten picks its own by itself.
export const PRINTF = { integers: { wasi: ['-lc-printscan-no-floating-point'], wasip2: ['-lc-printscan-no-floating-point'] } };

// The blocking calls of libc that src/posix/wasi-calls.c stands in for.
export const LIBC_CALLS = ['read', 'write', 'recv', 'recvfrom', 'send', 'sendto', 'accept', 'accept4',
    'connect', 'poll', 'clock_nanosleep', 'getaddrinfo', 'close', '__stdio_read', '__stdio_write'];
const WRAP = LIBC_CALLS.map((name) => `--wrap=${name}`);

export const LINK = {
    native: {
        release: ['-Wl,--gc-sections'],
        debug: [],
        asan: ['-fsanitize=address,undefined'],
    },
    // -O1: Binaryen must not optimise before the Asyncify pass, which would inline the primitives.
    web: {
        all: [
            '-sMODULARIZE', '-sEXPORT_ES6', '-sENVIRONMENT=web,worker,node',
            '-sALLOW_MEMORY_GROWTH', '-sMAXIMUM_MEMORY=4GB', '-sEXIT_RUNTIME=0', '-sDEFAULT_TO_CXX=0',
            '-Wno-unused-command-line-argument',
            // Besides those that emcc knows, `quit`: a page learns by it how a program ended.
            '-sINCOMING_MODULE_JS_API=arguments,print,printErr,quit,onExit,onAbort,locateFile,' +
                'instantiateWasm,wasmBinary,noInitialRun,preRun,postRun,' +
                'onRuntimeInitialized,stdin,thisProgram',
        ],
        release: ['-O1', '--profiling-funcs'],
        debug: ['-O0', '-g', '-sASSERTIONS=1'],
    },
    // A module by itself: libc calls what it needs of WASI, eddy its own imports.
    lean: {
        all: [
            '-sSTANDALONE_WASM', '--no-entry', '-sALLOW_MEMORY_GROWTH', '-sMAXIMUM_MEMORY=4GB',
            '-sDEFAULT_TO_CXX=0', '-sMALLOC=emmalloc', '-sERROR_ON_UNDEFINED_SYMBOLS=0',
            '-Wno-undefined', '-Wno-unused-command-line-argument',
            '-Wl,--export-if-defined=main', '-Wl,--export-if-defined=__main_argc_argv',
            '-Wl,--wrap=emscripten_resize_heap', // src/posix/lean-memory.c
        ],
        release: ['-O1', '--profiling-funcs'],
        debug: ['-O0', '-g'],
    },
    wasi: {
        release: ['-Wl,--gc-sections'],
        debug: [],
    },
    // The linker's own: clang's driver would make a component of it before the Asyncify pass.
    wasip2: {
        release: ['--gc-sections', ...WRAP],
        debug: WRAP,
    },
};

// libc's writing, as long as all that it writes to is libc's own.
export const STDIO = [
    'printf', 'fprintf', 'vfprintf', 'vsnprintf', 'snprintf', 'printf_core', 'fwrite',
    '__fwritex', '__stdio_write', '__stdout_write', '__overflow', '__towrite', 'fputs', 'fputc',
    'puts', 'putc', 'putchar', 'fflush', '__fflush_unlocked', '__stdio_exit', '__libc_exit_fini',
    'fmt_fp', 'locking_putc', '__toread',
];

// What the runtime calls through pointers (values' and arguments' destructors, callbacks) cannot
// suspend, so these need no instrumentation, and a program's own functions that call them neither.
const NEVER_SUSPEND = [
    'eddy_tick', 'eddy__loop_*', 'eddy__future_*', 'eddy__task_*', 'eddy__timer*', 'eddy__call*',
    'eddy__report*', 'eddy__scopes_prune', 'eddy__wake_*', 'eddy__hand_over*', 'eddy__select_done', 'eddy__leave_list', 'eddy__alloc', 'eddy__resize',
    'eddy__free', 'eddy__text_*', 'eddy__table_*', 'eddy__blocks_trim', 'eddy__op_drop',
    'eddy__op_begin', 'eddy__gen_finish*', 'eddy__gen_take_error', 'eddy__gen_open',
    'eddy_group_cancel', 'eddy_group_errors', 'eddy__group_begin', 'eddy__group_spawn*', 'eddy__group_go',
    'eddy_started', 'eddy_each_begin', 'eddy_each_end', 'eddy__is_gone', 'eddy__block_*', 'eddy__spawn', 'eddy__spawn_with', 'eddy__go', 'eddy_release',
    'eddy_release_all', 'eddy_resolve', 'eddy_resolve_value', 'eddy_reject', 'eddy_cancel',
    'eddy_fail', 'eddy_scope_*', 'eddy__scope_*', 'eddy_run', 'eddy_runner_*', 'eddy_set_value',
    'eddy_on_done', 'eddy_off_done', 'eddy_call_*', 'eddy_tree', 'eddy_ps', 'eddy_stacks', 'eddy_debug',
    'eddy_trace_*', 'eddy__trace*', 'eddy__step_*', 'eddy__observe*', 'eddy__describe_wait', 'eddy__lint',
    'eddy__birthplace*', 'eddy__switch_entered_function', 'eddy__future_new', 'eddy_message', 'eddy_result',
    'eddy__switch_overflowed', '__cyg_profile_func_enter_bare',
    'eddy_lock_release', 'eddy_event_set', 'eddy_cond_notify', 'eddy_cond_notify_all',
    'eddy_sem_release', 'eddy_limiter_release', 'eddy_limiter_resize', 'eddy_barrier_abort',
    'eddy_barrier_reset', 'eddy_queue_try_put', 'eddy_queue_try_get', 'eddy_queue_task_done',
    'eddy_queue_shutdown', 'eddy_queue_destroy', 'eddy__store_slowly', 'eddy__take_from_*',
    'eddy__close_queue', 'eddy__drop_items', 'eddy_try_send', 'eddy_try_recv',
    'eddy_sender_*', 'eddy_receiver_*', 'eddy_broadcast_*', 'eddy_watch_*', 'eddy_watcher_close',
    'eddy_subscriber_try_recv', 'eddy_subscriber_close', 'eddy__feed_*', 'eddy__reader_*',
    'eddy_interrupt', 'eddy__host_*', 'eddy_response_close', 'eddy_listener_close', 'eddy_ws_close',
    'eddy_event_source_close', 'eddy__event_parser_*',
    'eddy__libc_*', '__wrap___stdio_write', '__wasm_import_poll_pollable_drop',
    '__wasm_import_streams_output_stream_drop',
    'eddy__pending_*', 'eddy__interest_*', 'eddy__p2_stream_*', 'eddy__p2_poll_with', 'eddy__watch_*', 'eddy__descriptor_*',
    'eddy_udp_close', 'eddy_dir_next', 'eddy_dir_close',
    'eddy__handle_*', 'eddy_handle_*', 'eddy__exports_*', 'eddy__export_start', 'eddy__export_cancel', 'eddy__export_tell_error', 'eddy__export_free_result', 'eddy__stream_demand',
    'eddy__offload_run', 'eddy__library_*', 'eddy_throw', 'eddy__future_from_js', 'eddy__js_run',
    ...STDIO,
];

const FEATURES = [
    'bulk-memory', 'bulk-memory-opt', 'nontrapping-float-to-int', 'sign-ext', 'mutable-globals',
    'multivalue', 'reference-types', 'call-indirect-overlong',
].map((name) => `--enable-${name}`);

// Of what is imported, only the calls that Emscripten's exceptions and jumps make by way of JavaScript
// come back to what may suspend.
const PASS = ['--asyncify', '--pass-arg=asyncify-imports@env.invoke_*',
    `--pass-arg=asyncify-removelist@${NEVER_SUSPEND.join(',')}`];

/** wasm-opt after the link: Asyncify first, then the optimiser. */
export const ASYNCIFY = {
    pass: PASS,
    all: [...FEATURES, ...PASS],
    // What is rare stays out of what is fast, which then needs no frame on the C stack (EDDY__RARE).
    release: ['--no-inline=*_rarely', '-O3', '--strip-debug', '--strip-producers', '--strip-target-features'],
    // The second round has loops and blocks made anew; functions often called get short numbers.
    small: ['-Oz', '--low-memory-unused', '--flatten', '--rereloop', '-Oz', '--converge', '--reorder-functions',
        '--strip-debug', '--strip-producers', '--strip-target-features'],
    // Small after compression: what is not inlined into a function that can suspend is not instrumented.
    'lean-release': ['-Os', '--converge', '--one-caller-inline-max-function-size=60',
        '--strip-debug', '--strip-producers', '--strip-target-features', '--drop-internal-exports'],
    debug: ['-O1', '-g'],
};
