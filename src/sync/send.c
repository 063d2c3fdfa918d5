/* send.c: the primitive that sends an item into a channel. */
#include "channel.h"

static const eddy__wait_kind sending = {
    .verb = "waits to send into a channel", .abandon = eddy__leave_list};

EDDY__PRIMITIVE int eddy__send(const char *site, eddy_sender *tx, const void *item) {
    EDDY__PRIMITIVE_BEGIN(task, site)
    if (EDDY__UNLIKELY(!tx)) return eddy__return_now(task, EDDY_EINVAL);
    eddy_queue *q = &tx->channel->queue;
    int rc = eddy__add_item(q, item);
    if (rc != EDDY_EFULL) return eddy__return_now(task, rc);
    return eddy__park_in(task, &sending, q, &q->putters, (void *)item);
}

int(eddy_send)(eddy_sender *tx, const void *item) {
    return eddy__send(NULL, tx, item);
}
