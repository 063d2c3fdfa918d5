/* A child's error cancels its siblings, in spawn order, then the body; the group's end tells it. */
#include "case.h"

static int bad(void *arg) {
    (void)arg;
    int rc = eddy_sleep(10 * EDDY_MS);
    return rc < 0 ? rc : E1;
}

static int sibling(void *arg) {
    (void)arg;
    int rc = eddy_sleep(9 * EDDY_S);
    if (rc == EDDY_ECANCELED) trace("sib");
    return rc;
}

static int body(void *arg) {
    (void)arg;
    EDDY_GROUP(group);
    eddy_group_spawn(&group, bad, NULL);
    eddy_group_spawn(&group, sibling, NULL);
    int rc = eddy_sleep(9 * EDDY_S);
    if (rc == EDDY_ECANCELED) trace("body");
    rc = eddy_group_end(&group, rc);
    trace("%s %s", group_outcome(&group, rc), now());
    return rc == E1 ? 0 : rc;
}
