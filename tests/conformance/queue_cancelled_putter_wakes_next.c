/* R2: a place that was handed to a putter holds its item, also if it is cancelled before it runs. */
#include "case.h"

static eddy_queue queue;

static int put(void *arg) {
    return eddy_queue_put(&queue, arg);
}

static int take(char *item) {
    int rc = eddy_queue_try_get(&queue, item);
    if (rc < 0) *item = '-';
    return rc;
}

static int steps(eddy_future *b, eddy_future *c) {
    char item;
    int rc = passes(2);
    if (rc < 0) return rc;
    rc = take(&item);
    trace("%c", item);
    eddy_cancel(b);
    if (rc < 0) return rc;
    rc = passes(3);
    if (rc < 0) return rc;
    const char *b_is = state(b), *c_is = state(c);
    (void)take(&item);
    trace("%s %s %c", b_is, c_is, item);
    return 0;
}

static int body(void *arg) {
    (void)arg;
    queue = (eddy_queue)EDDY_QUEUE(char, 1);
    int rc = eddy_queue_try_put(&queue, "a");
    if (rc < 0) return rc;
    eddy_future *tasks[] = {eddy_spawn(put, "b"), eddy_spawn(put, "c")};
    rc = steps(tasks[0], tasks[1]);
    eddy_queue_destroy(&queue);
    eddy_release_all(tasks, 2);
    return rc;
}
