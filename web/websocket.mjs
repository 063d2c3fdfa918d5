// websocket.mjs: WebSockets of the platform; in Node 20, which has none, of the package ws.

export function createEddyWebsockets(host) {
    // Of include/eddy/error.h and include/eddy/websocket.h.
    const EINVAL = -4, ECLOSED = -6, EEMPTY = -7, EFULL = -8, EPERM = -10, ENOSYS = -12, EHOST = -13;
    const ELAGGED = -15, ECONNREFUSED = -19, ECONNRESET = -20, EHOSTNOTFOUND = -21;
    const TEXT = 1, ROOM = 0, DRAIN = -1; // what a task waits for: that its message goes, or one of these
    const CODES = {
        ECONNREFUSED, ECONNRESET, EPIPE: ECONNRESET, ENOTFOUND: EHOSTNOTFOUND, EAI_AGAIN: EHOSTNOTFOUND,
        ERR_MODULE_NOT_FOUND: ENOSYS, WS_ERR_UNSUPPORTED_MESSAGE_LENGTH: EFULL,
        SyntaxError: EINVAL, SecurityError: EPERM, NotCapable: EPERM,
    };
    const OPEN = 1;
    const PER_MESSAGE = 64; // bytes that an unread message counts besides its own, so that empty ones do
    const AT_ONCE = 4096; // taken messages whose places are kept
    const PATIENCE = 3000; // milliseconds for the other end's part of a closing that nobody waits for

    // In quotes stands what Closure's compiler does not know, and would rename.
    const strict = () => new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    const open = new Map(); // number -> state
    let last = 0;
    host.onDeath.push(() => { for (const number of open.keys()) close(number); });

    /** Of a WebSocket whose run has ended. */
    const gone = () => ({
        messages: [], head: 0, unread: 0, sends: [], over: [], shut: true, closed: true, code: 1006,
        reason: '', error: { code: ECLOSED, text: 'this WebSocket was closed at the end of a run' },
        socket: { bufferedAmount: 0 },
    });
    const stateOf = (number) => open.get(number) ?? gone();

    const bytesAt = (pointer, size) => host.memory().slice(pointer >>> 0, (pointer >>> 0) + size);
    const reasonOf = ({ message, error }) => (error?.message ? host.textOf(error) : message ?? '');
    const codeOf = (error) => CODES[error?.code] ?? CODES[error?.name] ?? EHOST;
    const saysProtocol = (error) => /^WS_ERR_/.test(error?.code);
    const fail = ({ op, generation }, code, text) =>
        host.complete(op, generation, code, host.encoder.encode(text));

    const bufferedBy = ({ socket }) => socket.bufferedAmount ?? 0; // workerd does not tell

    async function implementation() {
        if (globalThis.WebSocket) return (url, protocols) => new WebSocket(url, protocols);
        const name = 'ws'; // no bundler for pages is to look for it
        const { WebSocket: Package } = await import(/* @vite-ignore */ /* webpackIgnore: true */ name)
            .catch((error) => {
                throw Object.assign(new Error('this host has no WebSocket: install the npm package ws, ' +
                    'or use Node 22'), { code: error.code ?? 'ERR_MODULE_NOT_FOUND' });
            });
        return (url, protocols, limit) =>
            new Package(url, protocols, { 'maxPayload': limit, 'perMessageDeflate': false });
    }

    /** Not every platform looks. */
    function isUrl(text) {
        try {
            return !!new URL(text, globalThis.location?.href);
        } catch {
            return false;
        }
    }

    // ---- connecting -----------------------------------------------------------------------------------

    function connect(op, generation, urlPointer, protocolsPointer, protocolBytes, limit, buffered, unread) {
        const url = host.string(urlPointer);
        const list = new TextDecoder().decode(bytesAt(protocolsPointer, protocolBytes)).split('\0').slice(0, -1);
        const state = {
            url, limit: limit >>> 0, buffered: buffered >>> 0, mostUnread: unread >>> 0, socket: undefined,
            messages: [], head: 0, unread: 0, // what has arrived; of it, taken already; bytes
            sends: [], timer: undefined, // tasks that wait to send, in their order
            more: undefined, over: [], // operations that wait for a message, for the end
            isOpen: false, shut: false, closed: false, code: 0, reason: '',
            error: undefined, // { code, text }: what ended it
            hint: undefined, // the same, as the platform has told it before the end
        };
        let number;
        host.begin(op, generation, () => { state.socket?.close(); });
        implementation().then((make) => {
            if (!host.isWanted(op, generation)) return;
            if (!isUrl(url)) throw new SyntaxError(`${url} is no URL`);
            const socket = state.socket = make(url, list, state.limit);
            socket.binaryType = 'arraybuffer';
            socket.addEventListener('open', () => {
                state.isOpen = true;
                number = ++last;
                open.set(number, state);
                if (!host.complete(op, generation, number, host.encoder.encode(`${socket.protocol ?? ''}\0`)))
                    close(number);
            });
            socket.addEventListener('message', ({ data }) => arrived(state, data));
            socket.addEventListener('error', (event) => {
                const { error } = event;
                state.hint ??= { code: codeOf(error), text: reasonOf(event), isKnown: saysProtocol(error) };
            });
            socket.addEventListener('close', (event) => {
                if (state.isOpen) return ended(state, event);
                const { code, text } = state.hint ?? { code: EHOST, text: event.reason };
                fail({ op, generation }, code, `cannot connect to ${url}${text && `: ${text}`}`);
            });
        }).catch((error) => fail({ op, generation }, codeOf(error), host.textOf(error)));
    }

    // ---- what arrives -----------------------------------------------------------------------------------

    function arrived(state, data) {
        if (state.shut || state.error) return;
        const type = typeof data === 'string' ? TEXT : TEXT + 1;
        const bytes = type === TEXT ? host.encoder.encode(data) : new Uint8Array(data);
        if (bytes.length > state.limit) {
            return breakOff(state, EFULL, 1009,
                `a message of ${bytes.length} bytes arrived, more than the limit of ${state.limit}`);
        }
        state.messages.push({ type, bytes, offset: 0 });
        state.unread += bytes.length;
        if (isTooMuch(state) && state.messages.length - state.head > 1) holdBack(state);
        tellMore(state);
    }

    const isTooMuch = ({ unread, messages, head, mostUnread }) =>
        unread + PER_MESSAGE * (messages.length - head) > mostUnread;

    /** The package ws can stop reading, so that the other end has to wait. The platform's cannot. */
    function holdBack(state) {
        if (state.socket['isPaused']) return;
        state.socket.pause?.();
        if (state.socket['isPaused']) return;
        breakOff(state, ELAGGED, 1008, `more than ${state.mostUnread} bytes of messages were not received in time`);
    }

    function breakOff(state, code, wireCode, text) {
        state.error = { code, text };
        startClosing(state, wireCode, text);
        queueMicrotask(() => settle(state));
    }

    function next(number, size) {
        const state = stateOf(number);
        const message = state.messages[state.head];
        if (!message) return state.closed && !state.error ? 0 : EEMPTY;
        host.view().setUint32(size >>> 0, message.bytes.length - message.offset, true);
        return message.type;
    }

    function take(number, buffer, room) {
        const state = stateOf(number);
        const message = state.messages[state.head];
        const part = message.bytes.subarray(message.offset, message.offset + (room >>> 0));
        host.memory().set(part, buffer >>> 0);
        message.offset += part.length;
        state.unread -= part.length;
        if (message.offset < message.bytes.length) return part.length;
        state.messages[state.head++] = undefined;
        if (state.head === AT_ONCE || state.head === state.messages.length) {
            state.messages.splice(0, state.head);
            state.head = 0;
        }
        if (state.socket['isPaused'] && !isTooMuch(state)) state.socket.resume();
        return part.length;
    }

    function more(number, op, generation) {
        const state = stateOf(number);
        host.begin(op, generation, () => { state.more = undefined; });
        state.more = { op, generation };
        queueMicrotask(() => tellMore(state));
    }

    function tellMore(state) {
        if (!state.more || !(state.head < state.messages.length || state.closed || state.error)) return;
        const waiting = state.more;
        state.more = undefined;
        if (state.head < state.messages.length || !state.error)
            host.complete(waiting.op, waiting.generation, 0);
        else fail(waiting, state.error.code, state.error.text);
    }

    // ---- the end ----------------------------------------------------------------------------------------

    const nameOf = ({ code, reason }) => `${code}${reason && ` ${reason}`}`;

    function ended(state, { code, reason, wasClean }) {
        state.closed = true;
        [state.code, state.reason] = wasClean ? [code, reason] : [1006, ''];
        if (!wasClean) {
            const { code: told = EHOST, text = '', isKnown } = state.hint ?? {};
            // Most hosts do not tell a broken protocol from a broken connection.
            state.error ??= { code: told === EHOST && !isKnown ? ECONNRESET : told,
                text: `the connection to ${state.url} was lost: ${text || 'there was no closing handshake'}` };
        }
        settle(state);
    }

    /** Nothing more can be sent, and perhaps nothing will come. */
    function settle(state) {
        clearTimeout(state.timer);
        const { code, text } = state.error ?? { code: ECLOSED, text: state.closed
            ? `the other end has closed the WebSocket: ${nameOf(state)}` : 'this WebSocket was shut' };
        for (const waiting of state.sends.splice(0)) fail(waiting, code, text);
        tellMore(state);
        if (!state.closed) return;
        for (const waiting of state.over.splice(0)) {
            if (state.error) fail(waiting, code, text);
            else host.complete(waiting.op, waiting.generation, 0);
        }
    }

    /** Codes below 3000 other than 1000 are not ours to send, says the platform; the package may. */
    function startClosing(state, code, reason) {
        const { socket } = state;
        socket.resume?.(); // or the other end's answer would not be read
        const cut = host.encoder.encodeInto(reason, new Uint8Array(123)).read;
        try {
            if (code) socket.close(code, reason.slice(0, cut));
            else socket.close();
        } catch {
            socket.close(code + 3000, reason.slice(0, cut));
        }
    }

    function shut(number, code, reasonPointer, reasonBytes) {
        const state = stateOf(number);
        let reason;
        try {
            reason = strict().decode(bytesAt(reasonPointer, reasonBytes));
        } catch {
            return EINVAL;
        }
        state.shut = true;
        if (!state.closed && !state.error) startClosing(state, code, reason);
        queueMicrotask(() => settle(state));
        return 0;
    }

    function over(number, op, generation) {
        const state = stateOf(number);
        const waiting = { op, generation };
        host.begin(op, generation, () => { state.over = state.over.filter((one) => one !== waiting); });
        state.over.push(waiting);
        queueMicrotask(() => settle(state));
    }

    function close(number) {
        const state = open.get(number);
        if (!state) return;
        open.delete(number);
        state.messages = [];
        state.head = 0;
        state.shut = true;
        if (!state.closed) {
            if (!state.error) startClosing(state, 0, '');
            const timer = setTimeout(() => state.socket.terminate?.(), PATIENCE);
            timer.unref?.();
        }
        clearTimeout(state.timer);
        queueMicrotask(() => {
            const all = [...state.sends.splice(0), ...state.over.splice(0), ...(state.more ? [state.more] : [])];
            state.more = undefined;
            for (const { op, generation } of all) host.complete(op, generation, ECLOSED);
        });
    }

    // ---- sending ------------------------------------------------------------------------------------------

    const canSend = (state) => !state.shut && !state.error && state.socket.readyState === OPEN;
    const hasRoom = (state) => bufferedBy(state) < state.buffered;

    /** A text for TEXT, bytes for the rest; throws if it is no text. */
    function payloadOf(type, data, size) {
        const bytes = bytesAt(data, size >>> 0);
        return type === TEXT ? strict().decode(bytes) : bytes;
    }

    /** 1: it is on its way; 0: `queue` can tell what there is to wait for. */
    function send(number, type, data, size) {
        const state = stateOf(number);
        if (!canSend(state) || state.sends.length || !hasRoom(state)) return 0;
        try {
            state.socket.send(payloadOf(type, data, size));
        } catch {
            return 0;
        }
        return 1;
    }

    /** Waits for room in the order of the calls, and sends then. */
    function queue(number, op, generation, type, data, size) {
        const state = stateOf(number);
        const waiting = { op, generation, type, payload: undefined };
        host.begin(op, generation, () => {
            state.sends = state.sends.filter((one) => one !== waiting);
            serve(state);
        });
        try {
            if (type > 0) waiting.payload = payloadOf(type, data, size);
        } catch {
            return queueMicrotask(() => fail(waiting, EINVAL, 'the text is not UTF-8'));
        }
        state.sends.push(waiting);
        queueMicrotask(() => serve(state));
    }

    function serve(state) {
        while (state.sends.length) {
            const [first] = state.sends;
            const drains = first.type === DRAIN;
            if (state.closed || (!canSend(state) && !drains)) return closing(state);
            if (drains ? bufferedBy(state) > 0 : !hasRoom(state)) return serveLater(state);
            state.sends.shift();
            if (first.type !== ROOM && !drains) state.socket.send(first.payload);
            host.complete(first.op, first.generation, 0);
        }
    }

    /** The other end has begun to close, or it is over: those that wait learn it with the reason. */
    function closing(state) {
        if (state.closed || state.error || state.shut) settle(state);
    }

    // No event tells that there is room again.
    function serveLater(state) {
        clearTimeout(state.timer);
        state.timer = setTimeout(serve, 1, state);
    }

    // ---- what is known of it ------------------------------------------------------------------------------

    const AMOUNTS = [(state) => state.code, bufferedBy, (state) => state.unread];

    const amount = (number, which) => AMOUNTS[which](stateOf(number));

    /** At most 123 bytes, by the protocol. */
    function reason(number, buffer) {
        const bytes = host.encoder.encode(stateOf(number).reason).subarray(0, 123);
        host.memory().set(bytes, buffer >>> 0);
        return bytes.length;
    }

    return { connect, next, take, more, send, queue, shut, over, close, amount, reason };
}

/** The imports of a module that loader.mjs loads. */
export function websocketImports(sockets) {
    return Object.fromEntries(Object.entries(sockets).map(([name, call]) => [`eddy_js_ws_${name}`, call]));
}
