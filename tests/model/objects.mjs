// objects.mjs: what eddy promises about the objects that tasks wait for, in the way of reference.mjs.
// A line is an array of those who wait, { task, wake(result), … }: whoever takes one out hands over what
// it waits for in that moment (R2).

import { CODES } from './reference.mjs';

const { ECANCELED, ETIMEDOUT, ESTATE, EINVAL, ECLOSED, EEMPTY, EFULL, EBROKEN } = CODES;

const remove = (list, entry) => {
    const at = list.indexOf(entry);
    if (at >= 0) list.splice(at, 1);
};

export class Waitable {
    constructor(eddy) {
        this.eddy = eddy;
    }

    /** Of the current task. */
    entry(more = {}) {
        const task = this.eddy.current;
        return { task, wake: (result) => this.eddy.wake(task, result), ...more };
    }

    /** Stands in a line until somebody takes the entry out and wakes it. */
    *waitIn(line, entry = this.entry()) {
        line.push(entry);
        return yield* this.eddy.block({ leave: () => remove(line, entry) });
    }

    /** A case of a select that waits in a line. */
    caseIn(line, ready, now, entryOf) {
        let entry;
        return {
            ready, now,
            stand: (won) => line.push(entry = { task: this.eddy.current, wake: won, ...entryOf?.(won) }),
            leave: () => remove(line, entry),
        };
    }

    /** Wakes all in line. One who stands in it twice leaves altogether. */
    wakeAll(line, result) {
        while (line.length) line.shift().wake(result);
    }
}

export class Lock extends Waitable {
    owner = null;
    line = [];

    *acquire() {
        const early = yield* this.eddy.enter();
        if (early !== undefined) return early;
        const result = this.try();
        return result === EEMPTY ? yield* this.waitIn(this.line) : yield* this.eddy.atOnce(result);
    }

    try() {
        const task = this.eddy.current;
        if (!task || this.owner === task) return ESTATE;
        if (this.owner) return EEMPTY;
        this.owner = task;
        return 0;
    }

    release() {
        if (!this.eddy.current || this.owner !== this.eddy.current) return ESTATE;
        this.passOn();
        return 0;
    }

    passOn() {
        const first = this.line.shift();
        this.owner = first?.task ?? null;
        first?.wake(first.result ?? 0);
    }
}

export class Event extends Waitable {
    isSet = false;
    line = [];

    *wait() {
        const early = yield* this.eddy.enter();
        if (early !== undefined) return early;
        return this.isSet ? yield* this.eddy.atOnce(0) : yield* this.waitIn(this.line);
    }

    set() {
        this.isSet = true;
        this.wakeAll(this.line, 0);
    }

    case() {
        return this.caseIn(this.line, () => this.isSet, () => [0]);
    }
}

export class Condition extends Waitable {
    line = [];

    *wait(lock) {
        const { eddy } = this;
        const early = yield* eddy.enter();
        if (early !== undefined) return early;
        if (lock.owner !== eddy.current) return yield* eddy.atOnce(ESTATE);
        const entry = this.entry({ lock });
        this.line.push(entry);
        lock.passOn();
        const leave = () => {
            remove(this.line, entry);
            remove(lock.line, entry);
        };
        return yield* eddy.block({ leave, cancel: () => this.#retake(entry, ECANCELED) });
    }

    /** From now on it waits for its lock, whatever happens. */
    #retake(entry, result) {
        remove(this.line, entry);
        entry.task.wait.cancellable = false;
        entry.result = result;
        entry.lock.line.push(entry);
        if (!entry.lock.owner) entry.lock.passOn();
    }

    *waitFor(lock, predicate) {
        const { eddy } = this;
        const early = yield* eddy.enterCompound();
        if (early !== undefined) return early;
        if (lock.owner !== eddy.current) return ESTATE;
        let rc = 0;
        while (rc === 0 && !predicate()) rc = yield* this.wait(lock);
        return rc;
    }

    notify(n) {
        const notified = this.line.slice(0, n);
        for (const entry of notified) this.#retake(entry, 0);
        return notified.length;
    }
}

export class Semaphore extends Waitable {
    line = [];

    constructor(eddy, permits = 0, bound = Infinity) {
        super(eddy);
        Object.assign(this, { permits, bound });
    }

    *acquire() {
        const early = yield* this.eddy.enter();
        if (early !== undefined) return early;
        return this.try() === 0 ? yield* this.eddy.atOnce(0) : yield* this.waitIn(this.line);
    }

    try() {
        if (this.permits === 0) return EEMPTY;
        this.permits--;
        return 0;
    }

    release() {
        const first = this.line.shift();
        if (first) first.wake(0);
        else if (this.permits === this.bound) return EINVAL;
        else this.permits++;
        return 0;
    }
}

export class Limiter extends Waitable {
    inside = new Set(); // tasks, also those that ended without leaving
    line = [];

    constructor(eddy, total = 0) {
        super(eddy);
        this.total = total;
    }

    *acquire() {
        const { eddy } = this;
        const early = yield* eddy.enter();
        if (early !== undefined) return early;
        if (this.inside.has(eddy.current)) return yield* eddy.atOnce(ESTATE);
        if (this.inside.size >= this.total) return yield* this.waitIn(this.line);
        this.inside.add(eddy.current);
        return yield* eddy.atOnce(0);
    }

    release() {
        if (!this.eddy.current || !this.inside.delete(this.eddy.current)) return ESTATE;
        this.#letIn();
        return 0;
    }

    resize(total) {
        this.total = total;
        this.#letIn();
        return 0;
    }

    #letIn() {
        while (this.line.length && this.inside.size < this.total) {
            const first = this.line.shift();
            this.inside.add(first.task);
            first.wake(0);
        }
    }
}

export class Barrier extends Waitable {
    broken = false;
    line = [];

    constructor(eddy, parties = 0) {
        super(eddy);
        this.parties = parties;
    }

    *wait() {
        const { eddy, line } = this;
        const early = yield* eddy.enter();
        if (early !== undefined) return early;
        if (this.parties === 0) return yield* eddy.atOnce(EINVAL);
        if (this.broken) return yield* eddy.atOnce(EBROKEN);
        if (line.length + 1 < this.parties) return yield* this.waitIn(line);
        line.splice(0).forEach((entry, index) => entry.wake(index));
        return yield* eddy.atOnce(this.parties - 1);
    }

    turnAway(broken) {
        this.broken = broken;
        this.wakeAll(this.line, EBROKEN);
        return 0;
    }
}

const ORDERS = ['fifo', 'lifo', 'priority'];

/** Of equal priority are numbers with the same tens. */
const priority = (item) => Math.trunc(item / 10);

export class Queue extends Waitable {
    items = [];
    unfinished = 0;
    closed = false;
    getters = [];
    putters = [];
    joiners = [];

    constructor(eddy, capacity = 0, order = 0) {
        super(eddy);
        Object.assign(this, { capacity, order: ORDERS[order] });
    }

    get full() {
        return this.capacity > 0 && this.items.length >= this.capacity;
    }

    tryPut(item) {
        if (this.closed) return ECLOSED;
        if (this.full && !this.getters.length) return EFULL;
        this.unfinished++;
        const getter = this.getters.shift();
        if (getter) getter.take(item);
        else this.items.push(item);
        return 0;
    }

    /** -> [result, item] */
    tryGet() {
        const putter = this.putters.shift();
        if (!this.items.length) {
            if (!putter) return [this.closed ? ECLOSED : EEMPTY];
            putter.wake(0); // only without capacity
            return [0, putter.item];
        }
        const item = this.#take();
        if (putter) {
            this.unfinished++;
            this.items.push(putter.item);
            putter.wake(0);
        }
        return [0, item];
    }

    #take() {
        if (this.order === 'fifo') return this.items.shift();
        if (this.order === 'lifo') return this.items.pop();
        const least = Math.min(...this.items.map(priority));
        return this.items.splice(this.items.findIndex((item) => priority(item) === least), 1)[0];
    }

    *put(item) {
        const { eddy } = this;
        const early = yield* eddy.enter();
        if (early !== undefined) return early;
        const result = this.tryPut(item);
        if (result !== EFULL) return yield* eddy.atOnce(result);
        return yield* this.waitIn(this.putters, this.entry({ item }));
    }

    putCase(item) {
        const ready = () => this.closed || !this.full || this.getters.length > 0;
        return this.caseIn(this.putters, ready, () => [this.tryPut(item), item], () => ({ item }));
    }

    /** -> [result, item] */
    *get() {
        const { eddy } = this;
        const early = yield* eddy.enter();
        if (early !== undefined) return [early];
        const [result, item] = this.tryGet();
        if (result !== EEMPTY) return [yield* eddy.atOnce(result), item];
        const entry = this.entry();
        entry.take = (taken) => {
            entry.item = taken;
            entry.wake(0);
        };
        const rc = yield* this.waitIn(this.getters, entry);
        return [rc, entry.item];
    }

    getCase() {
        const ready = () => this.closed || this.items.length > 0 || this.putters.length > 0;
        return this.caseIn(this.getters, ready, () => this.tryGet(), (won) => ({ take: (item) => won(0, item) }));
    }

    taskDone() {
        if (this.unfinished === 0) return EINVAL;
        if (--this.unfinished === 0) this.wakeAll(this.joiners, 0);
        return 0;
    }

    *join() {
        const early = yield* this.eddy.enter();
        if (early !== undefined) return early;
        return this.unfinished ? yield* this.waitIn(this.joiners) : yield* this.eddy.atOnce(0);
    }

    /** `drop(item)` is called for what is thrown away. */
    shutdown(immediate, drop) {
        this.closed = true;
        if (immediate) {
            const dropped = this.items.splice(0);
            for (const item of dropped) drop(item);
            this.unfinished = Math.max(this.unfinished - dropped.length, 0);
            if (this.unfinished === 0) this.wakeAll(this.joiners, 0);
        }
        this.wakeAll(this.getters, ECLOSED);
        this.wakeAll(this.putters, ECLOSED);
        return 0;
    }
}

/** A queue with two ends, which are sets of handles; with capacity 0 items go from hand to hand. */
export class Channel extends Queue {
    senders = new Set();
    receivers = new Set();

    get full() {
        return this.items.length >= this.capacity;
    }

    closeSender(handle) {
        if (!this.senders.delete(handle) || this.senders.size) return;
        this.shutdown(false);
    }

    closeReceiver(handle, drop) {
        if (!this.receivers.delete(handle) || this.receivers.size) return;
        this.shutdown(true, drop);
    }
}

const [DELAY, SKIP] = [1, 2]; // 0 is burst

export class Interval extends Waitable {
    period = 0;

    begin(period, policy) {
        if (period <= 0 || policy > SKIP) return EINVAL;
        Object.assign(this, { period, policy, due: this.eddy.now + period });
        return 0;
    }

    *next() {
        const { eddy } = this;
        const early = yield* eddy.enter();
        if (early !== undefined) return early;
        if (!this.period) return yield* eddy.atOnce(EINVAL);
        while (this.policy === SKIP && this.due < eddy.now) this.due += this.period;
        if (this.due > eddy.now) return yield* eddy.block({ until: this.due, otherwise: 0, fired: () => this.#take() });
        this.#take(this.policy === DELAY);
        return yield* eddy.giveUpPass();
    }

    /** One that comes late though its task was waiting is not late by itself. */
    #take(late = this.policy === DELAY && this.eddy.now - this.due >= this.period) {
        this.due = (late ? this.eddy.now : this.due) + this.period;
    }
}

/**
 * eddy_select. A case: ready() asks whether it can happen, now() lets it happen, stand(won) waits for it
 * until won(result, item) or leave(). Results are as of the case's own call.
 * @param {(indices: number[]) => number} choose  which of those that are ready happens
 * @yields what block() does
 * @returns [index or error, result, item]
 */
export function* select(eddy, cases, timeout, choose) {
    const early = yield* eddy.enter();
    if (early !== undefined) return [early];
    const ready = [...cases.keys()].filter((i) => cases[i].ready());
    if (ready.length) {
        const index = choose(ready);
        const happened = cases[index].now();
        return [yield* eddy.atOnce(index), ...happened];
    }
    if (timeout <= 0) return [yield* eddy.atOnce(ETIMEDOUT)];
    const task = eddy.current;
    let happened = [];
    const leave = () => cases.forEach((each) => each.leave());
    cases.forEach((each, index) => each.stand((...outcome) => {
        happened = outcome;
        leave();
        eddy.wake(task, index);
    }));
    const rc = yield* eddy.block({ leave, until: eddy.now + timeout });
    return [rc, ...happened];
}
