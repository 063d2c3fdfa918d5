/* There is one loop: a run inside a run is refused, and disturbs nothing. */
#define CASE_OWN_RUN
#include "case.h"

static int nothing(void *arg) {
    (void)arg;
    return 0;
}

static int outer(void *arg) {
    (void)arg;
    if (eddy_run(nothing, NULL) == EDDY_ESTATE) trace("nested rejected");
    return 0;
}

static int program(void) {
    int rc = eddy_run(outer, NULL);
    trace("run -> %s", word(rc));
    trace("elapsed %s", now());
    return rc;
}
