/* An error of the body is one of the group's, and cancels the children. */
#include "case.h"

static int body(void *arg) {
    (void)arg;
    eddy_time duration = 9 * EDDY_S;
    EDDY_GROUP(group);
    eddy_future *child = eddy_retain(eddy_group_spawn(&group, sleeper, &duration));
    int rc = eddy_yield();
    if (rc == 0) rc = E1;
    rc = eddy_group_end(&group, rc);
    trace("%s %s %s", group_outcome(&group, rc), state(child), now());
    eddy_release(child);
    return rc == E1 ? 0 : rc;
}
