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
    if (!strcmp(what, "main-error")) return fails(NULL);
    if (!strcmp(what, "tree")) {
        eddy_release(eddy_spawn_opt(ignores_it, .name = "not yet started"));
        return eddy_tree(stderr) == 2 ? 0 : 1;
    }
    return eddy_fail(EDDY_EINVAL, "stderr: what is \"%s\"?", what);
}
