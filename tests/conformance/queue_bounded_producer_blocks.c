/* A full queue makes its producer wait for room. */
#include "case.h"

static eddy_queue queue;

static int produce(void *arg) {
    (void)arg;
    for (int i = 0; i < 4; i++) {
        int rc = eddy_queue_put(&queue, &i);
        if (rc < 0) return rc;
        trace("put %d", i);
    }
    return 0;
}

static int consume(void) {
    int rc = passes(3);
    if (rc < 0) return rc;
    trace("full %s", boolean(eddy_queue_full(&queue)));
    for (int i = 0; i < 4; i++) {
        int item;
        rc = eddy_queue_get(&queue, &item);
        if (rc < 0) return rc;
        trace("got %d", item);
        rc = passes(1);
        if (rc < 0) return rc;
    }
    return 0;
}

static int body(void *arg) {
    (void)arg;
    queue = (eddy_queue)EDDY_QUEUE(int, 2);
    eddy_future *producer = eddy_spawn(produce, NULL);
    int rc = producer ? consume() : EDDY_ENOMEM;
    eddy_queue_destroy(&queue);
    int produced = eddy_await(producer);
    return rc < 0 ? rc : produced;
}
