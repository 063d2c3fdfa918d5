// offload.mjs: functions of C in workers, each with an instance of the module of its own. Its other
// side is guest-offload.c; offload-worker.mjs is what a worker runs.

/**
 * @param {object} host
 * @param {object} own   what the adapter knows
 * @param {() => object} own.exports           of the instance
 * @param {() => WebAssembly.Module | Promise} own.module
 * @param {string} [own.script]   handed to `create` of serveEddyOffload
 * @param {(NodeWorker?: Function) => Worker} own.start   a worker that will call serveEddyOffload
 * @param {(stream: 1 | 2 | 'report', line: string) => void} own.print   of a worker, for this program
 * @param {() => boolean} own.wantsFetch   whether the program has a fetch of its own; then its workers
 *   take the platform's
 * @param {(run: Function) => void} [own.serve]  this is a worker: gets what runs a job
 */
export function createEddyOffload(host, own) {
    // Of include/eddy/error.h.
    const ESTATE = -3, EINVAL = -4, ENOMEM = -5, ENOSYS = -12, EHOST = -13;
    const IDLE_MS = 3000; // after which a worker that has nothing to do is ended

    const hasNode = typeof process === 'object' && !!process.versions?.node;
    // workerd has Node's module of workers, but no workers.
    const hasWorkers = globalThis.navigator?.userAgent !== 'Cloudflare-Workers' &&
        (hasNode || typeof Worker === 'function');
    // By a name that bundlers do not see: a page needs none of them.
    const nodeModule = (name) => process.getBuiltinModule?.(name) ?? import(/* @vite-ignore */ /* webpackIgnore: true */ name);
    const waiting = new Set(); // jobs, in the order of the calls
    const busy = new Set(), idle = []; // workers
    let platform, compiled; // promises, of the first job: { most, NodeWorker }, the module
    let most; // workers at a time; undefined: the platform has not said yet
    let limit = 0; // as set
    let trimTimer;

    async function lookAtPlatform() {
        const [threads, os] = hasNode
            ? await Promise.all([nodeModule('node:worker_threads'), nodeModule('node:os')]) : [];
        most = os ? os.availableParallelism?.() ?? os.cpus().length : navigator.hardwareConcurrency;
        most ||= 1;
        return { NodeWorker: threads?.Worker };
    }

    // ---- jobs ---------------------------------------------------------------------------------------

    function offload(op, generation, fn, arg, argSize, result, resultSize) {
        if (own.serve) return ESTATE;
        if (!hasWorkers) return ENOSYS;
        watchPage('addEventListener'); // again: has no effect
        const asked = {
            op, generation, fn, arg: arg >>> 0, argSize: argSize >>> 0, result: result >>> 0,
            resultSize: resultSize >>> 0, worker: undefined,
        };
        const end = host.memory().length;
        if (asked.arg + asked.argSize > end || asked.result + asked.resultSize > end) return EINVAL;
        host.begin(op, generation, () => forget(asked));
        waiting.add(asked);
        platform ??= lookAtPlatform();
        platform.then(startJobs, (error) => { // once it has been called, and is waited for
            waiting.delete(asked);
            host.fail(op, generation, error);
        });
        return 0;
    }

    function forget(asked) {
        waiting.delete(asked);
        if (!asked.worker) return;
        end(asked.worker);
        startJobs();
    }

    function startJobs() {
        for (const asked of waiting) {
            if (busy.size >= (limit || most) || host.isDead()) return;
            waiting.delete(asked);
            hand(asked, idle.pop() ?? startWorker());
        }
    }

    function hand(asked, worker) {
        asked.worker = worker;
        worker.job = asked;
        busy.add(worker);
        worker.ready.then((post) => {
            if (worker.job !== asked || host.isDead()) return;
            const { fn, arg, argSize, resultSize } = asked;
            const bytes = host.memory().slice(arg, arg + argSize);
            post({ fn, bytes, resultSize }, [bytes.buffer]);
        }).catch((error) => {
            // The copy is too much for the memory there is.
            if (worker.job === asked) fail(worker, error instanceof RangeError ? ENOMEM : EHOST, error);
        });
    }

    /** The job ends, and so does its worker, which is of no use any more. */
    function fail(worker, code, error) {
        const { job: failed } = worker;
        end(worker);
        if (!failed) return;
        host.complete(failed.op, failed.generation, code, host.encoder.encode(host.textOf(error)));
        startJobs();
    }

    function finish(worker, { result, bytes, text }) {
        const { job: finished } = worker;
        worker.job = undefined;
        busy.delete(worker);
        idle.push(worker);
        worker.since = performance.now();
        setTrimTimer();
        if (bytes) host.memory().set(bytes, finished.result);
        host.complete(finished.op, finished.generation, result, text ? host.encoder.encode(text) : undefined);
        startJobs();
    }

    // ---- workers --------------------------------------------------------------------------------------

    function startWorker() {
        const worker = { job: undefined, ready: undefined, isReady: false, since: 0, terminate: undefined };
        compiled ??= Promise.resolve().then(own.module);
        compiled.catch(() => { compiled = undefined; }); // the next job tries again
        worker.ready = Promise.all([platform, compiled]).then(([{ NodeWorker }, module]) => new Promise((ready) => {
            if (!busy.has(worker)) return; // cancelled meanwhile
            const thread = own.start(NodeWorker);
            const post = (message, transfer) => thread.postMessage(message, transfer);
            const heard = (message) => {
                if (!worker.terminate) return; // it has been ended: this comes late
                if (message.listens) {
                    try {
                        post({ module, script: own.script, wantsFetch: own.wantsFetch() }, []);
                    } catch (error) { // some host cannot send modules
                        fail(worker, EHOST, error);
                    }
                } else if (message.ready) {
                    worker.isReady = true;
                    ready(post);
                } else if (message.line !== undefined) {
                    own.print(message.stream, message.line);
                } else if (message.error !== undefined) {
                    fail(worker, EHOST, message.error);
                } else {
                    finish(worker, message);
                }
            };
            // May come before the message that tells the same.
            const failed = (error) => {
                error?.preventDefault?.();
                const text = `the worker ${worker.isReady ? 'trapped' : 'could not be started'}`;
                if (worker.terminate) fail(worker, EHOST, error?.message ? `${text}: ${error.message}` : text);
            };
            if (NodeWorker) {
                thread.on('message', heard).on('error', failed).on('messageerror', failed);
                thread.on('exit', (code) => failed({ message: `it has left by exit(${code})` }));
                thread.unref(); // what is waited for holds the process
            } else {
                thread.onmessage = ({ data }) => heard(data);
                thread.onerror = thread.onmessageerror = failed;
            }
            worker.terminate = () => thread.terminate();
        }));
        worker.ready.catch(() => {}); // whoever has a job there is told
        return worker;
    }

    // Chromium loses a worker that is being started when its page is frozen or left, and says nothing
    // when the page goes on. Its job has not begun.
    function startLostAnew({ type, persisted }) {
        if (type === 'pageshow' && !persisted) return; // the page's first
        for (const worker of [...busy]) {
            const { job: asked, isReady } = worker;
            if (isReady) continue;
            end(worker);
            hand(asked, startWorker());
        }
    }

    function watchPage(verb) {
        if (!globalThis.document) return;
        document[verb]?.('resume', startLostAnew);
        globalThis[verb]?.('pageshow', startLostAnew);
    }

    function end(worker) {
        worker.job = undefined;
        busy.delete(worker);
        if (idle.includes(worker)) idle.splice(idle.indexOf(worker), 1);
        const { terminate } = worker;
        worker.terminate = undefined;
        terminate?.();
    }

    /** Of those that are idle since `when` or longer; the one that was used last comes last. */
    function endIdle(when = Infinity) {
        while (idle.length && idle[0].since <= when) end(idle[0]);
    }

    function setTrimTimer() {
        if (trimTimer !== undefined) return;
        trimTimer = setTimeout(() => {
            trimTimer = undefined;
            endIdle(performance.now() - IDLE_MS);
            if (idle.length) setTrimTimer();
        }, IDLE_MS);
        trimTimer.unref?.();
    }

    function endAll() {
        clearTimeout(trimTimer);
        trimTimer = undefined;
        watchPage('removeEventListener');
        endIdle();
        for (const worker of [...busy]) end(worker);
    }
    function setLimit(workers) {
        if (!hasWorkers) return ENOSYS;
        limit = workers >>> 0;
        if (platform) platform.then(startJobs, () => {});
        return 0;
    }

    // ---- this instance is a worker's --------------------------------------------------------------------

    let job; // that runs: { block, resultSize, tell }

    function runJob({ fn, bytes, resultSize }, tell) {
        const exports = own.exports();
        const size = Math.max(bytes.length, resultSize);
        const block = size && exports.eddy__host_alloc(size) >>> 0;
        if (size && !block) return tell({ result: ENOMEM });
        host.memory().set(bytes, block);
        job = { block, resultSize, tell };
        const result = exports.eddy__offload_run(fn, block, bytes.length, size);
        if (result < 0) tell({ result });
    }

    /** Called by the module: its run has ended, and the result is still in the block. */
    function offloaded(result, textPointer) {
        const { block, resultSize, tell } = job;
        host.exit(0); // what was printed without a newline comes before the result
        try {
            const text = result < 0 ? host.string(textPointer) : undefined;
            tell({ result, text, bytes: result < 0 ? undefined : host.memory().slice(block, block + resultSize) });
        } catch {
            tell({ result: ENOMEM });
        }
    }

    if (own.serve) {
        host.onDeath.push((error) => job?.tell({
            error: error?.name === 'ExitStatus' ? `the worker has left by exit(${error.status})`
                : `the worker trapped: ${host.textOf(error)}`,
        }));
        own.serve((message, tell) => host.enter(() => runJob(message, tell)));
    } else {
        host.onDeath.push(endAll);
    }

    return { offload, setLimit, endAll, offloaded };
}

/** The imports of a module that loader.mjs loads. */
export function offloadImports(host, exports, { module, out, serve, script, onReport, fetch }) {
    const { offload, setLimit, endAll, offloaded } = createEddyOffload(host, {
        exports, serve, script, module: () => module, wantsFetch: () => !!fetch,
        start: (NodeWorker) => (NodeWorker ? new NodeWorker(new URL('./offload-worker.mjs', import.meta.url))
            : new Worker(new URL('./offload-worker.mjs', import.meta.url), { type: 'module' })),
        print(stream, line) {
            if (stream === 'report' && onReport) onReport(line);
            else out[stream === 1 ? 1 : 2].write(host.encoder.encode(`${line}\n`));
        },
    });
    return {
        eddy_js_offload: offload, eddy_js_offload_limit: setLimit, eddy_js_offload_end: endAll,
        eddy_js_offloaded: offloaded,
    };
}

/**
 * What a worker runs. `create(module, { serve, print, fetch }, script)` makes the instance; these are of
 * createEddyOffload's `own`, but for `fetch`: what it is to make requests by, if that is decided.
 */
export function serveEddyOffload(create) {
    const hasNode = typeof process === 'object' && !!process.versions?.node;
    const name = 'node:worker_threads'; // not for bundlers
    const threads = hasNode
        ? process.getBuiltinModule?.(name) ?? import(/* @vite-ignore */ /* webpackIgnore: true */ name) : undefined;
    Promise.resolve(threads).then((found) => {
        const port = found ? found.parentPort : globalThis;
        if (!port) return; // the main thread of Node
        const post = (message) => port.postMessage(message, message.bytes ? [message.bytes.buffer] : []);
        let made, run;
        const heard = async (message) => {
            try {
                made ??= create(message.module, {
                    serve(runJob) { run = runJob; },
                    print: (stream, line) => post({ stream, line }),
                    fetch: message.wantsFetch ? globalThis.fetch : undefined,
                }, message.script);
                await made;
                if (message.module) post({ ready: true });
                else run(message, post);
            } catch (error) {
                post({ error: `the worker: ${error?.message ?? error}` });
            }
        };
        if (found) port.on('message', heard);
        else port.onmessage = ({ data }) => heard(data);
        post({ listens: true }); // what comes earlier may be lost
    });
}
