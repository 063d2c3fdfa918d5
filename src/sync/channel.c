/* channel.c: opening and closing channels, and the calls that never block. */
#include "channel.h"

static eddy_sender *add_sender(eddy__channel *channel) {
    eddy_sender *tx = eddy__alloc(sizeof *tx);
    if (!tx) return NULL;
    tx->channel = channel;
    channel->senders++;
    return tx;
}

static eddy_receiver *add_receiver(eddy__channel *channel) {
    eddy_receiver *rx = eddy__alloc(sizeof *rx);
    if (!rx) return NULL;
    rx->channel = channel;
    channel->receivers++;
    return rx;
}

int eddy_chan_open_with(size_t item_size, size_t capacity, const eddy_chan_options *options,
                        eddy_sender **tx, eddy_receiver **rx) {
    if (tx) *tx = NULL;
    if (rx) *rx = NULL;
    if (!tx || !rx) return EDDY_EINVAL;
    eddy__channel *channel = eddy__alloc(sizeof *channel);
    if (!channel) return EDDY_ENOMEM;
    *channel = (eddy__channel){
        .queue = {.item_size = item_size, .capacity = capacity, .rendezvous = capacity == 0}};
    if (options) channel->queue.options.free_item = options->free_item;
    *tx = add_sender(channel);
    *rx = *tx ? add_receiver(channel) : NULL;
    if (*rx) return 0;
    eddy__free(*tx, sizeof **tx);
    *tx = NULL;
    eddy__free(channel, sizeof *channel);
    return EDDY_ENOMEM;
}

int eddy_chan_open(size_t item_size, size_t capacity, eddy_sender **tx, eddy_receiver **rx) {
    return eddy_chan_open_with(item_size, capacity, NULL, tx, rx);
}

eddy_sender *eddy_sender_clone(eddy_sender *tx) {
    return tx ? add_sender(tx->channel) : NULL;
}

eddy_receiver *eddy_receiver_clone(eddy_receiver *rx) {
    return rx ? add_receiver(rx->channel) : NULL;
}

int eddy_try_send(eddy_sender *tx, const void *item) {
    return tx ? eddy__add_item(&tx->channel->queue, item) : EDDY_EINVAL;
}

int eddy_try_recv(eddy_receiver *rx, void *item) {
    return rx ? eddy__take_item(&rx->channel->queue, item) : EDDY_EINVAL;
}

/* Nobody waits in a channel without handles, and it holds no items: the last receiver's close has
 * seen to both. */
static void free_if_unused(eddy__channel *channel) {
    if (!channel->senders && !channel->receivers) eddy__free(channel, sizeof *channel);
}

void eddy_sender_close(eddy_sender *tx) {
    if (!tx) return;
    eddy__channel *channel = tx->channel;
    eddy__free(tx, sizeof *tx);
    if (--channel->senders == 0) eddy__close_queue(&channel->queue);
    free_if_unused(channel);
}

void eddy_receiver_close(eddy_receiver *rx) {
    if (!rx) return;
    eddy__channel *channel = rx->channel;
    eddy__free(rx, sizeof *rx);
    if (channel->receivers > 1) {
        channel->receivers--;
        return;
    }
    /* free_item may close the last sender: this end is counted until it has returned. */
    eddy__close_queue(&channel->queue);
    eddy__drop_items(&channel->queue);
    channel->receivers--;
    free_if_unused(channel);
}
