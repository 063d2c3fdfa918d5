/* channel.h: a channel is a queue that knows how many handles either of its ends has. */
#ifndef EDDY_SYNC_CHANNEL_H
#define EDDY_SYNC_CHANNEL_H

#include "queue.h"

/* Lives until both ends have no handle. */
typedef struct eddy__channel {
    eddy_queue queue;
    size_t senders, receivers;
} eddy__channel;

/* Who waits in a call stands in the queue's lines and needs the handle no more. */
struct eddy_sender {
    eddy__channel *channel;
};
struct eddy_receiver {
    eddy__channel *channel;
};

#endif
