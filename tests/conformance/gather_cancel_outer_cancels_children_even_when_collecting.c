/* R3: gather owns what it waits for: its caller's cancellation reaches all of them, in both modes. */
#include "case.h"

struct gathering {
    eddy_future *tasks[2];
    bool collect;
};

static int outer(void *arg) {
    struct gathering *g = arg;
    return g->collect ? eddy_gather_all(g->tasks, 2, NULL) : eddy_gather(g->tasks, 2, NULL);
}

static int body(void *arg) {
    (void)arg;
    eddy_time duration = 9 * EDDY_S;
    for (int collect = 0; collect < 2; collect++) {
        struct gathering g = {.collect = collect};
        for (int i = 0; i < 2; i++) g.tasks[i] = eddy_spawn(sleeper, &duration);
        eddy_future *task = eddy_spawn(outer, &g);
        int rc = passes(2);
        if (rc < 0) return rc;
        eddy_cancel(task);
        rc = eddy_await(task);
        trace("%s [%s %s]", outcome(rc), state(g.tasks[0]), state(g.tasks[1]));
        eddy_release_all(g.tasks, 2);
    }
    return 0;
}
