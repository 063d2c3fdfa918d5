/* queue.h: what queues and channels are made of. Read queue.c beside it.
 *
 * Who waits has nothing to do: whoever makes an item or a place available hands it over (R2). So
 * getters stand in line only while the queue is empty, and putters only while it is full. */
#ifndef EDDY_SYNC_QUEUE_H
#define EDDY_SYNC_QUEUE_H

#include "../core/internal.h"

extern const eddy__wait_kind eddy__queue_putting, eddy__queue_getting;

/* With a store as wide as the item the usual sizes cost no call. */
EDDY__INLINE void eddy__copy_item(void *to, const void *from, size_t size) {
    if (EDDY__LIKELY(size == 8))
        memcpy(to, from, 8);
    else if (EDDY__LIKELY(size == 4))
        memcpy(to, from, 4);
    else if (size == 16)
        memcpy(to, from, 16);
    else if (size)
        memcpy(to, from, size);
}

/* A heap, a full queue, or one that needs memory. */
int eddy__store_slowly(eddy_queue *q, const void *item);
void eddy__take_from_heap(eddy_queue *q, void *item);
/* Nothing is stored: from a putter in line, if items go from hand to hand. */
int eddy__take_from_putter(eddy_queue *q, void *item);
/* No more puts; who waits gets EDDY_ECLOSED. */
void eddy__close_queue(eddy_queue *q);
/* The application's free_item may do anything to the queue, also end it. */
void eddy__drop_items(eddy_queue *q);

/* For the ring, which has room for it. */
EDDY__INLINE void eddy__store_in_ring(eddy_queue *q, const void *item) {
    size_t index = q->first + q->length;
    if (index >= q->room) index -= q->room;
    eddy__copy_item(q->items + index * q->item_size, item, q->item_size);
    q->length++;
    q->unfinished++;
}

/* Puts without waiting. EDDY_EFULL: a put has to wait. */
EDDY__INLINE int eddy__add_item(eddy_queue *q, const void *item) {
    if (EDDY__UNLIKELY(q->closed)) return q->error ? q->error : EDDY_ECLOSED;
    if (EDDY__UNLIKELY(!item && q->item_size)) return EDDY_EINVAL;
    if (q->getters.first) {
        q->unfinished++;
        eddy__copy_item(q->getters.first->item, item, q->item_size);
        eddy__hand_over(q->getters.first, 0);
        return 0;
    }
    if (EDDY__UNLIKELY(q->length == q->room || q->options.order == EDDY_PRIORITY))
        return eddy__store_slowly(q, item);
    eddy__store_in_ring(q, item);
    return 0;
}

/* Gets without waiting. EDDY_EEMPTY: a get has to wait. */
EDDY__INLINE int eddy__take_item(eddy_queue *q, void *item) {
    if (EDDY__UNLIKELY(!item && q->item_size)) return EDDY_EINVAL;
    if (q->length == 0) return eddy__take_from_putter(q, item);
    if (EDDY__LIKELY(q->options.order == EDDY_FIFO)) {
        eddy__copy_item(item, q->items + q->first * q->item_size, q->item_size);
        q->length--;
        if (++q->first == q->room) q->first = 0;
    } else if (q->options.order == EDDY_LIFO) { /* `first` stays 0 */
        q->length--;
        eddy__copy_item(item, q->items + q->length * q->item_size, q->item_size);
    } else {
        eddy__take_from_heap(q, item);
    }
    eddy__waiter *putter = q->putters.first;
    if (EDDY__UNLIKELY(putter != NULL)) {
        if (q->options.order == EDDY_PRIORITY)
            (void)eddy__store_slowly(q, putter->item);
        else
            eddy__store_in_ring(q, putter->item);
        eddy__hand_over(putter, 0);
    }
    return 0;
}

#endif
