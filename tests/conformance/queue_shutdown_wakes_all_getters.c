/* Nobody waits on in a queue that was shut down. */
#include "case.h"

static eddy_queue queue;

static int get(void *arg) {
    (void)arg;
    int item, rc = eddy_queue_get(&queue, &item);
    return rc < 0 ? rc : item;
}

static int body(void *arg) {
    (void)arg;
    queue = (eddy_queue)EDDY_QUEUE(int, 0);
    eddy_future *tasks[3];
    for (int i = 0; i < 3; i++) tasks[i] = eddy_spawn(get, NULL);
    int rc = passes(1), results[3];
    (void)eddy_queue_shutdown(&queue, false);
    if (rc == 0) rc = eddy_gather_all(tasks, 3, results);
    if (rc == 0) trace("[%s %s %s]", outcome(results[0]), outcome(results[1]), outcome(results[2]));
    eddy_release_all(tasks, 3);
    return rc;
}
