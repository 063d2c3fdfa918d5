/* idle: a hundred tasks sleep for an hour, and it says so. For tests that measure what that costs. */
#include <eddy.h>
#include <stdio.h>

static int sleeper(void *arg) {
    (void)arg;
    return eddy_sleep(3600 * EDDY_S);
}

int eddy_main(int argc, char **argv) {
    (void)argc;
    (void)argv;
    eddy_future *tasks[100];
    for (int i = 0; i < 100; i++) tasks[i] = eddy_spawn(sleeper, NULL);
    int rc = eddy_sleep(EDDY_MS);
    puts("all sleep");
    (void)fflush(stdout);
    if (rc == 0) rc = eddy_gather(tasks, 100, NULL);
    eddy_release_all(tasks, 100);
    return rc;
}
