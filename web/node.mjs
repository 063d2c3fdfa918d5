// node.mjs: what loader.mjs needs of Node, and of Deno and Bun as well: a module that is a file, and the
// process's own outputs.

/** The bytes of a file, by its path or URL. */
export async function read(file) {
    const files = 'node:fs/promises'; // no bundler for pages is to look for it
    const { readFile } = await import(/* @vite-ignore */ /* webpackIgnore: true */ files);
    return readFile(file);
}

const ignore = () => {};

/** stdout or stderr as bytes. write() -> WASI's number of the error once there was one, as when nobody reads. */
export function output(stream) {
    const PIPE = 64, IO = 29;
    let failed = 0;
    const told = (error) => {
        if (!error || failed) return;
        failed = error.code === 'EPIPE' ? PIPE : IO;
        // The stream tells it next, which ends the process if nobody listens.
        if (!stream.listeners('error').includes(ignore)) stream.on('error', ignore);
    };
    return {
        write(bytes) {
            if (failed) return failed;
            try {
                stream.write(bytes.slice(), told);
                told(stream.errored); // at once: the module may never come to wait
            } catch (error) {
                told(error); // Deno throws it
            }
            return failed;
        },
        end() {},
    };
}
