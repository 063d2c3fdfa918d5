// exports-cases.mjs: JavaScript calls tests/programs/exports.c, in whatever host this is loaded.

import { equal, ok, pause, rejection, settled } from './check.mjs';

const invalid = async (promise, text) => {
    const error = await rejection(promise);
    equal([error.name, error.code], ['EDDY_EINVAL', -4]);
    ok(text.test(error.message), `"${error.message}" does not match ${text}`);
};

const isWorkerd = globalThis.navigator?.userAgent === 'Cloudflare-Workers';

/** The globals of another realm, where there is one to be had. */
async function foreignRealm() {
    if (globalThis.document) {
        const frame = document.body.appendChild(document.createElement('iframe'));
        return frame.contentWindow;
    }
    if (!globalThis.process?.versions?.v8 || isWorkerd) return undefined;
    const { createContext, runInContext } = await import('node:vm');
    return runInContext('globalThis', createContext());
}

export const cases = {
    async 'numbers'({ app }) {
        equal(await app.add(1, 2), 3);
        equal(await app.call('add', 2 ** 30, 5), 2 ** 30 + 5);
        equal(await app.nothing(), undefined);
        equal(await app.delete(1, 2, 3, 4, 5, 6, 7, 8), 36, 'eight arguments');
        equal([await app.constructor(5), await app.toString(6)], [5, 6], 'methods, though every object has such');
        equal(await app.all_numbers(-1, 2 ** 32 - 1, -(2 ** 31), 7, 0.5, 0.25), 2 ** 32 - 2 - 2 ** 31 + 7.75);
        equal(await app.same_long(-(2 ** 31)), -(2 ** 31));
        equal(await app.same_unsigned(2 ** 32 - 1), 2 ** 32 - 1);
        equal(await app.invert(true), false);
        equal(await app.invert(false), true);
        equal(await app.same_float(3.4028234663852886e38), 3.4028234663852886e38);
        for (const value of [Infinity, -Infinity]) equal(String(await app.same_float(value)), String(value));
        equal(String(await app.same_float(NaN)), 'NaN');
        for (const bad of [3.5e38, -1e300]) await invalid(app.same_float(bad), /value must fit into a float/);
    },
    async 'BigInt'({ app }) {
        for (const value of [0n, -1n, 2n ** 63n - 1n, -(2n ** 63n)]) equal(await app.same_wide(value), value);
        equal(await app.same_unsigned_wide(2n ** 64n - 1n), 2n ** 64n - 1n);
    },
    async 'strings'({ app }) {
        for (const text of ['', 'abc', 'Grüße, 世界 🙂', 'x'.repeat(100_000)]) {
            equal(await app.same_text(text), text);
            equal(await app.twice(text), text + text);
        }
        equal(await app.same_text('\ud800'), '\ufffd', 'half a character');
        equal(await app.same_text('\ufeffa\ufeff'), '\ufeffa\ufeff', 'a mark of byte order is a character');
    },
    async 'bytes'({ app }) {
        equal(await app.sum(new Uint8Array([1, 2, 3])), 6);
        equal(await app.sum(new Uint8Array([1, 2, 3]).subarray(1)), 5);
        equal(await app.sum(new Uint8Array([1, 2, 3]).buffer), 6);
        equal(await app.sum(new Uint16Array([0x0102])), 3);
        equal(await app.sum(new DataView(new Uint8Array([9, 1]).buffer, 1)), 1);
        equal(await app.sum(new Uint8Array(0)), 0);
        const bytes = Uint8Array.from({ length: 70_000 }, (_, i) => i % 251);
        equal(await app.same_bytes(bytes), bytes);
        equal(await app.zeros(3), new Uint8Array(3));
        equal(await app.zeros(0), new Uint8Array(0));
        const error = await rejection(app.zeros(2 ** 32 - 1));
        equal([error.name, error.message], ['EDDY_ENOMEM', 'no room for 4294967295 zeros']);
    },
    async 'bytes of shared, resized and foreign buffers, and of the module itself'({ app, module }) {
        const shared = typeof SharedArrayBuffer === 'function' && new SharedArrayBuffer(8);
        if (shared) equal([await app.sum(shared), await app.sum(new Uint8Array(shared).fill(2).subarray(4))], [0, 8]);
        if (ArrayBuffer.prototype.resize) {
            const buffer = new ArrayBuffer(8, { maxByteLength: 100 });
            const [all, part] = [new Uint8Array(buffer), new Uint8Array(buffer, 4, 4)];
            buffer.resize(50);
            equal(await app.sum(all.fill(1)), 50);
            buffer.resize(6);
            equal([await app.sum(all), await app.sum(part), await app.sum(buffer)], [6, 0, 6], 'shrunk');
        }
        const foreign = await foreignRealm();
        if (foreign) {
            equal(await app.sum(new foreign.Uint8Array([1, 2])), 3);
            equal(await app.sum(new foreign.Uint8Array([1, 2]).buffer), 3);
        }
        const own = module.exports?.memory?.buffer; // copying it makes it grow
        if (own) {
            const size = own.byteLength;
            equal((await app.same_bytes(own)).length, size);
        }
    },
    async 'any value of JavaScript'({ app }) {
        const value = { deep: [1, 2] };
        ok(await app.same_value(value) === value, 'it is the same object');
        equal(await app.same_value(undefined), undefined);
        equal(await app.same_value(null), null);
    },
    async 'garbage is refused'({ app }) {
        await invalid(app.add(1), /^add\(a, b\) takes 2 arguments, not 1$/);
        await invalid(app.add(1, 2, 3), /takes 2 arguments, not 3/);
        await invalid(app.add(), /takes 2 arguments, not 0/);
        await invalid(app.nothing(1), /takes 0 arguments, not 1/);
        for (const bad of ['1', 1.5, NaN, Infinity, 2 ** 31, null, undefined, {}, [], 1n, true, Symbol('x'), () => 1])
            await invalid(app.add(1, bad), /^add: b must be an integer/);
        for (const bad of [-1, 2 ** 32, 0.5]) await invalid(app.same_unsigned(bad), /value must be an integer/);
        for (const bad of [1, 2n ** 63n, '1']) await invalid(app.same_wide(bad), /value must be a BigInt/);
        for (const bad of [-1n, 2n ** 64n]) await invalid(app.same_unsigned_wide(bad), /must be a BigInt/);
        for (const bad of [1, null, {}, Symbol('x')]) await invalid(app.same_text(bad), /text must be a string/);
        await invalid(app.same_text('a\0b'), /zero character/);
        for (const bad of [1, 'abc', [1, 2], null, {}]) await invalid(app.sum(bad), /bytes must be a Uint8Array/);
        for (const bad of [0, 1, 'true', null]) await invalid(app.invert(bad), /value must be a boolean/);
        for (const bad of [0, null, {}, 'h']) await invalid(app.area(bad, 0), /handle must be an open handle/);
        await invalid(app.call('no_such'), /no exported function "no_such"/);
        await invalid(app.call('__proto__'), /no exported function/);
        await invalid(app.add(1, 2, { signal: 5 }), /signal must be an AbortSignal/);
        const detached = new Uint8Array(5);
        structuredClone(detached, { transfer: [detached.buffer] });
        await invalid(app.sum(detached), /bytes must be/);
        equal(await app.add(1, 2), 3, 'afterwards');
    },
    async 'garbage that runs code of its own'({ app }) {
        const trap = (what) => ({ get [what]() { throw new Error(`the getter of ${what}`); } });
        equal((await rejection(app.add(1, 2, trap('signal')))).message, 'the getter of signal');
        await invalid(app.add(1, { valueOf: () => 2 }), /must be an integer/);
        await invalid(app.same_text({ toString() { throw new Error('no'); } }), /must be a string/);
        await invalid(app.same_text(new Proxy({}, { get() { throw new Error('no'); } })), /must be a string/);
        await invalid(app.sum(new Proxy(new Uint8Array(3), {})), /bytes must be/);
        await invalid(app.sum(Object.create(Uint8Array.prototype)), /bytes must be/);
        await invalid(app.area(new Proxy({}, { get() { throw new Error('no'); } }), 0), /must be an open handle/);
        for (const name of [Symbol('x'), { toString() { throw new Error('no'); } }, undefined, null])
            await invalid(app.call(name), /no exported function/);
        const value = new Proxy({}, { get() { throw new Error('no'); } });
        ok((await rejection(app.same_value(value))).message === 'no', 'a promise asks it for `then`');
        equal(await app.add(1, 2), 3, 'afterwards');
    },
    async 'arrays that lie about their length'({ app }) {
        const short = Object.defineProperty(new Uint8Array(100_000).fill(1), 'length', { value: 1 });
        equal(await app.sum(short), 100_000);
        const long = Object.defineProperty(new Uint8Array(3).fill(1), 'length', { value: 2 ** 31 });
        equal(await app.sum(long), 3);
        class Lies extends Uint8Array {
            get buffer() { return new ArrayBuffer(1); }
            get byteLength() { return 1e9; }
            get [Symbol.toStringTag]() { return 'DataView'; }
        }
        equal(await app.sum(new Lies([1, 2, 3])), 6);
        equal(await app.sum(Object.defineProperty(new DataView(new ArrayBuffer(4)), 'byteLength', { value: 99 })), 0);
        equal(await app.same_bytes(new Uint8Array([1, 2, 3])), new Uint8Array([1, 2, 3]), 'afterwards');
    },
    async 'things that look like a signal'({ app }) {
        const fake = { aborted: false, addEventListener() {} }; // it cannot be removed from
        equal(await app.wait_ms(2, { signal: fake }), 2);
        const angry = { aborted: false, addEventListener() { throw new Error('not here'); } };
        equal((await rejection(app.wait_ms(2, { signal: angry }))).message, 'not here');
        let asked = 0;
        const moody = { get aborted() { if (++asked > 2) throw new Error('ask me no more'); return false; },
            addEventListener() {}, removeEventListener() {} };
        const failed = await rejection(app.within(2, { signal: moody }));
        equal(failed.name, 'EDDY_ETIMEDOUT');
        await pause(5);
        equal(await app.add(1, 2), 3, 'afterwards');
    },
    async 'errors'({ app }) {
        const error = await rejection(app.fails(-1005, 'no milk left'));
        ok(error instanceof Error, 'it is an Error');
        equal([error.name, error.code, error.message, error.task],
            ['EDDY_EUSER', -1005, 'no milk left', 'fails']);
        ok(/exports\.c:\d+$/.test(error.site), error.site);
        equal((await rejection(app.fails(-2, ''))).message, 'deadline passed');
        equal((await rejection(app.mean(new Uint8Array(0)))).message, 'nothing to average');
        equal(await app.mean(new Uint8Array([1, 2])), 1.5);
        const below = await rejection(app.fails_below());
        equal([below.code, below.message], [-1007, 'three levels down']);
        equal((await rejection(app.within(10))).name, 'EDDY_ETIMEDOUT');
    },
    async 'errors that nobody reads are reported, with their place in C'({ app, lines, create }) {
        const told = /^eddy: task 'deep': EDDY_EUSER -1007: three levels down \(spawned at .*exports\.c:\d+\)$/;
        await app.leaves_an_error();
        await settled(app);
        ok(lines.length === 1 && told.test(lines[0]), `printed: ${lines.join('\n')}`);
        const reports = [];
        const other = await create({ onReport: (line) => reports.push(line), onEddyExit() {}, printErr() { throw new Error('no'); } });
        const its = other.eddy ?? other;
        await its.leaves_an_error();
        await settled(its);
        await its.close();
        ok(reports.length === 1 && told.test(reports[0]), `reported: ${reports.join('\n')}`);
    },
    async 'ten thousand at a time, some cancelled at any moment'({ create }) {
        let growths = 0; // told by a module that is linked leanly
        const module = await create({ imports: { env: { emscripten_notify_memory_growth() { growths++; } } } });
        const app = module.eddy ?? module;
        const calls = Array.from({ length: 10_000 }, (_, i) => {
            const controller = new AbortController();
            const call = i % 3 ? app.wait_ms(1 + i % 90, { signal: controller.signal })
                : app.children(1 + i % 2, { signal: controller.signal });
            return [controller, call.catch((error) => error.name), i];
        });
        const order = (i) => (i * 7919) % 10_000; // each once, here and there
        for (let i = 0; i < 10_000; i++) {
            if (i % 997 === 0) await pause(1);
            calls[order(i)][0].abort();
        }
        let cancelled = 0;
        for (const [, call, i] of calls) {
            const result = await call;
            if (result === 'EDDY_ECANCELED') cancelled++;
            else ok(i % 3 && result === 1 + i % 90, `call ${i}: ${result}`);
        }
        ok(cancelled >= 3334, `${cancelled} were cancelled`);
        equal(app.tasks(), [], 'none is left');
        ok(growths < 100, `the memory has grown ${growths} times`);
    },
    async 'a thousand at a time'({ app }) {
        const calls = Array.from({ length: 1000 }, (_, i) => app.wait_ms(10 + i % 40));
        equal(await Promise.all(calls), Array.from({ length: 1000 }, (_, i) => 10 + i % 40));
        equal(await Promise.all(Array.from({ length: 1000 }, () => app.yields(3))), Array(1000).fill(3));
    },
    async 'in the order of their ends'({ app }) {
        let order = [];
        const call = async (n, unit) => { await app.wait_ms(n * unit); order.push(n); };
        // A busy machine may need longer than the first unit to begin all three.
        for (let unit = 30; unit < 2000 && String(order) !== '1,2,3'; unit *= 4) {
            order = [];
            await Promise.all([call(3, unit), call(1, unit), call(2, unit)]);
        }
        equal(order, [1, 2, 3]);
    },
    async 'a call rings for another'({ app }) {
        const waits = [app.await_bell(), app.await_bell()];
        await settled(app);
        await app.ring_bell();
        equal(await Promise.all(waits), [0, 0]);
    },
    async 'arguments live as long as the call'({ app }) {
        const calls = Array.from({ length: 100 }, (_, i) => {
            const text = String(i).repeat(1 + i % 7);
            return app.keeps(text, new TextEncoder().encode(text), 1 + i % 9);
        });
        for (let i = 0; i < 100; i++) await app.twice('other');
        equal(await Promise.all(calls), Array(100).fill(true));
    },
    async 'memory that grows during a call'({ app }) {
        const bytes = new Uint8Array(1000).fill(7);
        equal(await Promise.all([app.grow_then_sum(bytes, 40), app.grow_then_sum(bytes, 80)]), [7000, 7000]);
    },
    async 'a signal that is aborted before'({ app }) {
        const reason = new Error('no time');
        const error = await rejection(app.wait_ms(1, { signal: AbortSignal.abort(reason) }));
        equal([error.name, error.task], ['EDDY_ECANCELED', 'wait_ms']);
        ok(error.cause === reason, 'the cause is the reason');
        equal(await app.cancelled_so_far(), 0, 'it did not run');
    },
    async '… during'({ app }) {
        const controller = new AbortController();
        const call = app.wait_ms(60_000, { signal: controller.signal });
        const error = rejection(call);
        await settled(app);
        controller.abort(new Error('enough'));
        const { name, cause } = await error;
        equal([name, cause.message], ['EDDY_ECANCELED', 'enough']);
        equal(await app.cancelled_so_far(), 1);
    },
    async '… after'({ app }) {
        const controller = new AbortController();
        equal(await app.wait_ms(1, { signal: controller.signal }), 1);
        controller.abort();
        await pause(5);
        equal(await app.cancelled_so_far(), 0);
    },
    async '… with children'({ app }) {
        const controller = new AbortController();
        const call = app.children(10, { signal: controller.signal });
        await settled(app);
        controller.abort();
        equal((await rejection(call)).name, 'EDDY_ECANCELED');
        equal(await app.cancelled_so_far(), 10);
    },
    async '… and the cleanup is waited for'({ app }) {
        const controller = new AbortController();
        const call = app.cleans_up(30, { signal: controller.signal });
        await settled(app);
        controller.abort();
        await rejection(call);
        equal(await app.cancelled_so_far(), 1);
    },
    async 'other options'({ app }) {
        equal(await app.add(1, 2, undefined), 3);
        equal(await app.add(1, 2, {}), 3);
        equal(await app.add(1, 2, null), 3);
        equal(await app.add(1, 2, { signal: undefined }), 3);
    },
    async 'handles'({ app }) {
        const image = await app.open_image(3, 4);
        equal(await app.area(image, 0), 12);
        const sound = await app.open_sound();
        equal((await rejection(app.area(sound, 0))).message, 'this is no image');
        const busy = app.area(image, 30);
        image.close();
        image.close();
        await invalid(app.area(image, 0), /must be an open handle/);
        equal(await app.open_images(), 1, 'as long as a call uses it');
        equal(await busy, 12);
        equal(await app.open_images(), 0);
    },
    async 'a handle of another module'({ app, create }) {
        const other = await create();
        const image = await (other.eddy ?? other).open_image(1, 1);
        await invalid(app.area(image, 0), /must be an open handle of this module/);
    },
    async 'close cancels what runs, and waits for it'({ app }) {
        const waits = app.wait_ms(60_000);
        const cleans = app.cleans_up(20);
        const failed = Promise.all([rejection(waits), rejection(cleans)]);
        const closed = app.close();
        const errors = await failed;
        equal(errors.map((error) => error.name), ['EDDY_ECANCELED', 'EDDY_ECANCELED']);
        equal(await closed, 0);
        equal(await app.ended, 0);
        equal(await app.close(), 0, 'a second time');
        const late = await rejection(app.add(1, 2));
        equal([late.name, late.message], ['EDDY_ECLOSED', 'the program has ended']);
    },
    async 'close before any call'({ app }) {
        equal(await app.close(), 0);
        equal((await rejection(app.add(1, 2))).name, 'EDDY_ECLOSED');
    },
    async 'a trap rejects all calls'({ app }) {
        const waits = rejection(app.wait_ms(60_000));
        const error = await rejection(app.trap());
        equal((await waits).name, 'EDDY_EHOST');
        equal(error.name, 'EDDY_EHOST');
        equal((await rejection(app.add(1, 2))).name, 'EDDY_EHOST');
        await app.ended;
    },
    async 'exit() rejects all calls'({ app }) {
        const waits = rejection(app.wait_ms(60_000));
        const left = rejection(app.leave(3));
        equal(await app.ended, 3);
        equal((await left).name, 'EDDY_ECLOSED');
        equal((await waits).name, 'EDDY_ECLOSED');
        equal((await rejection(app.add(1, 2))).name, 'EDDY_ECLOSED');
    },
    async 'looking inside'({ app }) {
        equal(app.tasks(), []);
        const controller = new AbortController();
        const calls = [app.await_bell(), app.children(2, { signal: controller.signal })];
        calls[1].catch(() => {});
        while (app.tasks().some(({ state }) => state !== 'waiting')) await pause(1);
        const tasks = app.tasks();
        equal(tasks.map(({ name, state }) => [name, state]),
            [['await_bell', 'waiting'], ['children', 'waiting'], ['child', 'waiting'], ['child', 'waiting']]);
        ok(/event/.test(tasks[0].waits) && /exports\.c:\d+$/.test(tasks[0].at), JSON.stringify(tasks[0]));
        equal(tasks[2].waits, 'sleeps');
        ok(/exports\.c:\d+$/.test(tasks[2].site), tasks[2].site);
        ok(/task 'children' .*\n +task 'child'/.test(app.tree()), app.tree());
        equal(tasks.map(({ cancelled }) => cancelled), [false, false, false, false]);
        await app.ring_bell();
        controller.abort();
        equal(app.tasks().find(({ name }) => name === 'children').cancelled, true);
        await rejection(calls[1]);
        equal(app.tasks(), []);
    },
    async 'a trace'({ app }) {
        let thrown;
        try {
            app.trace();
        } catch (error) {
            thrown = error;
        }
        equal([thrown.name, thrown.code], ['EDDY_ESTATE', -3]);
        equal(app.trace({ start: 1000 }), undefined);
        await Promise.all([app.wait_ms(5), app.yields(3)]);
        const busy = app.wait_ms(20);
        const { traceEvents } = JSON.parse(app.trace());
        const named = (name, ph) => traceEvents.filter((event) => event.name === name && event.ph === ph);
        equal(named('wait_ms', 'b').length, 2, 'lives');
        equal(named('wait_ms', 'X').length, 3, 'steps');
        equal(named('yields', 'X').length, 4);
        equal(named('sleeps', 'b').length, 2, 'waits');
        ok(/exports\.c:\d+$/.test(named('wait_ms', 'b')[0].args['spawned at']), 'the spawn site');
        await busy;
        const last = JSON.parse(app.trace({ stop: true }));
        ok(last.traceEvents.length > traceEvents.length, 'it has gone on');
        for (const wrong of [{}, { start: 0 }, { start: -1 }, { start: 'x' }, { start: 2 ** 40 }, { stop: true }]) {
            thrown = undefined;
            try {
                app.trace(wrong);
            } catch (error) {
                thrown = error;
            }
            ok(/^EDDY_E(STATE|INVAL)$/.test(thrown?.name), JSON.stringify(wrong));
        }
    },
    async 'a trace on the DevTools\' tracks'({ app }) {
        if (!performance.getEntriesByType || isWorkerd) return; // workerd measures nothing
        performance.clearMeasures();
        const before = performance.now();
        app.trace({ start: true });
        await app.wait_ms(5);
        app.trace();
        equal(performance.getEntriesByType('measure').length, 0, 'only when asked for');
        app.trace({ start: true, devtools: true });
        await app.wait_ms(5);
        app.trace();
        const count = performance.getEntriesByType('measure').length;
        app.trace({ stop: true });
        const entries = performance.getEntriesByType('measure');
        equal(entries.length, count, 'each is shown once');
        // A run that is shorter than the grain of the clock, which browsers coarsen, may be missing.
        equal([...new Set(entries.map(({ name }) => name))].sort(), ['sleeps', 'wait_ms']);
        const sleep = entries.find(({ name }) => name === 'sleeps');
        ok(sleep.duration >= 4 && sleep.startTime >= before && sleep.startTime + sleep.duration <= performance.now() + 1,
            `${sleep.startTime} for ${sleep.duration}`);
        const { devtools } = sleep.detail;
        equal([devtools.dataType, devtools.trackGroup], ['track-entry', 'eddy']);
        ok(/^wait_ms \d+$/.test(devtools.track), devtools.track);
        ok(entries.every(({ detail }) => detail.devtools.track === devtools.track), 'a track for a task');
        performance.clearMeasures();
    },
};
