/* yielders SECONDS TASKS: so many tasks do nothing but yield for so long. Prints how often they did.
 * For tests that look at what else still runs beside them. */
#include <eddy.h>
#include <stdio.h>
#include <stdlib.h>

static eddy_time end;
static long long yields;

static int yielder(void *arg) {
    (void)arg;
    while (eddy_now() < end) {
        int rc = eddy_yield();
        if (rc < 0) return rc;
        yields++;
    }
    return 0;
}

int eddy_main(int argc, char **argv) {
    double seconds = argc > 1 ? atof(argv[1]) : 5;
    size_t n = argc > 2 ? (size_t)atol(argv[2]) : 10000;
    end = eddy_now() + (eddy_time)(seconds * (double)EDDY_S);
    eddy_future **tasks = malloc(n * sizeof *tasks);
    if (!tasks) return EDDY_ENOMEM;
    for (size_t i = 0; i < n; i++) tasks[i] = eddy_spawn_opt(yielder, .stack = 1024);
    int rc = eddy_gather(tasks, n, NULL);
    eddy_release_all(tasks, n);
    free(tasks);
    printf("%lld yields\n", yields);
    return rc;
}
