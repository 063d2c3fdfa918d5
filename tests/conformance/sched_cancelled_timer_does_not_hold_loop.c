/* A cancelled sleep of 100 s ends at once, and its timer does not delay the end of the program. */
#include "case.h"

static int body(void *arg) {
    (void)arg;
    eddy_time duration = 100 * EDDY_S;
    eddy_future *task = eddy_spawn(sleeper, &duration);
    int rc = eddy_yield();
    if (rc < 0) return rc;
    eddy_cancel(task);
    rc = eddy_await(task);
    trace("%s %s", outcome(rc), now());
    return 0;
}
