/* 200 C frames, each with an array whose address is taken, survive a suspension unharmed. */
#include "case.h"

static int descend(int n) {
    volatile int mine[4] = {n, n, n, n};
    if (n == 0) return eddy_sleep(10 * EDDY_MS);
    int depth = descend(n - 1);
    for (int i = 0; i < 4; i++) {
        if (mine[i] != n) return eddy_fail(E1, "frame %d was overwritten", n);
    }
    return depth < 0 ? depth : depth + 1;
}

static int child(void *arg) {
    (void)arg;
    return descend(200);
}

static int body(void *arg) {
    (void)arg;
    eddy_future *tasks[3];
    int depths[3];
    for (int i = 0; i < 3; i++) tasks[i] = eddy_spawn(child, NULL);
    for (int i = 0; i < 3; i++) depths[i] = eddy_await(tasks[i]);
    trace("[%s %s %s]", word(depths[0]), word(depths[1]), word(depths[2]));
    return 0;
}
