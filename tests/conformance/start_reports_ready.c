/* Who starts a child waits until the child says that it is ready, not until its end. */
#include "case.h"

static int service(void *arg) {
    (void)arg;
    int rc = eddy_sleep(10 * EDDY_MS);
    if (rc == 0) rc = eddy_started(7);
    return rc < 0 ? rc : eddy_sleep(1 * EDDY_S);
}

static int body(void *arg) {
    (void)arg;
    EDDY_GROUP(group);
    int rc = eddy_group_start(&group, service, NULL);
    trace("%s %s", word(rc), now());
    rc = eddy_group_end(&group, rc < 0 ? rc : 0);
    trace("end %s", now());
    return rc;
}
