// offload-worker.mjs: a worker of offload.mjs, for modules that eddy's own loader loads.

import { load } from './loader.mjs';
import { serveEddyOffload } from './offload.mjs';

serveEddyOffload(async (module, { serve, print, fetch }, script) => {
    const options = {
        serve, fetch,
        print: (line) => print(1, line),
        printErr: (line) => print(2, line),
        onReport: (line) => print('report', line),
    };
    // What the link has made has the module's own JavaScript in it.
    if (!script) return load(module, options);
    const made = await import(/* @vite-ignore */ /* webpackIgnore: true */ script);
    return made.load({ wasm: module, ...options });
});
