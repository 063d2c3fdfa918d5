/* A waiter that is cancelled before the lock is released leaves the line at once. */
#include "case.h"

static eddy_lock lock;

static int holder(void *arg) {
    int rc = eddy_lock_acquire(&lock);
    if (rc < 0) return rc;
    trace("%s", (const char *)arg);
    return eddy_lock_release(&lock);
}

static int body(void *arg) {
    (void)arg;
    lock = (eddy_lock){0};
    int rc = eddy_lock_acquire(&lock);
    if (rc < 0) return rc;
    eddy_future *a = eddy_spawn(holder, "a"), *b = eddy_spawn(holder, "b");
    rc = passes(2);
    if (rc < 0) return rc;
    eddy_cancel(a);
    (void)eddy_lock_release(&lock);
    trace("%s", outcome(eddy_await(a)));
    rc = eddy_await(b);
    trace("%s %s", outcome(rc), boolean(eddy_lock_held(&lock)));
    return 0;
}
