/* The main task's error is the run's. */
#define CASE_OWN_RUN
#include "case.h"

static int failing(void *arg) {
    (void)arg;
    return E1;
}

static int program(void) {
    int rc = eddy_run(failing, NULL);
    trace("run -> %s", word(rc));
    return rc == E1 ? 0 : rc;
}
