// iterating-cases.mjs: streams of values in and out of tests/programs/iterating.c, in whatever host this
// is loaded.

import { equal, ok, pause, rejection, settled } from './check.mjs';

async function all(iterable) {
    const list = [];
    for await (const item of iterable) list.push(item);
    return list;
}

/** What happened in C since the last call. */
async function tally(app) {
    const sum = await app.tally();
    return { cleaned: Math.floor(sum / 100), produced: sum % 100 };
}

const failure = async (promise) => {
    const { name, message } = await rejection(promise);
    return [name, message];
};

export const cases = {
    async 'a generator of C is an async iterator'({ app }) {
        const iterator = app.numbers(3);
        ok(iterator[Symbol.asyncIterator]() === iterator, 'it is its own iterator');
        equal(await all(iterator), [0, 1, 2]);
        equal(await all(iterator), [], 'once');
        equal(await all(app.call('numbers', 2)), [0, 1]);
        equal(await all(app.numbers(0)), []);
        equal(app.tasks(), []);
    },
    async 'items of every type'({ app }) {
        equal(await all(app.slowly(3, 1)), [0, 0.5, 1]);
        equal(await all(app.words('ein Satz aus Wörtern')), ['ein', 'Satz', 'aus', 'Wörtern']);
        equal(await all(app.owned(3)), ['item 0', 'item 1', 'item 2']);
        const bytes = Uint8Array.from({ length: 10 }, (_, i) => i);
        equal(await all(app.pieces(bytes, 4)), [bytes.slice(0, 4), bytes.slice(4, 8), bytes.slice(8)]);
        equal(await all(app.flags()), [true, false, true]);
        equal(await all(app.wide()), [-(2n ** 63n)]);
        const value = {};
        ok((await all(app.echoes(value))).every((one) => one === value), 'the same object');
    },
    async 'nothing runs ahead of demand'({ app }) {
        const iterator = app.numbers(5);
        await pause(5);
        equal(await tally(app), { cleaned: 0, produced: 0 }, 'not before the first');
        equal(await iterator.next(), { value: 0, done: false });
        await pause(5);
        equal(await tally(app), { cleaned: 0, produced: 1 });
        equal(await iterator.next(), { value: 1, done: false });
        await pause(5);
        equal(await tally(app), { cleaned: 0, produced: 1 });
        equal(app.tasks().map(({ name, waits }) => `${name} ${waits}`),
            ['numbers waits for JavaScript to ask for the next item']);
        equal(await iterator.return(), { value: undefined, done: true });
        equal(await tally(app), { cleaned: 1, produced: 0 });
    },
    async 'leaving the loop closes it, and its cleanup is waited for'({ app }) {
        for await (const item of app.numbers(100)) if (item === 2) break;
        equal(await tally(app), { cleaned: 1, produced: 3 });
        const began = performance.now();
        for await (const item of app.cleans_slowly(30)) if (item) break;
        ok(performance.now() - began >= 25, 'for its sleep');
        equal(await tally(app), { cleaned: 1, produced: 0 });
        const error = await rejection((async () => {
            for await (const item of app.numbers(100)) throw new Error(`at ${item}`);
        })());
        equal(error.message, 'at 0');
        equal(await tally(app), { cleaned: 1, produced: 1 });
        const unbegun = app.numbers(3);
        equal(await unbegun.return(7), { value: 7, done: true });
        equal(await tally(app), { cleaned: 0, produced: 0 }, 'it never ran');
        equal(app.tasks(), []);
    },
    async 'asked for several at a time'({ app }) {
        const iterator = app.slowly(3, 2);
        const results = await Promise.all([1, 2, 3, 4, 5].map(() => iterator.next()));
        equal(results.map(({ value, done }) => (done ? 'end' : value)), [0, 0.5, 1, 'end', 'end']);
    },
    async 'many at a time'({ app }) {
        const lists = await Promise.all(Array.from({ length: 50 }, (_, i) => all(app.slowly(1 + i % 5, i % 3))));
        equal(lists.map((list) => list.length), Array.from({ length: 50 }, (_, i) => 1 + i % 5));
        const many = await all(app.numbers(5000));
        equal(many.length, 5000);
    },
    async 'errors'({ app }) {
        const seen = [];
        const error = await rejection((async () => {
            for await (const item of app.fails_after(2)) seen.push(item);
        })());
        equal(seen, [0, 1]);
        equal([error.name, error.code, error.message, error.task], ['EDDY_EUSER', -1003, 'only 2', 'fails_after']);
        ok(/iterating\.c:\d+$/.test(error.site), error.site);
        equal(await failure(app.fails_after(0).next()), ['EDDY_EUSER', 'only 0'], 'at once');
        const stuck = app.fails_to_clean_up();
        await stuck.next();
        equal(await failure(stuck.return()), ['EDDY_EUSER', 'it is stuck']);
        equal(await stuck.next(), { value: undefined, done: true }, 'afterwards');
    },
    async 'garbage'({ app }) {
        for (const [iterator, text] of [[app.numbers(), /takes 1 argument, not 0/], [app.numbers('3'), /integer/],
            [app.numbers(1, { signal: 3 }), /AbortSignal/], [app.words(5), /string/], [app.pieces([1], 2), /bytes/]]) {
            const error = await rejection(iterator.next());
            equal(error.name, 'EDDY_EINVAL');
            ok(text.test(error.message), error.message);
            equal(await iterator.next(), { value: undefined, done: true });
        }
    },
    async 'a signal: before, in a wait, between two items, after'({ app }) {
        const reason = new Error('enough');
        const before = await rejection(app.numbers(3, { signal: AbortSignal.abort(reason) }).next());
        equal([before.name, before.cause.message], ['EDDY_ECANCELED', 'enough']);
        equal(await tally(app), { cleaned: 0, produced: 0 });

        const during = new AbortController();
        const waiting = app.slowly(3, 60_000, { signal: during.signal }).next();
        await settled(app);
        during.abort(reason);
        const error = await rejection(waiting);
        equal([error.name, error.cause.message], ['EDDY_ECANCELED', 'enough']);
        equal(await tally(app), { cleaned: 1, produced: 0 });

        const between = new AbortController();
        const iterator = app.numbers(3, { signal: between.signal });
        await iterator.next();
        between.abort(reason);
        while (app.tasks().length) await pause(1);
        equal(await tally(app), { cleaned: 1, produced: 1 }, 'at once');
        equal((await rejection(iterator.next())).name, 'EDDY_ECANCELED');
        equal(await iterator.next(), { value: undefined, done: true });

        const left = new AbortController();
        let seen = 0;
        for await (const item of app.numbers(3, { signal: left.signal })) {
            seen += 1 + item;
            left.abort(reason);
            break; // which is no error
        }
        equal(seen, 1);
        const after = new AbortController();
        equal(await all(app.numbers(2, { signal: after.signal })), [0, 1]);
        after.abort(reason);
        equal(app.tasks(), []);
    },
    async 'a channel as an async iterator'({ app }) {
        const list = all(app.received(2));
        await settled(app);
        for (let i = 0; i < 10; i++) await app.send(i);
        await app.end_sending();
        equal(await list, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);

        const iterator = app.received(2);
        const first = iterator.next();
        for (let i = 0; i < 3; i++) await app.send(i);
        let sent = false;
        const fourth = app.send(3).then(() => { sent = true; });
        equal(await first, { value: 0, done: false });
        await pause(5);
        equal(sent, false, 'the channel is full');
        equal((await iterator.next()).value, 1);
        await fourth;
        await iterator.return();
        equal((await rejection(app.send(4))).name, 'EDDY_ECLOSED');
    },
    async 'close ends iterations, too'({ app }) {
        const idle = app.numbers(3), waiting = app.slowly(3, 60_000);
        await idle.next();
        const wait = rejection(waiting.next());
        equal(await app.close(), 0);
        equal((await wait).name, 'EDDY_ECANCELED');
        equal((await rejection(idle.next())).name, 'EDDY_ECANCELED');
        equal((await rejection(app.numbers(1).next())).name, 'EDDY_ECLOSED');
    },
    async 'a trap ends iterations, too'({ app }) {
        const idle = app.numbers(3), waiting = app.slowly(3, 60_000);
        await idle.next();
        const wait = rejection(waiting.next());
        await settled(app);
        await rejection(app.trap());
        equal((await wait).name, 'EDDY_EHOST');
        equal((await rejection(idle.next())).name, 'EDDY_EHOST');
        equal((await rejection(app.numbers(1).next())).name, 'EDDY_EHOST');
    },

    async 'JavaScript streams to C'({ app }) {
        equal(await app.sum([1, 2, 3.5]), 6.5);
        equal(await app.sum(new Set([4, Promise.resolve(5)])), 9);
        equal(await app.sum((function* () { yield 1; yield 2; })()), 3);
        equal(await app.sum((async function* () { yield 1; await pause(2); yield 2; })()), 3);
        equal(await app.sum([]), 0);
        equal(await app.join(['ä', '', 'b']), 'ä,,b,');
        equal(await app.count_bytes([new Uint8Array(3), new ArrayBuffer(4), new Uint16Array(2)]), 11);
        equal(await app.sum(app.numbers(5)), 10, 'what another export generates');
    },
    async 'a ReadableStream'({ app }) {
        const stream = () => new ReadableStream({
            start(controller) {
                for (let i = 0; i < 4; i++) controller.enqueue(new Uint8Array(1000));
                controller.close();
            },
        });
        equal(await app.count_bytes(stream()), 4000);
        const reader = stream().getReader();
        equal(await app.count_bytes({ getReader: () => reader }), 4000, 'one that does not iterate');
    },
    async 'C asks for one value at a time'({ app }) {
        let made = 0, ended = 0;
        const endless = async function* () {
            try {
                for (;;) yield ++made;
            } finally {
                ended++;
            }
        };
        equal(await app.sum_of_first(endless(), 4), 10);
        equal([made, ended], [4, 1], 'and the generator is closed with the call');
        equal(await app.sum_of_first(endless(), 0), 0);
        equal([made, ended], [4, 1]);
        equal(await app.through_channel((function* () { yield* [1, 2, 3, 4, 5, 6]; })(), 1), 21);
    },
    async 'a slow reader holds up the other side'({ app }) {
        const made = []; // when
        const source = (function* () { while (made.push(performance.now()) <= 12) yield made.length; })();
        equal(await app.through_channel(source, 10), 78);
        equal(made.length, 13);
        // Two are in the channel, one is to be sent, one is asked for: the others were taken, one in 10 ms.
        made.forEach((time, i) => ok(time - made[0] >= (i - 5) * 10 - 2, `number ${i} came after ${time - made[0]} ms`));
    },
    async 'errors of the other side'({ app }) {
        const fails = async function* () { yield 1; throw new Error('no more'); };
        equal(await failure(app.sum(fails())), ['EDDY_EHOST', 'no more']);
        equal(await failure(app.through_channel(fails(), 1)), ['EDDY_EHOST', 'no more']);
        equal(await failure(app.sum([1, '2'])), ['EDDY_EHOST', 'item 1 must be a number']);
        equal(await failure(app.join(['a', 5])), ['EDDY_EHOST', 'item 1 must be a string']);
        equal(await failure(app.sum([Promise.reject(new Error('late'))])), ['EDDY_EHOST', 'late']);
        equal(await failure(app.sum({ [Symbol.iterator]: () => ({ next: () => 5 }) })).then(([name]) => name), 'EDDY_EHOST');
        equal(await failure(app.sum({ [Symbol.iterator]() { throw new Error('no iterator'); } })), ['EDDY_EHOST', 'no iterator']);
        for (const bad of [5, 'text', null, undefined, {}, true])
            ok(/^sum: numbers must be an iterable/.test((await rejection(app.sum(bad))).message), String(bad));
        const trap = { get [Symbol.asyncIterator]() { throw new Error('a getter'); } };
        equal((await rejection(app.sum(trap))).message, 'a getter');
    },
    async 'a deadline in the middle of a wait loses nothing'({ app }) {
        const slow = async function* () {
            for (let i = 1; i <= 3; i++) {
                await pause(25);
                yield i;
            }
        };
        equal(await app.patiently(slow(), 5), 6);
    },
    async 'a signal while C waits for a value'({ app }) {
        const controller = new AbortController();
        let ended = false;
        const source = { [Symbol.asyncIterator]: () => ({
            next: () => new Promise(() => {}), return: async () => { ended = true; },
        }) };
        const call = app.sum(source, { signal: controller.signal });
        await settled(app);
        controller.abort();
        equal((await rejection(call)).name, 'EDDY_ECANCELED');
        equal(ended, true);
    },
    async 'a stream that a function of JavaScript returns'({ app }) {
        globalThis.countdownsEnded = 0;
        equal(await app.count_down(4, 10), 10);
        equal(await app.count_down(100, 2), 199);
        equal(globalThis.countdownsEnded, 2);
    },

    async 'a sender: back-pressure, order, close'({ app }) {
        const sender = await app.number_sender(2);
        const sent = [];
        const sends = [1, 2, 3, 4.5].map((value) => sender.send(value).then(() => { sent.push(value); }));
        await Promise.all(sends.slice(0, 2));
        for (let i = 0; i < 3; i++) await app.tally(); // turns of the loop
        equal(sent, [1, 2], 'the channel is full');
        equal(app.tasks().filter(({ name }) => name === 'eddy__send_number').length, 2);
        sender.close(); // after what is being sent
        equal(await app.take(), 1);
        await sends[2];
        equal(sent, [1, 2, 3]);
        equal([await app.take(), await app.take(), await app.take()], [2, 3, 4.5]);
        await Promise.all(sends);
        equal((await rejection(app.take())).name, 'EDDY_ECLOSED', 'the end');
        equal(await failure(sender.send(5)), ['EDDY_ECLOSED', 'this sender is closed']);
        sender.close();
        equal(app.tasks(), []);
    },
    async 'a sender: garbage, a signal, nobody who receives'({ app }) {
        const sender = await app.number_sender(1);
        for (const bad of ['1', undefined, 1n, {}]) equal((await rejection(sender.send(bad))).name, 'EDDY_EINVAL');
        await sender.send(1);
        const controller = new AbortController();
        const waits = rejection(sender.send(2, { signal: controller.signal }));
        controller.abort();
        equal((await waits).name, 'EDDY_ECANCELED');
        const stuck = rejection(sender.send(3));
        await app.stop_taking();
        equal((await stuck).name, 'EDDY_ECLOSED');
        equal((await rejection(sender.send(4))).name, 'EDDY_ECLOSED');
        equal(await app.sender_of_other_items(), undefined);
        equal((await rejection(app.take())).name, 'EDDY_ECLOSED', 'and its end is closed');
        ok(!Object.keys(app).some((name) => name.startsWith('eddy__')), 'what it is made of is hidden');
    },
    async 'a receiver is an async iterator'({ app }) {
        const receiver = await app.number_receiver(1);
        const list = all(receiver);
        for (const value of [1, 2, 3.5]) await app.give(value);
        await app.stop_giving();
        equal(await list, [1, 2, 3.5]);
        equal(await receiver.next(), { done: true, value: undefined });
        equal(app.tasks(), []);
    },
    async 'a receiver: nothing runs ahead, several at a time, leaving'({ app }) {
        const receiver = await app.number_receiver(1);
        await app.give(1);
        let given = false;
        const second = app.give(2).then(() => { given = true; });
        for (let i = 0; i < 3; i++) await app.tally();
        equal(given, false, 'nobody has asked for the first');
        equal(await receiver.next(), { done: false, value: 1 });
        await second;
        const several = [receiver.next(), receiver.next(), receiver.next()];
        await app.give(3);
        equal(await Promise.all(several.slice(0, 2)), [{ done: false, value: 2 }, { done: false, value: 3 }]);
        equal(await receiver.return(), { done: true, value: undefined });
        equal(await several[2], { done: true, value: undefined }, 'what waits ends');
        equal((await rejection(app.give(4))).name, 'EDDY_ECLOSED');
        const other = await app.number_receiver(1);
        await app.give(7);
        for await (const value of other) if (value === 7) break;
        equal((await rejection(app.give(8))).name, 'EDDY_ECLOSED', 'left by break');
        equal(app.tasks(), []);
    },
    async 'ends that C hands to a function of JavaScript'({ app }) {
        const pairs = app.pair_up();
        const [texts, chunks, out] = globalThis.eddyEnds;
        const list = all(out);
        for (const i of [1, 2, 3]) {
            await texts.send(`ä${i}`);
            await chunks.send(new TextEncoder().encode('!'.repeat(i)));
        }
        equal((await rejection(texts.send(5))).name, 'EDDY_EINVAL');
        equal((await rejection(chunks.send('x'))).name, 'EDDY_EINVAL');
        texts.close();
        chunks.close();
        equal(await list, ['ä1!', 'ä2!!', 'ä3!!!']);
        equal(await pairs, 3);
    },
    async 'ends of channels when the program is closed'({ app }) {
        const sender = await app.number_sender(1);
        await sender.send(1);
        const waits = rejection(sender.send(2));
        equal(await app.close(), 0);
        equal((await waits).name, 'EDDY_ECANCELED');
        equal((await rejection(sender.send(3))).name, 'EDDY_ECLOSED');
        sender.close();
    },
};
