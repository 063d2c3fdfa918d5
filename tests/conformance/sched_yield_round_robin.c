/* Tasks that yield take turns in the order they were spawned. */
#include "case.h"

static int child(void *arg) {
    for (int i = 0; i < 3; i++) {
        trace("%s%d", (const char *)arg, i);
        int rc = eddy_yield();
        if (rc < 0) return rc;
    }
    return 0;
}

static int body(void *arg) {
    (void)arg;
    eddy_future *tasks[] = {
        eddy_spawn(child, "a"),
        eddy_spawn(child, "b"),
        eddy_spawn(child, "c"),
    };
    int rc = 0;
    for (int i = 0; i < 3; i++) {
        int ended = eddy_await(tasks[i]);
        if (ended < 0) rc = ended;
    }
    return rc;
}
