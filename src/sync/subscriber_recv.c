/* subscriber_recv.c: the primitive that waits for the next item of a broadcast. */
#include "feed.h"

static const eddy__wait_kind waiting = {
    .verb = "waits for a broadcast", .abandon = eddy__reader_leave};

EDDY__PRIMITIVE int eddy__subscriber_recv(const char *site, eddy_subscriber *s, void *item) {
    EDDY__PRIMITIVE_BEGIN(task, site)
    if (EDDY__UNLIKELY(!s)) return eddy__return_now(task, EDDY_EINVAL);
    eddy__reader *reader = &s->reader;
    int rc = eddy__reader_take(reader, item);
    if (rc != EDDY_EEMPTY) return eddy__return_now(task, rc);
    eddy__reader_expect(reader);
    return eddy__park_in(task, &waiting, reader, &reader->waiters, item);
}

int(eddy_subscriber_recv)(eddy_subscriber *s, void *item) {
    return eddy__subscriber_recv(NULL, s, item);
}
