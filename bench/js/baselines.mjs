// baselines.mjs: what the programs of bench/c do, written in JavaScript. Each returns the same
// figure as its program prints, and has the same shape: as many tasks, the same order, the same
// warming up.

import { setMaxListeners } from 'node:events';
import { Agent, get } from 'node:http';
import { fetches } from './fetches.mjs';
import { Queue } from './queue.mjs';

const elapsed = (start) => performance.now() - start;
const sleep = (ms) => new Promise((done) => { setTimeout(done, ms); });

async function yielder(left) {
    for (; left > 0; left--) await null;
}

async function switches(yields, tasks) {
    const start = performance.now();
    await Promise.all(Array.from({ length: tasks }, () => yielder(yields / tasks)));
    return elapsed(start);
}

async function nothing() {}

async function yieldOnce() {
    await null;
}

async function spawns(tasks, batch, fn) {
    const all = new Array(batch);
    const start = performance.now();
    if (batch === 1) {
        for (let i = 0; i < tasks; i++) await fn();
        return elapsed(start);
    }
    for (let done = 0; done < tasks; done += batch) {
        for (let i = 0; i < batch; i++) all[i] = fn();
        await Promise.all(all);
    }
    return elapsed(start);
}

async function sleeps(tasks, duration) {
    const all = new Array(tasks);
    const sleeper = async () => { await sleep(duration); };
    const start = performance.now();
    for (let i = 0; i < tasks; i++) all[i] = sleeper();
    await Promise.all(all);
    return elapsed(start);
}

async function produce(queue, items) {
    for (let i = 0; i < items; i++) await queue.put(i);
}

async function consume(queue, items) {
    let sum = 0;
    for (let i = 0; i < items; i++) sum += await queue.get();
    return sum;
}

async function produceTryFirst(queue, items) {
    for (let i = 0; i < items; i++) if (!queue.tryPut(i)) await queue.put(i);
}

async function consumeTryFirst(queue, items) {
    let sum = 0;
    for (let i = 0; i < items; i++) sum += queue.tryGet() ?? await queue.get();
    return sum;
}

async function items(count, capacity, producer, consumer) {
    const queue = new Queue(capacity);
    const start = performance.now();
    const [, sum] = await Promise.all([producer(queue, count), consumer(queue, count)]);
    if (sum !== count * (count - 1) / 2) throw new Error(`the queue has lost items: ${sum}`);
    return elapsed(start);
}

async function perItem(count, capacity, producer, consumer) {
    await items(Math.floor(count / 4) + 1, capacity, producer, consumer);
    return await items(count, capacity, producer, consumer) * 1e6 / count;
}

async function groups(count, children) {
    const start = performance.now();
    for (let i = 0; i < count; i++) await Promise.all(Array.from({ length: children }, yieldOnce));
    return elapsed(start);
}

/** A sleep that a signal ends; it leaves nothing behind. */
function sleepUnder(signal, ms) {
    return new Promise((done, fail) => {
        const aborted = () => {
            clearTimeout(timer);
            fail(signal.reason);
        };
        const timer = setTimeout(() => {
            signal.removeEventListener('abort', aborted);
            done();
        }, ms);
        signal.addEventListener('abort', aborted, { once: true });
    });
}

async function aborts(count) {
    const controller = new AbortController();
    setMaxListeners(0, controller.signal);
    const sleeper = async (signal) => { await sleepUnder(signal, 3_600_000); };
    const all = Array.from({ length: count }, () => sleeper(controller.signal));
    await null;
    const start = performance.now();
    controller.abort();
    const ends = await Promise.allSettled(all);
    const took = elapsed(start);
    if (ends.some(({ status }) => status !== 'rejected')) throw new Error('a sleep was not aborted');
    return took;
}

export const baselines = {
    /** Nanoseconds per `await null`. */
    async switch(yields, tasks) {
        await switches(Math.floor(yields / 4) + tasks, tasks);
        return await switches(yields, tasks) * 1e6 / yields;
    },

    /** Nanoseconds per async function called and awaited, `batch` of them at once. */
    async spawn(tasks, yields, batch) {
        const fn = yields ? yieldOnce : nothing;
        await spawns((Math.floor(tasks / 4 / batch) + 1) * batch, batch, fn);
        return await spawns(tasks, batch, fn) * 1e6 / tasks;
    },

    /** Milliseconds from the first of many sleeps to the end of the last. */
    async sleep(tasks, duration) {
        await sleeps(tasks, 1);
        return await sleeps(tasks, duration);
    },

    /** Nanoseconds per `await null`, to hold a lock and its release against. */
    async lock(pairs) {
        await switches(Math.floor(pairs / 4) + 1, 1);
        return await switches(pairs, 1) * 1e6 / pairs;
    },

    /** Nanoseconds per item from one async function to another. */
    async queue(count, capacity) {
        return perItem(count, capacity, produce, consume);
    },

    /** The same if both look first whether they must wait. */
    async queueTryFirst(count, capacity) {
        return perItem(count, capacity, produceTryFirst, consumeTryFirst);
    },

    /** Nanoseconds per Promise.all over async functions that await once. */
    async group(count, children) {
        await groups(Math.floor(count / 4) + 1, children);
        return await groups(count, children) * 1e6 / count;
    },

    /** Milliseconds to abort that many sleeps and to learn of the end of each. */
    async cancel(count) {
        await aborts(count);
        return aborts(count);
    },

    /** Bytes per sleeping async function, by how far the collected heap has grown. */
    async memory(tasks) {
        // Not an hour, as in C: a timer cannot be taken back through its promise. The functions
        // sleep long enough for two collections and are waited for.
        const all = new Array(tasks);
        const asleep = async (ms) => { await sleep(ms); };
        globalThis.gc();
        const before = process.memoryUsage().heapUsed;
        for (let i = 0; i < tasks; i++) all[i] = asleep(3000);
        await null;
        globalThis.gc();
        const grown = process.memoryUsage().heapUsed - before;
        await Promise.all(all);
        return grown / tasks;
    },

    ...fetches,

    /** Requests as above by node:http, its connections kept as fetch keeps them. */
    async nodeHttp(url, requests, atOnce) {
        const agent = new Agent({ keepAlive: true });
        const ask = () => new Promise((done, fail) => {
            get(url, { agent }, (response) => {
                let size = 0;
                response.on('data', (part) => { size += part.length; });
                response.on('end', () => (size === 10 ? done() : fail(new Error(`${size} bytes`))));
                response.on('error', fail);
            }).on('error', fail);
        });
        const fetcher = async () => {
            for (let i = 0; i < requests / atOnce; i++) await ask();
        };
        const start = performance.now();
        await Promise.all(Array.from({ length: atOnce }, fetcher));
        const took = elapsed(start);
        agent.destroy();
        return took * 1000 / requests;
    },

    /** Milliseconds until that many async functions have waited for one promise and ended. */
    async million(tasks) {
        const all = new Array(tasks);
        const start = performance.now();
        let open, arrived = 0;
        const gate = new Promise((done) => { open = done; });
        const waiter = async () => {
            arrived++;
            await gate;
        };
        for (let i = 0; i < tasks; i++) all[i] = waiter();
        while (arrived < tasks) await null;
        open();
        await Promise.all(all);
        return elapsed(start);
    },
};
