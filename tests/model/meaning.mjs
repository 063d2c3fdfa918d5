// meaning.mjs: what the operations of programs do with the reference: the counterpart of operations.c.

import { CODES, FOREVER, NOW } from './reference.mjs';

const { ECANCELED, EDEADLK, ESTATE } = CODES;
const SKIPPED = -99;
const NONE = 1000; // of times in operations: no limit

export class Meaning {
    lines = [];
    slots = new Map(); // handles by their word: "t3", "f1"
    borrowed = new Map(); // the group a handle is borrowed of
    calls = new Map(); // by label
    scopes = new Map();
    groups = new Map();
    held = new Set(); // handles, in arrays, that calls under way need: a run that is broken off leaves them
    nets = new Set(); // words of groups that a net will end
    objects = new Map();

    constructor(program, seen, makeReference) {
        this.program = program;
        this.runs = program.objects.filter(({ kind }) => kind === 'run');
        this.seen = seen;
        this.eddy = makeReference((code, name, text) => this.lines.push(`! ${code} ${name} ${text}`));
        for (const object of program.objects)
            this.make(object);
    }

    run() {
        const { eddy } = this;
        this.runAll();
        for (const futures of this.held) this.letGo(futures);
        const order = (word) => Number(word.slice(1)) + (word[0] === 'f' ? 32 : 0);
        for (const word of [...this.slots.keys()].sort((a, b) => order(a) - order(b))) {
            const future = this.slots.get(word);
            if (!future || this.borrowed.has(word)) continue;
            this.say('handle', order(word), future.done ? eddy.result(future) : 1);
            eddy.release(future);
        }
        this.destroyObjects();
        return { lines: this.lines, halted: eddy.halted };
    }

    /** One run, or several over one loop, which may end each but the last. */
    runAll() {
        const { eddy } = this;
        if (!this.runs.length) return this.say('run', 0, eddy.run('main', this.body('t0')));
        [{ a: 0, b: 0 }, ...this.runs].forEach(({ a, b }, i) => {
            if (b) this.outside(this.program.tasks[b] ?? []);
            const rc = eddy.run('main', this.body(`t${a}`), { keep: true });
            if (rc === ECANCELED || rc === EDEADLK) this.forgetWhatEnded();
            this.say('run', i, rc);
        });
        this.mainEnded = true;
        this.say('run', this.runs.length + 1, eddy.close());
    }

    /** Perhaps the run was broken off: then generators are no more, nor groups and what they lent. */
    forgetWhatEnded() {
        this.mainEnded = true;
        for (const word of this.nets) this.groups.delete(word);
        for (const word of this.borrowed.keys()) this.slots.delete(word);
        this.borrowed.clear();
    }

    // ---- the trace ----------------------------------------------------------------------------------

    say(kind, serial, result) {
        this.lines.push(`${kind} ${serial} ${result} ${this.eddy.now}`);
    }

    tell(context, operation, result) {
        if (!context.quiet) this.say('=', operation.serial, result);
        return result;
    }

    tellEnd(context, operation, result) {
        if (!context.quiet) this.say('>', operation.serial, result);
        return result;
    }

    list(context, values) {
        if (!context.quiet) this.lines.push(['list', ...values].join(' '));
    }

    // ---- blocks -------------------------------------------------------------------------------------

    *block(context, operations) {
        let rc = 0;
        for (const operation of operations) {
            rc = yield* this.operation(context, operation);
            if (context.leaving) return rc;
            if (operation.check && rc < 0) {
                context.leaving = true;
                return rc;
            }
        }
        return rc;
    }

    leftWith(context, leaving, inner, rc) {
        context.leaving = leaving && rc === inner;
        return rc;
    }

    *body(word) {
        const context = { leaving: false, quiet: false };
        const rc = yield* this.block(context, this.program.tasks[Number(word.slice(1))]);
        if (word === 't0' && !this.runs.length) this.mainEnded = true;
        return context.leaving ? rc : 0;
    }

    callback(operation) {
        return () => {
            this.say('@', operation.serial, 0);
            this.outside(operation.body);
        };
    }

    /** Outside of any task. */
    outside(operations) {
        const { done } = this.block({ leaving: false, quiet: false }, operations).next();
        if (!done) throw new Error('what is no task cannot block');
    }

    /** What may block is a generator, the rest returns a number. */
    *operation(context, operation) {
        const args = operation.args.map((word) => (/^-?\d/.test(word) ? Number(word) : word));
        const result = this[`do_${operation.name}`](context, operation, ...args);
        return typeof result === 'object' ? yield* result : result;
    }

    *do_repeat(context, operation, times) {
        const { quiet } = context;
        let rc = 0;
        for (let i = 0; i < times && !context.leaving; i++) {
            context.quiet = quiet || i < times - 1;
            rc = yield* this.block(context, operation.body);
        }
        context.quiet = quiet;
        return this.tellEnd(context, operation, rc);
    }

    do_return(context, operation, value) {
        context.leaving = true;
        return this.tell(context, operation, value);
    }

    do_fail(context, operation, code) {
        context.leaving = true;
        return this.tell(context, operation, this.eddy.failWith(code, `m${operation.serial}`));
    }

    // ---- tasks and futures --------------------------------------------------------------------------

    future(word) {
        return this.slots.get(word) ?? null;
    }

    do_spawn(context, operation, word, eager, owned) {
        const argumentFree = owned ? () => this.say('~', 1000 + Number(word.slice(1)), 0) : null;
        this.slots.set(word, this.eddy.spawn(word, this.body(word), { eager: eager !== 0, argumentFree }));
        return this.tell(context, operation, 1);
    }

    do_go(context, operation, word) {
        this.eddy.release(this.eddy.spawn('run_body', this.body(word)));
        return this.tell(context, operation, 0);
    }

    *do_join(context, operation, word) {
        return this.tell(context, operation, yield* this.eddy.join(this.future(word)));
    }

    *do_await(context, operation, word) {
        const future = this.future(word);
        if (this.borrowed.has(word)) return yield* this.do_join(context, operation, word);
        this.slots.set(word, null);
        return this.tell(context, operation, yield* this.eddy.await(future));
    }

    *do_stop(context, operation, word) {
        return this.tell(context, operation, yield* this.eddy.stop(this.future(word)));
    }

    do_cancel(context, operation, word) {
        return this.tell(context, operation, this.eddy.cancel(this.future(word)));
    }

    do_cancel_self(context, operation) {
        return this.tell(context, operation, this.eddy.cancel(this.eddy.current?.future));
    }

    do_release(context, operation, word) {
        if (this.borrowed.has(word)) return this.tell(context, operation, SKIPPED);
        const future = this.future(word);
        this.slots.set(word, null);
        this.tell(context, operation, 0);
        this.eddy.release(future);
        return 0;
    }

    do_state(context, operation, word) {
        const future = this.future(word);
        return this.tell(context, operation, this.eddy.state(future) + (future?.cancelRequested ? 10 : 0));
    }

    do_result(context, operation, word) {
        return this.tell(context, operation, this.eddy.result(this.future(word)));
    }

    do_message(context, operation, word) {
        const text = this.eddy.message(this.future(word));
        if (!context.quiet) this.lines.push(`text ${text}`);
        return this.tell(context, operation, 0);
    }

    do_last_message(context, operation) {
        if (!context.quiet) this.lines.push(`text ${this.eddy.current?.last?.text ?? ''}`);
        return this.tell(context, operation, 0);
    }

    do_resolve(context, operation, word, value) {
        return this.tell(context, operation, this.eddy.resolve(this.future(word), value));
    }

    do_reject(context, operation, word, code) {
        return this.tell(context, operation, this.eddy.reject(this.future(word), code, `m${operation.serial}`));
    }

    valueOf(operation) {
        return { value: operation.serial, free: (value) => this.say('~', 2000 + value, 0) };
    }

    do_resolve_with(context, operation, word, result) {
        const rc = this.eddy.resolve(this.future(word), result, '', this.valueOf(operation));
        return this.tell(context, operation, rc);
    }

    do_set_result(context, operation) {
        const { value, free } = this.valueOf(operation);
        return this.tell(context, operation, this.eddy.setValue(value, free));
    }

    do_pointer(context, operation, word) {
        return this.tell(context, operation, this.eddy.value(this.future(word)));
    }

    do_name(context, operation, word) {
        if (!context.quiet) this.lines.push(`text ${this.future(word)?.name ?? 'future'}`);
        return this.tell(context, operation, 0);
    }

    do_on_done(context, operation, word, label) {
        const rc = this.eddy.onDone(this.future(word), this.callback(operation), label);
        return this.tell(context, operation, rc);
    }

    do_off_done(context, operation, word, label) {
        return this.tell(context, operation, this.eddy.offDone(this.future(word), label));
    }

    do_set_local(context, operation, word, value) {
        return this.tell(context, operation, this.eddy.setLocal(word, value));
    }

    do_local(context, operation, word) {
        return this.tell(context, operation, this.eddy.getLocal(word));
    }

    do_interrupt(context, operation) {
        return this.tell(context, operation, this.eddy.interrupt());
    }

    // ---- callbacks of the loop, time ----------------------------------------------------------------

    do_soon(context, operation, label) {
        this.calls.set(label, this.eddy.call(undefined, this.callback(operation)));
        return this.tell(context, operation, 1);
    }

    do_later(context, operation, delay, label) {
        this.calls.set(label, this.eddy.call(this.eddy.now + Math.max(delay, 0), this.callback(operation)));
        return this.tell(context, operation, 1);
    }

    do_call_at(context, operation, when, label) {
        this.calls.set(label, this.eddy.call(when, this.callback(operation)));
        return this.tell(context, operation, 1);
    }

    do_take_back(context, operation, label) {
        const call = this.calls.get(label);
        return this.tell(context, operation, call && this.eddy.takeBack(call) ? 1 : 0);
    }

    *do_yield(context, operation) {
        return this.tell(context, operation, yield* this.eddy.yield());
    }

    *do_sleep(context, operation, duration) {
        return this.tell(context, operation, yield* this.eddy.sleep(duration));
    }

    *do_sleep_forever(context, operation) {
        return this.tell(context, operation, yield* this.eddy.sleep(FOREVER));
    }

    do_interval(context, operation, word, period, policy) {
        return this.tell(context, operation, this.object(word).begin(period, policy));
    }

    *do_tick(context, operation, word) {
        return this.tell(context, operation, yield* this.object(word).next());
    }

    *do_sleep_until(context, operation, when) {
        return this.tell(context, operation, yield* this.eddy.sleep(when - this.eddy.now));
    }

    *do_idle(context, operation) {
        return this.tell(context, operation, yield* this.eddy.idle());
    }

    do_checkpoint(context, operation) {
        return this.tell(context, operation, this.eddy.checkpoint());
    }

    do_advance(context, operation, by) {
        return this.tell(context, operation, this.eddy.advance(by));
    }

    // ---- scopes -------------------------------------------------------------------------------------

    scope(word) {
        if (!this.scopes.has(word)) this.scopes.set(word, this.eddy.newScope());
        return this.scopes.get(word);
    }

    do_deadline(context, operation) {
        const when = this.eddy.deadline();
        return this.tell(context, operation, when === FOREVER ? 1000000 : when === NOW ? -1 : when);
    }

    *do_scope(context, operation, word, timeout, deadline, shield) {
        const scope = this.scope(word);
        const options = { timeout: optionOf(timeout), deadline: optionOf(deadline), shield: shield !== 0 };
        this.tell(context, operation, this.eddy.beginScope(scope, options));
        const inner = yield* this.block(context, operation.body);
        const rc = this.tellEnd(context, operation, this.eddy.endScope(scope, inner));
        return this.leftWith(context, context.leaving, inner, rc);
    }

    do_begin(context, operation, word, timeout, deadline, shield) {
        const options = { timeout: optionOf(timeout), deadline: optionOf(deadline), shield: shield !== 0 };
        return this.tell(context, operation, this.eddy.beginScope(this.scope(word), options));
    }

    do_finish(context, operation, word, rc) {
        return this.tell(context, operation, this.eddy.endScope(this.scope(word), rc));
    }

    *do_net(context, operation, timeout, shield) {
        const scope = this.eddy.newScope();
        this.eddy.beginScope(scope, { timeout: optionOf(timeout), shield: shield !== 0 });
        this.tell(context, operation, 0);
        const rc = yield* this.block(context, operation.body);
        this.eddy.closeScope(scope);
        return this.tellEnd(context, operation, rc);
    }

    do_scope_cancel(context, operation, word) {
        return this.tell(context, operation, this.eddy.cancelScope(this.scope(word)));
    }

    do_ref_cancel(context, operation, word) {
        return this.tell(context, operation, this.eddy.cancelByReference(this.scope(word)));
    }

    do_reschedule(context, operation, word, when) {
        return this.tell(context, operation, this.eddy.reschedule(this.scope(word), limitOf(when)));
    }

    do_scope_state(context, operation, word) {
        const { cancelled, expired } = this.scope(word);
        return this.tell(context, operation, Number(cancelled) + 2 * Number(expired));
    }

    *do_timeout(context, operation, duration) {
        let inner = 0;
        const { block } = this;
        const inside = function* () {
            inner = yield* block.call(this, context, operation.body);
            return inner;
        };
        this.tell(context, operation, 0);
        const rc = this.tellEnd(context, operation, yield* this.eddy.timeout(duration, inside.bind(this)));
        return this.leftWith(context, context.leaving, inner, rc);
    }

    // ---- several futures ----------------------------------------------------------------------------

    /** Calls with the futures retained. */
    *holding(words, call) {
        const futures = words.map((word) => this.eddy.retain(this.future(word)));
        this.held.add(futures);
        const rc = yield* call([...futures]);
        this.letGo(futures);
        return rc;
    }

    letGo(futures) {
        this.held.delete(futures);
        for (const future of futures) this.eddy.release(future);
    }

    *gathered(context, operation, words, options) {
        const { eddy } = this;
        return yield* this.holding(words, function* (futures) {
            let rc = yield* eddy.gather(futures, options);
            const { results } = options;
            if (results) this.list(context, futures.map((_, i) => results[i] ?? -77));
            return this.tell(context, operation, rc);
        }.bind(this));
    }

    do_gather(context, operation, ...words) {
        return this.gathered(context, operation, words, { results: [] });
    }

    do_gather_quietly(context, operation, ...words) {
        return this.gathered(context, operation, words, {});
    }

    do_gather_all(context, operation, ...words) {
        return this.gathered(context, operation, words, { collect: true, results: [] });
    }

    *do_wait(context, operation, mode, timeout, ...words) {
        const { eddy } = this;
        return yield* this.holding(words, function* (futures) {
            return this.tell(context, operation, yield* eddy.wait(futures, mode, limitOf(timeout)));
        }.bind(this));
    }

    *do_race(context, operation, ...words) {
        const { eddy } = this;
        return yield* this.holding(words, function* (futures) {
            const winner = [];
            const rc = yield* eddy.race(futures, winner);
            this.list(context, [winner[0] ?? 77]);
            return this.tell(context, operation, rc);
        }.bind(this));
    }

    *do_stagger(context, operation, delay, ...words) {
        const winner = [];
        const bodies = words.map((word) => () => this.body(word));
        const rc = yield* this.eddy.raceStaggered(bodies, limitOf(delay), winner);
        this.list(context, [winner[0] ?? 77]);
        return this.tell(context, operation, rc);
    }

    *do_each(context, operation, turns, timeout, ...words) {
        const { eddy } = this;
        return yield* this.holding(words, function* (futures) {
            const walk = eddy.each(futures, limitOf(timeout));
            let rc = 0;
            for (let i = 0; i < turns; i++) {
                let future;
                [rc, future] = yield* walk.next();
                this.list(context, [rc === 1 ? futures.indexOf(future) : futures.length]);
                this.tell(context, operation, rc);
                if (rc !== 1) break;
            }
            walk.end();
            return rc;
        }.bind(this));
    }

    // ---- groups -------------------------------------------------------------------------------------

    group(word) {
        if (!this.groups.has(word)) this.groups.set(word, this.eddy.newGroup());
        return this.groups.get(word);
    }

    *do_group(context, operation, word, supervisor, timeout) {
        const { eddy } = this;
        const group = this.group(word);
        const options = { supervisor: supervisor !== 0, timeout: optionOf(timeout) };
        this.tell(context, operation, eddy.beginGroup(group, options));
        const inner = yield* this.block(context, operation.body);
        const { leaving } = context;
        context.leaving = false;
        const rc = yield* eddy.endGroup(group, inner);
        this.forgetBorrowed(word);
        for (const { code, name, text } of group.errors)
            if (!context.quiet) this.lines.push(`error ${code} ${name} ${text}`);
        return this.leftWith(context, leaving, inner, this.tellEnd(context, operation, rc));
    }

    *do_group_net(context, operation, word, supervisor) {
        const group = this.eddy.newGroup(); // another object than the one without a net
        this.groups.set(word, group);
        this.nets.add(word);
        this.eddy.beginGroup(group, { supervisor: supervisor !== 0 });
        this.tell(context, operation, 0);
        const rc = yield* this.block(context, operation.body);
        yield* this.eddy.closeGroup(group);
        this.groups.delete(word);
        this.nets.delete(word);
        this.forgetBorrowed(word);
        return this.tellEnd(context, operation, rc);
    }

    forgetBorrowed(word) {
        for (const [slot, owner] of this.borrowed) {
            if (owner !== word) continue;
            this.slots.delete(slot);
            this.borrowed.delete(slot);
        }
    }

    do_group_spawn(context, operation, word, child, eager) {
        this.borrowed.set(child, word);
        const options = { eager: eager !== 0 };
        const future = this.eddy.spawnChild(this.group(word), child, this.body(child), options) ?? this.eddy.refused;
        this.slots.set(child, future);
        return this.tell(context, operation, this.eddy.state(future));
    }

    do_group_go(context, operation, word, child) {
        const options = { detached: true };
        const future = this.eddy.spawnChild(this.group(word), 'run_body', this.body(child), options);
        return this.tell(context, operation, future ? 0 : ESTATE);
    }

    *do_group_start(context, operation, word, child) {
        return this.tell(context, operation,
            yield* this.eddy.startChild(this.group(word), 'run_body', this.body(child)));
    }

    do_started(context, operation, value) {
        return this.tell(context, operation, this.eddy.started(value));
    }

    do_group_cancel(context, operation, word) {
        return this.tell(context, operation, this.eddy.cancelGroup(this.group(word)));
    }
}

/** Of options: undefined is none, below 1 already over. */
function optionOf(milliseconds) {
    if (milliseconds === NONE) return undefined;
    return milliseconds > 0 ? milliseconds : NOW;
}

export function limitOf(milliseconds) {
    return milliseconds === NONE ? FOREVER : milliseconds;
}
