/* R3: a deadline on a join ends the waiting, not the task. */
#include "case.h"

static int child(void *arg) {
    (void)arg;
    int rc = eddy_sleep(100 * EDDY_MS);
    return rc < 0 ? rc : 'v';
}

static int body(void *arg) {
    (void)arg;
    eddy_future *task = eddy_spawn(child, NULL);
    EDDY_SCOPE(limit, .timeout = 10 * EDDY_MS);
    int rc = eddy_scope_end(&limit, eddy_join(task));
    trace("%s %s", outcome(rc), state(task));

    rc = eddy_await(task);
    trace("%s %s", outcome_of(rc, "v"), now());
    return 0;
}
