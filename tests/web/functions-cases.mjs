// functions-cases.mjs: tests/programs/functions.c calls JavaScript.

import { equal, ok, pause, rejection, settled } from './check.mjs';

const failure = async (promise) => {
    const { name, message } = await rejection(promise);
    return [name, message];
};

export const cases = {
    async 'every type'({ app }) {
        equal(await app.types(), 0);
    },
    async 'a rejection and its text'({ app }) {
        equal(await failure(app.rejects('out of range')), ['EDDY_EHOST', 'out of range']);
        equal(await failure(app.throws_a_string()), ['EDDY_EHOST', 'a string']);
        for (const later of [false, true])
            equal(await failure(app.throws_trouble(later)), ['EDDY_EHOST', 'an error without a text']);
        for (const [call, text] of [[() => app.rejects_debugged('far a://b:80'), 'far a://b:80'], [app.throws_debugged, 'not now']]) {
            const [first, second] = (await rejection(call())).message.split('\n');
            equal(first, text);
            ok(/\d+:\d+\)?$/.test(second), `debugged, the text goes on with the stack, not with "${second}"`);
        }
        equal(await failure(app.throws_a_string()), ['EDDY_EHOST', 'a string']);
        const [name, message] = await failure(app.wrong_type());
        equal(name, 'EDDY_EHOST');
        ok(/the result of js_wrong_type must be an integer/.test(message), message);
    },
    async 'a thousand at a time'({ app }) {
        equal(await app.many(1000), 1000);
    },
    async 'awaits of resolved promises one after another let others in'({ app }) {
        let turns = 0, done = false;
        (function turn() {
            turns++;
            if (!done) setTimeout(turn, 0);
        })();
        equal(await app.in_turn(300_000), 300_000);
        done = true;
        ok(turns >= 3, `others had ${turns} turns`);
    },
    async 'a deadline aborts the signal'({ app }) {
        equal(await failure(app.aborts(20)), ['EDDY_ETIMEDOUT', 'deadline passed']);
        await pause(5);
        equal(globalThis.eddyAborted, 1);
    },
    async 'a signal aborts the signal'({ app }) {
        const controller = new AbortController();
        const call = app.aborts(60_000, { signal: controller.signal });
        await settled(app);
        equal(globalThis.eddyAborted, 0);
        controller.abort();
        equal((await rejection(call)).name, 'EDDY_ECANCELED');
        await pause(5);
        equal(globalThis.eddyAborted, 1);
    },
    async 'a late result is dropped'({ app }) {
        // A busy machine may come to the deadline of 1 ms after the result.
        let dropped;
        for (let ms = 20; ms <= 2000 && dropped !== 0; ms *= 10)
            dropped = await app.late(ms).catch(({ code }) => code);
        equal(dropped, 0);
    },
    async 'a promise that never settles'({ app }) {
        const controller = new AbortController();
        const call = app.never({ signal: controller.signal });
        const never = rejection(app.never());
        await settled(app);
        controller.abort();
        equal((await rejection(call)).name, 'EDDY_ECANCELED');
        equal(await app.close(), 0, 'nor does it hold up the end');
        equal((await never).name, 'EDDY_ECANCELED');
    },
    async 'memory that grows meanwhile'({ app }) {
        equal(await Promise.all([app.grows_meanwhile(40), app.grows_meanwhile(90)]), [1, 1]);
    },
    async 'functions that do not wait'({ app }) {
        globalThis.eddyNumber = 41;
        equal(await app.at_once('eddyNumber'), 41);
        equal(await app.at_once('noSuchNumber'), 0);
        equal(await app.type_of(() => 1), 'function');
        equal(await app.type_of(undefined), 'undefined');
        equal(await failure(app.throws()), ['EDDY_EHOST', 'not now']);
    },
    async 'any promise'({ app }) {
        equal(await app.settled(Promise.resolve('value')), 'value');
        equal(await app.settled('no promise'), 'no promise');
        equal(await failure(app.settled(Promise.reject(new Error('no')))), ['EDDY_EHOST', 'no']);
        const thenable = { then: (done) => { setTimeout(done, 5, 7); } };
        equal(await app.settled(thenable), 7);
    },
    async 'a future that JavaScript resolves'({ app }) {
        const call = app.resolved_by_js();
        await settled(app);
        globalThis.eddyFuture.resolve(12);
        globalThis.eddyFuture.resolve(13);
        equal(await call, 12);
        const other = app.resolved_by_js();
        await settled(app);
        let thrown;
        try {
            globalThis.eddyFuture.resolve('garbage');
        } catch (error) {
            thrown = error;
        }
        ok(thrown instanceof RangeError, 'garbage is refused');
        globalThis.eddyFuture.reject(new Error('not today'));
        equal(await failure(other), ['EDDY_EHOST', 'not today']);
    },
    async 'an export called by JavaScript that a task calls'({ app }) {
        const inner = [];
        globalThis.eddyCallBack = (what) => { inner.push(app.inner(what), app.inner(what * 2)); };
        equal(await Promise.all([app.outer(3), app.outer(5)]), [3, 5]);
        equal(await Promise.all(inner), [4, 7, 6, 11]);
    },
    async 'C that blocks under JavaScript gets ESTATE'({ app, module }) {
        const tryToBlock = module._try_to_block ?? module.exports.try_to_block;
        const results = [];
        globalThis.eddyCallBack = () => { results.push(tryToBlock()); };
        equal(await app.outer(1), 1);
        equal(results, [-3]);
        equal(tryToBlock(), -3, 'outside of everything, too');
        equal(await app.outer(2), 2);
    },
    async 'teardown with work pending'({ app }) {
        const many = Array.from({ length: 50 }, () => app.aborts(60_000));
        const calls = [...many, app.never(), app.resolved_by_js(), app.settled(new Promise(() => {}))]
            .map((call) => rejection(call));
        await settled(app);
        equal(await app.close(), 0);
        equal((await Promise.all(calls)).map((error) => error.name), Array(53).fill('EDDY_ECANCELED'));
        globalThis.eddyFuture.resolve(1);
        await pause(20);
    },
};
