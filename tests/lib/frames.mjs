// frames.mjs: writes C programs whose functions hold locals of random kinds across suspensions, in
// loops, branches and calls. Each function runs first without suspending, then in several tasks with;
// the results must be the same. For what saves and restores frames: the Asyncify pass and what we
// make of its output.

const TYPES = ['int', 'int64_t', 'uint64_t', 'float', 'double', 'short', 'unsigned char', 'struct pair'];

function randomOf(seed) {
    let state = seed >>> 0;
    return (n) => {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        return Math.floor((state / 2 ** 32) * n);
    };
}

function functionText(index, pick) {
    const types = Array.from({ length: 1 + pick(7) }, () => TYPES[pick(TYPES.length)]);
    const lines = types.map((type, i) => (type === 'struct pair'
        ? `struct pair v${i} = {s + ${i}, l * ${i + 1}};`
        : `${type} v${i} = (${type})(s * ${1 + pick(9)} + (double)l + d * ${1 + pick(5)});`));
    const read = (i) => (types[i] === 'struct pair' ? `(double)v${i}.b + v${i}.a` : `(double)v${i}`);
    const use = () => {
        const i = pick(types.length);
        const change = types[i] === 'struct pair' ? `v${i}.a++;`
            : `v${i} = (${types[i]})(v${i} / 2 + ${pick(4)});`;
        return `r += ${read(i)}; ${change}`;
    };
    for (let k = 1 + pick(4); k > 0; k--) {
        lines.push([
            () => `wait(); ${use()}`,
            () => `for (int i = 0; i < ${1 + pick(4)}; i++) { wait(); ${use()} }`,
            () => `if ((int64_t)r & 1) { wait(); ${use()} } else { ${use()} wait(); }`,
            () => (index ? `r += f${index - 1 - pick(Math.min(index, 6))}(s + ${k}, l - ${k}, d / 2);` : '') +
                use(),
            () => (index ? `r += ${throughPointer(index - 1 - pick(Math.min(index, 6)))};` : '') + use(),
        ][pick(5)]());
    }
    lines.push('wait();', ...types.map((_, i) => `r += ${read(i)};`));
    return `static __attribute__((noinline)) double f${index}(int s, int64_t l, double d) {\n` +
        `    double r = 0;\n    struct pair pair = {0};\n    (void)pair, (void)s, (void)l, (void)d;\n    ${lines.join('\n    ')}\n    return r;\n}\n${thunkText(index)}`;
}

// Ways to call a function of those before through a pointer of a type of its own: [result and parameters,
// what is added to r, the body]. Each keeps something over the call.
const THUNKS = [
    ['int64_t', 'double d, const struct pair *p, int s', (at) => `(double)${at}(d, &(struct pair){s, l}, 3)`,
        (f) => `double before = d * 3 + p->a; double r = ${f}(s, p->b, d); return (int64_t)(r / 8) + (int64_t)before;`],
    ['float', 'int64_t l', (at) => `(double)${at}(l)`,
        (f) => `float before = (float)l; return (float)${f}((int)l & 7, l, 1.5) + before;`],
    ['void', 'struct pair *p, ...', (at) => `((void)(pair = (struct pair){s, l}, ${at}(&pair, s, l)), (double)pair.b)`,
        (f) => 'va_list more; va_start(more, p); int s = va_arg(more, int); ' +
            `double r = ${f}(s, p->b, 2); p->b += va_arg(more, int64_t) + (int64_t)r % 100; va_end(more);`],
    ['struct pair', 'struct pair p, unsigned char c', (at) => `(double)${at}((struct pair){s, l}, 9).b`,
        (f) => `struct pair q = {p.a + c, p.b}; q.b += (int64_t)${f}(q.a, p.b, c) % 1000; return q;`],
];

function thunkText(index) {
    const [result, parameters, , body] = THUNKS[index % THUNKS.length];
    return `static ${result} t${index}(${parameters}) {\n    ${body(`f${index}`)}\n}\n` +
        `__attribute__((unused)) static ${result} (*volatile p${index})(${parameters}) = t${index};\n`;
}

const throughPointer = (index) => THUNKS[index % THUNKS.length][2](`p${index}`);

/** The text of a program; it includes tests/programs/check.h from two folders below the root. */
export function framesProgram(seed, { functions = 60, optimise = '-O3' } = {}) {
    const pick = randomOf(seed);
    const list = Array.from({ length: functions }, (_, i) => functionText(i, pick));
    return `// build: cflags=${optimise}
#include "../../tests/programs/check.h"

#include <stdarg.h>

enum { N = ${functions}, TASKS = 8 };
struct pair { int a; int64_t b; };
static bool suspending;

static __attribute__((noinline)) void wait(void) {
    static unsigned turn;
    if (suspending) CHECK((turn++ % 3 ? eddy_yield() : eddy_sleep(1 + turn % 5)) == 0);
}

${list.join('\n')}
static double (*const all[])(int, int64_t, double) = {${list.map((_, i) => `f${i}`).join(', ')}};
static double expected[N];

static int task(void *arg) {
    for (int i = 0, first = *(int *)arg; i < N; i++) {
        int which = (i + first) % N;
        CHECK(all[which](3, 7, 2.5) == expected[which]);
    }
    return 0;
}

static int body(void *arg) {
    (void)arg;
    eddy_future *tasks[TASKS];
    int first[TASKS];
    for (int i = 0; i < N; i++) expected[i] = all[i](3, 7, 2.5);
    suspending = true;
    for (int i = 0; i < TASKS; i++) {
        first[i] = i * 5;
        tasks[i] = eddy_spawn(task, &first[i]);
    }
    CHECK(eddy_gather(tasks, TASKS, NULL) == 0);
    eddy_release_all(tasks, TASKS);
    return 0;
}

int main(void) {
    check_begin();
    check_run(body);
    return check_end();
}
`;
}
