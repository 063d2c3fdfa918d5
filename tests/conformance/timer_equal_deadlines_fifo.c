/* R6: equal deadlines fire in the order they were set. */
#include "case.h"

static const eddy_time deadline = 10 * EDDY_MS;

static int child(void *arg) {
    int rc = eddy_sleep_until(deadline);
    trace("%s", (const char *)arg);
    return rc;
}

static int body(void *arg) {
    (void)arg;
    static char *const names[] = {"a", "b", "c", "d", "e"};
    eddy_future *tasks[5];
    for (int i = 0; i < 5; i++) tasks[i] = eddy_spawn(child, names[i]);
    int rc = eddy_gather(tasks, 5, NULL);
    eddy_release_all(tasks, 5);
    return rc;
}
