/* queue_put.c: the primitive that puts an item into a queue. */
#include "queue.h"

EDDY__PRIMITIVE int eddy__queue_put(const char *site, eddy_queue *q, const void *item) {
    EDDY__PRIMITIVE_BEGIN(task, site)
    if (EDDY__UNLIKELY(!q)) return eddy__return_now(task, EDDY_EINVAL);
    int rc = eddy__add_item(q, item);
    if (rc != EDDY_EFULL) return eddy__return_now(task, rc);
    return eddy__park_in(task, &eddy__queue_putting, q, &q->putters, (void *)item);
}

int(eddy_queue_put)(eddy_queue *q, const void *item) {
    return eddy__queue_put(NULL, q, item);
}
