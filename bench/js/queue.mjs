// queue.mjs: a bounded queue as one writes it in JavaScript: put and get are async functions, who
// waits is woken in order of arrival. `tryPut` and `tryGet` are for callers who look first, and wait
// only if they must.

export class Queue {
    #items; #first = 0; #length = 0;
    #getters = []; #putters = [];

    constructor(capacity) {
        this.#items = new Array(capacity);
    }

    tryPut(item) {
        const items = this.#items;
        if (this.#length === items.length) return false;
        let last = this.#first + this.#length++;
        if (last >= items.length) last -= items.length;
        items[last] = item;
        this.#getters.shift()?.();
        return true;
    }

    /** undefined: there is none */
    tryGet() {
        if (this.#length === 0) return undefined;
        const item = this.#items[this.#first];
        if (++this.#first === this.#items.length) this.#first = 0;
        this.#length--;
        this.#putters.shift()?.();
        return item;
    }

    async put(item) {
        while (!this.tryPut(item)) await new Promise((wake) => { this.#putters.push(wake); });
    }

    async get() {
        for (;;) {
            const item = this.tryGet();
            if (item !== undefined) return item;
            await new Promise((wake) => { this.#getters.push(wake); });
        }
    }
}
