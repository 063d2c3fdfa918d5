/* A queue is joined when task_done was called for every item; once more is an error. */
#include "case.h"

static eddy_queue queue;

static int join(void *arg) {
    (void)arg;
    return eddy_queue_join(&queue);
}

static int steps(eddy_future *joiner) {
    int item, rc = passes(1);
    for (int i = 0; rc == 0 && i < 2; i++) rc = eddy_queue_try_get(&queue, &item);
    if (rc == 0) rc = passes(1);
    if (rc < 0) return rc;
    trace("%s", state(joiner));
    for (int i = 0; rc == 0 && i < 2; i++) rc = eddy_queue_task_done(&queue);
    if (rc == 0) rc = passes(2);
    if (rc < 0) return rc;
    trace("%s", state(joiner));
    trace("%s", word(eddy_queue_task_done(&queue)));
    return 0;
}

static int body(void *arg) {
    (void)arg;
    queue = (eddy_queue)EDDY_QUEUE(int, 0);
    int rc = 0;
    for (int i = 0; rc == 0 && i < 2; i++) rc = eddy_queue_try_put(&queue, &i);
    eddy_future *joiner = rc == 0 ? eddy_spawn(join, NULL) : NULL;
    rc = joiner ? steps(joiner) : EDDY_ENOMEM;
    eddy_queue_destroy(&queue);
    eddy_release(joiner);
    return rc;
}
