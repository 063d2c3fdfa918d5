/* R3: joining is enough to protect the joined task; it survives its cancelled joiner. */
#include "case.h"

static int work(void *arg) {
    (void)arg;
    int rc = eddy_sleep(20 * EDDY_MS);
    if (rc < 0) return rc;
    trace("inner-done");
    return 3;
}

static int outer(void *arg) {
    eddy_future *inner = arg;
    return eddy_join(inner);
}

static int body(void *arg) {
    (void)arg;
    eddy_future *inner = eddy_spawn(work, NULL);
    eddy_future *task = eddy_spawn(outer, inner);
    int rc = passes(2);
    if (rc < 0) return rc;
    eddy_cancel(task);
    rc = eddy_await(task);
    trace("%s %s", outcome(rc), state(inner));
    trace("%s", outcome(eddy_await(inner)));
    return 0;
}
