/* stderr WHAT: what eddy says by itself, for people: the runner of this program reads it. */
#include <eddy.h>
#include <stdio.h>
#include <string.h>

static int fails(void *arg) {
    (void)arg;
    return eddy_fail(EDDY_EUSER - 5, "no milk left");
}

static int unread(void) {
    int rc = eddy_go(fails, NULL);
    return rc < 0 ? rc : eddy_yield();
}

static int lead_nowhere(void *arg) {
    return eddy_join(arg);
}

/* Two tasks that join one another, a third that joins one of them, and main that joins the third. */
static eddy_future *ring[2];

static int ring_joins(void *arg) {
    return eddy_join(ring[1 - *(int *)arg]);
}

static int deadlock(void) {
    static int numbers[] = {0, 1};
    ring[0] = eddy_spawn_opt(ring_joins, .arg = &numbers[0], .name = "left");
    ring[1] = eddy_spawn_opt(ring_joins, .arg = &numbers[1], .name = "right");
    eddy_future *third = eddy_spawn_opt(lead_nowhere, .arg = ring[0], .name = "third");
    int rc = eddy_join(third);
    eddy_release(third);
    eddy_release_all(ring, 2);
    return rc;
}

/* A ring that no root leads to, and tasks that many wait for: the ways from main to `last` double
 * with every layer, yet each task is told of once. */
#define LAYERS 20
static eddy_future *layers[LAYERS][2], *never;

static int joins_next_layer(void *arg) {
    int layer = *(int *)arg + 1;
    return layer == LAYERS ? eddy_join(never) : eddy_gather(layers[layer], 2, NULL);
}

static int wide_deadlock(void) {
    static int numbers[LAYERS];
    for (int i = 0; i < LAYERS; i++) {
        numbers[i] = i;
        for (int k = 0; k < 2; k++)
            layers[i][k] = eddy_spawn_opt(joins_next_layer, .arg = &numbers[i],
                                          .name = i == LAYERS - 1 ? "last" : "layer");
    }
    ring[0] = eddy_spawn_opt(ring_joins, .arg = &numbers[0], .name = "left");
    ring[1] = eddy_spawn_opt(ring_joins, .arg = &numbers[1], .name = "right");
    never = eddy_future_new();
    int rc = eddy_gather(layers[0], 2, NULL);
    for (int i = 0; i < LAYERS; i++) eddy_release_all(layers[i], 2);
    eddy_release_all(ring, 2);
    eddy_release(never);
    return rc;
}

/* Two tasks, each with the lock that the other one waits for. */
static eddy_lock locks[2];

static int takes_both(void *arg) {
    int first = *(int *)arg;
    int rc = eddy_lock_acquire(&locks[first]);
    if (rc == 0) rc = eddy_yield();
    if (rc == 0) rc = eddy_lock_acquire(&locks[1 - first]);
    return rc;
}

static int lock_deadlock(void) {
    static int numbers[] = {0, 1};
    ring[0] = eddy_spawn_opt(takes_both, .arg = &numbers[0], .name = "left");
    ring[1] = eddy_spawn_opt(takes_both, .arg = &numbers[1], .name = "right");
    int rc = eddy_gather(ring, 2, NULL);
    eddy_release_all(ring, 2);
    return rc;
}

static int takes_and_ends(void *arg) {
    (void)arg;
    return eddy_lock_acquire(&locks[0]);
}

static int lost_lock(void) {
    int rc = eddy_await(eddy_spawn(takes_and_ends, NULL));
    return rc < 0 ? rc : eddy_lock_acquire(&locks[0]);
}

/* Main's cleanup waits inside a shield for what nobody will ever bring. */
static int stubborn_deadlock(void) {
    static eddy_future *never;
    never = eddy_future_new();
    int rc = eddy_join(never);
    EDDY_SHIELD(cleanup);
    EDDY_IGNORE(eddy_join(never));
    puts("not reached");
    eddy_release(never);
    return rc;
}

static int ignores_it(void *arg) {
    (void)arg;
    for (int i = 0; i < 5000; i++) EDDY_IGNORE(eddy_sleep(EDDY_S));
    return 0;
}

static int ignored(void) {
    eddy_future *task = eddy_spawn_opt(ignores_it, .name = "deaf");
    int rc = eddy_yield();
    eddy_cancel(task);
    if (rc == 0) rc = eddy_await(task);
    return rc;
}

static int left_open(void) {
    eddy_debug(true);
    {
        EDDY_SCOPE(forgotten, .timeout = EDDY_S, .name = "forgotten");
    }
    return eddy_yield();
}

static int ends_inside(void *arg) {
    eddy_scope *scope = arg;
    EDDY_IGNORE(eddy_yield());
    int rc = eddy_scope_begin(scope, &(eddy_scope_options){.name = "lasting"});
    return rc < 0 ? rc : eddy_yield();
}

static int left_open_at_end(void) {
    static eddy_scope scope;
    eddy_debug(true);
    eddy_future *task = eddy_spawn_opt(ends_inside, .arg = &scope, .name = "ender");
    return eddy_await(task);
}

static int left_open_inside(void) {
    static eddy_scope outer, inner;
    eddy_debug(true);
    int rc = eddy_scope_begin(&outer, NULL);
    if (rc == 0) rc = eddy_scope_begin(&inner, &(eddy_scope_options){.name = "inner"});
    return rc < 0 ? rc : eddy_scope_end(&outer, eddy_yield());
}

static int leaves_group(void *arg) {
    (void)arg;
    EDDY_GROUP(nobody, .name = "nobody");
    return eddy_group_go(&nobody, ignores_it, NULL);
}

static int left_open_group(void) {
    eddy_debug(true);
    return eddy_await(eddy_spawn(leaves_group, NULL));
}

/* ---- steps that take long ---------------------------------------------------------------------- */

static volatile unsigned spun;

static void spin_once(void) {
    spun++;
}

static void spin_for(eddy_time duration) {
    for (eddy_time end = eddy_now() + duration; eddy_now() < end;) spin_once();
}

static int slow_step(void) {
    eddy_debug(true);
    int rc = eddy_sleep(EDDY_MS);
    if (rc == 0) spin_for(130 * EDDY_MS);
    return rc < 0 ? rc : eddy_sleep(EDDY_MS);
}

static int calls_runtime(void *arg) {
    (void)arg;
    int rc = eddy_sleep(EDDY_MS);
    eddy_future *done = eddy_future_new();
    eddy_resolve(done, 0);
    for (int i = 0; i < 3; i++) {
        spin_for(110 * EDDY_MS);
        if (rc == 0) rc = eddy_join(done); /* does not suspend */
        puts("goes on");
    }
    eddy_release(done);
    return rc;
}

static int slow_step_calls(void) {
    eddy_debug(true);
    return eddy_await(eddy_spawn(calls_runtime, NULL));
}

static int slow_end(void *arg) {
    (void)arg;
    spin_for(130 * EDDY_MS);
    return 0;
}

static void slow_call(void *ctx) {
    (void)slow_end(ctx);
}

static int slow_others(void) {
    eddy_debug(true);
    eddy_call_soon(slow_call, NULL);
    return eddy_await(eddy_spawn(slow_end, NULL));
}

/* Long steps before debug mode and after it. */
static int slow_without_debug(void) {
    spin_for(130 * EDDY_MS);
    eddy_debug(true);
    int rc = eddy_yield();
    eddy_debug(false);
    spin_for(130 * EDDY_MS);
    return rc < 0 ? rc : eddy_yield();
}

static int never_yields(void *arg) {
    (void)arg;
    spin_for(1300 * EDDY_MS);
    puts("has ended");
    return 0;
}

static int pure_loop(void) {
    eddy_debug(true);
    return eddy_await(eddy_spawn(never_yields, NULL));
}

/* ---- handles ----------------------------------------------------------------------------------- */

static eddy_future *held[25];

static int leaks(void) {
    eddy_debug(true);
    held[0] = eddy_future_new();
    held[1] = eddy_spawn_opt(ignores_it, .name = "kept");
    held[2] = eddy_retain(eddy_spawn_opt(fails, .name = "kept twice"));
    eddy_future *released = eddy_spawn_opt(ignores_it, .name = "released");
    eddy_cancel(held[1]);
    eddy_cancel(released);
    eddy_resolve(held[0], 0);
    eddy_release(released);
    EDDY_IGNORE(eddy_join(held[2]));
    return eddy_join(held[0]);
}

static int many_leaks(void) {
    eddy_debug(true);
    for (int i = 0; i < 25; i++) {
        held[i] = eddy_future_new();
        eddy_resolve(held[i], 0);
    }
    return 0;
}

static int drops_unresolved(void) {
    eddy_debug(true);
    eddy_future *resolved = eddy_future_new(), *cancelled = eddy_future_new();
    eddy_future *dropped = eddy_future_new();
    eddy_resolve(resolved, 0);
    eddy_cancel(cancelled);
    eddy_release(resolved);
    eddy_release(cancelled);
    eddy_release(dropped);
    return 0;
}

int eddy_main(int argc, char **argv) {
    const char *what = argc > 1 ? argv[1] : "";
    if (!strcmp(what, "unread")) return unread();
    if (!strcmp(what, "deadlock")) return deadlock();
    if (!strcmp(what, "seeded-deadlock")) {
        eddy_schedule_seed(77);
        return deadlock();
    }
    if (!strcmp(what, "wide-deadlock")) return wide_deadlock();
    if (!strcmp(what, "lock-deadlock")) return lock_deadlock();
    if (!strcmp(what, "lost-lock")) return lost_lock();
    if (!strcmp(what, "stubborn-deadlock")) return stubborn_deadlock();
    if (!strcmp(what, "ignored")) return ignored();
    if (!strcmp(what, "left-open")) return left_open();
    if (!strcmp(what, "left-open-at-end")) return left_open_at_end();
    if (!strcmp(what, "left-open-inside")) return left_open_inside();
    if (!strcmp(what, "left-open-group")) return left_open_group();
    if (!strcmp(what, "slow-step")) return slow_step();
    if (!strcmp(what, "slow-step-calls")) return slow_step_calls();
    if (!strcmp(what, "slow-others")) return slow_others();
    if (!strcmp(what, "slow-without-debug")) return slow_without_debug();
    if (!strcmp(what, "pure-loop")) return pure_loop();
    if (!strcmp(what, "leaks")) return leaks();
    if (!strcmp(what, "many-leaks")) return many_leaks();
    if (!strcmp(what, "drops-unresolved")) return drops_unresolved();
    if (!strcmp(what, "main-error")) return fails(NULL);
    if (!strcmp(what, "tree")) {
        eddy_release(eddy_spawn_opt(ignores_it, .name = "not yet started"));
        return eddy_tree(stderr) == 2 ? 0 : 1;
    }
    return eddy_fail(EDDY_EINVAL, "stderr: what is \"%s\"?", what);
}
