/* R4: a task may answer a cancellation with a value; then that is its result. */
#include "case.h"

static int child(void *arg) {
    (void)arg;
    int rc = eddy_sleep(9 * EDDY_S);
    return rc == EDDY_ECANCELED ? 42 : rc;
}

static int body(void *arg) {
    (void)arg;
    eddy_future *task = eddy_spawn(child, NULL);
    int rc = passes(2);
    if (rc < 0) return rc;
    eddy_cancel(task);
    rc = eddy_join(task);
    trace("%s %s", outcome(rc), state(task));
    eddy_release(task);
    return 0;
}
