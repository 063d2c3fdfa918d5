/* million.c: million [TASKS]: milliseconds until that many tasks have been started, were alive at
 * once, all waiting for one future, and have ended. */

#include "measure.h"

static long arrived;

static int waiter(void *arg) {
    arrived++;
    return eddy_join(arg);
}

int eddy_main(int argc, char **argv) {
    long tasks = bench_number(argc, argv, 1, 1000000);
    eddy_future **all = calloc((size_t)tasks, sizeof *all);
    eddy_future *gate = eddy_future_new();
    if (!all || !gate) return EDDY_ENOMEM;
    eddy_time start = eddy_now();
    for (long i = 0; i < tasks; i++) {
        all[i] = eddy_spawn_opt(waiter, .arg = gate, .stack = 1024);
        if (!all[i]) return eddy_fail(EDDY_ENOMEM, "no memory for task %ld", i);
    }
    while (arrived < tasks) {
        int rc = eddy_yield();
        if (rc < 0) return rc;
    }
    eddy_resolve(gate, 0);
    int rc = eddy_gather(all, (size_t)tasks, NULL);
    eddy_time took = eddy_now() - start;
    eddy_release_all(all, (size_t)tasks);
    eddy_release(gate);
    free(all);
    return rc < 0 ? rc : bench_result("million", (double)took / (double)EDDY_MS);
}
