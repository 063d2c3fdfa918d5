// generate.mjs: random programs. The same seed makes the same program.
//
// Each program has its own taste: a random part of all operations, each with a random weight, so that
// some programs do little else than a few things often.

/** Numbers from a seed: mulberry32. */
export class Random {
    #state;

    constructor(seed) {
        this.#state = seed >>> 0;
    }

    /** 0 to n - 1. */
    below(n) {
        this.#state = (this.#state + 0x6d2b79f5) >>> 0;
        let t = this.#state;
        t = Math.imul(t ^ (t >>> 15), t | 1);
        t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
        return ((t ^ (t >>> 14)) >>> 0) % n;
    }

    chance(percent) {
        return this.below(100) < percent;
    }

    pick(list) {
        return list[this.below(list.length)];
    }
}

const NONE = 1000;
const DURATIONS = [0, 0, 1, 1, 1, 2, 2, 3, 5, 8];
const TIMEOUTS = [0, 1, 1, 2, 2, 3, 5, NONE];
const LIMITS = [0, 1, 2, 3, 5, NONE, NONE, NONE];
const ERRORS = [-1001, -1002, -1003];
const VALUES = [0, 2, 3, 4, 5];

// Operations: name -> [usual weight, (maker) => arguments, body?]. A body is made by the maker.
const OPERATIONS = {
    'yield': [6, () => []],
    'sleep': [8, (m) => [m.random.pick(DURATIONS)]],
    'sleep_forever': [1, () => []],
    'sleep_until': [1, (m) => [m.random.pick(DURATIONS)]],
    'checkpoint': [2, () => []],
    'advance': [1, (m) => [m.random.pick([1, 2, 3])]],
    'deadline': [1, () => []],
    'return': [1, (m) => [m.random.pick(VALUES)]],
    'fail': [2, (m) => [m.random.pick(ERRORS)]],
    'repeat': [0.3, (m) => [m.random.pick([2, 3, 127, 128, 129, 255, 256, 257, 300])], 'simple'],

    'spawn': [8, (m) => [m.newHandle(), m.random.chance(15) ? 1 : 0, m.random.chance(20) ? 1 : 0]],
    'go': [1, (m) => [m.newTask()]],
    'join': [5, (m) => [m.future()]],
    'await': [3, (m) => [m.future()]],
    'stop': [2, (m) => [m.future()]],
    'cancel': [4, (m) => [m.future()]],
    'cancel_self': [0.5, () => []],
    'release': [2, (m) => [m.future()]],
    'state': [2, (m) => [m.future()]],
    'result': [1, (m) => [m.future()]],
    'message': [0.7, (m) => [m.future()]],
    'last_message': [0.7, () => []],
    'resolve': [3, (m) => [m.future('f'), m.random.pick(VALUES)]],
    'reject': [2, (m) => [m.future('f'), m.random.pick([...ERRORS, -1])]],
    'on_done': [2, (m) => [m.future(), m.newLabel()], 'callback'],
    'off_done': [1, (m) => [m.future(), m.label()]],
    'soon': [1, (m) => [m.newLabel()], 'callback'],
    'later': [2, (m) => [m.random.pick(DURATIONS), m.newLabel()], 'callback'],
    'call_at': [1, (m) => [m.random.pick(DURATIONS), m.newLabel()], 'callback'],
    'take_back': [1, (m) => [m.label()]],
    'resolve_with': [1, (m) => [m.future('f'), m.random.pick([...VALUES, -1, -1001])]],
    'set_result': [1, () => []],
    'pointer': [1, (m) => [m.future()]],
    'name': [0.3, (m) => [m.future()]],

    'scope': [5, (m) => [m.newScope(), ...m.limits(), m.random.chance(25) ? 1 : 0], 'block'],
    'net': [1, (m) => [m.random.pick(TIMEOUTS), m.random.chance(25) ? 1 : 0], 'block'],
    'timeout': [1.5, (m) => [m.random.pick(DURATIONS)], 'block'],
    'scope_cancel': [2, (m) => [m.scope()]],
    'ref_cancel': [1, (m) => [m.scope()]],
    'reschedule': [1, (m) => [m.scope(), m.random.pick([0, 1, 2, 3, 5, 8, NONE])]],
    'scope_state': [1, (m) => [m.scope()]],

    'gather': [2, (m) => m.futures()],
    'gather_quietly': [1, (m) => m.futures()],
    'gather_all': [1, (m) => m.futures()],
    'wait': [2, (m) => [m.random.below(3), m.random.pick(LIMITS), ...m.futures(m.random.chance(95) ? 1 : 0)]],
    'race': [1.5, (m) => m.futures(m.random.chance(95) ? 1 : 0)],
    'stagger': [0.7, (m) => [m.random.pick(LIMITS), m.newTask(), m.newTask(),
        ...(m.random.chance(50) ? [m.newTask()] : [])]],
    'each': [1, (m) => [1 + m.random.below(5), m.random.pick(LIMITS), ...m.futures()]],

    'group': [4, (m) => [m.newGroup(), m.random.chance(30) ? 1 : 0,
        m.random.chance(70) ? NONE : m.random.pick(TIMEOUTS)], 'group'],
    'group_spawn': [4, (m) => [m.group(), m.newHandle(), m.random.chance(15) ? 1 : 0]],
    'group_go': [1, (m) => [m.group(), m.newTask()]],
    'group_start': [2, (m) => [m.group(), m.newTask(true)]],
    'started': [1, (m) => [m.random.pick(VALUES)]],
    'group_cancel': [1, (m) => [m.group()]],
    'group_net': [1, (m) => [m.newGroup(), m.random.chance(30) ? 1 : 0], 'group'],
    'idle': [0.5, () => []],
    'interval': [0.5, (m) => [m.one('i'), m.random.pick([0, 1, 1, 2, 2, 3]), m.random.below(3)]],
    'tick': [1, (m) => [m.one('i')]],
    'interrupt': [0.1, () => []],
    'set_local': [0.5, (m) => [m.one('x'), m.random.pick(VALUES)]],
    'local': [0.5, (m) => [m.one('x')]],

    'acquire': [4, (m) => [m.one('l')]],
    'try': [1, (m) => [m.one('l')]],
    'unlock': [4, (m) => [m.one('l')]],
    'held': [0.5, (m) => [m.one('l')]],
    'event': [3, (m) => [m.one('e')]],
    'set': [3, (m) => [m.one('e')]],
    'clear': [1.5, (m) => [m.one('e')]],
    'cond': [2.5, (m) => [m.one('c'), m.one('l')]],
    'cond_for': [1, (m) => [m.one('c'), m.one('l'), m.one('e')]],
    'notify': [2.5, (m) => [m.one('c'), m.random.below(4)]],
    'notify_all': [1, (m) => [m.one('c')]],
    'sem': [3, (m) => [m.one('s')]],
    'sem_try': [1, (m) => [m.one('s')]],
    'sem_release': [3, (m) => [m.one('s')]],
    'enter': [2.5, (m) => [m.one('m')]],
    'leave': [2.5, (m) => [m.one('m')]],
    'resize': [1, (m) => [m.one('m'), m.random.below(4)]],
    'barrier': [2.5, (m) => [m.one('b')]],
    'abort': [0.5, (m) => [m.one('b')]],
    'reset': [0.5, (m) => [m.one('b')]],
    'waiting': [0.5, (m) => [m.one('b')]],

    'put': [4, (m) => [m.one('q'), m.random.below(40)]],
    'get': [4, (m) => [m.one('q')]],
    'try_put': [1.5, (m) => [m.one('q'), m.random.below(40)]],
    'try_get': [1.5, (m) => [m.one('q')]],
    'len': [1, (m) => [m.one('q')]],
    'task_done': [2, (m) => [m.one('q')]],
    'queue_join': [1, (m) => [m.one('q')]],
    'shutdown': [0.5, (m) => [m.one('q'), m.random.below(2)]],
    'send': [4, (m) => [m.handle(), m.random.below(40)]],
    'recv': [4, (m) => [m.handle()]],
    'try_send': [1.5, (m) => [m.handle(), m.random.below(40)]],
    'try_recv': [1.5, (m) => [m.handle()]],
    'clone_sender': [2, (m) => m.twoHandles()],
    'clone_receiver': [2, (m) => m.twoHandles()],
    'close_sender': [1, (m) => [m.handle()]],
    'close_receiver': [1, (m) => [m.handle()]],
    'cast': [5, (m) => [m.one('d'), m.random.below(40)]],
    'subscribe': [4, (m) => [m.reader()]],
    'hear': [6, (m) => [m.reader()]],
    'try_hear': [1.5, (m) => [m.reader('u')]],
    'lost': [1, (m) => [m.reader('u')]],
    'unsubscribe': [1, (m) => [m.reader()]],
    'end_source': [0.3, (m) => [m.one(m.random.pick(['d', 'v']))]],
    'change': [4, (m) => [m.one('v'), m.random.below(40)]],
    'value': [1, (m) => [m.one('v')]],
    'generator': [3, (m) => [m.one('y'), m.newTask(false, true)]],
    'emit': [2, (m) => [m.random.below(40)]],
    'next': [5, (m) => [m.one('y')]],
    'close': [1.5, (m) => [m.one('y')]],
    'select': [5, (m) => [m.random.pick(LIMITS), ...m.cases()]],
};

// What a repetition may repeat: nothing that is made once.
const SIMPLE = [['yield'], ['checkpoint'], ['join'], ['acquire', 'unlock'], ['sem_release', 'sem'], ['enter', 'leave'],
    ['set', 'event'], ['put', 'get'], ['gather'], ['wait']];

// An uncontended acquire and its like count in the budget of calls that do not suspend.
const OF_OBJECTS = new Set(Object.keys(OPERATIONS).slice(Object.keys(OPERATIONS).indexOf('acquire')));
const OF_FEEDS = new Set(['cast', 'subscribe', 'hear', 'try_hear', 'lost', 'unsubscribe', 'change', 'value']);
const MAKES_TASKS = new Set(['spawn', 'go', 'stagger', 'group_spawn', 'group_go', 'group_start', 'generator']);
const OF_GROUPS = new Set(['group_spawn', 'group_go', 'group_start', 'group_cancel']);
const CHILDREN = ['group_spawn', 'group_spawn', 'group_spawn', 'group_spawn', 'group_go', 'group_start'];
const LEAVES = new Set(['return', 'fail']);

class Maker {
    tasks = [[]]; // bodies
    unmade = []; // [name, where] of tasks whose bodies are still to be made
    spawned = []; // names of those with a handle
    labels = 0; // of callbacks
    scopes = 0;
    groups = 0;
    where = { scopes: [], groups: [], started: false, main: true }; // what is open around the operation made now

    constructor(random, size) {
        this.random = random;
        this.room = size; // operations to come
        this.mostTasks = 2 + random.below(9);
        this.futureCount = random.below(4);
        this.checked = random.pick([0, 30, 60, 90]);
        this.objects = Array.from({ length: this.futureCount }, (_, index) => ({ kind: 'future', index, a: 0, b: 0 }));
        for (const [kind, a, b] of [
            ['sem', random.below(3), random.chance(30) ? 1 : 0], ['sem', random.below(2), 0],
            ['limiter', random.below(4), 0], ['barrier', random.pick([0, 1, 2, 2, 2, 3, 3, 3]), 0], ['barrier', 2, 0],
            ['channel', random.pick([0, 0, 1, 2]), 0], ['channel', 0, 0],
            ['queue', random.pick([0, 1, 1, 2, 3]), random.below(3)], ['queue', random.below(2), 0],
            ['broadcast', random.pick([1, 1, 2, 3]), 0], ['broadcast', 2, 0], ['watch', random.below(40), 0], ['watch', 0, 0],
        ]) {
            const index = this.objects.filter((each) => each.kind === kind).length;
            this.objects.push({ kind, index, a, b });
        }
        // Half of the programs have objects to wait for, and some hardly anything else.
        this.feeds = random.chance(12); // about broadcasts and watches, and few of them
        const objects = this.feeds ? 2 : random.pick([0, 0, 0, 1, 2, 4]);
        this.idioms = objects * random.pick([0, 10, 20]) + (this.feeds ? 20 : 0);
        if (random.chance(10)) this.idioms += 5;
        // Then there are many tasks from the start, which meet.
        this.crowd = objects && random.chance(60) ? 3 + random.below(5) : random.below(4);
        this.mostTasks = Math.max(this.mostTasks, this.crowd);
        this.weights = Object.entries(OPERATIONS).map(([name, [weight]]) => {
            const taste = random.pick([0, 0, 0.5, 1, 1, 2, 5]);
            const always = name === 'spawn' || name === 'sleep' ? 1 : 0;
            const theme = this.feeds && OF_OBJECTS.has(name) ? (OF_FEEDS.has(name) ? 3 : 0.1) : 1;
            return [name, weight * Math.max(taste, always) * theme * (OF_OBJECTS.has(name) ? objects : 1)];
        });
    }

    newTask(started = false, generator = false) {
        const word = `t${this.tasks.length}`;
        this.tasks.push(null);
        const { scopes, groups } = this.where;
        this.unmade.push([word, { scopes: [...scopes], groups: [...groups], started, generator, main: false }]);
        return word;
    }

    newHandle() {
        const word = this.newTask();
        this.spawned.push(word);
        return word;
    }

    /** Mostly one that exists; sometimes main, whose handle nobody has. */
    future(kind = this.random.chance(this.futureCount ? 30 : 0) ? 'f' : 't') {
        if (kind === 'f') return `f${this.random.below(Math.max(this.futureCount, 1))}`;
        if (this.random.chance(2)) return 't0';
        if (this.spawned.length && this.random.chance(90)) return this.random.pick(this.spawned);
        return `t${1 + this.random.below(Math.max(this.tasks.length - 1, 1))}`;
    }

    futures(least = 0) {
        const n = this.random.pick([0, 1, 2, 2, 3, 3, 4]);
        return Array.from({ length: Math.max(n, least) }, () => this.future());
    }

    newLabel() {
        return `a${this.labels++}`;
    }

    /** Of a callback, mostly one of the last. */
    label() {
        return `a${Math.max(this.labels - 1 - this.random.below(4), 0)}`;
    }

    newScope() {
        return `k${this.scopes++}`;
    }

    scope() {
        const { scopes } = this.where;
        if (scopes.length && this.random.chance(80)) return this.random.pick(scopes);
        return `k${this.random.below(this.scopes + 1)}`;
    }

    /** Of a channel: mostly the first, which is there from the beginning. */
    handle() {
        return `h${this.random.pick([0, 0, 0, 10]) + this.random.pick([0, 0, 0, 1, 2])}`;
    }

    /** A subscriber or watcher: few, so that tasks share them. */
    reader(letter = this.random.pick(['u', 'w'])) {
        if (this.feeds) return `${letter}${this.random.pick([0, 0, 1])}`;
        return `${letter}${this.random.pick([0, 0, 0, 0, 10]) + this.random.pick([0, 0, 0, 0, 1, 1, 2])}`;
    }

    twoHandles() {
        const channel = this.random.pick([0, 0, 10]);
        return [`h${channel + this.random.pick([0, 0, 1])}`, `h${channel + 1 + this.random.below(2)}`];
    }

    /** Of a select: kind, object, item. */
    cases() {
        const n = 1 + this.random.below(4);
        return Array.from({ length: n }, () => {
            const kind = this.random.pick([0, 0, 1, 1, 2, 3, 4, 5]);
            const letter = ['q', 'q', 't', 'e', 'h', 'h'][kind];
            const word = letter === 't' ? this.future() : letter === 'h' ? this.handle() : this.one(letter);
            return [kind, word, kind === 1 || kind === 5 ? this.random.below(40) : 0];
        }).flat();
    }

    /** An object of a kind: of few, so that tasks meet. */
    one(letter) {
        if (this.feeds && (letter === 'd' || letter === 'v')) return `${letter}0`;
        return `${letter}${this.random.pick([0, 0, 0, 1])}`;
    }

    newGroup() {
        return `g${this.groups++}`;
    }

    group() {
        const { groups } = this.where;
        if (groups.length && this.random.chance(90)) return this.random.pick(groups);
        return `g${this.random.below(this.groups + 1)}`;
    }

    /** timeout, deadline */
    limits() {
        if (this.random.chance(15)) return [NONE, this.random.pick([0, 1, 2, 3, 5, 8])];
        return [this.random.pick(TIMEOUTS), NONE];
    }

    /** Whether an operation would say something here. */
    #fits(name, depth) {
        if (OPERATIONS[name][2] && depth >= 3) return false;
        if (MAKES_TASKS.has(name) && this.tasks.length > this.mostTasks) return false;
        if (OF_GROUPS.has(name) && !this.where.groups.length) return this.random.chance(3);
        if (LEAVES.has(name) && (this.where.main || depth > 2)) return this.random.chance(20);
        if (name === 'emit' && !this.where.generator) return this.random.chance(2);
        if (name === 'started') return this.where.started || this.random.chance(3);
        if (name === 'scope') return this.scopes < 40;
        return OPERATIONS[name][2] !== 'group' || this.groups < 14;
    }

    #choose(depth) {
        const fits = this.weights.filter(([name, weight]) => weight > 0 && this.#fits(name, depth));
        const total = fits.reduce((sum, [, weight]) => sum + weight, 0);
        let at = this.random.below(1 << 20) / (1 << 20) * total;
        for (const [name, weight] of fits) if ((at -= weight) < 0) return name;
        return 'yield';
    }

    #operation(depth, name = this.#choose(depth)) {
        const [, args, kind] = OPERATIONS[name];
        const check = this.random.chance(this.where.main ? this.checked / 3 : this.checked);
        const operation = { name, check, args: args(this).map(String) };
        this.room--;
        if (kind === 'simple') {
            const word = String(this.random.below(2));
            operation.body = this.random.pick(SIMPLE).map((each) => {
                const own = OPERATIONS[each][1](this).map(String);
                if (/^[lsmeq]/.test(own[0])) own[0] = own[0][0] + word; // both of a pair are of one object
                return { name: each, check: false, args: own };
            });
        } else if (kind === 'callback') {
            operation.body = this.#block(3, 1 + this.random.below(3));
        } else if (kind) {
            const outer = this.where;
            const opened = { scope: 'scopes', group: 'groups', group_net: 'groups' }[name];
            if (opened) this.where = { ...outer, [opened]: [...outer[opened], operation.args[0]] };
            const first = kind === 'group' ? this.#children(depth + 1) : [];
            operation.body = [...first, ...this.#block(depth + 1, 1 + this.random.below(5))];
            this.where = outer;
        }
        return operation;
    }

    #children(depth) {
        const operations = [];
        for (let n = this.random.below(4); n > 0 && this.tasks.length <= this.mostTasks; n--)
            operations.push(this.#operation(depth, this.random.pick(CHILDREN)));
        return operations;
    }

    #block(depth, length) {
        const operations = [];
        while (operations.length < length && this.room > 0) {
            if (depth < 3 && this.random.chance(this.idioms)) operations.push(...this.#idiom(depth));
            else operations.push(this.#operation(depth));
        }
        return operations;
    }

    /** What only makes sense together. */
    #idiom(depth) {
        const make = (name, args) => {
            this.room--;
            return { name, check: this.random.chance(this.checked / 2), args: args.map(String) };
        };
        const maybe = (percent, ...operations) => (this.random.chance(percent) ? operations : []);
        const some = () => [
            ...maybe(60, make('sleep', [this.random.pick(DURATIONS)])), ...this.#block(depth + 1, this.random.below(3)),
        ];
        const [lock, condition] = [this.one('l'), this.one('c')];
        const queue = this.one('q');
        const generator = this.one('y');
        switch (this.feeds ? 8 + this.random.below(2) : this.random.below(11)) {
        case 0: {
            const waits = this.random.chance(30) ? make('cond_for', [condition, lock, this.one('e')])
                : make('cond', [condition, lock]);
            return [make('acquire', [lock]), ...maybe(60, waits), ...some(), make('unlock', [lock])];
        }
        case 1: {
            const wakes = this.random.chance(50) ? make('notify', [condition, this.random.below(3)])
                : make('notify_all', [condition]);
            const sets = maybe(30, make('set', [this.one('e')]));
            return [make('acquire', [lock]), ...sets, wakes, ...some(), make('unlock', [lock])];
        }
        case 2: {
            const permits = this.one('s');
            return [make('sem', [permits]), ...some(), make('sem_release', [permits])];
        }
        case 3: {
            const limiter = this.one('m');
            return [make('enter', [limiter]), ...some(), make('leave', [limiter])];
        }
        case 4: {
            const put = () => make('put', [queue, this.random.below(40)]);
            const puts = Array.from({ length: 1 + this.random.below(3) }, put);
            const closes = maybe(15, make('shutdown', [queue, this.random.below(2)]));
            return [...puts, ...closes, ...maybe(20, make('queue_join', [queue]))];
        }
        case 5: {
            const gets = Array.from({ length: 1 + this.random.below(2) }, () => make('get', [queue]));
            return [...gets, ...some(), ...maybe(70, make('task_done', [queue]))];
        }
        case 6: {
            const nexts = Array.from({ length: 1 + this.random.below(3) }, () => make('next', [generator]));
            const opens = this.tasks.length > this.mostTasks ? []
                : [make('generator', [generator, this.newTask(false, true)])];
            return [...opens, ...nexts, ...some(), ...maybe(50, make('close', [generator]))];
        }
        case 7: {
            const [one, other] = [this.newScope(), this.newScope()];
            const limits = () => [...this.limits(), this.random.chance(25) ? 1 : 0];
            const end = (scope) => make('finish', [scope, this.random.pick([0, 3, -1, -1, -1, -1001])]);
            const begins = [make('begin', [one, ...limits()]), ...some(), make('begin', [other, ...limits()])];
            const ends = [end(one), ...some(), end(other)];
            return [...begins, ...some(), ...(this.random.chance(50) ? ends : ends.reverse())];
        }
        case 8: {
            const reader = this.reader();
            const hears = Array.from({ length: 1 + this.random.below(3) }, () => make('hear', [reader]));
            return [make('subscribe', [reader]), ...some(), ...hears, ...maybe(30, make('unsubscribe', [reader]))];
        }
        case 9: {
            const one = () => (this.random.chance(50) ? make('cast', [this.one('d'), this.random.below(40)])
                : make('change', [this.one('v'), this.random.below(40)]));
            const sends = Array.from({ length: 1 + this.random.below(3) }, one);
            return [...sends, ...some(), ...maybe(50, one()), ...maybe(5, make('end_source', [this.one('d')]))];
        }
        default: {
            const barrier = this.one('b');
            return [make('barrier', [barrier]), ...some(), ...maybe(40, make('barrier', [barrier]))];
        }
        }
    }

    /** Over one loop, with something done outside of tasks before some of them. */
    #furtherRuns() {
        for (const weighed of this.weights) if (weighed[0] === 'interrupt' || weighed[0] === 'checkpoint') weighed[1] += 1;
        this.room = Math.max(this.room, 10);
        for (let i = 0, n = 1 + this.random.below(3); i < n; i++) {
            const body = this.tasks.push(null) - 1;
            this.tasks[body] = this.#block(0, 2 + this.random.below(8));
            let before = 0;
            if (this.random.chance(50)) {
                before = this.tasks.push(null) - 1;
                this.tasks[before] = this.#block(3, 1 + this.random.below(4));
            }
            this.objects.push({ kind: 'run', index: i, a: body, b: before });
        }
    }

    make() {
        const begin = Array.from({ length: this.crowd }, () => this.#operation(0, 'spawn'));
        if (this.feeds || (this.idioms && this.random.chance(60))) {
            for (const word of ['u0', 'u1', 'w0']) begin.unshift({ name: 'subscribe', check: false, args: [word] });
        }
        this.tasks[0] = [...begin, ...this.#block(0, 3 + this.random.below(10))];
        if (this.random.chance(25)) this.#furtherRuns();
        while (this.unmade.length) {
            const [word, where] = this.unmade.shift();
            this.where = where;
            const length = 1 + this.random.below(7);
            const operations = this.#block(0, length);
            if (where.started && this.random.chance(70))
                operations.splice(this.random.below(operations.length + 1), 0, this.#operation(0, 'started'));
            for (let n = where.generator ? this.random.below(4) : 0; n > 0; n--)
                operations.splice(this.random.below(operations.length + 1), 0, this.#operation(0, 'emit'));
            this.tasks[Number(word.slice(1))] = operations;
        }
        return { objects: this.objects, tasks: this.tasks };
    }
}

/** The program of a seed. */
export function generate(seed) {
    const random = new Random(Math.imul(seed, 0x9e3779b1) ^ 0x5bd1e995);
    return new Maker(random, random.pick([10, 20, 40, 60, 80, 120])).make();
}
