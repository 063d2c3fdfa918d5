/* Task locals and intervals. */
#include "check.h"

/* ---- locals --------------------------------------------------------------------------------------- */

#define MANY 100

static eddy_local key, other, many[MANY];
static int values[4];

static void *get(void) {
    return eddy_local_get(&key);
}

static int grandchild(void *arg) {
    CHECK(get() == arg);
    return 0;
}

/* Starts with what `arg` points to, and changes it: neither its parent nor its child see that. */
static int child(void *arg) {
    CHECK(get() == arg);
    eddy_future *before = eddy_spawn(grandchild, arg);
    CHECK(eddy_local_set(&key, &values[3]) == 0);
    eddy_future *after = eddy_spawn(grandchild, &values[3]);
    CHECK(eddy_await(before) == 0);
    CHECK(eddy_await(after) == 0);
    CHECK(get() == &values[3]);
    return 0;
}

static int inherits(void *arg) {
    (void)arg;
    CHECK(get() == NULL);
    CHECK(eddy_await(eddy_spawn(grandchild, NULL)) == 0);
    CHECK(eddy_local_set(&key, &values[0]) == 0);
    CHECK(get() == &values[0]);
    CHECK(eddy_local_get(&other) == NULL);
    eddy_future *first = eddy_spawn(child, &values[0]);
    CHECK(eddy_local_set(&key, &values[1]) == 0);
    eddy_future *second = eddy_spawn(child, &values[1]);
    eddy_future *eager = eddy_spawn_opt(child, .arg = &values[1], .eager = true);
    CHECK(get() == &values[1]);
    CHECK(eddy_await(first) == 0);
    CHECK(eddy_await(second) == 0);
    CHECK(eddy_await(eager) == 0);
    CHECK(get() == &values[1]);
    CHECK(eddy_local_set(&key, NULL) == 0);
    CHECK(get() == NULL);
    return 0;
}

/* Children outlive their parents, and tasks that never run give their share back. */
static int leaves_children(void *arg) {
    (void)arg;
    CHECK(eddy_local_set(&key, &values[2]) == 0);
    CHECK(eddy_go(grandchild, &values[2]) == 0);
    eddy_future *never_runs = eddy_spawn(grandchild, NULL);
    eddy_cancel(never_runs);
    eddy_release(never_runs);
    return 0;
}

static int has_many(void *arg) {
    (void)arg;
    for (int i = 0; i < MANY; i++) {
        CHECK(eddy_local_get(&many[i]) == (i < MANY / 2 ? &many[i] : NULL));
        CHECK(eddy_local_set(&many[i], &values[0]) == 0);
    }
    return 0;
}

static int many_keys(void *arg) {
    (void)arg;
    for (int i = 0; i < MANY / 2; i++) CHECK(eddy_local_set(&many[i], &many[i]) == 0);
    CHECK(eddy_await(eddy_spawn(has_many, NULL)) == 0);
    for (int i = 0; i < MANY; i++)
        CHECK(eddy_local_get(&many[i]) == (i < MANY / 2 ? &many[i] : NULL));
    return 0;
}

static int no_memory(void *arg) {
    (void)arg;
    CHECK(eddy_local_set(&key, &values[0]) == 0);
    eddy_future *shares = eddy_spawn(grandchild, &values[0]);
    check_fail_at(1, true);
    CHECK(eddy_local_set(&key, &values[1]) == EDDY_ENOMEM);
    CHECK(eddy_local_set(&key, &values[0]) == 0); /* changes nothing */
    check_fail_at(0, false);
    CHECK(get() == &values[0]);
    CHECK(eddy_await(shares) == 0);
    check_fail_at(1, true);
    CHECK(eddy_local_set(&key, &values[1]) == 0); /* shared no more: needs none */
    check_fail_at(0, false);
    CHECK(eddy_local_set(NULL, &values[0]) == EDDY_EINVAL);
    CHECK(eddy_local_get(NULL) == NULL);
    return 0;
}

static eddy_future *from_callback;

static void outside(void *ctx) {
    (void)ctx;
    CHECK(eddy_local_set(&key, &values[0]) == EDDY_ESTATE);
    CHECK(get() == NULL);
    from_callback = eddy_spawn(grandchild, NULL);
}

static int spawned_outside(void *arg) {
    (void)arg;
    CHECK(eddy_local_set(&key, &values[0]) == 0);
    CHECK(eddy_call_soon(outside, NULL).id != 0);
    CHECK(eddy_yield() == 0);
    CHECK(eddy_await(from_callback) == 0);
    return 0;
}

/* A generator's body has its consumer's (R13). */
static int emits_two(void *arg) {
    (void)arg;
    for (int i = 0; i < 2; i++) {
        CHECK(get() == &values[i]);
        int rc = eddy_emit(&i);
        if (rc < 0) return rc;
    }
    return eddy_local_set(&key, &values[3]);
}

static int consumes(void *arg) {
    (void)arg;
    int item;
    eddy_gen *g = eddy_gen_open(emits_two, NULL, sizeof item);
    for (int i = 0; i < 2; i++) {
        CHECK(eddy_local_set(&key, &values[i]) == 0);
        CHECK(eddy_gen_next(g, &item) == 1 && item == i);
    }
    CHECK(eddy_gen_next(g, &item) == 0);
    CHECK(get() == &values[3]);
    CHECK(eddy_gen_close(g) == 0);
    return 0;
}

/* ---- intervals ------------------------------------------------------------------------------------- */

/* When the ticks come, in tenths of a second, if the task is busy for so long behind each. */
static void check_ticks(eddy_missed policy, const int busy[], const int expected[], int n) {
    eddy_time start = eddy_now();
    eddy_interval ticks;
    CHECK(eddy_interval_begin(&ticks, EDDY_S, policy) == 0);
    for (int i = 0; i < n; i++) {
        CHECK(eddy_interval_next(&ticks) == 0);
        int at = (int)((eddy_now() - start) / (100 * EDDY_MS));
        if (!CHECK(at == expected[i]))
            printf("    policy %d, tick %d came at %d, not at %d\n", policy, i, at, expected[i]);
        CHECK(eddy_clock_advance(busy[i] * 100 * EDDY_MS) == 0);
    }
}

static int policies(void *arg) {
    (void)arg;
    const int busy[] = {0, 25, 0, 0, 0, 10, 0};
    check_ticks(EDDY_BURST, busy, (const int[]){10, 20, 45, 45, 50, 60, 70}, 7);
    check_ticks(EDDY_DELAY, busy, (const int[]){10, 20, 45, 55, 65, 75, 85}, 7);
    check_ticks(EDDY_SKIP, busy, (const int[]){10, 20, 50, 60, 70, 80, 90}, 7);
    return 0;
}

static int stalls(void *arg) {
    CHECK(eddy_sleep(*(const eddy_time *)arg) == 0);
    CHECK(eddy_clock_advance(25 * 100 * EDDY_MS) == 0);
    return 0;
}

/* A tick that comes late because of others is late all the same. */
static int stalled(void *arg) {
    (void)arg;
    const int busy[4] = {0};
    const eddy_missed policy[] = {EDDY_BURST, EDDY_DELAY, EDDY_SKIP};
    const int expected[][4] = {{30, 30, 30, 40}, {30, 40, 50, 60}, {30, 30, 40, 50}};
    for (int i = 0; i < 3; i++) {
        eddy_time half = 500 * EDDY_MS;
        eddy_future *other = eddy_spawn(stalls, &half);
        check_ticks(policy[i], busy, expected[i], 4);
        CHECK(eddy_await(other) == 0);
    }
    return 0;
}

static int steps;

static int counts(void *arg) {
    (void)arg;
    steps++;
    return 0;
}

static int cancelled_ticks(void *arg) {
    (void)arg;
    eddy_time start = eddy_now();
    eddy_interval ticks;
    CHECK(eddy_interval_begin(&ticks, 10 * EDDY_S, EDDY_BURST) == 0);
    for (int i = 0; i < 3; i++) { /* cancelled while waiting: it is not used up */
        EDDY_SCOPE(limit, .timeout = EDDY_S);
        CHECK(eddy_scope_end(&limit, eddy_interval_next(&ticks)) == EDDY_ETIMEDOUT);
    }
    CHECK(eddy_clock_advance(10 * EDDY_S) == 0);
    { /* nor when it is past */
        EDDY_SCOPE(over, .timeout = EDDY_NOW);
        CHECK(eddy_scope_end(&over, eddy_interval_next(&ticks)) == EDDY_ETIMEDOUT);
    }
    CHECK(eddy_now() == start + 13 * EDDY_S);
    eddy_release(eddy_spawn(counts, NULL));
    CHECK(eddy_interval_next(&ticks) == 0);
    CHECK(steps == 1); /* it is past, but others have had their turn */
    CHECK(eddy_now() == start + 13 * EDDY_S);
    CHECK(eddy_interval_next(&ticks) == 0);
    CHECK(eddy_now() == start + 20 * EDDY_S);

    check_fail_at(1, true);
    int rc = eddy_interval_next(&ticks);
    check_fail_at(0, false);
    CHECK(rc == 0 || rc == EDDY_ENOMEM);
    if (rc < 0) CHECK(eddy_interval_next(&ticks) == 0);
    CHECK(eddy_now() == start + 30 * EDDY_S);
    return 0;
}

static int ends_of_the_range(void *arg) {
    (void)arg;
    eddy_interval ticks = {0};
    CHECK(eddy_interval_next(&ticks) == EDDY_EINVAL);
    CHECK(eddy_interval_next(NULL) == EDDY_EINVAL);
    CHECK(eddy_interval_begin(NULL, EDDY_S, EDDY_SKIP) == EDDY_EINVAL);
    CHECK(eddy_interval_begin(&ticks, 0, EDDY_SKIP) == EDDY_EINVAL);
    CHECK(eddy_interval_begin(&ticks, -EDDY_S, EDDY_SKIP) == EDDY_EINVAL);
    CHECK(eddy_interval_begin(&ticks, EDDY_S, (eddy_missed)3) == EDDY_EINVAL);
    CHECK(eddy_interval_begin(&ticks, EDDY_FOREVER, EDDY_SKIP) == 0);
    for (int i = 0; i < 2; i++) {
        EDDY_SCOPE(limit, .timeout = EDDY_S);
        CHECK(eddy_scope_end(&limit, (eddy_interval_next)(&ticks)) == EDDY_ETIMEDOUT);
    }
    CHECK(eddy_interval_begin(&ticks, 1, EDDY_SKIP) == 0);
    CHECK(eddy_sleep(3600 * EDDY_S) == 0);
    CHECK(eddy_interval_next(&ticks) == 0);
    return 0;
}

/* Who waits for a tick when the run is ended at once. */
static int ticks_for_ever(void *arg) {
    for (;;) {
        int rc = eddy_interval_next(arg);
        if (rc < 0) return rc;
    }
}

static int halts(void *arg) {
    (void)arg;
    static eddy_interval ticks;
    CHECK(eddy_local_set(&key, &values[0]) == 0);
    CHECK(eddy_interval_begin(&ticks, EDDY_S, EDDY_BURST) == 0);
    CHECK(eddy_go(ticks_for_ever, &ticks) == 0);
    CHECK(eddy_sleep(10 * EDDY_S) == 0);
    CHECK(eddy_interrupt() == 0);
    CHECK(eddy_interrupt() == 0);
    return 0;
}

int main(void) {
    check_begin();
    eddy_interval ticks;
    CHECK(eddy_interval_begin(&ticks, EDDY_S, EDDY_SKIP) == 0);
    CHECK(eddy_interval_next(&ticks) == EDDY_ESTATE);
    CHECK(eddy_local_set(&key, &values[0]) == EDDY_ESTATE);
    CHECK(get() == NULL);
    check_run(inherits);
    check_run(leaves_children);
    check_run(many_keys);
    check_run(no_memory);
    check_run(spawned_outside);
    check_run(consumes);
    check_run(policies);
    check_run(stalled);
    check_run(cancelled_ticks);
    check_run(ends_of_the_range);
    CHECK(eddy_run(halts, NULL) == EDDY_ECANCELED);
    return check_end();
}
