/* R1: cleanup after a deadline waits inside a shield, which may have a deadline of its own. */
#include "case.h"

static int limited(void) {
    EDDY_SCOPE(limit, .timeout = 10 * EDDY_MS);
    int rc = eddy_sleep(9 * EDDY_S);
    if (rc == EDDY_ECANCELED) {
        EDDY_SHIELD(cleanup, .timeout = 20 * EDDY_MS);
        int waited = eddy_scope_end(&cleanup, eddy_sleep(9 * EDDY_S));
        if (waited == EDDY_ETIMEDOUT) trace("cleanup-timeout %s", now());
    }
    return eddy_scope_end(&limit, rc);
}

static int body(void *arg) {
    (void)arg;
    int rc = limited();
    trace("%s %s", outcome(rc), now());
    return 0;
}
