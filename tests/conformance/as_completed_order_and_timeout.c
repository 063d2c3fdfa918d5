/* A walk hands out futures in the order in which they end, and stops when its time is over. */
#include "case.h"

/* What stands for the values of the three tasks. */
static const char *const values[] = {"a", "b", "c"};

static int body(void *arg) {
    (void)arg;
    eddy_time durations[] = {30 * EDDY_MS, 10 * EDDY_MS, 9 * EDDY_S};
    eddy_future *tasks[3];
    for (int i = 0; i < 3; i++) tasks[i] = eddy_spawn(sleeper, &durations[i]);

    eddy_each each;
    eddy_each_begin(&each, tasks, 3, 50 * EDDY_MS);
    eddy_future *done = NULL;
    int rc;
    while ((rc = eddy_each_next(&each, &done)) == 1) {
        int which = done == tasks[0] ? 0 : done == tasks[1] ? 1 : 2;
        trace("%s %s", outcome_of(eddy_result(done), values[which]), now());
    }
    trace("%s %s", word(rc), now());
    eddy_each_end(&each);

    const char *states[3];
    for (int i = 0; i < 3; i++)
        states[i] = eddy_future_state(tasks[i]) == EDDY_DONE ? outcome_of(0, values[i])
                                                             : state(tasks[i]);
    trace("[%s %s %s]", states[0], states[1], states[2]);
    rc = eddy_stop(tasks[2]);
    eddy_release_all(tasks, 3);
    return rc == EDDY_ECANCELED ? 0 : rc;
}
