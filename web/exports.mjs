// exports.mjs: JavaScript calls C: the object that stands for a module. Its other side is exports.c.

import { EddyError } from './host.mjs';
import { createEddyTrace } from './trace.mjs';

export function createEddyApp(host, exports, values) {
    const EINVAL = -4, ENOMEM = -5, ECLOSED = -6, EHOST = -13, ESTATE = -3;
    const SIGNATURE = 36; // bytes
    const STREAMS = /[ntc]/; // letters of what JavaScript streams to C

    const functions = new Map(); // name -> its signature
    const pending = new Map(); // number -> call
    let lastCall = 0;
    let opened = false, ended = false;
    let ofDeath; // makes the error of a call then
    let death; // code, name and message, when the module has trapped or called exit()
    let toldEnd;
    const life = new Promise((done) => { toldEnd = done; });

    const slots = exports.eddy__export_slots() >>> 0;
    for (let at = exports.eddy__exports_begin() >>> 0; at < exports.eddy__exports_end() >>> 0; at += SIGNATURE) {
        const signature = values.signatureOf(at);
        signature.streams = STREAMS.test(signature.letters.slice(1));
        functions.set(signature.name, signature);
    }

    function refusal(code, name, message, signature) {
        return Promise.reject(new EddyError(code, name, message, signature?.name, signature?.site));
    }

    // ---- a call -------------------------------------------------------------------------------------

    const parameterName = (declaration) => /\w+$/.exec(declaration)?.[0] ?? declaration;

    function problemOf({ name, letters, parameters }, list) {
        const wanted = letters.length - 1;
        if (list.length !== wanted)
            return `${name}(${parameters.map(parameterName).join(', ')}) takes ${wanted} ` +
                `argument${wanted === 1 ? '' : 's'}, not ${list.length}`;
        for (let i = 0; i < wanted; i++) {
            const problem = values.wrong(letters[i + 1], list[i]);
            if (problem) return `${name}: ${parameterName(parameters[i])} ${problem}`;
        }
        return undefined;
    }

    /** Writes the arguments; -> the block that strings and bytes are in, 0, or undefined without memory. */
    function pass(letters, list) {
        let size = 0, parts;
        for (let i = 0; i < list.length; i++) {
            const bytes = values.payloadOf(letters[i + 1], list[i]);
            if (!bytes && letters[i + 1] === 'a') throw new TypeError('the bytes were taken away meanwhile');
            if (!bytes) continue;
            parts ??= [];
            parts[i] = { bytes, offset: size };
            size += bytes.length + 8 - bytes.length % 8; // aligned, with room for a zero byte
        }
        if (size >= 2 ** 32) return undefined;
        const block = parts ? exports.eddy__host_alloc(size) >>> 0 : 0;
        if (parts && !block) return undefined;
        for (let i = 0; i < list.length; i++) {
            const part = parts?.[i];
            if (part) {
                const memory = host.memory();
                memory.set(part.bytes, block + part.offset);
                memory[block + part.offset + part.bytes.length] = 0;
            }
            values.write(letters[i + 1], slots + 8 * i, list[i], part && block + part.offset,
                part?.bytes.length);
        }
        return block;
    }

    let starting; // the call whose first step runs now, the innermost: mostly that is all of it

    function makeCall(signature, signal) {
        do lastCall = (lastCall + 1) >>> 0;
        while (lastCall === 0 || pending.has(lastCall));
        return {
            number: lastCall, signature, signal, task: 0, onAbort: undefined, sources: undefined,
            ended: false, // the module has told its last
            told: false, value: undefined, error: undefined, // what nobody has asked for yet
            resolve: undefined, reject: undefined, // of who waits for it
        };
    }

    /** -> a promise of what the module tells first. */
    function begin(call, list) {
        const { signature, signal } = call;
        if (signature.streams) list = openSources(call, list);
        const block = pass(signature.letters, list);
        if (block === undefined) return refusal(ENOMEM, 'EDDY_ENOMEM', 'out of memory', signature);
        const outer = starting;
        starting = call;
        try {
            call.task = start(signature.pointer, call.number, block);
        } catch {
            // A trap, which rejects this call with all others.
        } finally {
            starting = outer;
        }
        if (death && !call.ended) tell(call, undefined, ofDeath(signature), true);
        if (!call.ended) {
            pending.set(call.number, call);
            if (signal) watch(call);
        }
        return answerOf(call);
    }

    const start = (pointer, number, block) =>
        host.enter(() => exports.eddy__export_start(pointer, number, block));

    function openSources(call, list) {
        return list.map((value, i) => {
            const letter = call.signature.letters[i + 1];
            if (!STREAMS.test(letter)) return value;
            const source = values.sourceOf(letter, value);
            (call.sources ??= []).push(source);
            return source;
        });
    }

    function watch(call) {
        const abort = () => {
            if (!call.ended) host.nudge(() => exports.eddy__export_cancel(call.task));
        };
        if (call.signal.aborted) return abort(); // by its own first step
        call.onAbort = abort;
        call.signal.addEventListener('abort', abort);
    }

    function answerOf(call) {
        if (call.told) {
            const { value, error } = call;
            call.told = false;
            call.value = call.error = undefined;
            return error ? Promise.reject(error) : Promise.resolve(value);
        }
        return new Promise((resolve, reject) => {
            call.resolve = resolve;
            call.reject = reject;
        });
    }

    // What is thrown below must not unwind through C: a signal may be anything that looks like one.

    function forget({ signal, onAbort }) {
        try {
            if (onAbort) signal.removeEventListener('abort', onAbort);
        } catch {
            // It keeps a function that does nothing any more.
        }
    }

    function reasonOf({ signal }) {
        try {
            return signal?.aborted ? { cause: signal.reason } : undefined;
        } catch {
            return undefined;
        }
    }

    function tell(call, value, error, isLast) {
        if (isLast) {
            forget(call);
            if (call.sources) for (const source of call.sources) source.close();
            call.ended = true;
        }
        const { resolve, reject } = call;
        if (!resolve) {
            call.told = true;
            call.value = value;
            call.error = error;
            return;
        }
        call.resolve = call.reject = undefined;
        if (error) reject(error);
        else resolve(value);
    }

    /** The arguments without options, and the signal among those; throws if the call is refused. */
    function prepare(signature, list) {
        const wanted = signature.letters.length - 1;
        const refuse = (code, name, text) => {
            throw new EddyError(code, name, text, signature.name, signature.site);
        };
        let signal;
        if (list.length === wanted + 1) {
            const last = list[wanted];
            if (last === undefined || typeof last === 'object') { // null: no options, as for fetch
                signal = last?.signal;
                list = list.slice(0, wanted);
                if (signal !== undefined && typeof signal?.addEventListener !== 'function')
                    refuse(EINVAL, 'EDDY_EINVAL', `${signature.name}: signal must be an AbortSignal`);
            }
        }
        const problem = problemOf(signature, list);
        if (problem) refuse(EINVAL, 'EDDY_EINVAL', problem);
        if (death) refuse(...death);
        if (signal?.aborted) {
            throw new EddyError(-1, 'EDDY_ECANCELED', 'operation was cancelled', signature.name,
                signature.site, { cause: signal.reason });
        }
        if (!opened) open();
        if (ended) refuse(ECLOSED, 'EDDY_ECLOSED', 'the program has ended');
        return [list, signal];
    }

    function invoke(signature, list) {
        if (signature.kind === 'g') return iterate(signature, list);
        try {
            let signal;
            [list, signal] = prepare(signature, list);
            return begin(makeCall(signature, signal), list);
        } catch (error) {
            return Promise.reject(error); // also what a getter of an argument has thrown
        }
    }

    // ---- generators: each item is asked for ------------------------------------------------------------

    function iterate(signature, list) {
        const begun = { call: undefined };
        const iterator = generate(signature, list, begun);
        abandoned.register(iterator, begun);
        return iterator;
    }

    async function* generate(signature, list, begun) {
        let signal;
        [list, signal] = prepare(signature, list);
        const call = begun.call = makeCall(signature, signal);
        let result = await begin(call, list);
        try {
            while (result) {
                yield result.item;
                result = await demand(call, 0);
            }
        } finally {
            await finish(call);
        }
    }

    function demand(call, closing) {
        if (!call.told) host.nudge(() => exports.eddy__stream_demand(call.task, closing));
        return answerOf(call);
    }

    /** Its cleanup is waited for. */
    async function finish(call) {
        if (call.ended || !call.task) return; // it may never have begun
        try {
            await demand(call, 1);
        } catch (error) {
            if (!call.signal?.aborted) throw error;
        }
    }

    // A loop that is neither gone on with nor left by `break`.
    const abandoned = new FinalizationRegistry(({ call }) => {
        if (call && !host.isDead()) finish(call).catch(() => {});
    });

    // ---- what the module tells ---------------------------------------------------------------------------

    const callOf = (number) => (starting?.number === number ? starting : pending.get(number));

    function returned(number, letter, pointer) {
        const call = callOf(number >>>= 0);
        if (!call) return;
        letter = String.fromCharCode(letter);
        const isLast = call.signature.kind !== 'g' || letter === 'v';
        if (isLast) pending.delete(number);
        let value, error;
        try {
            pointer >>>= 0;
            value = values.read(letter, pointer);
            if (letter === 'j') host.drop(host.view().getUint32(pointer, true));
            if (!isLast) value = { item: value };
        } catch (thrown) {
            error = thrown; // a pointer that is none: it must not unwind through C
        }
        tell(call, value, error, isLast);
        host.goOn();
    }

    function failed(number, code, name, message, task, site) {
        const call = callOf(number >>>= 0);
        if (!call) return;
        pending.delete(number);
        tell(call, undefined, new EddyError(code, host.string(name), host.string(message),
            host.string(task), host.string(site), reasonOf(call)), true);
        host.goOn();
    }

    // ---- the life of a module -------------------------------------------------------------------------

    /** A library's run begins with the first call; a program's own is under way then. */
    function open() {
        opened = true;
        exports.eddy__library_open();
    }

    function hasEnded(status) {
        ended = true;
        toldEnd(status);
    }

    function died(error) {
        const left = error?.name === 'ExitStatus';
        death = left ? [ECLOSED, 'EDDY_ECLOSED', 'the program has left']
            : [EHOST, 'EDDY_EHOST', `the module has trapped: ${error?.message ?? error}`];
        ofDeath = ({ name, site }) => new EddyError(...death, name, site, { cause: error });
        for (const [number, call] of [...pending]) {
            pending.delete(number);
            tell(call, undefined, ofDeath(call.signature), true);
        }
        ended = true;
        toldEnd(left ? error.status : undefined);
    }

    host.onDeath.push(died);
    host.onEnd.push(hasEnded);

    /** -> what it returns, and the lines that the module reports meanwhile. */
    function inspect(what, events = 0) {
        const lines = [];
        if (host.isDead()) return [ECLOSED, lines];
        host.listener = (line) => { lines.push(line); };
        try {
            return [host.enter(() => exports.eddy__inspect(what, events)), lines];
        } finally {
            host.listener = undefined;
        }
    }

    const end = (status) => { for (const callback of host.onEnd) callback(status); };

    const app = {
        /** Calls an exported function; an object with a `signal` may follow its arguments. */
        call(name, ...list) {
            const signature = functions.get(name);
            return signature ? invoke(signature, list)
                : refusal(EINVAL, 'EDDY_EINVAL', `there is no exported function "${typeof name === 'string' ? name : typeof name}"`);
        },
        /** Ends what runs and waits for its cleanup; calls reject from then on. */
        close() {
            if (!opened) open();
            if (!ended && !host.isDead() && host.enter(() => exports.eddy__library_close()) === ESTATE) end(0);
            return life;
        },
        /** The tasks there are: what each waits for, where it does and was spawned, whether it was cancelled. */
        tasks: () => inspect(0)[1].map((line) => {
            const [name, state, waits, at, site, cancelled] = line.split('\t');
            return { name, state, waits, at, site, cancelled: !!cancelled };
        }),
        /** Who waits for whom, as text. */
        tree: () => inspect(1)[1].join('\n'),
        /** Records what tasks do; -> what was recorded, as the JSON of a Chrome trace. */
        trace: createEddyTrace(inspect),
        /** Settles with the program's exit status, or a library's 0. */
        ended: life,
    };
    if (Symbol.asyncDispose) app[Symbol.asyncDispose] = app.close;
    for (const signature of functions.values()) {
        const method = (...list) => invoke(signature, list);
        // What is awaited must have no method `then`; eddy's own are not for others.
        const isOurs = Object.hasOwn(app, signature.name) || /^(then$|eddy__|__proto__$)/.test(signature.name);
        if (!isOurs) app[signature.name] = method;
    }
    return { app, returned, failed, ended: end, died, hasEnded };
}
