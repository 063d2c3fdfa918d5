/* sleep.c: sleep [TASKS [MILLISECONDS]]: milliseconds from the start of the first of many sleeping
 * tasks to the end of the last. */

#include "measure.h"

static int sleeper(void *arg) {
    return eddy_sleep(*(eddy_time *)arg);
}

static int measure(eddy_future **all, size_t tasks, eddy_time duration, eddy_time *took) {
    eddy_time start = eddy_now();
    for (size_t i = 0; i < tasks; i++)
        all[i] = eddy_spawn_opt(sleeper, .arg = &duration, .stack = 1024);
    int rc = eddy_gather(all, tasks, NULL);
    *took = eddy_now() - start;
    eddy_release_all(all, tasks);
    return rc;
}

int eddy_main(int argc, char **argv) {
    size_t tasks = (size_t)bench_number(argc, argv, 1, 10000);
    eddy_time duration = bench_number(argc, argv, 2, 10) * EDDY_MS;
    eddy_future **all = calloc(tasks, sizeof *all);
    if (!all) return EDDY_ENOMEM;
    eddy_time took;
    int rc = measure(all, tasks, EDDY_MS, &took); /* the memory is there, as in the other programs */
    if (rc == 0) rc = measure(all, tasks, duration, &took);
    free(all);
    return rc < 0 ? rc : bench_result("sleep", (double)took / (double)EDDY_MS);
}
