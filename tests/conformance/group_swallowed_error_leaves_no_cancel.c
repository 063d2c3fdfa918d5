/* After a group that failed its owner is not cancelled: it goes on as before. */
#include "case.h"

static int bad(void *arg) {
    (void)arg;
    return E1;
}

static int body(void *arg) {
    (void)arg;
    EDDY_GROUP(group);
    eddy_group_spawn(&group, bad, NULL);
    int rc = eddy_group_end(&group, eddy_sleep(9 * EDDY_S));
    if (rc != E1) return rc;
    bool requested = eddy_cancel_requested(eddy_current());
    trace("cancel-requested %s %s", boolean(requested), outcome(eddy_sleep(10 * EDDY_MS)));
    return 0;
}
