/* R4: a value that is returned wins over a cancellation nobody has seen yet, also one's own. */
#include "case.h"

static int child(void *arg) {
    (void)arg;
    eddy_cancel(eddy_current());
    return 12;
}

static int body(void *arg) {
    (void)arg;
    eddy_future *task = eddy_spawn(child, NULL);
    int rc = eddy_join(task);
    bool cancelled = eddy_future_state(task) == EDDY_CANCELLED;
    trace("%s %s", outcome(rc), boolean(cancelled));
    eddy_release(task);
    return 0;
}
