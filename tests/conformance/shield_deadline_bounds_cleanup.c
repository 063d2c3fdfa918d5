/* A shield with a deadline: cleanup may wait, but not for ever. */
#include "case.h"

static int child(void *arg) {
    (void)arg;
    int rc = eddy_sleep(9 * EDDY_S);
    EDDY_SHIELD(shield, .timeout = 500 * EDDY_MS);
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
