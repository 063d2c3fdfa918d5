/* A race passes over failures, takes the first success, and cancels what is left. */
#include "case.h"

struct runner {
    eddy_time duration;
    int result;
};

static int run(void *arg) {
    const struct runner *runner = arg;
    int rc = eddy_sleep(runner->duration);
    return rc < 0 ? rc : runner->result;
}

static int body(void *arg) {
    (void)arg;
    struct runner runners[] = {{10 * EDDY_MS, E1}, {20 * EDDY_MS, 5}, {9 * EDDY_S, 6}};
    eddy_future *tasks[3];
    for (int i = 0; i < 3; i++) tasks[i] = eddy_spawn(run, &runners[i]);
    int rc = eddy_race(tasks, 3, NULL);
    trace("%s %s %s", outcome(rc), now(), state(tasks[2]));
    eddy_release_all(tasks, 3);
    return 0;
}
