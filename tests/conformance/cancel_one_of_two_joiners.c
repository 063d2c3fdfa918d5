/* R3: two tasks join a third; cancelling one of them spoils nothing for the other. */
#include "case.h"

struct joiner {
    eddy_future *inner, *task;
    int result;
};

static int slow_five(void *arg) {
    (void)arg;
    int rc = eddy_sleep(50 * EDDY_MS);
    return rc < 0 ? rc : 5;
}

static int joining(void *arg) {
    struct joiner *joiner = arg;
    joiner->result = eddy_join(joiner->inner);
    return 0;
}

static int body(void *arg) {
    (void)arg;
    eddy_future *inner = eddy_spawn(slow_five, NULL);
    struct joiner a = {.inner = inner}, b = {.inner = inner};
    a.task = eddy_spawn(joining, &a);
    b.task = eddy_spawn(joining, &b);
    int rc = passes(2);
    if (rc < 0) return rc;

    eddy_cancel(a.task);
    rc = eddy_await(a.task);
    trace("a %s", outcome_of(rc, outcome(a.result)));
    rc = eddy_await(b.task);
    trace("b %s", outcome_of(rc, outcome(b.result)));
    trace("inner %s", state(inner));
    eddy_release(inner);
    return 0;
}
