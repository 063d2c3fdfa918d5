/* inspecting WHAT: eddy_ps, eddy_stacks and traces, for the test that reads what they write. */
#include <eddy.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static eddy_future *news;

static int sleeps(void *arg) {
    (void)arg;
    return eddy_sleep(1000 * EDDY_S);
}

static int joins(void *arg) {
    return eddy_join(arg);
}

static int yields(void *arg) {
    (void)arg;
    int rc = 0;
    while (rc == 0) rc = eddy_yield();
    return rc;
}

/* Returns to a shallow stack before it waits: only paint tells how deep it was. */
static int digs(int depth);
static int (*volatile deeper)(int depth) = digs; /* no compiler makes a loop of it */

static int digs(int depth) {
    volatile char here[1000];
    for (int i = 0; i < 1000; i++) here[i] = (char)depth;
    return depth == 0 ? here[7] : deeper(depth - 1) + here[7];
}

static int deep(void *arg) {
    if (digs(*(const int *)arg) < -1000000) return 1;
    return eddy_sleep(1000 * EDDY_S);
}

#define COUNT 6

static int with_tasks(int (*look)(FILE *out), int expected) {
    static int depth = 20;
    eddy_future *tasks[COUNT] = {0};
    news = eddy_future_new();
    tasks[0] = eddy_spawn(sleeps, NULL);
    tasks[1] = eddy_spawn_opt(joins, .arg = tasks[0], .name = "j\"o\\in\xc3\xa9");
    tasks[2] = eddy_spawn(joins, news);
    tasks[3] = eddy_spawn(yields, NULL);
    tasks[4] = eddy_spawn(deep, &depth);
    int rc = eddy_yield();
    tasks[5] = eddy_spawn(sleeps, NULL);
    if (rc == 0 && look(stdout) != expected) rc = EDDY_EUSER;
    for (int i = 0; i < COUNT; i++) eddy_cancel(tasks[i]);
    for (int i = 0; i < COUNT; i++) EDDY_IGNORE(eddy_await(tasks[i]));
    eddy_release(news);
    return rc;
}

/* ---- the tree ------------------------------------------------------------------------------------ */

static eddy_lock lock, ring_lock;
static eddy_future *in_ring, *slow;

static int holds(void *arg) {
    int rc = eddy_lock_acquire(arg);
    return rc < 0 ? rc : eddy_sleep(1000 * EDDY_S);
}

static int wants(void *arg) {
    return eddy_lock_acquire(arg);
}

static int holds_and_joins(void *arg) {
    (void)arg;
    int rc = eddy_lock_acquire(&ring_lock);
    if (rc == 0) rc = eddy_yield();
    return rc < 0 ? rc : eddy_join(in_ring);
}

static int picks(void *arg) {
    (void)arg;
    static eddy_event never;
    eddy_case cases[] = {EDDY_CASE_JOIN(slow), EDDY_CASE_EVENT(&never)};
    return eddy_select(cases, 2, EDDY_FOREVER);
}

static int collects(void *arg) {
    (void)arg;
    eddy_future *parts[] = {slow, eddy_spawn_opt(sleeps, .name = "part")};
    int rc = eddy_gather(parts, 2, NULL);
    eddy_release(parts[1]);
    return rc;
}

static int owns(void *arg) {
    (void)arg;
    EDDY_GROUP(group);
    int rc = eddy_group_go(&group, sleeps, NULL);
    return eddy_group_end(&group, rc);
}

static int tree(void) {
    slow = eddy_spawn_opt(sleeps, .name = "slow");
    in_ring = eddy_spawn_opt(wants, .arg = &ring_lock, .name = "wants the ring's");
    eddy_future *tasks[] = {
        slow,
        eddy_spawn_opt(holds, .arg = &lock, .name = "holder"),
        eddy_spawn_opt(wants, .arg = &lock, .name = "first in line"),
        eddy_spawn_opt(wants, .arg = &lock, .name = "second in line"),
        eddy_spawn(picks, NULL),
        eddy_spawn(collects, NULL),
        eddy_spawn(owns, NULL),
        NULL,
        in_ring,
    };
    enum { ALL = sizeof tasks / sizeof *tasks };
    /* It takes the lock before the task that wants it runs. */
    tasks[7] = eddy_spawn_opt(holds_and_joins, .name = "holds the ring's", .eager = true);
    int rc = 0;
    for (int i = 0; i < 3 && rc == 0; i++) rc = eddy_yield();
    if (rc == 0 && eddy_tree(stdout) != ALL + 3) rc = EDDY_EUSER;
    for (int i = 0; i < ALL; i++) eddy_cancel(tasks[i]);
    EDDY_IGNORE(eddy_gather_all(tasks, ALL, NULL));
    eddy_release_all(tasks, ALL);
    return rc;
}

/* ---- traces -------------------------------------------------------------------------------------- */

static int locks(void *arg) {
    (void)arg;
    int rc = eddy_lock_acquire(&lock);
    if (rc < 0) return rc;
    rc = eddy_sleep(EDDY_MS);
    eddy_lock_release(&lock);
    return rc;
}

static int fails(void *arg) {
    (void)arg;
    return eddy_fail(EDDY_EUSER - 5, "no milk left");
}

static void resolves(void *ctx) {
    eddy_resolve(ctx, 3);
}

static int emits(void *arg) {
    (void)arg;
    for (int i = 0; i < 3; i++) {
        int rc = eddy_sleep(EDDY_MS);
        if (rc == 0) rc = eddy_emit(&i);
        if (rc < 0) return rc;
    }
    return 0;
}

static int generates(void *arg) {
    (void)arg;
    eddy_gen *gen = eddy_gen_open(emits, NULL, sizeof(int));
    int item, rc = 1;
    while (rc == 1) rc = eddy_gen_next(gen, &item);
    int closed = eddy_gen_close(gen);
    return rc < 0 ? rc : closed;
}

static int cleans_up(void *arg) {
    (void)arg;
    int rc = eddy_sleep(1000 * EDDY_S);
    EDDY_SHIELD(cleanup);
    EDDY_IGNORE(eddy_sleep(EDDY_MS));
    return eddy_scope_end(&cleanup, rc);
}

static int yields_often(void *arg) {
    (void)arg;
    int rc = 0;
    for (int i = 0; i < 20 && rc == 0; i++) rc = eddy_yield();
    return rc;
}

static int busy_life(void *arg) {
    (void)arg;
    eddy_future *plain = eddy_future_new();
    eddy_future *tasks[] = {
        eddy_spawn_opt(locks,
                       .name = "quote\" backslash\\ tab\t bad\xff\xc0\x80\xed\xa0\x80 good\xe2\x82\xac"),
        eddy_spawn_opt(locks, .name = "second", .eager = true),
        eddy_spawn(joins, plain),
        eddy_spawn(generates, NULL),
        eddy_spawn(cleans_up, NULL),
        eddy_spawn(yields_often, NULL),
    };
    enum { ALL = sizeof tasks / sizeof *tasks };
    eddy_call_soon(resolves, plain);
    EDDY_GROUP(group);
    int rc = eddy_group_go(&group, fails, NULL);
    if (rc == 0) rc = eddy_group_go(&group, sleeps, NULL);
    rc = eddy_group_end(&group, rc);
    EDDY_SCOPE(limit, .timeout = 2 * EDDY_MS);
    int timed_out = eddy_scope_end(&limit, eddy_sleep(EDDY_FOREVER));
    eddy_cancel(tasks[4]);
    EDDY_IGNORE(eddy_gather_all(tasks, ALL, NULL));
    eddy_release_all(tasks, ALL);
    eddy_release(plain);
    return rc == EDDY_EUSER - 5 && timed_out == EDDY_ETIMEDOUT ? 0 : EDDY_EUSER;
}

/* Writes it on stdout, by the last of the tasks that it is about. */
static int write_trace(void) {
    int events = eddy_trace_write(stdout);
    return events < 0 ? events : 0;
}

static int trace(size_t entries, int lives) {
    eddy_future *before = eddy_spawn(sleeps, NULL); /* it sleeps when the recording begins */
    eddy_future *quiet = eddy_spawn_opt(sleeps, .name = "quiet");
    int rc = eddy_yield();
    if (rc == 0) rc = eddy_trace_start(entries);
    for (int i = 0; i < lives && rc == 0; i++) rc = eddy_await(eddy_spawn(busy_life, NULL));
    eddy_cancel(before);
    EDDY_IGNORE(eddy_join(before));
    if (rc == 0) rc = write_trace();
    eddy_release(before);
    eddy_cancel(quiet);
    EDDY_IGNORE(eddy_await(quiet));
    int stopped = eddy_trace_start(0);
    return rc < 0 ? rc : stopped;
}

static int trace_fetch(void) {
    int rc = eddy_trace_start(1000);
    eddy_response *r;
    if (rc == 0) rc = eddy_fetch(&r, "data:text/plain,milk");
    if (rc < 0) return rc;
    eddy_response_close(r);
    rc = write_trace();
    int stopped = eddy_trace_start(0);
    return rc < 0 ? rc : stopped;
}

int eddy_main(int argc, char **argv) {
    const char *what = argc > 1 ? argv[1] : "";
    if (!strcmp(what, "ps")) return with_tasks(eddy_ps, COUNT + 1);
    if (!strcmp(what, "stacks")) return with_tasks(eddy_stacks, COUNT + 1);
    if (!strcmp(what, "tree")) return tree();
    if (!strcmp(what, "trace")) return trace(100000, 2);
    if (!strcmp(what, "trace-overwritten")) return trace((size_t)atoi(argv[2]), 5);
    if (!strcmp(what, "trace-fetch")) return trace_fetch();
    eddy_debug(true);
    if (!strcmp(what, "debug-trace")) return trace(100000, 1);
    if (!strcmp(what, "debug-ps")) return with_tasks(eddy_ps, COUNT + 1);
    if (!strcmp(what, "debug-stacks")) {
        int rc = with_tasks(eddy_stacks, COUNT + 1);
        return rc ? rc : with_tasks(eddy_stacks, COUNT + 1);
    }
    return eddy_fail(EDDY_EINVAL, "inspecting: what is \"%s\"?", what);
}
