/* watcher_next.c: the primitive that waits for a change of a watched value. */
#include "feed.h"

static const eddy__wait_kind waiting = {
    .verb = "waits for a value to change", .abandon = eddy__reader_leave};

EDDY__PRIMITIVE int eddy__watcher_next(const char *site, eddy_watcher *w, void *item) {
    EDDY__PRIMITIVE_BEGIN(task, site)
    if (EDDY__UNLIKELY(!w)) return eddy__return_now(task, EDDY_EINVAL);
    eddy__reader *reader = &w->reader;
    int rc = eddy__reader_take(reader, item);
    if (rc != EDDY_EEMPTY) return eddy__return_now(task, rc);
    eddy__reader_expect(reader);
    return eddy__park_in(task, &waiting, reader, &reader->waiters, item);
}

int(eddy_watcher_next)(eddy_watcher *w, void *item) {
    return eddy__watcher_next(NULL, w, item);
}
