/* A child may start another one; the group waits for that one too. */
#include "case.h"

static int leaf(void *arg) {
    (void)arg;
    int rc = eddy_sleep(20 * EDDY_MS);
    if (rc == 0) trace("leaf %s", now());
    return rc;
}

static int root(void *arg) {
    eddy_group *group = arg;
    int rc = eddy_sleep(10 * EDDY_MS);
    if (rc == 0 && !eddy_group_spawn(group, leaf, NULL)) rc = EDDY_ENOMEM;
    return rc;
}

static int body(void *arg) {
    (void)arg;
    EDDY_GROUP(group);
    eddy_group_spawn(&group, root, &group);
    int rc = eddy_group_end(&group, 0);
    trace("end %s", now());
    return rc;
}
