/* R2: a lock that was handed over is held, and the cancellation is seen at the next call. */
#include "case.h"

static eddy_lock lock;

static int holder(void *arg) {
    int rc = eddy_lock_acquire(&lock);
    if (rc < 0) return rc;
    trace("%s", (const char *)arg);
    rc = eddy_sleep(10 * EDDY_MS);
    trace("%s", outcome(rc));
    (void)eddy_lock_release(&lock);
    return rc;
}

static int body(void *arg) {
    (void)arg;
    lock = (eddy_lock){0};
    int rc = eddy_lock_acquire(&lock);
    if (rc < 0) return rc;
    eddy_future *a = eddy_spawn(holder, "a"), *b = eddy_spawn(holder, "b");
    rc = passes(2);
    if (rc < 0) return rc;
    (void)eddy_lock_release(&lock);
    eddy_cancel(a);
    EDDY_IGNORE(eddy_await(a));
    return eddy_await(b);
}
