/* A spawned task does not run before its spawner waits. */
#include "case.h"

static int child(void *arg) {
    (void)arg;
    trace("child");
    return 0;
}

static int body(void *arg) {
    (void)arg;
    eddy_future *task = eddy_spawn(child, NULL);
    trace("after-spawn");
    int rc = eddy_await(task);
    trace("joined");
    return rc;
}
