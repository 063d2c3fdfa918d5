// baselines.mjs: what the programs of bench/c do, written in JavaScript. Each returns the same
// figure as its program prints, and has the same shape: as many tasks, the same order, the same
// warming up.

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
