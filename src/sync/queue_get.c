/* queue_get.c: the primitive that takes an item out of a queue. */
#include "queue.h"

EDDY__PRIMITIVE int eddy__queue_get(const char *site, eddy_queue *q, void *item) {
    EDDY__PRIMITIVE_BEGIN(task, site)
    if (EDDY__UNLIKELY(!q)) return eddy__return_now(task, EDDY_EINVAL);
    int rc = eddy__take_item(q, item);
    if (rc != EDDY_EEMPTY) return eddy__return_now(task, rc);
    return eddy__park_in(task, &eddy__queue_getting, q, &q->getters, item);
}

int(eddy_queue_get)(eddy_queue *q, void *item) {
    return eddy__queue_get(NULL, q, item);
}
