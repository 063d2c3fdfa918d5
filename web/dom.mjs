// dom.mjs: events of the page, and of Node's emitters, for C. The other side is dom.c.

/** `exports()`: the module's functions, once it is there. */
export function createEddyDom(host, exports) {
    const EINVAL = -4, ENOSYS = -12, ENOENT = -16; // of include/eddy/error.h
    const CAPTURE = 1, ONCE = 2, PASSIVE = 4, PREVENT_DEFAULT = 8, STOP_PROPAGATION = 16; // of dom.c
    // Of an eddy_js_event: where its texts are, and their sizes with the zero byte.
    const TEXTS = [[53, 24], [77, 40], [117, 24], [141, 24], [165, 128]];

    const listening = new Map(); // listener of C's -> function that stops it

    // ---- what C gets to know of an event ---------------------------------------------------------------

    function textOf(value) {
        if (value === undefined || value === null) return '';
        if (typeof value === 'string') return value;
        try {
            return JSON.stringify(value) ?? '';
        } catch {
            return ''; // a ring, a BigInt
        }
    }

    const dataOf = (event) => event.target?.value ??
        (typeof CustomEvent === 'function' && event instanceof CustomEvent ? event.detail : event.data);

    function write(event, target, text) {
        const at = exports().eddy__event_slot() >>> 0;
        const view = host.view(), memory = host.memory();
        ['clientX', 'clientY', 'deltaX', 'deltaY', 'timeStamp'].forEach((name, i) =>
            view.setFloat64(at + 8 * i, Number(event[name]) || 0, true));
        ['button', 'buttons'].forEach((name, i) => view.setInt32(at + 40 + 4 * i, event[name], true));
        ['shiftKey', 'ctrlKey', 'altKey', 'metaKey', 'repeat'].forEach((name, i) =>
            view.setUint8(at + 48 + i, event[name] ? 1 : 0));
        [event.type, target, event.key, event.code, text].forEach((value, i) => {
            const [from, size] = TEXTS[i];
            const room = memory.subarray(at + from, at + from + size - 1);
            memory[at + from + host.encoder.encodeInto(typeof value === 'string' ? value : '', room).written] = 0;
        });
    }

    function tell(listener, event, target, text) {
        if (host.isDead()) return;
        write(event, target, text);
        host.nudge(() => exports().eddy__event_arrived(listener));
    }

    // ---- listening ---------------------------------------------------------------------------------------

    function targetOf(selector) {
        if (selector === 'window') return globalThis.addEventListener && globalThis;
        if (selector === 'document') return globalThis.document;
        return globalThis.document && document.querySelector(selector); // throws if it is none
    }

    function atTarget(listener, target, types, flags) {
        const options = { capture: !!(flags & CAPTURE), once: !!(flags & ONCE) };
        // Otherwise the platform chooses, by the kind of event.
        if (flags & (PASSIVE | PREVENT_DEFAULT)) options.passive = !!(flags & PASSIVE);
        const handle = (event) => {
            if (flags & PREVENT_DEFAULT) event.preventDefault();
            if (flags & STOP_PROPAGATION) event.stopPropagation();
            tell(listener, event, event.target?.id, textOf(dataOf(event)));
        };
        for (const type of types) target.addEventListener(type, handle, options);
        return () => types.forEach((type) => target.removeEventListener(type, handle, options));
    }

    function atEmitter(listener, emitter, types, flags) {
        const handlers = types.map((type) => [type, (value) => tell(listener,
            { type, timeStamp: host.now() }, '', textOf(value instanceof Error ? value.message : value))]);
        for (const [type, handle] of handlers) emitter[flags & ONCE ? 'once' : 'on'](type, handle);
        return () => handlers.forEach(([type, handle]) => emitter.off(type, handle));
    }

    function listen(listener, selector, of, types, flags) {
        const names = host.string(types).split(/\s+/).filter(Boolean);
        if (!names.length) return EINVAL;
        try {
            const target = selector ? targetOf(host.string(selector)) : host.valueOf(of);
            if (!target) return selector && target === null ? ENOENT : ENOSYS;
            const begin = typeof target.addEventListener === 'function' ? atTarget
                : typeof target.on === 'function' && typeof target.off === 'function' ? atEmitter : undefined;
            if (!begin) return EINVAL;
            listening.set(listener, begin(listener, target, names, flags));
            return 0;
        } catch {
            return EINVAL;
        }
    }

    function unlisten(listener) {
        const stop = listening.get(listener);
        listening.delete(listener);
        stop?.();
    }

    const stopAll = () => [...listening.keys()].forEach(unlisten);
    host.onEnd.push(stopAll);
    host.onDeath.push(stopAll);

    return { listen, unlisten };
}
