/* R2: an item that was handed to a getter is its own, also if it is cancelled before it runs. */
#include "case.h"

static eddy_queue queue;

static int get(void *arg) {
    (void)arg;
    int item, rc = eddy_queue_get(&queue, &item);
    return rc < 0 ? rc : item;
}

static int steps(void) {
    eddy_future *getter = eddy_spawn(get, NULL);
    int rc = passes(2);
    for (int item = 1; rc == 0 && item <= 2; item++) rc = eddy_queue_try_put(&queue, &item);
    eddy_cancel(getter);
    trace("%s", outcome(eddy_await(getter)));
    if (rc < 0) return rc;
    rc = get(NULL);
    trace("%s", word(rc));
    return rc;
}

static int body(void *arg) {
    (void)arg;
    queue = (eddy_queue)EDDY_QUEUE(int, 0);
    int rc = steps();
    eddy_queue_destroy(&queue);
    return rc;
}
