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

static void at_end(int result, void *ctx) {
    (void)ctx;
    int status = case_end(result);
    if (status) exit(status);
}

int main(void) {
    case_count_memory();
    /* Where JavaScript drives the loop, main returns at once and the run goes on after it. */
    if (eddy_start(body, NULL, at_end, NULL) == EDDY_ESTATE) at_end(eddy_run(body, NULL), NULL);
    return 0;
}
