/* A group that is cancelled as a whole ends its children and its body, and that is no error. */
#include "case.h"

static int child(void *arg) {
    int *cancelled = arg;
    int rc = eddy_sleep(9 * EDDY_S);
    if (rc == EDDY_ECANCELED) ++*cancelled;
    return rc;
}

static int cancelling(eddy_group *group) {
    int rc = passes(2);
    if (rc < 0) return rc;
    eddy_group_cancel(group);
    trace("after-cancel");
    rc = eddy_sleep(9 * EDDY_S);
    if (rc < 0) return rc;
    trace("UNREACHED");
    return 0;
}

static int body(void *arg) {
    (void)arg;
    int cancelled = 0;
    EDDY_GROUP(group);
    for (int i = 0; i < 3; i++) eddy_group_spawn(&group, child, &cancelled);
    int rc = eddy_group_end(&group, cancelling(&group));
    bool requested = eddy_cancel_requested(eddy_current());
    trace("exited %d cancel-requested %s %s", cancelled, boolean(requested), now());
    return rc;
}
