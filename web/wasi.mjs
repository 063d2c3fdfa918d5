// wasi.mjs: what libc may import of WASI 0.1 besides writing to the console. There are no files.

export function createEddyWasi(view, memory) {
    const BADF = 8, SUCCESS = 0;
    // Addresses come signed.
    const none = (count, size) => {
        view().setUint32(count >>> 0, 0, true);
        view().setUint32(size >>> 0, 0, true);
        return SUCCESS;
    };
    return {
        fd_read(fd, vectors, count, read) {
            view().setUint32(read >>> 0, 0, true);
            return fd === 0 ? SUCCESS : BADF;
        },
        fd_fdstat_get(fd, at) {
            at >>>= 0;
            memory().fill(0, at, at + 24);
            view().setUint8(at, 2); // a character device
            return SUCCESS;
        },
        clock_time_get(clock, precision, at) {
            const now = clock === 0 ? Date.now() : performance.now();
            view().setBigUint64(at >>> 0, BigInt(Math.round(now * 1e6)), true);
            return SUCCESS;
        },
        random_get(at, size) {
            at >>>= 0;
            size >>>= 0;
            for (let i = 0; i < size; i += 65536)
                crypto.getRandomValues(memory().subarray(at + i, at + Math.min(i + 65536, size)));
            return SUCCESS;
        },
        environ_sizes_get: none,
        environ_get: () => SUCCESS,
        args_sizes_get: none,
        args_get: () => SUCCESS,
    };
}
