/* The first error is returned at once; the other tasks go on. */
#include "case.h"

static int bad(void *arg) {
    (void)arg;
    int rc = eddy_sleep(10 * EDDY_MS);
    return rc < 0 ? rc : E1;
}

static int slow(void *arg) {
    (void)arg;
    int rc = eddy_sleep(50 * EDDY_MS);
    trace("slow-done %s", now());
    return rc;
}

static int body(void *arg) {
    (void)arg;
    eddy_future *sibling = eddy_spawn(slow, NULL);
    eddy_future *tasks[] = {eddy_spawn(bad, NULL), sibling};
    int rc = eddy_gather(tasks, 2, NULL);
    trace("%s %s %s", outcome(rc), now(), state(sibling));
    rc = eddy_join(sibling);
    eddy_release_all(tasks, 2);
    return rc;
}
