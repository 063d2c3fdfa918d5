/* R7: nothing can ever wake the main task: the run says so instead of waiting for ever. (The tree
 * of who waits for what goes to stderr.) */
#define CASE_OWN_RUN
#include "case.h"

static int stuck(void *arg) {
    (void)arg;
    eddy_future *never = eddy_future_new();
    int rc = eddy_join(never);
    eddy_release(never);
    return rc;
}

static int program(void) {
    int rc = eddy_run(stuck, NULL);
    trace("run -> %s", word(rc));
    return rc == EDDY_EDEADLK ? 0 : rc;
}
