/* A cancellation from outside stays one, also inside a scope with a deadline. */
#include "case.h"

static int child(void *arg) {
    (void)arg;
    EDDY_SCOPE(limit, .timeout = 10 * EDDY_S);
    return eddy_scope_end(&limit, eddy_sleep(20 * EDDY_S));
}

static int body(void *arg) {
    (void)arg;
    eddy_future *task = eddy_spawn(child, NULL);
    int rc = eddy_yield();
    if (rc < 0) return rc;
    eddy_cancel(task);
    rc = eddy_await(task);
    trace("%s %s", outcome(rc), now());
    return 0;
}
