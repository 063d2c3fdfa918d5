/* A group that is cancelled from outside cancels its children, and ends with that, not with errors. */
#include "case.h"

static int child(void *arg) {
    int *cancelled = arg;
    int rc = eddy_sleep(9 * EDDY_S);
    if (rc == EDDY_ECANCELED) ++*cancelled;
    return rc;
}

static int owner(void *arg) {
    EDDY_GROUP(group);
    for (int i = 0; i < 5; i++) eddy_group_spawn(&group, child, arg);
    return eddy_group_end(&group, 0);
}

static int body(void *arg) {
    (void)arg;
    int cancelled = 0;
    eddy_future *task = eddy_spawn(owner, &cancelled);
    int rc = passes(2);
    if (rc < 0) return rc;
    eddy_cancel(task);
    rc = eddy_await(task);
    trace("%s %d", outcome(rc), cancelled);
    return 0;
}
