/* queue_join.c: the primitive that waits until the work of a queue is done. */
#include "queue.h"

static const eddy__wait_kind joining = {
    .verb = "waits for the work of a queue", .abandon = eddy__leave_list};

EDDY__PRIMITIVE int eddy__queue_join(const char *site, eddy_queue *q) {
    EDDY__PRIMITIVE_BEGIN(task, site)
    if (!q) return eddy__return_now(task, EDDY_EINVAL);
    if (q->unfinished == 0) return eddy__return_now(task, 0);
    return eddy__park_in(task, &joining, q, &q->joiners, NULL);
}

int(eddy_queue_join)(eddy_queue *q) {
    return eddy__queue_join(NULL, q);
}
