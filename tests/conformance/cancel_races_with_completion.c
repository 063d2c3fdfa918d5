/* R2: a result that was handed over before the cancellation is kept; the next wait is cancelled. */
#include "case.h"

static int child(void *arg) {
    eddy_future *f = arg;
    trace("got %s", outcome(eddy_join(f)));
    int rc = eddy_sleep(1 * EDDY_S);
    trace("next %s", outcome(rc));
    return rc;
}

static int body(void *arg) {
    (void)arg;
    eddy_future *f = eddy_future_new();
    eddy_future *task = eddy_spawn(child, f);
    int rc = passes(2);
    if (rc < 0) return rc;
    eddy_resolve(f, 7);
    eddy_cancel(task);
    EDDY_IGNORE(eddy_await(task));
    eddy_release(f);
    return 0;
}
