/* An error of the cleanup is told, not the deadline that led to it. */
#include "case.h"

static int limited(void) {
    EDDY_SCOPE(limit, .timeout = 10 * EDDY_MS);
    int rc = eddy_sleep(9 * EDDY_S);
    if (rc == EDDY_ECANCELED) rc = E1;
    return eddy_scope_end(&limit, rc);
}

static int body(void *arg) {
    (void)arg;
    trace("%s", outcome(limited()));
    return 0;
}
