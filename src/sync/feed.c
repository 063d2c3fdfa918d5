/* feed.c: the sequence under broadcasts and watches. */
#include "feed.h"

eddy__feed *eddy__feed_new(size_t item_size, size_t capacity) {
    size_t most = PTRDIFF_MAX - sizeof(eddy__feed);
    if (item_size && capacity > most / item_size) return NULL;
    eddy__feed *feed = eddy__alloc(sizeof *feed + item_size * capacity);
    if (!feed) return NULL;
    *feed = (eddy__feed){
        .item_size = item_size, .capacity = capacity, .items = (char *)(feed + 1)};
    eddy__list_init(&feed->waited);
    return feed;
}

/* Whoever waits has read everything, and gets the new item: all who wait for a watch; of those who
 * wait in one subscriber the first, for only one of them can have it. */
static void hand_to_waiting(eddy__feed *feed, const void *item) {
    for (eddy__link *l = feed->waited.next, *next; l != &feed->waited; l = next) {
        next = l->next;
        eddy__reader *reader = EDDY__OWNER(l, eddy__reader, link);
        EDDY_ASSERT(reader->next + 1 == feed->sent);
        reader->next = feed->sent;
        do {
            eddy__copy_item(reader->waiters.first->item, item, feed->item_size);
            eddy__hand_over(reader->waiters.first, 0);
        } while (feed->watch && reader->waiters.first);
        if (!reader->waiters.first) eddy__list_remove(l);
    }
}

void eddy__feed_send(eddy__feed *feed, const void *item) {
    eddy__copy_item(feed->items + feed->next * feed->item_size, item, feed->item_size);
    if (++feed->next == feed->capacity) feed->next = 0;
    feed->sent++;
    hand_to_waiting(feed, item);
}

int eddy__reader_take(eddy__reader *reader, void *item) {
    eddy__feed *feed = reader->feed;
    if (!item && feed->item_size) return EDDY_EINVAL;
    uint64_t behind = feed->sent - reader->next;
    if (behind == 0) return feed->closed ? EDDY_ECLOSED : EDDY_EEMPTY;
    if (behind > feed->capacity) {
        reader->lost = behind - feed->capacity;
        reader->next += reader->lost;
        if (!feed->watch) return EDDY_ELAGGED;
        behind = feed->capacity;
    }
    size_t place = feed->next + (feed->capacity - (size_t)behind);
    if (place >= feed->capacity) place -= feed->capacity;
    eddy__copy_item(item, feed->items + place * feed->item_size, feed->item_size);
    reader->next++;
    return 0;
}

/* ---- beginning and end ----------------------------------------------------------------------------- */

static void free_if_unused(eddy__feed *feed) {
    if (feed->closed && feed->readers == 0)
        eddy__free(feed, sizeof *feed + feed->item_size * feed->capacity);
}

static void send_away(eddy__reader *reader) {
    if (!reader->waiters.first) return;
    eddy__list_remove(&reader->link);
    eddy__hand_over_all(&reader->waiters, EDDY_ECLOSED);
}

void eddy__feed_close(eddy__feed *feed) {
    feed->closed = true;
    while (!eddy__list_empty(&feed->waited))
        send_away(EDDY__OWNER(feed->waited.next, eddy__reader, link));
    free_if_unused(feed);
}

eddy__reader *eddy__feed_add_reader(eddy__feed *feed, uint64_t next) {
    eddy__reader *reader = eddy__alloc(sizeof *reader);
    if (!reader) return NULL;
    *reader = (eddy__reader){.feed = feed, .next = next};
    feed->readers++;
    return reader;
}

void eddy__reader_close(eddy__reader *reader) {
    send_away(reader);
    eddy__feed *feed = reader->feed;
    eddy__free(reader, sizeof *reader);
    feed->readers--;
    free_if_unused(feed);
}

void eddy__reader_leave(eddy__task *task) {
    eddy__reader *reader = task->wait_on;
    eddy__leave_list(task);
    if (!reader->waiters.first) eddy__list_remove(&reader->link);
}
