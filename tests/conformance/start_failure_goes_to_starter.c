/* A child that fails before it is ready has failed for its starter, not for the group. */
#include "case.h"

static int fails(void *arg) {
    (void)arg;
    return E1;
}

static int body(void *arg) {
    (void)arg;
    EDDY_GROUP(group);
    trace("%s", word(eddy_group_start(&group, fails, NULL)));
    int rc = eddy_group_end(&group, 0);
    trace("%s", group_outcome(&group, rc));
    return rc;
}
