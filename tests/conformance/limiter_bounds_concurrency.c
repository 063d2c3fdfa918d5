/* Ten tasks, of which three at a time are let in. */
#include "case.h"

static eddy_limiter limiter;
static int inside, most;

static int visitor(void *arg) {
    (void)arg;
    int rc = eddy_limiter_acquire(&limiter);
    if (rc < 0) return rc;
    if (++inside > most) most = inside;
    rc = eddy_sleep(10 * EDDY_MS);
    inside--;
    (void)eddy_limiter_release(&limiter);
    return rc;
}

static int body(void *arg) {
    (void)arg;
    limiter = (eddy_limiter)EDDY_LIMITER(3);
    inside = most = 0;
    eddy_future *tasks[10];
    for (int i = 0; i < 10; i++) tasks[i] = eddy_spawn(visitor, NULL);
    int rc = eddy_gather(tasks, 10, NULL);
    trace("%d %s", most, now());
    eddy_release_all(tasks, 10);
    return rc;
}
