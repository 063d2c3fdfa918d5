/* After a scope has timed out the task is as it was: not cancelled, and its next sleep sleeps. */
#include "case.h"

static int body(void *arg) {
    (void)arg;
    EDDY_SCOPE(limit, .timeout = 10 * EDDY_MS);
    int rc = eddy_scope_end(&limit, eddy_sleep(9 * EDDY_S));
    trace("%s", outcome(rc));

    bool requested = eddy_cancel_requested(eddy_current());
    rc = eddy_sleep(10 * EDDY_MS);
    trace("cancel-requested %s %s %s", boolean(requested), outcome(rc), now());
    return 0;
}
