/* Waiting for the first of two leaves the other as it is. */
#include "case.h"

static int body(void *arg) {
    (void)arg;
    eddy_time long_time = 9 * EDDY_S, short_time = 10 * EDDY_MS;
    eddy_future *a = eddy_spawn(sleeper, &long_time), *b = eddy_spawn(sleeper, &short_time);
    int done = eddy_wait((eddy_future *[]){a, b}, 2, EDDY_FIRST_DONE, EDDY_FOREVER);
    bool only_b = done == 1 && eddy_done(b), a_is_left = !eddy_done(a);
    trace("%s %s %s %s", boolean(only_b), boolean(a_is_left), state(a), now());
    int rc = eddy_stop(a);
    eddy_release(a);
    eddy_release(b);
    return rc == EDDY_ECANCELED ? 0 : rc;
}
