// loop.mjs: what eddy promises about tasks, futures, callbacks and scopes, as simply as it can be said:
// the rules of the design and the comments of include/eddy, with generators as tasks and arrays as
// queues. Nothing here is fast, or taken from the C sources. A generator that yields gives up the step;
// it is resumed with what its blocking call returns. What is made of this is in reference.mjs, objects
// that tasks wait for are in objects.mjs.

export const CODES = {
    ECANCELED: -1, ETIMEDOUT: -2, ESTATE: -3, EINVAL: -4, ENOMEM: -5, ECLOSED: -6, EEMPTY: -7, EFULL: -8,
    EBROKEN: -9, EDEADLK: -11, ELAGGED: -15,
};
const { ECANCELED, ETIMEDOUT, ESTATE, EINVAL, ENOMEM, EDEADLK } = CODES;

/** No limit. */
export const FOREVER = Infinity;
/** In options: already over. */
export const NOW = -Infinity;

const BUDGET = 256; // R8

class Future {
    handles = 1;
    pins = 0; // reasons other than handles to keep it: it runs, somebody waits, a callback is due
    done = false;
    result = undefined;
    text = '';
    unread = false;
    cancelRequested = false;
    value = 0; // eddy_value's, and what is called with it at the end
    freeValue = null;
    waiters = []; // functions of the result, in order
    task = null;
    name = 'future';
}

class Task {
    state = 'new'; // ready, waiting, ended
    scopes = []; // open ones, the innermost last
    rootCancelled = false;
    resume = undefined;
    row = 0; // calls that did not suspend
    wait = null; // { leave, cancellable, timer }
    fail = null; // what eddy_fail attached: { code, text }
    last = null; // the error last delivered: { code, text }
    leftover = false;
    group = null; // whose child it is
    starter = null; // who waits for its eddy_started
    locals = new Map();
    argumentFree = null;
    kept = []; // children that failed, of groups of its own that have ended

    constructor(name, body) {
        this.future = new Future();
        this.future.task = this;
        this.future.name = name;
        this.future.pins = 1;
        this.body = body;
    }

    /** R1: effective(innermost scope). */
    get cancelled() {
        for (const scope of this.scopes.toReversed()) {
            if (scope.cancelled) return true;
            if (scope.shield) return false;
        }
        return this.rootCancelled;
    }
}

export class Loop {
    now = 0;
    current = null;
    halted = false;
    #main;
    #interrupts = 0;
    #ready = []; // tasks and functions
    #timers = []; // { when, fire }, in the order they were set
    #idlers = []; // tasks
    #tasks = new Set(); // that have not ended, in the order they were spawned
    #unread = new Set(); // futures
    #calls = new Set();

    /** `report(code, name, text)` is called for errors nobody read. */
    constructor(report) {
        this.report = report;
    }

    // ---- the run ------------------------------------------------------------------------------------

    /** eddy_run, or a runner's run, which leaves tasks and all else as they are. -> its result */
    run(name, body, { keep = false } = {}) {
        return this.#drive(this.spawn(name, body), keep);
    }

    /** The end of a runner (R11). */
    close() {
        this.#drive(null, false);
        return 0;
    }

    #drive(main, keep) {
        Object.assign(this, { running: true });
        this.#main = main;
        this.#interrupts = 0;
        for (const task of this.#tasks) task.leftover = false;
        const result = this.#turn(main, keep);
        this.running = false;
        return result;
    }

    #turn(main, keep) {
        let result, ending = !main, deadlocked = false;
        if (ending) this.#cancelLeftovers();
        for (;;) {
            if (this.#interrupts > 1) {
                result = ECANCELED;
                this.#letGo(main);
                this.#abandonAll();
                break;
            }
            // Between two passes: R11.
            if (!ending && main.done && keep) {
                this.#letGo(main);
                return deadlocked ? EDEADLK : main.result;
            }
            if (!ending && main.done) {
                result = deadlocked ? EDEADLK : main.result;
                ending = true;
                this.#cancelLeftovers();
            }
            if (ending && ![...this.#tasks].some((task) => task.leftover)) {
                if (this.#tasks.size === 0 && !this.#closeGenerators(main)) break;
                this.#cancelLeftovers();
            }
            this.#fireTimers();
            if (this.#ready.length) {
                for (let n = this.#ready.length; n > 0 && this.#interrupts < 2; n--) this.#step(this.#ready.shift());
            } else if (this.#idlers.length) {
                while (this.#idlers.length) this.wake(this.#idlers.shift(), 0);
            } else if (this.#timers.length) {
                this.now = Math.max(this.now, Math.min(...this.#timers.map(({ when }) => when)));
            } else {
                // R7
                const first = !deadlocked;
                deadlocked = true;
                if (first && !ending) this.cancel(main);
                if (this.#ready.length) continue;
                result = EDEADLK;
                this.#abandonAll();
                break;
            }
        }
        this.#finish(main);
        for (const item of this.#ready.splice(0)) item.dropped?.();
        return result;
    }

    #finish(main) {
        this.#letGo(main);
        for (const future of this.#unread) this.#reportFuture(future);
        for (const call of this.#calls) this.takeBack(call);
    }

    /** The run's own handle of its main task; its error is the run's result. */
    #letGo(main) {
        if (!main?.handles) return;
        this.read(main);
        this.release(main);
    }

    /** R13: what is open is closed in opening order, by a task of the runtime's own. */
    #closeGenerators(main) {
        if (!this.generators.size) return false;
        this.#finish(main);
        const closer = this.spawn('generators', this.#closeAll());
        this.release(closer);
        closer.task.leftover = true;
        return true;
    }

    *#closeAll() {
        for (const generator of this.generators) {
            const rc = yield* this.closeGenerator(generator);
            if (rc < 0 && rc !== ECANCELED) this.report(rc, generator.name, this.textOf(this.current, rc));
        }
        return 0;
    }

    /** reference.mjs; here because runs end with it. */
    generators = new Set();

    /** What Ctrl-C does. */
    interrupt() {
        if (!this.running) return ESTATE;
        this.#interrupts++;
        if (this.#interrupts === 1) this.cancel(this.#main);
        return 0;
    }

    #cancelLeftovers() {
        for (const task of this.#tasks) {
            if (task.leftover) continue;
            task.leftover = true;
            this.cancel(task.future);
        }
    }

    /** Cancelling has not helped: everything ends as it stands. */
    #abandonAll() {
        this.halted = true;
        const bodies = [...this.#tasks, ...this.generators].map(({ body }) => body);
        for (const task of this.#tasks) {
            if (task.state === 'waiting') this.#leaveWait(task);
            for (const { errors = [], borrowed = [] } of task.scopes.toReversed()) {
                for (const { code, name, text } of errors) this.report(code, name, text);
                for (const future of borrowed.splice(0)) this.release(future);
            }
            this.#end(task, ECANCELED);
        }
        for (const body of bodies) body.return();
        this.generators.clear();
        this.#idlers = [];
    }

    #step(item) {
        if (typeof item === 'function') return item();
        const outer = this.current;
        if (item.state === 'new' && item.cancelled) return this.#end(item, ECANCELED); // R5
        this.current = item;
        item.state = 'ready';
        const { done, value } = item.body.next(item.resume);
        this.current = outer;
        if (done) this.#end(item, value);
    }

    // ---- timers -------------------------------------------------------------------------------------

    setTimer(when, fire) {
        const timer = { when, fire };
        if (when !== FOREVER) this.#timers.push(timer);
        return timer;
    }

    clearTimer(timer) {
        this.#timers = this.#timers.filter((each) => each !== timer);
    }

    #fireTimers() {
        for (;;) {
            let due = null; // R6: of equal ones the first that was set
            for (const timer of this.#timers)
                if (timer.when <= this.now && (!due || timer.when < due.when)) due = timer;
            if (!due) return;
            this.clearTimer(due);
            due.fire();
        }
    }

    advance(by) {
        if (by < 0) return EINVAL;
        this.now += by;
        return 0;
    }

    // ---- blocking -----------------------------------------------------------------------------------

    /** R8: what every blocking call does first. -> what it returns at once, or undefined */
    *enter() {
        if (!this.current) return ESTATE;
        return this.current.cancelled ? yield* this.atOnce(ECANCELED) : undefined;
    }

    /** The same for calls made of several: they count in the budget even if they suspend later. */
    *enterCompound() {
        const early = yield* this.enter();
        if (early !== undefined) return early;
        yield* this.atOnce(0);
        return undefined;
    }

    /** Returns without suspending, within R8's budget. */
    *atOnce(result) {
        const task = this.current;
        if (++task.row < BUDGET) return result;
        task.row = 0;
        task.resume = result;
        this.#ready.push(task);
        return yield;
    }

    *giveUpPass() {
        const task = this.current;
        task.row = 0;
        task.resume = 0;
        this.#ready.push(task);
        return yield;
    }

    /**
     * Waits for wake(). `leave` takes the task out of wherever it waits, when the wait ends otherwise;
     * `cancel` is called instead of ending the wait when the task is cancelled. At the time `until` the
     * wait ends with `otherwise`, after `fired`.
     */
    *block({
        leave = () => {}, cancel = null, cancellable = true, until = FOREVER, otherwise = ETIMEDOUT, fired = leave,
    }) {
        const task = this.current;
        if (cancellable && task.cancelled) {
            leave();
            return yield* this.atOnce(ECANCELED);
        }
        task.row = 0;
        task.state = 'waiting';
        task.wait = { leave, cancel, cancellable };
        task.wait.timer = this.setTimer(until, () => {
            fired();
            this.wake(task, otherwise);
        });
        return yield;
    }

    /** Hands over what the task waits for (R2). */
    wake(task, result) {
        if (task.state !== 'waiting') return;
        this.clearTimer(task.wait.timer);
        task.wait = null;
        task.state = 'ready';
        task.resume = result;
        this.#ready.push(task);
    }

    #leaveWait(task) {
        task.wait.leave();
        this.clearTimer(task.wait.timer);
    }

    /** After something about its scopes has changed. */
    #look(task) {
        if (task.state !== 'waiting' || !task.wait.cancellable || !task.cancelled) return;
        if (task.wait.cancel) return void task.wait.cancel();
        task.wait.leave();
        this.wake(task, ECANCELED);
    }

    *sleep(duration) {
        const early = yield* this.enter();
        if (early !== undefined) return early;
        if (duration <= 0) return yield* this.giveUpPass();
        return yield* this.block({ until: this.now + duration, otherwise: 0 });
    }

    *yield() {
        return yield* this.sleep(0);
    }

    /** Until nothing is ready, and before the clock goes on. */
    *idle() {
        const early = yield* this.enter();
        if (early !== undefined) return early;
        const task = this.current;
        const leave = () => { this.#idlers = this.#idlers.filter((each) => each !== task); };
        this.#idlers.push(task);
        return yield* this.block({ leave });
    }

    checkpoint() {
        if (!this.current) return ESTATE;
        return this.current.cancelled ? ECANCELED : 0;
    }

    // ---- callbacks ----------------------------------------------------------------------------------

    #outsideTasks(fn) {
        const outer = this.current;
        this.current = null;
        fn();
        this.current = outer;
    }

    /** eddy_call_soon (when undefined) and eddy_call_at. */
    call(when, fn) {
        const call = { fn, timer: null };
        this.#calls.add(call);
        const due = () => {
            call.timer = null;
            this.#ready.push(() => {
                this.#calls.delete(call);
                if (call.fn) this.#outsideTasks(call.fn);
            });
        };
        if (when === undefined) due();
        else call.timer = this.setTimer(when, due);
        return call;
    }

    /** -> whether that stopped it */
    takeBack(call) {
        if (!this.#calls.delete(call)) return false;
        call.fn = null;
        if (call.timer) this.clearTimer(call.timer);
        return true;
    }

    onDone(future, fn, name) {
        if (future) future.pins++;
        const dropped = () => { if (future) this.unpin(future); };
        const due = () => this.#ready.push(Object.assign(() => {
            this.#outsideTasks(fn);
            dropped();
        }, { dropped }));
        if (!future || future.done) due();
        else future.waiters.push(Object.assign(due, { callback: name }));
        return 0;
    }

    /** Removes what was added under that name and is not yet due. -> how many */
    offDone(future, name) {
        if (!future || future.done) return 0;
        const removed = future.waiters.filter((waiter) => waiter.callback === name);
        future.waiters = future.waiters.filter((waiter) => waiter.callback !== name);
        future.pins -= removed.length;
        return removed.length;
    }

    // ---- futures ------------------------------------------------------------------------------------

    newFuture() {
        return new Future();
    }

    retain(future) {
        if (future) future.handles++;
        return future;
    }

    release(future) {
        if (!future) return;
        future.handles--;
        this.#reportIfGone(future);
    }

    unpin(future) {
        future.pins--;
        this.#reportIfGone(future);
    }

    /** R10 */
    #reportIfGone(future) {
        if (future.handles > 0 || future.pins > 0) return;
        if (future.unread) this.#reportFuture(future);
        future.freeValue?.(future.value);
        future.freeValue = null;
    }

    #reportFuture(future) {
        this.read(future);
        this.report(future.result, future.name, future.text);
    }

    read(future) {
        future.unread = false;
        this.#unread.delete(future);
    }

    /** The future's error, if it is one, reaches the task. */
    deliver(future, task) {
        if (!(future.result < 0)) return;
        this.read(future);
        task.last = { code: future.result, text: future.text };
    }

    settle(future, result, text = '') {
        future.done = true;
        future.result = result;
        future.text = text;
        if (result < 0 && result !== ECANCELED) {
            future.unread = true;
            this.#unread.add(future);
        }
        future.pins++;
        while (future.waiters.length) future.waiters.shift()(result);
        this.unpin(future);
    }

    /** `owned`: { value, free } that is the future's from now on. */
    resolve(future, result, text, owned) {
        if (!future || future.task || future.done) return ESTATE;
        if (owned) Object.assign(future, { value: owned.value, freeValue: owned.free });
        this.settle(future, result, text);
        return 0;
    }

    reject(future, code, text) {
        if (!future || future.task || future.done) return ESTATE;
        return code >= 0 ? EINVAL : this.resolve(future, code, text);
    }

    cancel(future) {
        if (!future || future.done) return 0;
        future.cancelRequested = true;
        if (future.task) {
            future.task.rootCancelled = true;
            this.#look(future.task);
        } else {
            this.settle(future, ECANCELED);
        }
        return 1;
    }

    /** 0 pending, 1 done, 2 cancelled, 3 failed */
    state(future) {
        if (!future) return 3;
        if (!future.done) return 0;
        if (future.result >= 0) return 1;
        return future.result === ECANCELED ? 2 : 3;
    }

    result(future) {
        if (!future) return ENOMEM;
        if (!future.done) return ESTATE;
        this.read(future);
        return future.result;
    }

    value(future) {
        return future?.done ? future.value : 0;
    }

    /** Of the current task; the value before is freed. */
    setValue(value, free) {
        if (!this.current) return ESTATE;
        const { future } = this.current;
        future.freeValue?.(future.value);
        Object.assign(future, { value, freeValue: free });
        return 0;
    }

    message(future) {
        if (!future) return '';
        this.read(future);
        return future.text;
    }

    // ---- tasks --------------------------------------------------------------------------------------

    spawn(name, body, { eager = false, group = null, starter = null, detached = false, argumentFree = null } = {}) {
        const task = new Task(name, body);
        Object.assign(task, { group, starter, argumentFree, locals: new Map(this.current?.locals) });
        if (detached) task.future.handles = 0;
        this.#tasks.add(task);
        group?.children.push(task);
        if (eager) this.#step(task);
        else this.#ready.push(task);
        return task.future;
    }

    setLocal(key, value) {
        if (!this.current) return ESTATE;
        this.current.locals.set(key, value);
        return 0;
    }

    getLocal(key) {
        return this.current?.locals.get(key) ?? 0;
    }

    failWith(code, text) {
        if (this.current) this.current.fail = { code, text };
        return code;
    }

    textOf(task, code) {
        if (task.fail?.code === code) return task.fail.text;
        return task.last?.code === code ? task.last.text : '';
    }

    #end(task, result) {
        task.state = 'ended';
        this.closeInside(task, 0);
        task.argumentFree?.();
        for (const future of task.kept.splice(0)) this.release(future);
        this.#tasks.delete(task);
        const { future, group } = task;
        this.settle(future, result, result < 0 ? this.textOf(task, result) : '');
        group?.childEnded(task);
        this.unpin(future);
    }

    *#waitFor(future, deliver, cancellable = true) {
        const task = this.current;
        future.pins++;
        const waiter = (result) => {
            future.pins--;
            if (deliver) this.deliver(future, task);
            this.wake(task, result);
        };
        const leave = () => {
            future.waiters.splice(future.waiters.indexOf(waiter), 1);
            this.unpin(future);
        };
        future.waiters.push(waiter);
        return yield* this.block({ leave, cancellable });
    }

    *waitThrough(future, deliver) {
        if (!future.done) return yield* this.#waitFor(future, deliver, false);
        if (deliver) this.deliver(future, this.current);
        return future.result;
    }

    *join(future) {
        const early = yield* this.enter();
        if (early !== undefined) return early;
        if (!future) return yield* this.atOnce(ENOMEM);
        if (future === this.current.future) return yield* this.atOnce(ESTATE);
        if (!future.done) return yield* this.#waitFor(future, true);
        this.deliver(future, this.current);
        return yield* this.atOnce(future.result);
    }

    /** A case of select (objects.mjs). */
    joinCase(future) {
        const task = this.current;
        let waiter = null;
        return {
            ready: () => !future || future.done,
            now: () => {
                if (future) this.deliver(future, task);
                return [future ? future.result : ENOMEM];
            },
            stand: (won) => {
                waiter = (result) => {
                    future.pins--;
                    this.deliver(future, task);
                    won(result);
                };
                future.waiters.push(waiter);
                future.pins++;
            },
            leave: () => {
                const at = waiter ? future.waiters.indexOf(waiter) : -1;
                if (at < 0) return;
                future.waiters.splice(at, 1);
                this.unpin(future);
            },
        };
    }

    *await(future) {
        try {
            const result = yield* this.join(future);
            const task = this.current;
            const mine = future?.task && future.handles === 1 && future !== task?.future;
            if (result !== ECANCELED || !task?.cancelled || !mine) return result;
            this.cancel(future);
            return yield* this.waitThrough(future, true);
        } finally { // also when the run is broken off
            this.release(future);
        }
    }

    *stop(future) {
        if (!this.current || future === this.current.future) return ESTATE;
        if (!future) return ENOMEM;
        this.cancel(future);
        const { done } = future;
        const result = yield* this.waitThrough(future, true);
        return done ? yield* this.atOnce(result) : result;
    }

    // ---- scopes (R1) --------------------------------------------------------------------------------

    newScope() {
        return { begun: false, ended: false, cancelled: false, expired: false, error: 0, open: false, shield: false };
    }

    /** timeout, deadline: undefined none, NOW already over */
    beginScope(scope, { timeout, deadline, shield = false }) {
        if (scope.begun) return ESTATE;
        scope.begun = true;
        if (!this.current) return scope.error = ESTATE;
        const when = Math.min(timeout === undefined ? FOREVER : this.now + timeout, deadline ?? FOREVER);
        Object.assign(scope, { open: true, shield, task: this.current });
        this.current.scopes.push(scope);
        this.#setDeadline(scope, when);
        return 0;
    }

    #setDeadline(scope, when) {
        if (scope.timer) this.clearTimer(scope.timer);
        scope.when = when;
        scope.timer = null;
        if (when <= this.now) this.#cancelScope(scope, true);
        else scope.timer = this.setTimer(when, () => this.#cancelScope(scope, true));
    }

    #cancelScope(scope, expired) {
        if (scope.timer) this.clearTimer(scope.timer);
        scope.timer = null;
        if (!scope.cancelled) {
            scope.cancelled = true; // the first cause counts
            scope.expired = expired;
            scope.onCancel?.();
        }
        if (scope.open) this.#look(scope.task);
    }

    endScope(scope, rc) {
        if (!scope.begun) return ESTATE;
        if (scope.ended) return rc;
        if (scope.error) {
            scope.ended = true;
            return scope.error;
        }
        if (scope.task !== this.current) return ESTATE;
        this.closeScope(scope);
        const task = this.current;
        if (rc !== ECANCELED || !scope.cancelled || (task.cancelled && !scope.shield)) return rc;
        return scope.expired ? ETIMEDOUT : 0;
    }

    /** The net's end, which says nothing. What is open inside ends as well. */
    closeScope(scope) {
        if (scope.open) this.closeInside(scope.task, scope.task.scopes.indexOf(scope));
    }

    /** Closes all but the outermost `depth` scopes. */
    closeInside(task, depth) {
        for (const scope of task.scopes.splice(depth)) {
            if (scope.timer) this.clearTimer(scope.timer);
            Object.assign(scope, { timer: null, open: false, ended: true });
        }
    }

    cancelScope(scope) {
        if (scope.ended || scope.error) return ESTATE;
        this.#cancelScope(scope, false);
        return 0;
    }

    /** By a reference, which exists from its begin to its end. */
    cancelByReference(scope) {
        return scope.open ? this.cancelScope(scope) : ESTATE;
    }

    reschedule(scope, when) {
        if (!scope.open || scope.cancelled) return ESTATE;
        this.#setDeadline(scope, when);
        return 0;
    }

    deadline() {
        if (!this.current) return FOREVER;
        if (this.current.cancelled) return NOW;
        let nearest = FOREVER;
        for (const scope of this.current.scopes.toReversed()) {
            nearest = Math.min(nearest, scope.when);
            if (scope.shield) break;
        }
        return nearest;
    }

    /** eddy_timeout; `*inside()` is the call under the deadline. */
    *timeout(duration, inside) {
        const early = yield* this.enterCompound();
        if (early !== undefined) return early;
        if (duration <= 0) return ETIMEDOUT;
        const scope = this.newScope();
        this.beginScope(scope, { timeout: duration });
        return this.endScope(scope, yield* inside());
    }
}
