// fetches.mjs: what eddy_fetch is held against, in Node and in pages.

const elapsed = (start) => performance.now() - start;

export const fetches = {
    /** Microseconds per request for ten bytes, so many at a time. */
    async fetch(url, requests, atOnce) {
        const fetcher = async () => {
            for (let i = 0; i < requests / atOnce; i++) {
                const body = await (await fetch(url)).arrayBuffer();
                if (body.byteLength !== 10) throw new Error(`${body.byteLength} bytes`);
            }
        };
        const start = performance.now();
        await Promise.all(Array.from({ length: atOnce }, fetcher));
        return elapsed(start) * 1000 / requests;
    },

    /** Milliseconds for a body of that many MiB. */
    async fetchStream(url, mebibytes) {
        const start = performance.now();
        const { body } = await fetch(`${url}${mebibytes}`);
        const reader = body.getReader();
        let size = 0;
        for (let part; !(part = await reader.read()).done;) size += part.value.length;
        if (size !== mebibytes * 2 ** 20) throw new Error(`${size} bytes`);
        return elapsed(start);
    },
};
