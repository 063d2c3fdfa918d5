/* A deadline can be moved, and taken away. */
#include "case.h"

static int body(void *arg) {
    (void)arg;
    EDDY_SCOPE(limit, .timeout = 10 * EDDY_MS);
    eddy_scope_reschedule(&limit, 1 * EDDY_S);
    int rc = eddy_sleep(500 * EDDY_MS);
    if (rc < 0) return eddy_scope_end(&limit, rc);
    trace("alive %s", now());
    eddy_scope_reschedule(&limit, EDDY_FOREVER);
    rc = eddy_scope_end(&limit, eddy_sleep(5 * EDDY_S));
    trace("end %s %s", now(), boolean(eddy_scope_expired(&limit)));
    return rc;
}
