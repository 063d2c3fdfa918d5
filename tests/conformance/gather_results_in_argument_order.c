/* Results stand in the order of the arguments, not in that of the ends. */
#include "case.h"

struct job {
    eddy_time duration;
    char letter;
};

static int child(void *arg) {
    const struct job *job = arg;
    int rc = eddy_sleep(job->duration);
    if (rc < 0) return rc;
    trace("fin %c", job->letter);
    return job->letter;
}

static int body(void *arg) {
    (void)arg;
    struct job jobs[] = {{30 * EDDY_MS, 'a'}, {10 * EDDY_MS, 'b'}, {20 * EDDY_MS, 'c'}};
    eddy_future *tasks[3];
    for (int i = 0; i < 3; i++) tasks[i] = eddy_spawn(child, &jobs[i]);
    int results[3];
    int rc = eddy_gather(tasks, 3, results);
    eddy_release_all(tasks, 3);
    if (rc < 0) return rc;
    trace("[%c %c %c] %s", results[0], results[1], results[2], now());
    return 0;
}
