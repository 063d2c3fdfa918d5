/* R3: a joiner does not own: cancelling it leaves the task it waits for alone. */
#include "case.h"

struct joiner {
    eddy_future *inner;
    int result;
};

static int outer(void *arg) {
    struct joiner *joiner = arg;
    joiner->result = eddy_join(joiner->inner);
    return 0;
}

static int body(void *arg) {
    (void)arg;
    eddy_time duration = 9 * EDDY_S;
    struct joiner joiner = {.inner = eddy_spawn(sleeper, &duration)};
    eddy_future *task = eddy_spawn(outer, &joiner);
    int rc = passes(2);
    if (rc < 0) return rc;
    eddy_cancel(task);
    rc = passes(4);
    if (rc < 0) return rc;
    const char *result = outcome_of(eddy_result(task), outcome(joiner.result));
    trace("inner %s outer %s", state(joiner.inner), result);
    eddy_release(task);
    eddy_release(joiner.inner);
    return 0;
}
