/* A lock that is released goes to the first in line, not to whoever asks next. */
#include "case.h"

static eddy_lock lock;

static int twice(void *arg) {
    const char *name = arg;
    for (int i = 0; i < 2; i++) {
        int rc = eddy_lock_acquire(&lock);
        if (rc < 0) return rc;
        trace("%s%d", name, i);
        rc = eddy_yield();
        (void)eddy_lock_release(&lock);
        if (rc < 0) return rc;
    }
    return 0;
}

static int body(void *arg) {
    (void)arg;
    lock = (eddy_lock){0};
    eddy_future *tasks[3];
    const char *names[] = {"a", "b", "c"};
    for (int i = 0; i < 3; i++) tasks[i] = eddy_spawn(twice, (void *)names[i]);
    int rc = eddy_gather(tasks, 3, NULL);
    eddy_release_all(tasks, 3);
    return rc;
}
