// wanted-fetch.mjs: what a web program in Node, in a process of its own, is to make its requests by.

/** The platform's fetch if the environment says EDDY_FETCH=platform; undefined: eddy chooses. */
export function wantedFetch() {
    return globalThis.process?.env.EDDY_FETCH === 'platform' ? globalThis.fetch : undefined;
}
