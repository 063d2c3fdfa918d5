/* recv.c: the primitive that receives an item from a channel. */
#include "channel.h"

static const eddy__wait_kind receiving = {
    .verb = "waits for an item of a channel", .abandon = eddy__leave_list};

EDDY__PRIMITIVE int eddy__recv(const char *site, eddy_receiver *rx, void *item) {
    EDDY__PRIMITIVE_BEGIN(task, site)
    if (EDDY__UNLIKELY(!rx)) return eddy__return_now(task, EDDY_EINVAL);
    eddy_queue *q = &rx->channel->queue;
    int rc = eddy__take_item(q, item);
    if (rc != EDDY_EEMPTY) return eddy__return_now(task, rc);
    return eddy__park_in(task, &receiving, q, &q->getters, item);
}

int(eddy_recv)(eddy_receiver *rx, void *item) {
    return eddy__recv(NULL, rx, item);
}
