/* R1: eddy_timeout returns after the cleanup of what it stopped. */
#include "case.h"

static int child(void *arg) {
    (void)arg;
    int rc = eddy_sleep(9 * EDDY_S);
    EDDY_SHIELD(cleanup);
    int waited = eddy_scope_end(&cleanup, eddy_sleep(50 * EDDY_MS));
    trace("cleanup %s", now());
    return waited < 0 ? waited : rc;
}

static int body(void *arg) {
    (void)arg;
    int rc = eddy_timeout(10 * EDDY_MS, child, NULL);
    trace("%s %s", outcome(rc), now());
    return 0;
}
