// channels.mjs: ends of C's channels that JavaScript holds. Its other side is channels.c.

import { EddyError } from './host.mjs';

/** `call(name, ...args)`: calls an export. */
export function createEddyChannels(host, values, call) {
    const ECLOSED = -6; // of include/eddy/error.h
    const ITEMS = ['number', 'text', 'chunk'];

    const isClosed = () => Promise.reject(new EddyError(ECLOSED, 'EDDY_ECLOSED', 'this sender is closed'));

    function makeSender(handle, name) {
        let closed = false;
        return {
            /** Resolves when the channel has room for it; an object with a `signal` may follow. */
            send: (value, ...options) => (closed ? isClosed() : call(name, handle, value, ...options)),
            /** What is being sent is sent first. */
            close() {
                closed = true;
                handle.close();
            },
        };
    }

    function makeReceiver(handle, name) {
        const left = new AbortController();
        const end = { done: true, value: undefined };
        function close() {
            left.abort();
            handle.close();
        }
        const receiver = {
            async next() {
                if (left.signal.aborted) return end;
                try {
                    return { done: false, value: await call(name, handle, { signal: left.signal }) };
                } catch (error) {
                    const isEnd = left.signal.aborted || error.name === 'EDDY_EEMPTY';
                    close();
                    if (isEnd) return end;
                    throw error;
                }
            },
            async return(value) {
                close();
                return { done: true, value };
            },
            close,
            [Symbol.asyncIterator]: () => receiver,
        };
        return receiver;
    }

    /** -> the number of the value. */
    return (index, serial, kind) => {
        const handle = values.handleOf(BigInt(serial >>> 0) << 32n | BigInt(index >>> 0));
        const item = ITEMS[kind % 3];
        return host.keep(kind < 3 ? makeSender(handle, `eddy__send_${item}`) : makeReceiver(handle, `eddy__receive_${item}`));
    };
}
