// functions.mjs: C calls JavaScript: the bodies of EDDY_ASYNC_JS and EDDY_JS. Its other side is
// javascript.c.

/**
 * `bodies`: name -> [function (signal, …arguments), whether it looks at the signal]; `exports()`: the
 * module's functions, once it is there.
 */
export function createEddyFunctions(host, values, bodies, exports) {
    const ENOMEM = -5, EHOST = -13;
    const known = new Map(); // address of a signature -> what we know of it

    let lastPointer = 0, lastFound;

    function functionOf(pointer) {
        if (pointer === lastPointer) return lastFound;
        let found = known.get(pointer);
        if (!found) {
            const { name, letters, isStatus } = values.signatureOf(pointer);
            const [body, usesSignal] = bodies[name] ?? [() => {
                throw new Error(`the JavaScript of ${name} was not linked into this module`);
            }, false];
            found = { name, letters, isStatus, body, usesSignal, hasResult: letters[0] !== 'v' };
            known.set(pointer, found);
        }
        lastPointer = pointer;
        return (lastFound = found);
    }

    function argumentsOf({ letters }, slots) {
        const list = [];
        for (let i = 1; i < letters.length; i++) list.push(values.read(letters[i], slots + 8 * i));
        return list;
    }

    /** Stores the result; -> 0, or ENOMEM; throws if it is not of the type. */
    function store({ name, letters, isStatus }, value, slots) {
        const letter = letters[0];
        const problem = values.wrong(letter, value);
        if (problem) throw new TypeError(`the result of ${name} ${problem}`);
        if (isStatus && value < 0)
            throw new RangeError(`${name} gave ${value}: below 0 a result is an error; use another type`);
        const bytes = values.payloadOf(letter, value);
        const data = bytes ? values.copyIn(bytes) : 0;
        if (bytes && !data) return ENOMEM;
        values.write(letter, slots, value, data, bytes?.length);
        return 0;
    }

    /** What C learns of it; in debug mode and debug builds also where it was thrown. */
    function textOf(error) {
        const text = host.textOf(error);
        if (!exports().eddy__js_debug()) return text;
        try {
            const { stack } = error;
            const at = stack.indexOf('\n    at '); // elsewhere than in V8 it has no line of text before
            return `${text}\n${at < 0 ? stack : stack.slice(at + 1)}`.trimEnd();
        } catch {
            return text; // it has none
        }
    }

    const fail = (op, generation, error) =>
        host.complete(op, generation, EHOST, host.encoder.encode(textOf(error)));

    // By a function of the module that the body has called as it is.
    const hasLeft = (error) => error?.name === 'ExitStatus';

    function goOnAfter(error) {
        host.goOn();
        if (hasLeft(error)) throw error;
    }

    // ---- asynchronous ones: what waits for their promises is kept and used again --------------------

    const waits = []; // by operation: the last one

    function makeWait(op) {
        const wait = {
            op, generation: 0, slots: 0, called: undefined, // 0: not in use
            resolved: (value) => resolved(wait, value),
            rejected: (error) => rejected(wait, error),
        };
        return (waits[op] = wait);
    }

    function resolved(wait, value) {
        const { op, generation, called } = wait;
        wait.generation = 0;
        // Cancelled in the meantime: where the result would go is somebody else's now.
        if (!host.isWanted(op, generation) || host.isDead()) return;
        let result = 0;
        if (called.hasResult) {
            try {
                result = store(called, value, wait.slots);
            } catch (error) {
                fail(op, generation, error);
                return;
            }
        }
        host.settle(exports().eddy__js_serve, op, generation, result);
    }

    function rejected(wait, error) {
        const { op, generation } = wait;
        wait.generation = 0;
        if (hasLeft(error)) host.enter(() => { throw error; });
        else fail(op, generation, error);
    }

    // A function of its own: what is captured is not kept on the stack.
    function beginWithSignal(op, generation) {
        const controller = new AbortController();
        host.begin(op, generation, () => controller.abort());
        return controller.signal;
    }

    function start(op, generation, pointer, slots) {
        const called = functionOf(pointer >>> 0);
        slots >>>= 0;
        let signal;
        if (called.usesSignal) signal = beginWithSignal(op, generation);
        else host.begin(op, generation, undefined);
        let promise;
        try {
            promise = called.letters.length === 1 ? called.body(signal)
                : called.body(signal, ...argumentsOf(called, slots));
        } catch (error) {
            goOnAfter(error);
            fail(op, generation, error);
            return;
        }
        host.goOn();
        let wait = waits[op];
        if (!wait || wait.generation) wait = makeWait(op); // the last one's promise is still pending
        wait.generation = generation;
        wait.slots = slots;
        wait.called = called;
        promise.then(wait.resolved, wait.rejected);
    }

    /** -> 0, or memory of the module's with the text of what was thrown; 1: not even that. */
    function run(pointer, slots) {
        slots >>>= 0;
        try {
            const called = functionOf(pointer >>> 0);
            const value = called.body(undefined, ...argumentsOf(called, slots));
            host.goOn();
            if (called.hasResult && store(called, value, slots) < 0) return 1;
            return 0;
        } catch (error) {
            goOnAfter(error);
            return values.copyIn(host.encoder.encode(textOf(error))) || 1;
        }
    }

    return { start, run };
}
