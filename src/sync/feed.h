/* feed.h: what broadcasts and watches are made of: the last items of one source, and readers who
 * each have a place of their own in the sequence. A watch is a feed that keeps one item and whose
 * readers do not mind a loss. Items are never taken: what is sent stays until it is overwritten. */
#ifndef EDDY_SYNC_FEED_H
#define EDDY_SYNC_FEED_H

#include "queue.h"

typedef struct eddy__feed {
    size_t item_size;
    size_t capacity; /* >= 1 */
    uint64_t sent;   /* items ever sent: the sequence number of the next */
    size_t next;     /* its place in `items` */
    size_t readers;
    bool watch;
    bool closed;       /* the source is gone; it is freed with the last reader */
    eddy__link waited; /* the readers in which somebody waits, by `link` */
    char *items;       /* behind it, in the same block */
} eddy__feed;

/* Somebody waits in it only if it has read everything. */
typedef struct eddy__reader {
    eddy__feed *feed;
    uint64_t next; /* sequence number of what it reads next */
    uint64_t lost; /* what the last EDDY_ELAGGED was about */
    eddy__wait_list waiters;
    eddy__link link;
} eddy__reader;

struct eddy_broadcast {
    eddy__feed feed;
};
struct eddy_subscriber {
    eddy__reader reader;
};
struct eddy_watch {
    eddy__feed feed;
};
struct eddy_watcher {
    eddy__reader reader;
};

eddy__feed *eddy__feed_new(size_t item_size, size_t capacity); /* NULL without memory */
void eddy__feed_send(eddy__feed *feed, const void *item);
void eddy__feed_close(eddy__feed *feed);
eddy__reader *eddy__feed_add_reader(eddy__feed *feed, uint64_t next); /* NULL without memory */
/* Reads without waiting. EDDY_EEMPTY: a reader has to wait. */
int eddy__reader_take(eddy__reader *reader, void *item);
void eddy__reader_close(eddy__reader *reader);
void eddy__reader_leave(eddy__task *task); /* an eddy__wait_kind's abandon; it waits on the reader */

/* Before a task parks in the reader's list. */
EDDY__INLINE void eddy__reader_expect(eddy__reader *reader) {
    if (!reader->waiters.first) eddy__list_append(&reader->feed->waited, &reader->link);
}

#endif
