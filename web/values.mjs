// values.mjs: values on their way between JavaScript and C. The letters of types are those of
// include/eddy/js.h; a slot is 8 bytes.

/** `exports()`: the module's functions, once it is there. */
export function createEddyValues(host, exports) {
    const INTEGERS = {
        i: [-(2 ** 31), 2 ** 31 - 1], l: [-(2 ** 31), 2 ** 31 - 1], u: [0, 2 ** 32 - 1],
    };
    const WIDE = { q: [-(2n ** 63n), 2n ** 63n - 1n], Q: [0n, 2n ** 64n - 1n] };

    // ---- C's objects that JavaScript holds -------------------------------------------------------

    const idOf = new WeakMap(); // EddyHandle -> its number
    const handles = new Map(); // number -> WeakRef of its EddyHandle
    const collected = new FinalizationRegistry((id) => {
        if (!handles.get(id)?.deref()) closeHandle(id);
    });

    function closeHandle(id) {
        handles.delete(id);
        if (host.isDead()) return;
        host.enter(() => exports().eddy__handle_drop(Number(id & 0xffffffffn), Number(id >> 32n)));
    }

    class EddyHandle {
        close() {
            const id = idOf.get(this);
            if (id === undefined) return;
            idOf.delete(this);
            collected.unregister(this);
            closeHandle(id);
        }
    }
    if (Symbol.dispose) EddyHandle.prototype[Symbol.dispose] = EddyHandle.prototype.close;

    function handleOf(id) {
        if (id === 0n) return null;
        const known = handles.get(id)?.deref();
        if (known) return known;
        const handle = new EddyHandle();
        idOf.set(handle, id);
        handles.set(id, new WeakRef(handle));
        collected.register(handle, id, handle);
        return handle;
    }

    // ---- C's futures that JavaScript may resolve ----------------------------------------------------

    const dropped = new FinalizationRegistry((pointer) => settleFuture(pointer, 0));

    function settleFuture(pointer, how, result, text) {
        if (host.isDead()) return;
        host.nudge(() => {
            let data = 0;
            if (text !== undefined) {
                const bytes = host.encoder.encode(text);
                data = copyIn(bytes);
            }
            exports().eddy__future_from_js(pointer, how, result ?? 0, data);
        });
    }

    function resolverOf(pointer) {
        let settled = false;
        const settle = (how, result, text) => {
            if (settled) return;
            settled = true;
            dropped.unregister(resolver);
            settleFuture(pointer, how, result, text);
        };
        const resolver = {
            resolve(value = 0) {
                const problem = wrong('i', value);
                if (problem) throw new RangeError(`the result of a future ${problem}`);
                settle(1, value);
            },
            reject: (error) => settle(2, 0, host.textOf(error)),
        };
        dropped.register(resolver, pointer, resolver);
        return resolver;
    }

    // ---- values that JavaScript streams to C ----------------------------------------------------------

    const ITEMS = { n: 'd', t: 's', c: 'a' }; // the letters of their values

    /** One iteration over values of the letter `item`. */
    class EddySource {
        constructor(iterable, item) {
            this.iterable = iterable;
            this.item = item;
            this.left = []; // promises of boxes that were asked for and given back
            this.count = 0;
            this.ended = false;
        }

        /** -> a promise of { value }, or undefined at the end; given back when `signal` is aborted. */
        next(signal) {
            const box = this.left.shift() ?? this.fetch();
            signal.addEventListener('abort', () => this.back(box));
            return box;
        }

        back(box) {
            box = Promise.resolve(box);
            box.catch(() => {}); // whoever is next gets it
            this.left.unshift(box);
        }

        async fetch() {
            if (this.ended) return undefined;
            try {
                this.iterator ??= iteratorOf(this.iterable);
                const { done, value } = await this.iterator.next();
                if (done) this.ended = true;
                if (this.ended) return undefined; // or closed meanwhile
                const item = await value;
                const problem = wrong(this.item, item);
                if (problem) throw new TypeError(`item ${this.count} ${problem}`);
                this.count++;
                return { value: item };
            } catch (error) {
                this.close();
                throw error;
            }
        }

        /** The other side cleans up, if it has begun and not ended. */
        close() {
            if (this.ended) return;
            this.ended = true;
            try {
                this.iterator ??= iteratorOf(this.iterable);
                Promise.resolve(this.iterator.return?.()).catch(() => {});
            } catch {
                // Nobody waits for it any more.
            }
        }
    }

    function iteratorOf(iterable) {
        const make = iterable[Symbol.asyncIterator] ?? iterable[Symbol.iterator];
        if (make) return make.call(iterable);
        const reader = iterable.getReader(); // a ReadableStream that does not iterate yet
        return { next: () => reader.read(), return: () => reader.cancel() };
    }

    const sourceOf = (letter, value) =>
        (value instanceof EddySource ? value : new EddySource(value, ITEMS[letter]));

    /** A string is one, too, but hardly meant. */
    function isIterable(value) {
        if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return false;
        return value instanceof EddySource || [value[Symbol.asyncIterator], value[Symbol.iterator],
            value.getReader].some((one) => typeof one === 'function');
    }

    // ---- from C ---------------------------------------------------------------------------------------

    function read(letter, pointer) {
        const view = host.view();
        switch (letter) {
        case 'i': case 'l': return view.getInt32(pointer, true);
        case 'u': return view.getUint32(pointer, true);
        case 'q': return view.getBigInt64(pointer, true);
        case 'Q': return view.getBigUint64(pointer, true);
        case 'f': return view.getFloat32(pointer, true);
        case 'd': return view.getFloat64(pointer, true);
        case 'b': return view.getUint8(pointer) !== 0;
        case 's': case 'S': {
            const text = view.getUint32(pointer, true);
            return text ? host.string(text) : null;
        }
        case 'a': case 'A': {
            const data = view.getUint32(pointer, true);
            return data ? host.memory().slice(data, data + view.getUint32(pointer + 4, true)) : null;
        }
        case 'h': return handleOf(view.getBigUint64(pointer, true));
        case 'j': case 'n': case 't': case 'c': return host.valueOf(view.getUint32(pointer, true));
        case 'F': {
            const future = view.getUint32(pointer, true);
            return future ? resolverOf(future) : null;
        }
        default: return undefined;
        }
    }

    // ---- to C -----------------------------------------------------------------------------------------

    /** What is wrong with a value of that type, to stand after its name; undefined: nothing. */
    function wrong(letter, value) {
        if (INTEGERS[letter]) {
            const [least, most] = INTEGERS[letter];
            const fits = Number.isInteger(value) && value >= least && value <= most;
            return fits ? undefined : `must be an integer from ${least} to ${most}`;
        }
        if (WIDE[letter]) {
            const [least, most] = WIDE[letter];
            const fits = typeof value === 'bigint' && value >= least && value <= most;
            return fits ? undefined : `must be a BigInt from ${least} to ${most}`;
        }
        switch (letter) {
        case 'f':
            if (Number.isFinite(value) && !Number.isFinite(Math.fround(value))) return 'must fit into a float';
        // falls through
        case 'd': return typeof value === 'number' ? undefined : 'must be a number';
        case 'b': return typeof value === 'boolean' ? undefined : 'must be a boolean';
        case 's': case 'S':
            if (typeof value !== 'string') return 'must be a string';
            return value.includes('\0') ? 'must not hold a zero character' : undefined;
        case 'a': case 'A':
            if (bytesOf(value)) return undefined;
            return isTooLarge(value) ? 'must be less than 4 GiB' : 'must be a Uint8Array or other bytes';
        case 'h': return idOf.has(value) ? undefined : 'must be an open handle of this module';
        case 'n': case 't': case 'c': return isIterable(value) ? undefined : 'must be an iterable or a stream';
        default: return undefined;
        }
    }

    // An object's own `length` or `buffer` may say anything.
    const gettersOf = (prototype, ...names) =>
        names.map((name) => Object.getOwnPropertyDescriptor(prototype, name).get);
    const arrays = Object.getPrototypeOf(Uint8Array.prototype);
    const [kindOf] = gettersOf(arrays, Symbol.toStringTag); // undefined: of a DataView
    const sizeGetters = gettersOf(ArrayBuffer.prototype, 'byteLength');
    if (typeof SharedArrayBuffer === 'function')
        sizeGetters.push(...gettersOf(SharedArrayBuffer.prototype, 'byteLength'));
    const ofArray = gettersOf(arrays, 'buffer', 'byteOffset', 'byteLength');
    const ofDataView = gettersOf(DataView.prototype, 'buffer', 'byteOffset', 'byteLength');

    /** Also those of another realm: a frame, a context of node:vm. */
    const isBuffer = (value, least = 0) => sizeGetters.some((get) => {
        try {
            return get.call(value) >= least;
        } catch {
            return false;
        }
    });

    /** Of more bytes than a Uint8Array may have here. */
    const isTooLarge = (value) => isBuffer(ArrayBuffer.isView(value) ? value.buffer : value, 2 ** 32);

    function bytesOf(value) {
        if (typeof value !== 'object') return undefined;
        try {
            let bytes;
            if (ArrayBuffer.isView(value)) {
                const getters = kindOf.call(value) ? ofArray : ofDataView;
                bytes = new Uint8Array(...getters.map((get) => get.call(value)));
            } else if (isBuffer(value)) {
                bytes = new Uint8Array(value);
            } else {
                return undefined;
            }
            // Growth would take a view of our own memory away while it is copied.
            return bytes.buffer === host.memory().buffer ? bytes.slice() : bytes;
        } catch {
            return undefined; // it is detached, or no such thing
        }
    }

    /** The bytes that go along with a value; undefined: it fits into its slot. */
    function payloadOf(letter, value) {
        if (letter === 's' || letter === 'S') return host.encoder.encode(value);
        return letter === 'a' || letter === 'A' ? bytesOf(value) : undefined;
    }

    /** A copy in memory of the module's, with a zero byte behind; 0: there is none left. */
    function copyIn(bytes) {
        const pointer = host.alloc(bytes.length + 1) >>> 0;
        if (!pointer) return 0;
        const memory = host.memory();
        memory.set(bytes, pointer);
        memory[pointer + bytes.length] = 0;
        return pointer;
    }

    function write(letter, pointer, value, data, size) {
        const view = host.view();
        switch (letter) {
        case 'i': case 'l': return view.setInt32(pointer, value, true);
        case 'u': return view.setUint32(pointer, value, true);
        case 'q': return view.setBigInt64(pointer, value, true);
        case 'Q': return view.setBigUint64(pointer, value, true);
        case 'f': return view.setFloat32(pointer, value, true);
        case 'd': return view.setFloat64(pointer, value, true);
        case 'b': return view.setUint8(pointer, value ? 1 : 0);
        case 'h': return view.setBigUint64(pointer, idOf.get(value), true);
        case 'j': return view.setUint32(pointer, host.keep(value), true);
        case 'n': case 't': case 'c':
            return view.setUint32(pointer, host.keep(sourceOf(letter, value)), true);
        case 'v': return undefined;
        default:
            view.setUint32(pointer, data, true);
            return view.setUint32(pointer + 4, size, true);
        }
    }

    /** The signature at that place in memory. */
    function signatureOf(pointer) {
        const view = host.view();
        const text = (offset) => host.string(view.getUint32(pointer + offset, true));
        const parameters = text(8).replace(/^\(|\)$/g, '').trim();
        return {
            pointer, name: text(0), result: text(4), site: text(12), letters: host.string(pointer + 24),
            kind: String.fromCharCode(view.getUint8(pointer + 34)), isStatus: view.getUint8(pointer + 35) !== 0,
            parameters: parameters === 'void' ? [] : parameters.split(',').map((one) => one.trim()),
        };
    }

    return { read, wrong, payloadOf, copyIn, write, sourceOf, handleOf, signatureOf };
}
