// reference.mjs: what eddy promises about waiting for several futures, groups and generators; with loop.mjs
// and objects.mjs the reference of the model test.

import { CODES, FOREVER, Loop } from './loop.mjs';

export * from './loop.mjs';

const { ECANCELED, ECLOSED, ETIMEDOUT, ESTATE, EINVAL, ENOMEM } = CODES;

export class Reference extends Loop {
    // ---- several futures ----------------------------------------------------------------------------

    /**
     * Waits for the pending ones of `list` until `over(future)` says so of one that has ended, or all
     * have. -> [what woke it, the future that did or null]
     */
    *#waitForMany(list, over, { until = FOREVER } = {}) {
        const task = this.current;
        const pending = list.filter((future) => future && !future.done);
        let left = pending.length, last = null, waiting = true;
        const waiters = pending.map((future) => {
            const waiter = () => {
                future.pins--;
                left--;
                if (!waiting || (!over(future) && left > 0)) return;
                last = future;
                leave();
                this.wake(task, future.result);
            };
            future.waiters.push(waiter);
            future.pins++;
            return [future, waiter];
        });
        const leave = () => {
            waiting = false;
            for (const [future, waiter] of waiters) {
                const at = future.waiters.indexOf(waiter);
                if (at < 0) continue;
                future.waiters.splice(at, 1);
                this.unpin(future);
            }
        };
        const result = yield* this.block({ leave, until });
        return [result, last];
    }

    /** R3: an owner passes its cancellation down and returns after the last child. */
    *#stopAll(list) {
        for (const future of list) this.cancel(future);
        for (const future of list) if (future) yield* this.waitThrough(future, false);
    }

    *gather(list, { collect = false, results = null }) {
        let rc = yield* this.enterCompound();
        if (!this.current || list.includes(this.current.future)) return ESTATE;
        if (rc === ECANCELED) yield* this.#stopAll(list);
        else rc = yield* this.#gatherAll(list, collect);
        if (results || collect)
            for (const future of list) if (future?.done) this.read(future);
        results?.push(...list.map((future) => (!future ? ENOMEM : future.done ? future.result : ESTATE)));
        return rc;
    }

    *#gatherAll(list, collect) {
        const failed = list.findIndex((future) => !future || (future.done && future.result < 0));
        if (!collect && failed >= 0) {
            if (!list[failed]) return ENOMEM;
            this.deliver(list[failed], this.current);
            return list[failed].result;
        }
        if (list.every((future) => !future || future.done)) return 0;
        const task = this.current;
        const over = (future) => !collect && future.result < 0;
        const [rc, last] = yield* this.#waitForMany(list, (future) => {
            if (over(future)) this.deliver(future, task);
            return over(future);
        });
        if (last) return over(last) ? last.result : 0;
        yield* this.#stopAll(list);
        return rc;
    }

    /** mode: 0 first done, 1 first error, 2 all done */
    *wait(list, mode, timeout) {
        const early = yield* this.enterCompound();
        if (early !== undefined) return early;
        if (list.length === 0) return EINVAL;
        if (list.includes(this.current.future)) return ESTATE;
        const over = (future) => mode === 0 || (mode === 1 && this.state(future) === 3);
        const count = () => list.filter((future) => !future || future.done).length;
        if (count() < list.length && timeout > 0 && !list.some((f) => (!f || f.done) && over(f))) {
            const [rc, last] = yield* this.#waitForMany(list, over, { until: this.now + timeout });
            if (!last && rc !== ETIMEDOUT) return rc;
        }
        return count();
    }

    /** winner: [] gets its index */
    *race(list, winner) {
        let rc = yield* this.enterCompound();
        if (!this.current) return ESTATE;
        if (list.length === 0) return rc ?? EINVAL;
        if (list.includes(this.current.future)) return ESTATE; // it could not wait for the last to end
        if (rc === undefined) rc = yield* this.#findWinner(list, winner);
        yield* this.#stopAll(list);
        for (const future of list) if (future) this.read(future);
        return rc;
    }

    *#findWinner(list, winner) {
        let first = list.findIndex((future) => this.state(future) === 1);
        if (first < 0) {
            const task = this.current;
            if (list.every((future) => !future || future.done)) {
                const last = list.at(-1);
                if (last) this.deliver(last, task);
                return last ? last.result : ENOMEM;
            }
            let left = list.filter((future) => future && !future.done).length;
            const [rc, last] = yield* this.#waitForMany(list, (future) => {
                if (--left === 0) this.deliver(future, task); // the last error
                return future.result >= 0;
            });
            if (!last || last.result < 0) return rc;
            first = list.indexOf(last);
        }
        winner.push(first);
        return list[first].result;
    }

    /** bodies: functions that make a generator; a racer starts `delay` after the one before or when that has failed */
    *raceStaggered(bodies, delay, winner) {
        const early = yield* this.enterCompound();
        if (early !== undefined) return early;
        const racers = [];
        try {
            const rc = yield* this.#runRacers(racers, bodies, delay, winner);
            yield* this.#stopAll(racers);
            for (const racer of racers) this.read(racer);
            return rc;
        } finally { // also when the run is broken off
            for (const racer of racers) this.release(racer);
        }
    }

    *#runRacers(racers, bodies, delay, winner) {
        const task = this.current;
        let next = this.now, lastFailed = null;
        const noticed = new Set();
        for (;;) {
            const first = racers.findIndex((future) => this.state(future) === 1);
            if (first >= 0) {
                winner.push(first);
                return racers[first].result;
            }
            for (const racer of racers) {
                if (!racer.done || noticed.has(racer)) continue;
                noticed.add(racer);
                this.deliver(lastFailed = racer, task);
            }
            if (racers.length < bodies.length && (!racers.length || racers.at(-1).done || this.now >= next)) {
                racers.push(this.spawn('racer', bodies[racers.length]()));
                next = this.now + Math.max(delay, 0);
                continue;
            }
            if (noticed.size === bodies.length) return lastFailed.result;
            const all = racers.length === bodies.length; // then only a success, or the last error, matters
            let left = racers.filter((racer) => !racer.done).length;
            const [woken, last] = yield* this.#waitForMany(racers, (future) => {
                if (all && --left === 0) this.deliver(future, task);
                return !all || future.result >= 0;
            }, { until: all ? FOREVER : next });
            if (last?.result >= 0) winner.push(racers.indexOf(last));
            if (last && (last.result >= 0 || all)) return last.result;
            if (!last && woken !== ETIMEDOUT) return woken;
        }
    }

    /** A walk: { next, end }. */
    each(list, timeout) {
        const deadline = this.now + Math.max(timeout, 0);
        const done = [], waiters = [];
        let left = list.length, wakeNext = null;
        for (const future of list) {
            if (!future || future.done) {
                done.push(future);
                continue;
            }
            const waiter = () => {
                future.pins--;
                done.push(future);
                wakeNext?.();
            };
            future.waiters.push(waiter);
            future.pins++;
            waiters.push([future, waiter]);
        }
        const reference = this;
        return {
            *next() {
                const early = yield* reference.enterCompound();
                if (early !== undefined) return [early];
                if (left === 0) return [0];
                if (!done.length) {
                    if (deadline <= reference.now) return [ETIMEDOUT];
                    const task = reference.current;
                    const leave = () => { wakeNext = null; };
                    wakeNext = () => {
                        leave();
                        reference.wake(task, 1);
                    };
                    const rc = yield* reference.block({ leave, until: deadline });
                    if (rc < 0) return [rc];
                }
                left--;
                return [1, done.shift()];
            },
            end: () => {
                for (const [future, waiter] of waiters) {
                    const at = future.waiters.indexOf(waiter);
                    if (at < 0) continue;
                    future.waiters.splice(at, 1);
                    this.unpin(future);
                }
            },
        };
    }

    // ---- groups (R12) -------------------------------------------------------------------------------

    newGroup() {
        const group = {
            scope: this.newScope(), owner: null, children: [], borrowed: [], keptCount: 0, errors: [], supervisor: false, refuses: false,
            begun: false, ended: false, error: 0, waiting: false,
            childEnded: (child) => this.#childEnded(group, child),
        };
        Object.assign(group.scope, { errors: group.errors, borrowed: group.borrowed, onCancel: () => this.#cancelChildren(group) });
        return group;
    }

    beginGroup(group, { supervisor, timeout }) {
        if (group.begun) return ESTATE;
        group.begun = true;
        if (!this.current) return group.error = ESTATE;
        Object.assign(group, { owner: this.current, supervisor });
        group.refuses = group.scope.cancelled;
        return this.beginScope(group.scope, { timeout });
    }

    #cancelChildren(group) {
        group.refuses = true;
        for (const child of [...group.children]) this.cancel(child.future);
    }

    /** Spawns a child; options as spawn's. -> a future, or null if the group refuses */
    spawnChild(group, name, body, options) {
        if (!group.begun || group.error || group.ended || group.refuses) return null;
        const future = this.spawn(name, body, { ...options, group });
        if (!options.detached) group.borrowed.push(future);
        return future;
    }

    /** What a refused spawn hands out. */
    refused = Object.assign(this.newFuture(), { done: true, result: ESTATE });

    #childEnded(group, child) {
        group.children.splice(group.children.indexOf(child), 1);
        const { future } = child;
        const failed = future.result < 0 && future.result !== ECANCELED;
        if (child.starter) {
            this.read(future);
            this.settle(child.starter, future.result < 0 ? future.result : ESTATE, future.text);
            this.release(child.starter);
            child.starter = null;
        } else if (failed) {
            this.read(future);
            if (!group.borrowed.includes(future)) group.borrowed.push(this.retain(future));
            group.errors.push({ code: future.result, name: future.name, text: future.text });
            if (!group.supervisor) this.cancelScope(group.scope);
        }
        if (group.waiting && group.children.length === 0) {
            group.waiting = false;
            this.wake(group.owner, 0);
        }
    }

    /** The handles that it lent; what failed is kept with the errors. */
    #releaseChildren(group) {
        for (const future of group.borrowed.splice(0)) {
            if (this.state(future) !== 3) {
                this.release(future);
                continue;
            }
            group.owner.kept.push(future);
            group.keptCount++;
        }
    }

    *startChild(group, name, body) {
        const early = yield* this.enterCompound();
        if (early !== undefined) return early;
        const ready = this.newFuture();
        const child = this.spawnChild(group, name, body, { starter: this.retain(ready), detached: true });
        if (!child) return ESTATE;
        this.retain(child);
        try {
            const rc = yield* this.join(ready);
            if (ready.done && rc === ready.result) return rc;
            if (!ready.done) {
                this.cancel(child);
                yield* this.waitThrough(child, false);
            } else if (ready.result >= 0) {
                return ready.result;
            }
            if (this.state(child) === 3 && ready.result === child.result) {
                this.deliver(ready, this.current);
                return ready.result;
            }
            this.read(ready);
            return ECANCELED;
        } finally {
            this.release(child);
            this.release(ready);
        }
    }

    started(value) {
        const task = this.current;
        if (!task?.starter) return ESTATE;
        if (value < 0) return EINVAL;
        const { starter } = task;
        task.starter = null;
        this.settle(starter, value);
        this.release(starter);
        return 0;
    }

    cancelGroup(group) {
        return group.ended || group.error ? ESTATE : this.cancelScope(group.scope);
    }

    /** The net's end: what nobody is told of is reported. */
    *closeGroup(group) {
        yield* this.endGroup(group, ECANCELED);
        for (const { code, name, text } of group.errors) this.report(code, name, text);
        const { kept } = this.current;
        for (const future of kept.splice(kept.length - group.keptCount)) this.release(future);
    }

    *endGroup(group, rc) {
        if (!group.begun) return ESTATE;
        if (group.ended) return rc;
        if (group.error) {
            group.ended = true;
            return group.error;
        }
        if (group.owner !== this.current) return ESTATE;
        const { owner } = group;
        this.closeInside(owner, owner.scopes.indexOf(group.scope) + 1);
        if (rc < 0 && rc !== ECANCELED)
            group.errors.push({ code: rc, name: owner.future.name, text: this.textOf(owner, rc) });
        if (rc < 0) this.#cancelChildren(group);
        let cancelled = (yield* this.enterCompound()) === ECANCELED;
        if (cancelled) this.#cancelChildren(group);
        while (group.children.length) {
            group.waiting = true;
            const leave = () => { group.waiting = false; };
            if ((yield* this.block({ leave, cancellable: !cancelled })) !== ECANCELED) continue;
            cancelled = true;
            this.#cancelChildren(group);
        }
        group.refuses = true;
        group.ended = true;
        this.#releaseChildren(group);
        rc = this.endScope(group.scope, cancelled ? ECANCELED : rc);
        if (!group.errors.length) return rc;
        const [{ code, text }] = group.errors;
        owner.last = { code, text };
        return code;
    }

    // ---- generators (R13) ---------------------------------------------------------------------------

    inside = null; // the generator whose body runs

    openGenerator(name, body) {
        const generator = {
            name, body, started: false, finished: false, closing: false, task: null, error: 0, depth: 0,
        };
        this.generators.add(generator);
        return generator;
    }

    /** In a body: hands out an item. */
    *emit(item) {
        const generator = this.inside;
        if (!this.current || !generator || this.current.scopes.length !== generator.depth) return ESTATE;
        if (!generator.closing) yield { item };
        return generator.closing ? ECLOSED : 0;
    }

    /** -> [1, item], [0] or [error] */
    *next(generator) {
        const task = this.current;
        if (!task) return [ESTATE];
        if (!generator?.closing && task.cancelled) return [yield* this.atOnce(ECANCELED)];
        if (!generator) return [yield* this.atOnce(ENOMEM)];
        if (generator.task) return [yield* this.atOnce(ESTATE)];
        if (generator.closing) generator.task = task; // to its end
        if (generator.finished) return [yield* this.atOnce(this.#takeError(generator))];
        Object.assign(generator, { task, depth: task.scopes.length, started: true });
        const item = yield* this.#runBody(generator);
        if (!generator.closing) generator.task = null;
        if (generator.finished) return [yield* this.atOnce(this.#takeError(generator))];
        return [yield* this.atOnce(1), item];
    }

    /** What the body waits for its consumer waits for. */
    *#runBody(generator) {
        for (let resume; ; resume = yield) {
            const outer = this.inside;
            this.inside = generator;
            const { done, value } = generator.body.next(resume);
            this.inside = outer;
            if (!done && value) return value.item;
            if (!done) continue;
            this.closeInside(this.current, generator.depth);
            generator.finished = true;
            if (value < 0) generator.error = value;
            return undefined;
        }
    }

    /** Its error is told once. */
    #takeError(generator) {
        const { error } = generator;
        generator.error = 0;
        if (error < 0) this.current.last = { code: error, text: this.textOf(this.current, error) };
        return error;
    }

    *closeGenerator(generator) {
        if (!generator) return ENOMEM;
        if (!this.current || generator.task) return ESTATE;
        generator.closing = true;
        if (!generator.started) generator.finished = true;
        this.generators.delete(generator);
        const [rc] = yield* this.next(generator);
        return rc === ECLOSED ? 0 : rc;
    }
}
