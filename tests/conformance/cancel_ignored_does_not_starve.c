/* R8: a cancelled task that ignores it, and so never suspends by itself, lets timers in all the
 * same. This one runs on the real clock: a virtual one would never move. */
#define CASE_OWN_MAIN
#include "case.h"

static bool flag;

static void set_flag(void *ctx) {
    (void)ctx;
    flag = true;
}

static int stubborn(void *arg) {
    (void)arg;
    while (!flag) EDDY_IGNORE(eddy_sleep(1 * EDDY_S));
    return 0;
}

static int body(void *arg) {
    (void)arg;
    eddy_future *task = eddy_spawn(stubborn, NULL);
    eddy_call_later(10 * EDDY_MS, set_flag, NULL);
    int rc = eddy_yield();
    if (rc < 0) return rc;
    eddy_cancel(task);
    rc = eddy_await(task);
    trace("flag set");
    return rc;
}

int eddy_main(int argc, char **argv) {
    (void)argc;
    (void)argv;
    return body(NULL);
}
