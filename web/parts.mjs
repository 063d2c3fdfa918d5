// parts.mjs: what loader.mjs adds for a module that does more than compute, sleep and print: requests,
// streams, WebSockets, workers, calls both ways. Only the parts that it imports are loaded.

/**
 * Adds to `provided`, the imports there are; -> what makes the app of the instance's exports, or
 * undefined. `exports()`: the same, later. `options`: of load(), and what it has made of them.
 */
export async function addParts(wanted, provided, host, memory, exports, options) {
    const imports = (name) => wanted.some((one) => one.name === name);
    const { env, wasi_snapshot_preview1: wasi } = provided;
    const isMissing = ({ module: from, name }) => !(provided[from]?.[name] || options.imports?.[from]?.[name]);
    const more = wanted.some((one) => one.module.startsWith('wasi') && isMissing(one));
    const runs = imports('eddy_js_run') || imports('eddy_js_start');
    const crosses = imports('eddy_js_failed') || runs;
    const speaks = ['stream_take', 'listen', 'resolve'].some((name) => imports(`eddy_js_${name}`));
    const hasUdp = imports('eddy_js_udp_open'), hasFiles = imports('eddy_js_file_open') || imports('eddy_js_path');
    const isNode = typeof process === 'object' && !!process.versions?.node;
    const fetches = imports('eddy_js_fetch'), jumps = imports('eddy_js_jump');
    const [rest, http, client, system, streams, udp, dom, files, sockets, offload, values, app, functions,
        channels, jumping] = await Promise.all([
        more ? import('./wasi.mjs') : undefined,
        fetches ? import('./http.mjs') : undefined,
        fetches && isNode ? import('./node-http.mjs') : undefined,
        speaks || hasUdp || hasFiles ? import('./system.mjs') : undefined,
        speaks ? import('./streams.mjs') : undefined,
        hasUdp ? import('./udp.mjs') : undefined,
        imports('eddy_js_dom_listen') ? import('./dom.mjs') : undefined,
        hasFiles ? (isNode ? import('./files.mjs') : import('./opfs.mjs')) : undefined,
        imports('eddy_js_ws_close') ? import('./websocket.mjs') : undefined,
        imports('eddy_js_offload') ? import('./offload.mjs') : undefined,
        crosses ? import('./values.mjs') : undefined,
        imports('eddy_js_failed') ? import('./exports.mjs') : undefined,
        runs ? import('./functions.mjs') : undefined,
        imports('eddy_js_channel') ? import('./channels.mjs') : undefined,
        jumps ? import('./jumps.mjs') : undefined,
    ]);

    Object.assign(wasi, rest?.createEddyWasi(host.view, memory), options.imports?.wasi_snapshot_preview1);
    Object.assign(env, {
        eddy_js_cancel: host.cancel,
        eddy_js_drop: host.drop,
        eddy_js_keep: (value) => host.keep(host.valueOf(value)),
    });
    if (http) {
        const made = http.createEddyHttp(host, () => options.fetch, client?.createEddyNodeHttp);
        Object.assign(env, http.httpImports(made));
    }
    const shared = system?.createEddySystem(host);
    const opened = streams?.createEddyStreams(host, shared, options.input);
    if (streams) Object.assign(env, streams.streamImports(opened));
    if (files) {
        const { open, path } = (files.createEddyFiles ?? files.createEddyOriginFiles)(host, shared);
        Object.assign(env, { eddy_js_file_open: (...args) => open(opened, ...args), eddy_js_path: path });
    }
    if (udp) Object.assign(env, udp.udpImports(udp.createEddyUdp(host, shared)));
    if (sockets) Object.assign(env, sockets.websocketImports(sockets.createEddyWebsockets(host)));
    if (offload) Object.assign(env, offload.offloadImports(host, exports, options));
    if (dom) {
        const { listen, unlisten } = dom.createEddyDom(host, exports);
        Object.assign(env, { eddy_js_dom_listen: listen, eddy_js_dom_unlisten: unlisten });
    }
    const crossing = values?.createEddyValues(host, exports);
    if (functions) {
        const { start, run } = functions.createEddyFunctions(host, crossing, options.bodies ?? {}, exports);
        Object.assign(env, { eddy_js_start: start, eddy_js_run: run });
    }
    if (jumping) {
        const invokes = wanted.map(({ name }) => name).filter((name) => name.startsWith('invoke_'));
        Object.assign(env, jumping.jumpImports(invokes, exports));
    }
    let calls;
    if (app) {
        for (const name of ['returned', 'failed', 'ended'])
            env[`eddy_js_${name}`] = (...args) => calls[name](...args);
    }
    env.eddy_js_channel = channels?.createEddyChannels(host, crossing, (...args) => calls.app.call(...args));
    for (const one of wanted.filter(isMissing)) {
        (provided[one.module] ??= { ...options.imports?.[one.module] })[one.name] = () => {
            throw new Error(`the module calls ${one.module}.${one.name}, which this loader does not have`);
        };
    }
    if (options.guards) {
        const { createEddyGuard } = await import('./guard.mjs');
        const { guardAll } = createEddyGuard(memory, () => exports().eddy__current_slot());
        for (const [from, functions] of Object.entries(options.imports ?? {})) provided[from] ??= { ...functions };
        Object.values(provided).forEach(guardAll);
    }
    return app && ((made) => (calls = app.createEddyApp(host, made, crossing)).app);
}
