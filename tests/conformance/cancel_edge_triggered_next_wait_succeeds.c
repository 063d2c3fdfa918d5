/* R1: a cancellation is a level: every later wait returns it too. */
#include "case.h"

static int child(void *arg) {
    (void)arg;
    int rc = eddy_sleep(9 * EDDY_S);
    trace("%s", outcome(rc));
    rc = eddy_sleep(10 * EDDY_MS);
    trace("%s %s", outcome(rc), now());
    return 0;
}

static int body(void *arg) {
    (void)arg;
    eddy_future *task = eddy_spawn(child, NULL);
    int rc = passes(2);
    if (rc < 0) return rc;
    eddy_cancel(task);
    EDDY_IGNORE(eddy_join(task));
    trace("%s", state(task));
    eddy_release(task);
    return 0;
}
