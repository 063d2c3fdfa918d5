/* Permits go to those who still wait, in order of arrival. */
#include "case.h"

static eddy_sem permits;

static int waiter(void *arg) {
    int rc = eddy_sem_acquire(&permits);
    if (rc < 0) return rc;
    trace("%s", (const char *)arg);
    return 0;
}

static int body(void *arg) {
    (void)arg;
    permits = (eddy_sem){0};
    eddy_future *tasks[] = {eddy_spawn(waiter, "a"), eddy_spawn(waiter, "b"),
                            eddy_spawn(waiter, "c")};
    int rc = passes(1);
    if (rc < 0) return rc;
    eddy_cancel(tasks[0]);
    rc = passes(1);
    if (rc < 0) return rc;
    (void)eddy_sem_release(&permits);
    (void)eddy_sem_release(&permits);
    rc = eddy_gather_all(tasks, 3, NULL);
    trace("%s", boolean(eddy_sem_locked(&permits)));
    eddy_release_all(tasks, 3);
    return rc;
}
