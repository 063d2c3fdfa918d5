/* broadcast.c: one source, every subscriber gets every item. */
#include "feed.h"

#include <limits.h>

int eddy_broadcast_open(size_t item_size, size_t capacity, eddy_broadcast **b) {
    if (b) *b = NULL;
    if (!b || capacity == 0) return EDDY_EINVAL;
    *b = (eddy_broadcast *)eddy__feed_new(item_size, capacity);
    return *b ? 0 : EDDY_ENOMEM;
}

int eddy_broadcast_send(eddy_broadcast *b, const void *item) {
    if (!b || (!item && b->feed.item_size)) return EDDY_EINVAL;
    eddy__feed_send(&b->feed, item);
    return b->feed.readers < INT_MAX ? (int)b->feed.readers : INT_MAX;
}

void eddy_broadcast_close(eddy_broadcast *b) {
    if (b) eddy__feed_close(&b->feed);
}

eddy_subscriber *eddy_broadcast_subscribe(eddy_broadcast *b) {
    return b ? (eddy_subscriber *)eddy__feed_add_reader(&b->feed, b->feed.sent) : NULL;
}

int eddy_subscriber_try_recv(eddy_subscriber *s, void *item) {
    return s ? eddy__reader_take(&s->reader, item) : EDDY_EINVAL;
}

uint64_t eddy_subscriber_lost(const eddy_subscriber *s) {
    return s ? s->reader.lost : 0;
}

void eddy_subscriber_close(eddy_subscriber *s) {
    if (s) eddy__reader_close(&s->reader);
}
