/* What lives on a task's stack survives suspensions: locals of every kind, in loops, through function
 * pointers, variadic calls, structs by value, and in callbacks of libc. Several tasks at once, so that
 * one that used another's stack would be seen. */
#include "check.h"

#include <stdarg.h>

struct big {
    double weights[8];
    int64_t sum;
    char name[16];
};

static int waits(void) {
    static unsigned turn;
    return turn++ % 3 ? eddy_yield() : eddy_sleep(1 + turn % 5);
}

static struct big make(int seed, const char *name) {
    struct big b = {.sum = (int64_t)seed << 33};
    CHECK(waits() == 0);
    for (int i = 0; i < 8; i++) b.weights[i] = seed + i / 8.0;
    snprintf(b.name, sizeof b.name, "%s %d", name, seed);
    return b;
}

static bool intact(struct big b, int seed, const char *name) {
    char expected[16];
    snprintf(expected, sizeof expected, "%s %d", name, seed);
    CHECK(waits() == 0);
    for (int i = 0; i < 8; i++)
        if (b.weights[i] != seed + i / 8.0) return false;
    return b.sum == (int64_t)seed << 33 && !strcmp(b.name, expected);
}

static int64_t sum_slowly(int n, ...) {
    va_list list;
    va_start(list, n);
    int64_t sum = 0;
    for (int i = 0; i < n; i++) {
        CHECK(waits() == 0);
        sum += i % 2 ? (int64_t)va_arg(list, double) : va_arg(list, int64_t);
    }
    va_end(list);
    return sum;
}

static int compare_slowly(const void *a, const void *b) {
    CHECK(waits() == 0);
    int x = *(const int *)a, y = *(const int *)b;
    return (x > y) - (x < y);
}

/* Many small frames, each with a value that must come back. */
static unsigned collatz(uint64_t n, unsigned steps, float f, double d) {
    float half = f / 2;
    double twice = d * 2;
    if (n == 1) return steps;
    if (steps % 7 == 0) CHECK(waits() == 0);
    unsigned all = collatz(n % 2 ? 3 * n + 1 : n / 2, steps + 1, f + 1, d + 1);
    CHECK(half == f / 2 && twice == d * 2);
    return all;
}

static int compute(void *arg) {
    int seed = *(int *)arg;
    char name[] = {'t', (char)('a' + seed), 0};
    for (int round = 0; round < 5; round++) {
        struct big b = make(seed + round, name);
        CHECK(intact(b, seed + round, name));
        CHECK(sum_slowly(4, (int64_t)seed << 40, 2.5, INT64_C(3), 4.5) == ((int64_t)seed << 40) + 9);

        int numbers[] = {5, seed, 3, 99, -1, 42, 7, 0};
        size_t n = sizeof numbers / sizeof *numbers;
        int (*volatile compare)(const void *, const void *) = compare_slowly;
        qsort(numbers, n, sizeof *numbers, compare);
        for (size_t i = 1; i < n; i++) CHECK(numbers[i - 1] <= numbers[i]);
        int wanted = 42;
        int *found = bsearch(&wanted, numbers, n, sizeof *numbers, compare);
        CHECK(found && *found == 42);

        CHECK(collatz(27, 0, (float)seed, seed) == 111);
        CHECK(name[0] == 't' && name[1] == (char)('a' + seed));
    }
    return seed;
}

static int body(void *arg) {
    (void)arg;
    enum { N = 20 };
    eddy_future *tasks[N];
    int seeds[N], results[N];
    for (int i = 0; i < N; i++) {
        seeds[i] = i;
        tasks[i] = eddy_spawn(compute, &seeds[i]);
    }
    CHECK(eddy_gather(tasks, N, results) == 0);
    for (int i = 0; i < N; i++) CHECK(results[i] == i);
    eddy_release_all(tasks, N);
    return 0;
}

int main(void) {
    check_begin();
    check_run(body);
    return check_end();
}
