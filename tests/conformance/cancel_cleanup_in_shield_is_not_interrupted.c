/* A shield holds back cancellation from outside, the first and any later one. */
#include "case.h"

static int child(void *arg) {
    (void)arg;
    int rc = eddy_sleep(9 * EDDY_S);
    EDDY_SHIELD(shield);
    int cleanup = eddy_scope_end(&shield, eddy_sleep(5 * EDDY_S));
    trace("cleanup %s %s", outcome(cleanup), now());
    return rc;
}

static int body(void *arg) {
    (void)arg;
    eddy_future *task = eddy_spawn(child, NULL);
    int rc = passes(2);
    if (rc < 0) return rc;
    eddy_cancel(task);
    int slept = eddy_sleep(1 * EDDY_S);
    eddy_cancel(task);
    rc = eddy_await(task);
    if (slept < 0) return slept;
    trace("%s %s", outcome(rc), now());
    return 0;
}
