/* cancel.c: cancel [TASKS]: milliseconds to cancel that many sleeping tasks and to wait for the end of
 * the last. */

#include "measure.h"

static int sleeper(void *arg) {
    (void)arg;
    return eddy_sleep(3600 * EDDY_S);
}

static int measure(eddy_future **all, size_t tasks, eddy_time *took) {
    for (size_t i = 0; i < tasks; i++) all[i] = eddy_spawn_opt(sleeper, .stack = 1024);
    int rc = eddy_yield(); /* all are asleep */
    if (rc < 0) return rc;
    eddy_time start = eddy_now();
    for (size_t i = 0; i < tasks; i++) eddy_cancel(all[i]);
    for (size_t i = 0; i < tasks && rc == 0; i++)
        if (eddy_join(all[i]) != EDDY_ECANCELED) rc = EDDY_ESTATE;
    *took = eddy_now() - start;
    eddy_release_all(all, tasks);
    return rc;
}

int eddy_main(int argc, char **argv) {
    size_t tasks = (size_t)bench_number(argc, argv, 1, 10000);
    eddy_future **all = calloc(tasks, sizeof *all);
    if (!all) return EDDY_ENOMEM;
    eddy_time took;
    int rc = measure(all, tasks, &took); /* the memory is there, as in the other programs */
    if (rc == 0) rc = measure(all, tasks, &took);
    free(all);
    return rc < 0 ? rc : bench_result("cancel", (double)took / (double)EDDY_MS);
}
