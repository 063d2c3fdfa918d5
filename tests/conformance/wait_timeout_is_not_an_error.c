/* A wait whose time is over says how many are done: none; and cancels nobody. */
#include "case.h"

static int body(void *arg) {
    (void)arg;
    eddy_time duration = 9 * EDDY_S;
    eddy_future *a = eddy_spawn(sleeper, &duration);
    int done = eddy_wait(&a, 1, EDDY_ALL_DONE, 10 * EDDY_MS);
    trace("%s %d %s %s", word(done), 1 - done, state(a), now());
    int rc = eddy_stop(a);
    eddy_release(a);
    return rc == EDDY_ECANCELED ? 0 : rc;
}
