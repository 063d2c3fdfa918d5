// loader.mjs: `import { load } from 'eddy'`: a module linked without Emscripten's JavaScript. What it
// does not import is not loaded either.

import { createEddyHost, EddyError } from './host.mjs';

export { EddyError };

const isNode = typeof process === 'object' && !!process.versions?.node;

const ofNode = () => import('./node.mjs');

/** How exit() leaves the module. */
class ExitStatus extends Error {
    constructor(status) {
        super(`exit(${status})`);
        this.name = 'ExitStatus';
        this.status = status;
    }
}

async function compile(source) {
    source = await source;
    if (source instanceof WebAssembly.Module) return source;
    if (source instanceof ArrayBuffer || ArrayBuffer.isView(source)) return WebAssembly.compile(source);
    const isPath = typeof source === 'string' && !/^[\w-]{2,}:/.test(source);
    if (isNode && (isPath || /^file:/.test(source))) {
        return WebAssembly.compile(await (await ofNode()).read(isPath ? source : new URL(source)));
    }
    const response = source instanceof Response ? source : await fetch(source);
    if (!response.ok) throw new Error(`${response.url}: ${response.status} ${response.statusText}`);
    const streams = WebAssembly.compileStreaming &&
        response.headers.get('content-type')?.startsWith('application/wasm');
    return streams ? WebAssembly.compileStreaming(response) : WebAssembly.compile(await response.arrayBuffer());
}

/** A stream of bytes as whole lines, for a console; what is left at the end is a line too. */
function lines(print) {
    const decoder = new TextDecoder();
    let rest = '';
    return {
        write(bytes) {
            const parts = (rest + decoder.decode(bytes, { stream: true })).split('\n');
            rest = parts.pop();
            for (const line of parts) print(line);
        },
        end() {
            if (rest) print(rest);
            rest = '';
        },
    };
}

async function outputs({ print, printErr }) {
    const node = isNode && await ofNode();
    return [
        undefined,
        print || !node ? lines(print ?? console.log) : node.output(process.stdout),
        printErr || !node ? lines(printErr ?? console.error) : node.output(process.stderr),
    ];
}

/** What nearly every module imports of WASI 0.1; wasi.mjs has the rest. */
function basicWasi(out, view, memory) {
    return {
        fd_write(fd, vectors, count, written) {
            if (!out[fd]) return 8; // EBADF
            let total = 0;
            for (let at = vectors >>> 0; count-- > 0; at += 8) {
                const data = view().getUint32(at, true), size = view().getUint32(at + 4, true);
                const error = out[fd].write(memory().subarray(data, data + size));
                if (error) return error;
                total += size;
            }
            view().setUint32(written >>> 0, total, true);
            return 0;
        },
        fd_close: () => 0,
        fd_seek: () => 70, // ESPIPE
        proc_exit(status) {
            throw new ExitStatus(status);
        },
    };
}

/** Runs main(argc, argv); an eddy program goes on after it has returned. */
function runMain(exports, host, args) {
    const main = exports.__main_argc_argv ?? exports.main;
    if (!main) return;
    const list = args.map((arg) => host.encoder.encode(arg));
    const argv = exports.eddy__host_alloc(list.reduce((sum, arg) => sum + 5 + arg.length, 4)) >>> 0;
    if (!argv) throw new EddyError(-5, 'EDDY_ENOMEM', 'no memory for the arguments');
    const memory = new Uint8Array(exports.memory.buffer);
    let at = argv + 4 * (list.length + 1);
    list.forEach((arg, i) => {
        host.view().setUint32(argv + 4 * i, at, true);
        memory.set(arg, at);
        memory[at + arg.length] = 0;
        at += arg.length + 1;
    });
    host.view().setUint32(argv + 4 * list.length, 0, true);
    main(list.length, argv);
}

/** Loads and starts a module: loader.d.mts tells of what and how. */
export async function load(source, options = {}) {
    const module = await compile(source);
    const out = await outputs(options);
    let exports, toldEnd;
    const ended = new Promise((done) => { toldEnd = done; });
    const end = (status) => {
        for (const stream of out) stream?.end();
        if (isNode && !options.print && status) process.exitCode ??= status;
        toldEnd(status);
    };
    let bytes = []; // growth empties them
    const memory = () => (bytes.length ? bytes : (bytes = new Uint8Array(exports.memory.buffer)));
    const host = createEddyHost({
        memory,
        tick: () => exports.eddy_tick(),
        complete: (...args) => exports.eddy__host_complete(...args),
        alloc: (size) => exports.eddy__host_alloc(size),
        interrupt: () => exports.eddy_interrupt(),
        report: (line) => (options.onReport ? options.onReport(line)
            : out[2].write(host.encoder.encode(`${line}\n`))),
        exit: end,
    });
    host.onDeath.push((error) => { if (error?.name !== 'ExitStatus') end(undefined); });

    const provided = {
        env: {
            eddy_js_now: host.now,
            eddy_js_wake: host.wake,
            eddy_js_report: host.report,
            eddy_js_exit: host.exit,
            eddy_js_catch_interrupts: () => host.catchInterrupts(options.signal),
            eddy_js_abort() { throw new Error('eddy: a stack is broken'); },
            emscripten_notify_memory_growth() {},
            ...options.imports?.env,
        },
        wasi_snapshot_preview1: {
            ...basicWasi(out, host.view, memory), ...options.imports?.wasi_snapshot_preview1,
        },
    };
    const wanted = WebAssembly.Module.imports(module);
    let appOf;
    const guards = WebAssembly.Module.exports(module).some(({ name }) => name === 'eddy__current_slot');
    if (guards || wanted.some(({ module: from, name }) => !provided[from]?.[name])) {
        const { addParts } = await import('./parts.mjs');
        appOf = await addParts(wanted, provided, host, memory, () => exports, { guards, module, out, ...options });
    }
    const instance = await WebAssembly.instantiate(module, { ...options.imports, ...provided });
    exports = instance.exports;
    const app = appOf?.(exports) ??
        { ended, close() { host.enter(() => exports.eddy_interrupt()); return ended; } };
    host.enter(() => {
        exports._initialize?.();
        if (!options.serve) runMain(exports, host, [options.name ?? 'eddy', ...(options.args ?? [])]);
    });
    app.exports = exports;
    return app;
}
