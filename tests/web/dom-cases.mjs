// dom-cases.mjs: events that C listens to (tests/programs/dom.c), in whatever host this is loaded; real
// clicks and keys are in dom.test.mjs.

import { equal, ok, rejection, settled } from './check.mjs';

const hasWindow = typeof globalThis.addEventListener === 'function';
// The scope of workerd knows neither `capture` nor `passive`.
const hasOptions = globalThis.navigator?.userAgent !== 'Cloudflare-Workers';
const isPage = typeof document === 'object';
const name = async (promise) => (await rejection(promise)).name;

async function take(app, which, count) {
    const lines = [];
    for await (const line of app.events(which)) {
        lines.push(line.split('|'));
        if (lines.length === count) break;
    }
    return lines;
}

class Custom extends Event {
    constructor(type, data) {
        super(type, { cancelable: true });
        this.data = data;
    }
}

export const cases = {
    async 'an EventTarget that C holds'({ app }) {
        const target = new EventTarget();
        equal(await app.watch_value(0, target, 'one two'), 0);
        target.dispatchEvent(new Custom('one', 'text'));
        target.dispatchEvent(new Custom('other', ''));
        target.dispatchEvent(new Custom('two', { a: [1] }));
        equal((await take(app, 0, 2)).map(([type, , , , text]) => [type, text]), [['one', 'text'], ['two', '{"a":[1]}']]);
        const later = take(app, 0, 1);
        await settled(app);
        target.dispatchEvent(new Custom('one', 'x'.repeat(126) + 'äö'));
        equal((await later)[0][4], 'x'.repeat(126), 'cut between characters');
        await app.unwatch(0);
        target.dispatchEvent(new Custom('one', 'text'));
        await app.unwatch(0);
    },
    async 'what waits is bounded, and losses are counted'({ app }) {
        const target = new EventTarget();
        const send = (from, to) => {
            for (let i = from; i < to; i++) target.dispatchEvent(new Custom('tick', String(i)));
        };
        equal(await app.watch_value(0, target, 'tick'), 0);
        send(0, 64);
        equal(await app.lost(0), 0);
        send(64, 70);
        equal(await app.lost(0), 6);
        equal((await take(app, 0, 64)).map((line) => Number(line[4])), Array.from({ length: 64 }, (_, i) => i + 6));
    },
    async 'the end of the run stops listening'({ app }) {
        const target = new EventTarget();
        let listeners = 0;
        const add = target.addEventListener.bind(target), remove = target.removeEventListener.bind(target);
        target.addEventListener = (...args) => { listeners++; add(...args); };
        target.removeEventListener = (...args) => { listeners--; remove(...args); };
        await app.watch_value(0, target, 'one two');
        equal(listeners, 2);
        await app.watch_value(1, target, 'three');
        await app.unwatch(1);
        equal(listeners, 2);
        const waiting = app.events(0).next();
        const failed = rejection(waiting);
        await app.close();
        await failed;
        equal(listeners, 0);
        target.dispatchEvent(new Custom('one', ''));
    },
    async 'closing wakes who waits'({ app }) {
        await app.watch_value(0, new EventTarget(), 'one');
        const waiting = take(app, 0, 1);
        await settled(app);
        await app.unwatch(0);
        equal(await waiting, []);
    },
    async 'garbage'({ app }) {
        for (let how = 0; how < 5; how++) equal(await name(app.watch_wrongly(how)), 'EDDY_EINVAL', `case ${how}`);
        equal(await name(app.watch_value(0, {}, 'one')), 'EDDY_EINVAL');
        equal(await name(app.watch_value(0, new EventTarget(), '  ')), 'EDDY_EINVAL');
        const trap = { get addEventListener() { throw new Error('no'); } };
        equal(await name(app.watch_value(0, trap, 'one')), 'EDDY_EINVAL');
        if (isPage) {
            equal(await name(app.watch(0, '#no-such', 'click', 0)), 'EDDY_ENOENT');
            equal(await name(app.watch(0, '##', 'click', 0)), 'EDDY_EINVAL');
        } else {
            equal(await name(app.watch(0, '#no-such', 'click', 0)), 'EDDY_ENOSYS');
            equal(await name(app.watch(0, 'document', 'click', 0)), 'EDDY_ENOSYS');
        }
    },
    async 'the window, or a worker\'s scope'({ app }) {
        if (!hasWindow) {
            equal(await name(app.watch(0, 'window', 'one', 0)), 'EDDY_ENOSYS');
            return;
        }
        if (!hasOptions) return;
        equal(await app.watch_keeping(0, 'window', 'one', 2), 0);
        equal(await app.watch_once(1, 'window', 'one'), 0);
        equal(await app.watch_and_prevent(2, 'window', 'one'), 0);
        const results = [1, 2, 3, 4].map((i) => globalThis.dispatchEvent(new Custom('one', String(i))));
        equal(results, [false, false, false, false], 'prevented');
        equal((await take(app, 0, 2)).map((line) => line[4]), ['1', '2'], 'the new ones are lost');
        equal(await app.lost(0), 2);
        globalThis.dispatchEvent(new Custom('one', '5'));
        equal((await take(app, 1, 1)).map((line) => line[4]), ['1']);
        await app.unwatch(1);
        await app.unwatch(0);
        await app.unwatch(2);
        ok(globalThis.dispatchEvent(new Custom('one', '6')), 'nobody prevents it any more');
    },
    async 'an emitter of Node\'s'({ app }) {
        if (typeof process !== 'object' || !process.getBuiltinModule) return;
        const { EventEmitter } = process.getBuiltinModule('node:events');
        const emitter = new EventEmitter();
        equal(await app.watch_value(0, emitter, 'data error'), 0);
        emitter.emit('data', 'text');
        emitter.emit('error', new Error('broken'));
        emitter.emit('data', [1, 2]);
        equal((await take(app, 0, 3)).map(([type, , , , text]) => [type, text]),
            [['data', 'text'], ['error', 'broken'], ['data', '[1,2]']]);
        await app.unwatch(0);
        equal(emitter.listenerCount('data') + emitter.listenerCount('error'), 0);
    },
};
