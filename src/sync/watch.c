/* watch.c: a value that changes; who watches gets the latest. */
#include "feed.h"

int eddy_watch_open(size_t item_size, const void *first, eddy_watch **w) {
    if (w) *w = NULL;
    if (!w || (!first && item_size)) return EDDY_EINVAL;
    eddy__feed *feed = eddy__feed_new(item_size, 1);
    if (!feed) return EDDY_ENOMEM;
    feed->watch = true;
    eddy__feed_send(feed, first);
    *w = (eddy_watch *)feed;
    return 0;
}

int eddy_watch_set(eddy_watch *w, const void *item) {
    if (!w || (!item && w->feed.item_size)) return EDDY_EINVAL;
    eddy__feed_send(&w->feed, item);
    return 0;
}

int eddy_watch_get(const eddy_watch *w, void *item) {
    if (!w || (!item && w->feed.item_size)) return EDDY_EINVAL;
    eddy__copy_item(item, w->feed.items, w->feed.item_size);
    return 0;
}

void eddy_watch_close(eddy_watch *w) {
    if (w) eddy__feed_close(&w->feed);
}

eddy_watcher *eddy_watch_subscribe(eddy_watch *w) {
    return w ? (eddy_watcher *)eddy__feed_add_reader(&w->feed, w->feed.sent - 1) : NULL;
}

void eddy_watcher_close(eddy_watcher *w) {
    if (w) eddy__reader_close(&w->reader);
}
