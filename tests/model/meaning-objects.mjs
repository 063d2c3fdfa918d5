// meaning-objects.mjs: the counterpart of objects.c. Runs a program and returns the trace that the C
// program must print.

import { limitOf } from './meaning.mjs';
import { FeedMeaning } from './meaning-feeds.mjs';
import { Barrier, Channel, Condition, Event, Interval, Limiter, Lock, Queue, select, Semaphore } from './objects.mjs';
import { CODES, Reference } from './reference.mjs';

const { EINVAL, ESTATE } = CODES;
const SKIPPED = -99;
const [PUT, JOIN, EVENT, RECV, SEND] = [1, 2, 3, 4, 5]; // cases of select; 0 is get
const GIVES = new Set([PUT, SEND]);
const KINDS = { l: Lock, e: Event, c: Condition, s: Semaphore, m: Limiter, b: Barrier, q: Queue, i: Interval };

/**
 * @param {object} program  with serials, as toText leaves it
 * @param {string[]} [seen]  the trace of the C program: where the promises leave a choice it is followed
 * @returns {{ lines: string[], halted: boolean }}  what stands between "program" and "end"; halted: the
 *   run was broken off, and in which order the reports of that come is nobody's promise
 */
export function run(program, seen = [], makeReference = (report) => new Reference(report)) {
    return new Full(program, seen, makeReference).run();
}

class Full extends FeedMeaning {
    make({ kind, index, a, b }) {
        const { eddy } = this;
        if (kind === 'future') this.slots.set(`f${index}`, eddy.newFuture());
        else if (kind === 'sem') this.objects.set(`s${index}`, new Semaphore(eddy, a, b ? a : Infinity));
        else if (kind === 'limiter') this.objects.set(`m${index}`, new Limiter(eddy, a));
        else if (kind === 'barrier') this.objects.set(`b${index}`, new Barrier(eddy, a));
        else if (kind === 'queue') this.objects.set(`q${index}`, new Queue(eddy, a, b));
        else if (kind === 'channel') this.makeChannel(index, a);
        else if (kind !== 'run') this.makeFeed(kind, index, a);
    }

    /** "h12" is the handle 2 of channel 1; handle 0 is there from the beginning. */
    makeChannel(index, capacity) {
        const channel = new Channel(this.eddy, capacity);
        for (let i = 0; i < 10; i++) this.objects.set(`h${10 * index + i}`, channel);
        channel.senders.add(`h${10 * index}`);
        channel.receivers.add(`h${10 * index}`);
    }

    /** The channel, if the handle of that end is open. */
    end(word, end) {
        const channel = this.objects.get(word);
        return channel?.[end].has(word) ? channel : null;
    }

    /** Objects that nobody made are as zero makes them. */
    object(word) {
        if (!this.objects.has(word)) this.objects.set(word, new KINDS[word[0]](this.eddy));
        return this.objects.get(word);
    }

    dropped = (item) => this.say('~', item, 0);

    /** After the run. */
    destroyObjects() {
        for (let i = 0; i < 8; i++) this.objects.get(`q${i}`)?.items.forEach(this.dropped);
        for (let i = 0; i < 20; i++) {
            this.objects.get(`h${i}`)?.closeSender(`h${i}`);
            this.objects.get(`h${i}`)?.closeReceiver(`h${i}`, this.dropped);
        }
    }

    *do_acquire(context, operation, word) {
        return this.tell(context, operation, yield* this.object(word).acquire());
    }

    do_try(context, operation, word) {
        return this.tell(context, operation, this.object(word).try());
    }

    do_unlock(context, operation, word) {
        return this.tell(context, operation, this.object(word).release());
    }

    do_held(context, operation, word) {
        return this.tell(context, operation, this.object(word).owner ? 1 : 0);
    }

    *do_event(context, operation, word) {
        return this.tell(context, operation, yield* this.object(word).wait());
    }

    do_set(context, operation, word) {
        this.object(word).set();
        return this.tell(context, operation, 1);
    }

    do_clear(context, operation, word) {
        this.object(word).isSet = false;
        return this.tell(context, operation, 0);
    }

    *do_cond(context, operation, word, lock) {
        return this.tell(context, operation, yield* this.object(word).wait(this.object(lock)));
    }

    *do_cond_for(context, operation, word, lock, event) {
        const isSet = () => this.object(event).isSet;
        return this.tell(context, operation, yield* this.object(word).waitFor(this.object(lock), isSet));
    }

    do_notify(context, operation, word, n) {
        return this.tell(context, operation, this.object(word).notify(n));
    }

    do_notify_all(context, operation, word) {
        return this.tell(context, operation, this.object(word).notify(Infinity));
    }

    *do_sem(context, operation, word) {
        return this.tell(context, operation, yield* this.object(word).acquire());
    }

    do_sem_try(context, operation, word) {
        return this.tell(context, operation, this.object(word).try());
    }

    do_sem_release(context, operation, word) {
        const semaphore = this.object(word);
        const rc = semaphore.release();
        return this.tell(context, operation, rc < 0 ? rc : Number(semaphore.permits === 0));
    }

    *do_enter(context, operation, word) {
        return this.tell(context, operation, yield* this.object(word).acquire());
    }

    do_leave(context, operation, word) {
        return this.tell(context, operation, this.object(word).release());
    }

    do_resize(context, operation, word, total) {
        return this.tell(context, operation, this.object(word).resize(total));
    }

    *do_barrier(context, operation, word) {
        return this.tell(context, operation, yield* this.object(word).wait());
    }

    do_abort(context, operation, word) {
        return this.tell(context, operation, this.object(word).turnAway(true));
    }

    do_reset(context, operation, word) {
        return this.tell(context, operation, this.object(word).turnAway(false));
    }

    do_waiting(context, operation, word) {
        return this.tell(context, operation, this.object(word).line.length);
    }

    *do_put(context, operation, word, item) {
        return this.tell(context, operation, yield* this.object(word).put(item));
    }

    *do_get(context, operation, word) {
        const [rc, item] = yield* this.object(word).get();
        return this.tell(context, operation, rc < 0 ? rc : item);
    }

    do_try_put(context, operation, word, item) {
        return this.tell(context, operation, this.object(word).tryPut(item));
    }

    do_try_get(context, operation, word) {
        const [rc, item] = this.object(word).tryGet();
        return this.tell(context, operation, rc < 0 ? rc : item);
    }

    do_len(context, operation, word) {
        const { items, full } = this.object(word);
        return this.tell(context, operation, items.length + (full ? 100 : 0));
    }

    do_task_done(context, operation, word) {
        return this.tell(context, operation, this.object(word).taskDone());
    }

    *do_queue_join(context, operation, word) {
        return this.tell(context, operation, yield* this.object(word).join());
    }

    do_shutdown(context, operation, word, immediate) {
        const rc = this.object(word).shutdown(immediate !== 0, this.dropped);
        return this.tell(context, operation, rc);
    }

    // ---- channels -----------------------------------------------------------------------------------

    *refused() {
        return (yield* this.eddy.enter()) ?? (yield* this.eddy.atOnce(EINVAL));
    }

    *do_send(context, operation, word, item) {
        const channel = this.end(word, 'senders');
        return this.tell(context, operation, channel ? yield* channel.put(item) : yield* this.refused());
    }

    *do_recv(context, operation, word) {
        const channel = this.end(word, 'receivers');
        const [rc, item] = channel ? yield* channel.get() : [yield* this.refused()];
        return this.tell(context, operation, rc < 0 ? rc : item);
    }

    do_try_send(context, operation, word, item) {
        return this.tell(context, operation, this.end(word, 'senders')?.tryPut(item) ?? EINVAL);
    }

    do_try_recv(context, operation, word) {
        const [rc, item] = this.end(word, 'receivers')?.tryGet() ?? [EINVAL];
        return this.tell(context, operation, rc < 0 ? rc : item);
    }

    clone(context, operation, from, to, end) {
        const there = this.end(to, end);
        const made = there ?? this.end(from, end);
        if (!there) made?.[end].add(to);
        return this.tell(context, operation, made ? 1 : 0);
    }

    do_clone_sender(context, operation, from, to) {
        return this.clone(context, operation, from, to, 'senders');
    }

    do_clone_receiver(context, operation, from, to) {
        return this.clone(context, operation, from, to, 'receivers');
    }

    do_close_sender(context, operation, word) {
        this.end(word, 'senders')?.closeSender(word);
        return this.tell(context, operation, 0);
    }

    do_close_receiver(context, operation, word) {
        this.end(word, 'receivers')?.closeReceiver(word, this.dropped);
        return this.tell(context, operation, 0);
    }

    // ---- generators ---------------------------------------------------------------------------------

    *generatorBody(word) {
        const rc = yield* this.body(word);
        return rc === ESTATE ? -1009 : rc;
    }

    do_generator(context, operation, word, body) {
        if (this.objects.get(word) || this.mainEnded) return this.tell(context, operation, SKIPPED);
        this.objects.set(word, this.eddy.openGenerator('run_generator', this.generatorBody(body)));
        return this.tell(context, operation, 1);
    }

    *do_emit(context, operation, item) {
        return this.tell(context, operation, yield* this.eddy.emit(item));
    }

    *do_next(context, operation, word) {
        if (this.mainEnded) return this.tell(context, operation, SKIPPED);
        const [rc, item] = yield* this.eddy.next(this.objects.get(word));
        this.list(context, [item ?? -88]);
        return this.tell(context, operation, rc);
    }

    *do_close(context, operation, word) {
        if (this.mainEnded) return this.tell(context, operation, SKIPPED);
        const rc = yield* this.eddy.closeGenerator(this.objects.get(word));
        if (rc !== ESTATE) this.objects.delete(word);
        return this.tell(context, operation, rc);
    }

    // ---- select -------------------------------------------------------------------------------------

    /** The promise is only that each has its turn: what C has chosen is followed, if it was ready. */
    choice(ready) {
        const [kind, index] = (this.seen[this.lines.length] ?? '').split(' ');
        return kind === 'list' && ready.includes(Number(index)) ? Number(index) : ready[0];
    }

    *do_select(context, operation, timeout, ...words) {
        const { eddy } = this;
        const triples = [];
        for (let i = 0; i < words.length; i += 3) triples.push(words.slice(i, i + 3));
        const isClosed = ([kind, word]) => (kind === RECV && !this.end(word, 'receivers')) ||
            (kind === SEND && !this.end(word, 'senders'));
        if (triples.some(isClosed)) return this.tell(context, operation, SKIPPED);
        const joined = triples.filter(([kind]) => kind === JOIN).map(([, word]) => word);
        return yield* this.holding(joined, function* (futures) {
            const cases = triples.map(([kind, word, item]) => {
                if (kind === JOIN) return eddy.joinCase(futures.shift());
                if (kind === EVENT) return this.object(word).case();
                return GIVES.has(kind) ? this.object(word).putCase(item) : this.object(word).getCase();
            });
            const choose = (ready) => this.choice(ready);
            const self = joined.some((word) => eddy.current && this.future(word) === eddy.current.future);
            const [rc, result, item] = self ? yield* this.selfJoin()
                : yield* select(eddy, cases, limitOf(timeout), choose);
            if (rc >= 0) this.list(context, [rc, result, GIVES.has(triples[rc][0]) ? triples[rc][2] : item ?? -88]);
            return this.tell(context, operation, rc);
        }.bind(this));
    }

    *selfJoin() {
        return [(yield* this.eddy.enter()) ?? (yield* this.eddy.atOnce(ESTATE))];
    }
}
