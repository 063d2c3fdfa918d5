/* A queue that was shut down turns putters away; what it holds can still be got, and joined. */
#include "case.h"

static eddy_queue queue;

static int put(void *arg) {
    return eddy_queue_put(&queue, arg);
}

static int join(void *arg) {
    (void)arg;
    return eddy_queue_join(&queue);
}

static void get(void) {
    char item = 0;
    int rc = eddy_queue_get(&queue, &item);
    trace("get %s", outcome_of(rc, text("%c", item)));
}

static int steps(eddy_future *putter, eddy_future *joiner) {
    int rc = passes(1);
    if (rc < 0) return rc;
    (void)eddy_queue_shutdown(&queue, false);
    rc = eddy_join(putter);
    trace("put %s", outcome(rc));
    get();
    get();
    trace("join %s", state(joiner));
    (void)eddy_queue_task_done(&queue);
    rc = passes(2);
    trace("join %s", state(joiner));
    return rc;
}

static int body(void *arg) {
    (void)arg;
    queue = (eddy_queue)EDDY_QUEUE(char, 1);
    int rc = eddy_queue_try_put(&queue, "x");
    if (rc < 0) return rc;
    eddy_future *tasks[] = {eddy_spawn(put, "y"), eddy_spawn(join, NULL)};
    rc = steps(tasks[0], tasks[1]);
    eddy_queue_destroy(&queue);
    eddy_release_all(tasks, 2);
    return rc;
}
