/* Those who waited first are notified first. */
#include "case.h"

static eddy_lock lock;
static eddy_cond changed;

static int waiter(void *arg) {
    int rc = eddy_lock_acquire(&lock);
    if (rc < 0) return rc;
    rc = eddy_cond_wait(&changed, &lock);
    if (rc == 0) trace("%s", (const char *)arg);
    (void)eddy_lock_release(&lock);
    return rc;
}

static int notify(size_t n) {
    int rc = eddy_lock_acquire(&lock);
    if (rc < 0) return rc;
    (void)eddy_cond_notify(&changed, n);
    return eddy_lock_release(&lock);
}

static int body(void *arg) {
    (void)arg;
    lock = (eddy_lock){0};
    eddy_future *tasks[] = {eddy_spawn(waiter, "a"), eddy_spawn(waiter, "b"),
                            eddy_spawn(waiter, "c"), eddy_spawn(waiter, "d")};
    int rc = passes(1);
    if (rc == 0) rc = notify(2);
    if (rc == 0) rc = passes(4);
    trace("--");
    if (rc == 0) rc = notify(SIZE_MAX);
    for (int i = 0; i < 4 && rc == 0; i++) rc = eddy_join(tasks[i]);
    eddy_release_all(tasks, 4);
    return rc;
}
