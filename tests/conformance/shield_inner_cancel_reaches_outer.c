/* A shield does not hide that the joined task itself was cancelled. */
#include "case.h"

static int body(void *arg) {
    (void)arg;
    eddy_time duration = 9 * EDDY_S;
    eddy_future *inner = eddy_spawn(sleeper, &duration);
    int rc = eddy_yield();
    if (rc < 0) return rc;
    eddy_cancel(inner);
    EDDY_SHIELD(shield);
    rc = eddy_scope_end(&shield, eddy_await(inner));
    trace("%s", outcome(rc));
    return 0;
}
