/* idle_real: eddy_idle on the host's own clock and loop, with a timer set all the while. */
#include "check.h"

static int steps;

static int counts_and_waits(void *arg) {
    for (int i = 0; i < 1000; i++) {
        steps++;
        int rc = eddy_yield();
        if (rc < 0) return rc;
    }
    return eddy_join(arg);
}

int eddy_main(int argc, char **argv) {
    (void)argc;
    (void)argv;
    eddy_future *news = eddy_future_new();
    eddy_future *sleeper = eddy_spawn(sleeps, &(eddy_time){1000 * EDDY_S});
    eddy_future *task = eddy_spawn(counts_and_waits, news);
    CHECK(eddy_idle() == 0);
    CHECK(steps == 1000);
    CHECK(!eddy_done(task));
    CHECK(eddy_resolve(news, 0) == 0);
    CHECK(eddy_idle() == 0);
    CHECK(eddy_done(task));
    CHECK(eddy_sleep(EDDY_MS) == 0); /* timers still come */
    CHECK(eddy_idle() == 0);
    eddy_cancel(sleeper);
    CHECK(eddy_await(sleeper) == EDDY_ECANCELED);
    CHECK(eddy_await(task) == 0);
    eddy_release(news);
    return check_end();
}
