/* write.c: writing to a stream of bytes, and its end. The host copies what it has room for; what it
 * has not is offered again. */
#include "stream.h"

static int begin(const char *site, const eddy_stream *s) {
    int rc = eddy__checkpoint(site);
    if (rc < 0) return rc;
    if (!s || !s->source->put || s->read_only) return EDDY_EINVAL;
    if (s->failed) return eddy__call_failed(s->failed, "an earlier write to this stream failed");
    return s->writing ? eddy__call_failed(EDDY_ESTATE, "another task writes to this stream") : 0;
}

/* Waits for room, or until all has left. */
static int wait_for(const char *site, eddy_stream *s, void (*what)(eddy_stream *, eddy__op *),
                    bool *gone) {
    int rc = eddy__stream_wait(site, s, what, &s->writing, gone);
    bool lasts = rc < 0 && rc != EDDY_ECANCELED && rc != EDDY_ENOMEM && rc != EDDY_ESTATE;
    if (!*gone && lasts) s->failed = rc;
    return rc;
}

/* A part has gone, the rest never will: nobody may write behind it. */
static int broken_off(eddy_stream *s, int rc, size_t sent, size_t size) {
    if (sent == 0) return rc;
    if (!s->failed) s->failed = EDDY_ECLOSED;
    if (rc != EDDY_ECANCELED && rc != EDDY_ENOMEM) return rc; /* has a text of the host's */
    return eddy__call_failed(rc, "%zu of %zu bytes were written", sent, size);
}

int eddy__write(const char *site, eddy_stream *s, const void *data, size_t size) {
    int rc = begin(site, s);
    if (rc < 0) return rc;
    if ((!data && size) || size > INT32_MAX) return EDDY_EINVAL;
    if (s->shut) return eddy__call_failed(EDDY_ESTATE, "this stream was shut");
    bool gone = false;
    for (size_t sent = 0; sent < size;) {
        int put = s->source->put(s, (const char *)data + sent, size - sent);
        if (put > 0) {
            s->dirty = true;
            sent += (size_t)put;
            continue;
        }
        rc = wait_for(site, s, s->source->room, &gone);
        if (rc < 0) return gone ? rc : broken_off(s, rc, sent, size);
    }
    return (int)size;
}

static int drain(const char *site, eddy_stream *s, bool *gone) {
    if (!s->dirty || s->source->wait) return 0; /* it has left: the other end has it */
    int rc = wait_for(site, s, s->source->drain, gone);
    if (rc >= 0) s->dirty = false;
    return rc;
}

int eddy__drain(const char *site, eddy_stream *s) {
    int rc = begin(site, s);
    bool gone = false;
    return rc < 0 ? rc : drain(site, s, &gone);
}

int eddy__shut(const char *site, eddy_stream *s) {
    int rc = begin(site, s);
    if (rc < 0 || s->shut) return rc;
    bool gone = false;
    rc = drain(site, s, &gone);
    if (rc < 0) return rc;
    s->shut = true;
    rc = s->source->shut(s);
    if (rc < 0) s->failed = rc;
    return rc;
}

/* A task is in eddy_close. */
typedef struct closing {
    eddy__cleanup cleanup;
    eddy_stream *s;
} closing;

static void finish(eddy__cleanup *cleanup) {
    eddy_stream *s = EDDY__OWNER(cleanup, closing, cleanup)->s;
    s->closers--;
    if (!s->closed) {
        s->closed = true;
        s->source->close(s);
    }
    eddy__stream_free_unused(s);
}

int eddy__close(const char *site, eddy_stream *s) {
    if (!s) return 0;
    if (!s->source->close) return EDDY_ESTATE;
    int rc = 0;
    closing here = {.s = s};
    s->closers++;
    if (eddy__current) {
        bool gone = false;
        eddy__cleanup_push(&here.cleanup, finish);
        rc = eddy__checkpoint(site);
        if (rc == 0 && !s->closed && !s->writing && !s->failed) rc = drain(site, s, &gone);
        eddy__cleanup_pop();
    }
    finish(&here.cleanup);
    return rc;
}

int(eddy_write)(eddy_stream *s, const void *data, size_t size) {
    return eddy__write(NULL, s, data, size);
}
int(eddy_drain)(eddy_stream *s) {
    return eddy__drain(NULL, s);
}
int(eddy_shut)(eddy_stream *s) {
    return eddy__shut(NULL, s);
}
int(eddy_close)(eddy_stream *s) {
    return eddy__close(NULL, s);
}
