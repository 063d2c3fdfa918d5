// exports.mjs: JavaScript calls C: the object that stands for a module. Its other side is exports.c.

import { EddyError } from './host.mjs';

export function createEddyApp(host, exports, values) {
    const EINVAL = -4, ENOMEM = -5, ECLOSED = -6, EHOST = -13, ESTATE = -3;
    const SIGNATURE = 36; // bytes

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
            if (!bytes) continue;
            parts ??= [];
            parts[i] = { bytes, offset: size };
            size += (bytes.length + 8) & ~7; // aligned, with room for a zero byte
        }
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

    function begin(signature, list, signal) {
        const block = pass(signature.letters, list);
        if (block === undefined) return refusal(ENOMEM, 'EDDY_ENOMEM', 'out of memory', signature);
        do lastCall = (lastCall + 1) >>> 0;
        while (lastCall === 0 || pending.has(lastCall));
        const call = {
            number: lastCall, signature, signal, task: 0, onAbort: undefined,
            ended: false, value: undefined, error: undefined, resolve: undefined, reject: undefined,
        };
        const outer = starting;
        starting = call;
        try {
            call.task = start(signature.pointer, call.number, block);
        } catch {
            // A trap, which rejects this call with all others.
        } finally {
            starting = outer;
        }
        if (death && !call.ended) end(call, undefined, ofDeath(signature));
        if (call.ended) return call.error ? Promise.reject(call.error) : Promise.resolve(call.value);
        pending.set(call.number, call);
        if (signal) watch(call);
        return new Promise((resolve, reject) => {
            call.resolve = resolve;
            call.reject = reject;
        });
    }

    const start = (pointer, number, block) =>
        host.enter(() => exports.eddy__export_start(pointer, number, block));

    function watch(call) {
        const abort = () => host.enter(() => exports.eddy__export_cancel(call.task));
        if (call.signal.aborted) return abort(); // by its own first step
        call.onAbort = abort;
        call.signal.addEventListener('abort', abort);
    }

    function end(call, value, error) {
        if (call.onAbort) call.signal.removeEventListener('abort', call.onAbort);
        call.ended = true;
        call.value = value;
        call.error = error;
        if (error) call.reject?.(error);
        else call.resolve?.(value);
    }

    function invoke(signature, list) {
        const wanted = signature.letters.length - 1;
        let signal;
        if (list.length === wanted + 1) {
            const last = list[wanted];
            if (last === undefined || (typeof last === 'object' && last !== null)) {
                signal = last?.signal;
                list = list.slice(0, wanted);
                if (signal !== undefined && typeof signal?.addEventListener !== 'function')
                    return refusal(EINVAL, 'EDDY_EINVAL', `${signature.name}: signal must be an ` +
                        'AbortSignal', signature);
            }
        }
        const problem = problemOf(signature, list);
        if (problem) return refusal(EINVAL, 'EDDY_EINVAL', problem, signature);
        if (death) return refusal(...death, signature);
        if (signal?.aborted) {
            return Promise.reject(new EddyError(-1, 'EDDY_ECANCELED', 'operation was cancelled',
                signature.name, signature.site, { cause: signal.reason }));
        }
        if (!opened) open();
        if (ended) return refusal(ECLOSED, 'EDDY_ECLOSED', 'the program has ended', signature);
        return begin(signature, list, signal);
    }

    function take(number) {
        number >>>= 0;
        if (starting?.number === number) return starting;
        const call = pending.get(number);
        pending.delete(number);
        return call;
    }

    function returned(number, letter, pointer) {
        const call = take(number);
        if (!call) return;
        let value, error;
        try {
            letter = String.fromCharCode(letter);
            pointer >>>= 0;
            value = values.read(letter, pointer);
            if (letter === 'j') host.drop(host.view().getUint32(pointer, true));
        } catch (thrown) {
            error = thrown; // a pointer that is none: it must not unwind through C
        }
        end(call, value, error);
    }

    function failed(number, code, name, message, task, site) {
        const call = take(number);
        if (!call) return;
        const options = call.signal?.aborted ? { cause: call.signal.reason } : undefined;
        end(call, undefined, new EddyError(code, host.string(name), host.string(message),
            host.string(task), host.string(site), options));
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

    host.onDeath.push((error) => {
        const left = error?.name === 'ExitStatus';
        death = left ? [ECLOSED, 'EDDY_ECLOSED', 'the program has left']
            : [EHOST, 'EDDY_EHOST', `the module has trapped: ${error?.message ?? error}`];
        ofDeath = ({ name, site }) => new EddyError(...death, name, site, { cause: error });
        for (const [number, call] of [...pending]) {
            pending.delete(number);
            end(call, undefined, ofDeath(call.signature));
        }
        ended = true;
        toldEnd(left ? error.status : undefined);
    });

    host.onEnd.push(hasEnded);

    /** The lines that the module reports meanwhile. */
    function inspect(asTree) {
        const lines = [];
        if (host.isDead()) return lines;
        host.listener = (line) => { lines.push(line); };
        try {
            host.enter(() => exports.eddy__inspect(asTree));
        } finally {
            host.listener = undefined;
        }
        return lines;
    }

    const app = {
        /** Calls an exported function; an object with a `signal` may follow its arguments. */
        call(name, ...list) {
            const signature = functions.get(name);
            return signature ? invoke(signature, list)
                : refusal(EINVAL, 'EDDY_EINVAL', `there is no exported function "${name}"`);
        },
        /** Ends what runs and waits for its cleanup; calls reject from then on. */
        close() {
            if (!opened) open();
            if (!ended && !host.isDead() && host.enter(() => exports.eddy__library_close()) === ESTATE) hasEnded(0);
            return life;
        },
        /** The tasks there are: what each waits for, and where it does and was spawned. */
        tasks: () => inspect(0).map((line) => {
            const [name, state, waits, at, site] = line.split('\t');
            return { name, state, waits, at, site };
        }),
        /** Who waits for whom, as text. */
        tree: () => inspect(1).join('\n'),
        /** Settles with the program's exit status, or a library's 0. */
        ended: life,
    };
    for (const signature of functions.values()) {
        const method = (...list) => invoke(signature, list);
        if (!(signature.name in app)) app[signature.name] = method;
    }
    return { app, returned, failed, ended: hasEnded };
}
