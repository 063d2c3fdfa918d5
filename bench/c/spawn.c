/* spawn.c: spawn [TASKS [YIELDS [BATCH]]]: nanoseconds to spawn a task that yields once (or not, with
 * 0) and ends, and to learn of its end; BATCH of them are alive at once. */

#include "measure.h"

static int nothing(void *arg) {
    (void)arg;
    return 0;
}

static int yield_once(void *arg) {
    (void)arg;
    return eddy_yield();
}

/* One at a time: the way one calls a function that may block, and wants its result. */
static int measure_alone(long tasks, eddy_fn fn, eddy_time *took) {
    eddy_time start = eddy_now();
    for (long i = 0; i < tasks; i++) {
        int rc = eddy_await(eddy_spawn(fn, NULL));
        if (rc < 0) return rc;
    }
    *took = eddy_now() - start;
    return 0;
}

static int measure(long tasks, long batch, eddy_fn fn, eddy_future **all, eddy_time *took) {
    if (batch == 1) return measure_alone(tasks, fn, took);
    eddy_time start = eddy_now();
    for (long done = 0; done < tasks; done += batch) {
        for (long i = 0; i < batch; i++) all[i] = eddy_spawn_opt(fn, .stack = 1024);
        int rc = 0;
        for (long i = 0; i < batch && rc >= 0; i++) rc = eddy_join(all[i]);
        eddy_release_all(all, (size_t)batch);
        if (rc < 0) return rc;
    }
    *took = eddy_now() - start;
    return 0;
}

int eddy_main(int argc, char **argv) {
    long tasks = bench_number(argc, argv, 1, 200000);
    eddy_fn fn = bench_number(argc, argv, 2, 1) ? yield_once : nothing;
    long batch = bench_number(argc, argv, 3, 100);
    if (batch < 1 || tasks < batch) return EDDY_EINVAL;
    tasks -= tasks % batch;
    eddy_future **all = calloc((size_t)batch, sizeof *all);
    if (!all) return EDDY_ENOMEM;
    eddy_time took;
    int rc = measure((tasks / 4 / batch + 1) * batch, batch, fn, all, &took);
    if (rc == 0) rc = measure(tasks, batch, fn, all, &took);
    free(all);
    return rc < 0 ? rc : bench_result("spawn", (double)took / (double)tasks);
}
