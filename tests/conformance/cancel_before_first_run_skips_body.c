/* R5: a task that is cancelled before its first step never runs. */
#include "case.h"

static int child(void *arg) {
    (void)arg;
    trace("BODY");
    return 0;
}

static int body(void *arg) {
    (void)arg;
    eddy_future *task = eddy_spawn(child, NULL);
    trace("%s", boolean(eddy_cancel(task)));
    int rc = eddy_join(task);
    trace("%s %s", outcome(rc), state(task));
    eddy_release(task);
    return 0;
}
