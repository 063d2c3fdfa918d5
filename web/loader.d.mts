/** An error of the C side: the code, its name ("EDDY_ETIMEDOUT"), the task and where it was spawned. */
export class EddyError extends Error {
    constructor(code: number, name: string, message: string, task?: string, site?: string,
        options?: { cause?: unknown });
    readonly code: number;
    readonly task?: string;
    readonly site?: string;
}

export interface EddyLoadOptions {
    /** Of main, after the program's name. */
    args?: string[];
    /** The program's name: argv[0]. */
    name?: string;
    /** Aborting it interrupts the program, as Ctrl-C does. */
    signal?: AbortSignal;
    /** Gets stdout by lines; default: the console, in Node the process's own. */
    print?(line: string): void;
    /** The same of stderr. */
    printErr?(line: string): void;
    /** The standard input; default: the process's, in pages there is none. */
    input?: ReadableStream<Uint8Array> | AsyncIterable<Uint8Array | string>;
    /** Gets errors that nobody read, with the place in C; default: stderr. */
    onReport?(line: string): void;
    /** What eddy_fetch makes its requests by, in place of the platform's fetch or, in Node, of node:http. */
    fetch?: typeof globalThis.fetch;
    /** What the module imports besides; in `env` and `wasi_snapshot_preview1` in the place of the loader's own. */
    imports?: WebAssembly.Imports;
    /** The JavaScript of EDDY_ASYNC_JS, as the link has made it. */
    bodies?: Record<string, [(...args: any[]) => unknown, boolean]>;
}

export type EddySource = URL | string | Response | BufferSource | WebAssembly.Module;

/** A running module. The link writes the declarations of what it exports beside it. */
export interface EddyApp {
    /** Ends what runs and waits for its cleanup; calls reject from then on. */
    close(): Promise<number | undefined>;
    /** Settles with the program's exit status; undefined: it trapped. */
    readonly ended: Promise<number | undefined>;
    /** The functions of the instance as they are: for what is no EDDY_EXPORT. */
    readonly exports: WebAssembly.Exports;
    [exported: string]: any;
}

/** Loads and starts a module that was linked for eddy's own loader. */
export function load(source: EddySource | Promise<EddySource>, options?: EddyLoadOptions): Promise<EddyApp>;
