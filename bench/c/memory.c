/* memory.c: memory [TASKS]: bytes per sleeping task, by how far the heap has grown. */
// build: cflags=-D_GNU_SOURCE

#include "measure.h"

#include <unistd.h>

static long asleep;

static int sleeper(void *arg) {
    asleep++;
    return eddy_sleep_until(*(eddy_time *)arg);
}

int eddy_main(int argc, char **argv) {
    long tasks = bench_number(argc, argv, 1, 100000);
    eddy_time never = eddy_now() + 3600 * EDDY_S;
    eddy_future **all = calloc((size_t)tasks, sizeof *all);
    if (!all) return EDDY_ENOMEM;
    char *before = sbrk(0);
    for (long i = 0; i < tasks; i++)
        all[i] = eddy_spawn_opt(sleeper, .arg = &never, .stack = 1024);
    while (asleep < tasks) {
        int rc = eddy_yield();
        if (rc < 0) return rc;
    }
    double grown = (double)((char *)sbrk(0) - before);
    for (long i = 0; i < tasks; i++) eddy_cancel(all[i]);
    int rc = eddy_gather_all(all, (size_t)tasks, NULL);
    eddy_release_all(all, (size_t)tasks);
    free(all);
    return rc < 0 ? rc : bench_result("memory", grown / (double)tasks);
}
