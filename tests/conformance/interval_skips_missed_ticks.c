/* Ticks that were missed because the task was busy are left out. */
#include "case.h"

static int body(void *arg) {
    (void)arg;
    eddy_interval interval;
    int rc = eddy_interval_begin(&interval, 1 * EDDY_S, EDDY_SKIP);
    for (int i = 0; i < 3 && rc == 0; i++) {
        rc = eddy_interval_next(&interval);
        trace("%s", now());
        if (i == 0 && rc == 0) rc = eddy_sleep(2500 * EDDY_MS);
    }
    return rc;
}
