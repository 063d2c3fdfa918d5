/* A task that joins itself is told so instead of waiting for ever. */
#include "case.h"

static int child(void *arg) {
    int *rc = arg;
    *rc = eddy_join(eddy_current());
    return 0;
}

static int body(void *arg) {
    (void)arg;
    int joined = 0;
    int rc = eddy_await(eddy_spawn(child, &joined));
    trace("%s", outcome_of(rc, outcome(joined)));
    return 0;
}
