/* Cancelling asks; the task ends only after its cleanup. */
#include "case.h"

static int child(void *arg) {
    (void)arg;
    int rc = eddy_sleep(9 * EDDY_S);
    trace("cleanup %s", now());
    return rc;
}

static int body(void *arg) {
    (void)arg;
    eddy_future *task = eddy_spawn(child, NULL);
    int rc = passes(2);
    if (rc < 0) return rc;

    int requested = eddy_cancel(task);
    bool cancelled = eddy_future_state(task) == EDDY_CANCELLED;
    trace("%s %s %s", boolean(requested), boolean(eddy_done(task)), boolean(cancelled));

    rc = eddy_join(task);
    cancelled = eddy_future_state(task) == EDDY_CANCELLED;
    trace("%s %s", outcome(rc), boolean(cancelled));
    eddy_release(task);
    return 0;
}
