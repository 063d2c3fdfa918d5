/* R11: what is left at the end is cancelled, and its cleanup is waited for. */
#define CASE_OWN_RUN
#include "case.h"

static int leftover(void *arg) {
    (void)arg;
    int rc = eddy_sleep(9 * EDDY_S);
    EDDY_SHIELD(cleanup);
    int waited = eddy_scope_end(&cleanup, eddy_sleep(500 * EDDY_MS));
    trace("leftover-cleanup");
    return waited < 0 ? waited : rc;
}

static int first(void *arg) {
    (void)arg;
    int rc = eddy_go(leftover, NULL);
    if (rc == 0) rc = eddy_yield();
    return rc < 0 ? rc : 5;
}

static int program(void) {
    eddy_runner runner = {0};
    int rc = eddy_runner_open(&runner);
    if (rc == 0) rc = eddy_runner_run(&runner, first, NULL);
    trace("run -> %s", word(rc));
    rc = eddy_runner_close(&runner);
    trace("elapsed %s", now());
    return rc;
}
