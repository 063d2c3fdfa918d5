// feeds.mjs: what eddy promises about broadcasts and watches, in the way of objects.mjs.

import { Waitable } from './objects.mjs';
import { CODES } from './reference.mjs';

const { EINVAL, ECLOSED, EEMPTY, ELAGGED } = CODES;

/** What both are: a source, and readers by their handles, each at a place of its own. */
class Feed extends Waitable {
    open = true; // the source
    sent = 0;
    readers = new Map();
    waiting = []; // readers in which somebody waits, in the order in which they began to

    /** A reader that goes on with the item of that number. False: the source, or the place, is not free. */
    add(handle, next) {
        if (!this.open) return false;
        this.readers.set(handle, { next, lost: 0, line: [] });
        return true;
    }

    close() {
        this.open = false;
        for (const reader of this.waiting.splice(0)) this.wakeAll(reader.line, ECLOSED);
    }

    closeReader(handle) {
        const reader = this.readers.get(handle);
        this.readers.delete(handle);
        this.#stopWaiting(reader);
        this.wakeAll(reader.line, ECLOSED);
    }

    #stopWaiting(reader) {
        this.waiting = this.waiting.filter((each) => each !== reader);
    }

    /** Hands the newest item to readers who wait: `all` of a reader's line, or the first. */
    handOut(item, all) {
        for (const reader of [...this.waiting]) {
            reader.next = this.sent;
            do reader.line.shift().take(item);
            while (all && reader.line.length);
            if (!reader.line.length) this.#stopWaiting(reader);
        }
    }

    /** -> [result, item] */
    *receive(handle) {
        const { eddy } = this;
        const early = yield* eddy.enter();
        if (early !== undefined) return [early];
        const reader = this.readers.get(handle);
        if (!reader) return [yield* eddy.atOnce(EINVAL)];
        const [result, item] = this.take(handle);
        if (result !== EEMPTY) return [yield* eddy.atOnce(result), item];
        const entry = this.entry();
        entry.take = (taken) => {
            entry.item = taken;
            entry.wake(0);
        };
        if (!reader.line.length) this.waiting.push(reader);
        reader.line.push(entry);
        const leave = () => {
            const at = reader.line.indexOf(entry);
            if (at >= 0) reader.line.splice(at, 1);
            if (!reader.line.length) this.#stopWaiting(reader);
        };
        const rc = yield* eddy.block({ leave });
        return [rc, entry.item];
    }
}

/** Keeps the last `capacity` items; who is further behind is told how many are lost. */
export class Broadcast extends Feed {
    items = new Map(); // by their numbers

    constructor(eddy, capacity) {
        super(eddy);
        this.capacity = capacity;
    }

    /** -> how many subscribers there are */
    send(item) {
        if (!this.open) return EINVAL;
        this.items.set(this.sent++, item);
        this.items.delete(this.sent - 1 - this.capacity);
        this.handOut(item, false);
        return this.readers.size;
    }

    subscribe(handle) {
        return this.add(handle, this.sent);
    }

    take(handle) {
        const reader = this.readers.get(handle);
        if (!reader) return [EINVAL];
        if (reader.next === this.sent) return [this.open ? EEMPTY : ECLOSED];
        const oldest = Math.max(this.sent - this.capacity, 0);
        if (reader.next < oldest) {
            reader.lost = oldest - reader.next;
            reader.next = oldest;
            return [ELAGGED];
        }
        return [0, this.items.get(reader.next++)];
    }
}

/** The latest value is all there is. */
export class Watch extends Feed {
    constructor(eddy, first) {
        super(eddy);
        this.value = first;
        this.sent = 1;
    }

    set(value) {
        if (!this.open) return EINVAL;
        this.value = value;
        this.sent++;
        this.handOut(value, true);
        return 0;
    }

    /** Who comes has not seen the present value. */
    subscribe(handle) {
        return this.add(handle, this.sent - 1);
    }

    take(handle) {
        const reader = this.readers.get(handle);
        if (reader.next === this.sent) return [this.open ? EEMPTY : ECLOSED];
        reader.next = this.sent;
        return [0, this.value];
    }
}
