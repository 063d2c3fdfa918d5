// system.mjs: Node's modules, which Deno and Bun have as well, and what their errors are in C. Where there
// are none (pages) every call that needs one is EDDY_ENOSYS.

export function createEddySystem(host) {
    // Of include/eddy/error.h.
    const EFULL = -8, EPERM = -10, ENOSYS = -12, EHOST = -13, ENOENT = -16, EEXIST = -17, EIO = -18;
    const ECONNREFUSED = -19, ECONNRESET = -20, EHOSTNOTFOUND = -21;
    const CODES = {
        ENOENT, ENOTDIR: ENOENT, EEXIST, ENOTEMPTY: EEXIST, EADDRINUSE: EEXIST, EACCES: EPERM, EPERM,
        EROFS: EPERM, EISDIR: EIO, EIO, ENOSPC: EIO, EMFILE: EIO, ECONNREFUSED, ECONNRESET,
        EPIPE: ECONNRESET, ENOTFOUND: EHOSTNOTFOUND, EAI_AGAIN: EHOSTNOTFOUND, EAI_FAIL: EHOSTNOTFOUND,
        EMSGSIZE: EFULL,
    };

    const hasNode = typeof process === 'object' && !!process.versions?.node;
    // By a name that bundlers do not see: a page needs none of them.
    const nodeModule = (name) => process.getBuiltinModule?.(name) ?? import(/* @vite-ignore */ name);

    function fail(op, generation, error) {
        const inner = error.errors?.[0] ?? error; // of several addresses tried, the first will do
        host.complete(op, generation, CODES[inner.code] ?? EHOST, host.encoder.encode(host.textOf(inner)));
    }

    /** Starts an operation that fails by throwing. */
    function start(begin, op, generation, ...rest) {
        if (!hasNode) return ENOSYS;
        begin(op, generation, ...rest).catch((error) => fail(op, generation, error));
        return 0;
    }

    return { hasNode, nodeModule, fail, start };
}
