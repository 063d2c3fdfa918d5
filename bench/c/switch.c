/* switch.c: switch [YIELDS [TASKS]]: nanoseconds per eddy_yield, over all tasks together. */

#include "measure.h"

static int yielder(void *arg) {
    for (long left = *(long *)arg; left > 0; left--) {
        int rc = eddy_yield();
        if (rc < 0) return rc;
    }
    return 0;
}

static int measure(long yields, int tasks, eddy_time *took) {
    eddy_future *all[64];
    long each = yields / tasks;
    eddy_time start = eddy_now();
    for (int i = 0; i < tasks; i++) all[i] = eddy_spawn(yielder, &each);
    int rc = eddy_gather(all, (size_t)tasks, NULL);
    *took = eddy_now() - start;
    eddy_release_all(all, (size_t)tasks);
    return rc;
}

int eddy_main(int argc, char **argv) {
    long yields = bench_number(argc, argv, 1, 1000000);
    int tasks = (int)bench_number(argc, argv, 2, 1);
    if (yields < tasks || tasks < 1 || tasks > 64) return EDDY_EINVAL;
    eddy_time took;
    int rc = measure(yields / 4 + tasks, tasks, &took); /* lets the engine optimise */
    if (rc == 0) rc = measure(yields, tasks, &took);
    return rc < 0 ? rc : bench_result("switch", (double)took / (double)yields);
}
