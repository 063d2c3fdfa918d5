// functions.mjs: C calls JavaScript: the bodies of EDDY_ASYNC_JS and EDDY_JS. Its other side is
// javascript.c.

/** `bodies`: name -> [function (signal, …arguments), whether it looks at the signal]. */
export function createEddyFunctions(host, values, bodies) {
    const ENOMEM = -5;
    const known = new Map(); // address of a signature -> what we know of it

    function functionOf(pointer) {
        let found = known.get(pointer);
        if (!found) {
            const { name, letters } = values.signatureOf(pointer);
            const [body, usesSignal] = bodies[name] ?? [() => {
                throw new Error(`the JavaScript of ${name} was not linked into this module`);
            }, false];
            found = { name, letters, body, usesSignal };
            known.set(pointer, found);
        }
        return found;
    }

    function argumentsOf({ letters }, slots) {
        const list = [];
        for (let i = 1; i < letters.length; i++) list.push(values.read(letters[i], slots + 8 * i));
        return list;
    }

    /** Stores the result; -> 0, or ENOMEM; throws if it is not of the type. */
    function store({ name, letters }, value, slots) {
        const letter = letters[0];
        const problem = values.wrong(letter, value);
        if (problem) throw new TypeError(`the result of ${name} ${problem}`);
        const bytes = values.payloadOf(letter, value);
        const data = bytes ? values.copyIn(bytes) : 0;
        if (bytes && !data) return ENOMEM;
        values.write(letter, slots, value, data, bytes?.length);
        return 0;
    }

    function start(op, generation, pointer, slots) {
        const called = functionOf(pointer >>> 0);
        slots >>>= 0;
        const controller = called.usesSignal ? new AbortController() : undefined;
        host.begin(op, generation, () => controller?.abort());
        const failed = (error) => host.fail(op, generation, error);
        try {
            called.body(controller?.signal, ...argumentsOf(called, slots)).then((value) => {
                // Cancelled in the meantime: where the result would go is somebody else's now.
                if (!host.isWanted(op, generation) || host.isDead()) return;
                try {
                    host.complete(op, generation, store(called, value, slots));
                } catch (error) {
                    failed(error);
                }
            }, failed);
        } catch (error) {
            failed(error);
        }
    }

    /** -> 0, or memory of the module's with the text of what was thrown; 1: not even that. */
    function run(pointer, slots) {
        slots >>>= 0;
        try {
            const called = functionOf(pointer >>> 0);
            const value = called.body(undefined, ...argumentsOf(called, slots));
            if (store(called, value, slots) < 0) return 1;
            return 0;
        } catch (error) {
            return values.copyIn(host.encoder.encode(host.textOf(error))) || 1;
        }
    }

    return { start, run };
}
