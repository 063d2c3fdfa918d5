#include <eddy.h>
#include <stdio.h>

enum { NO_ROOT = EDDY_EUSER - 1 };

struct job {
    int n;
    eddy_time delay;
};

static int square_root(void *arg) {
    struct job *job = arg;
    int rc = eddy_sleep(job->delay);
    if (rc < 0) return rc;
    if (job->n < 0) return eddy_fail(NO_ROOT, "no root of %d", job->n);
    int root = 0;
    while ((root + 1) * (root + 1) <= job->n) root++;
    printf("the root of %d is %d\n", job->n, root);
    return root;
}

static void spawn_all(eddy_future *tasks[3]) {
    static struct job jobs[] = {{16, 1 * EDDY_S}, {-4, 2 * EDDY_S}, {81, 3 * EDDY_S}};
    for (int i = 0; i < 3; i++) tasks[i] = eddy_spawn(square_root, &jobs[i]);
}

int eddy_main(int argc, char **argv) {
    (void)argc, (void)argv;
    eddy_clock_virtual(true);
    eddy_future *tasks[3];
    int results[3], pending = 0;

    /* The first error comes at once; the others go on. */
    spawn_all(tasks);
    int rc = eddy_gather(tasks, 3, NULL);
    if (rc == NO_ROOT) printf("gather: %s\n", eddy_last_message());
    for (int i = 0; i < 3; i++) pending += !eddy_done(tasks[i]);
    printf("still at work: %d\n", pending);
    rc = eddy_wait(tasks, 3, EDDY_ALL_DONE, EDDY_FOREVER);
    eddy_release_all(tasks, 3);
    if (rc < 0) return rc;

    /* Or errors are results. */
    spawn_all(tasks);
    rc = eddy_gather_all(tasks, 3, results);
    eddy_release_all(tasks, 3);
    if (rc < 0) return rc;
    for (int i = 0; i < 3; i++) {
        if (results[i] == NO_ROOT)
            puts("failed");
        else
            printf("%d\n", results[i]);
    }
    return 0;
}
