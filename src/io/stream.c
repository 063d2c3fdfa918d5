/* stream.c: reading from a stream of bytes. Bytes are handed out before a call can be cancelled or
 * kept in `held`, so a cancelled read loses nothing. */
#include "stream.h"

#include <stdlib.h>

void eddy__stream_drop(eddy_stream *s) {
    eddy__free(s->held, s->held_room);
    s->held = NULL;
    s->held_size = s->held_room = 0;
}

void eddy__stream_describe(char *what, size_t room, const char *verb, const char *name) {
    size_t length = strlen(verb), name_length = strlen(name);
    memcpy(what, verb, length);
    if (name_length > room - length - 1) name_length = room - length - 1;
    memcpy(what + length, name, name_length);
    what[length + name_length] = 0;
}

static void take_held(eddy_stream *s, void *buffer, size_t size) {
    if (buffer && size) memcpy(buffer, s->held, size);
    s->held_size -= size;
    memmove(s->held, s->held + size, s->held_size);
    if (s->held_size == 0) eddy__stream_drop(s);
}

/* A task waits in a call of the stream. */
typedef struct inside {
    eddy__cleanup cleanup;
    eddy_stream *stream;
    bool *in_use;
} inside;

/* It has left. True: the stream was closed meanwhile, and may be no more. */
static bool leave(const inside *i) {
    eddy_stream *s = i->stream;
    *i->in_use = false;
    if (!s->closed) return false;
    eddy__stream_free_unused(s);
    return true;
}

static void leave_lost(eddy__cleanup *cleanup) {
    (void)leave(EDDY__OWNER(cleanup, inside, cleanup));
}

static int wait_inside(const char *site, eddy_stream *s, void (*ask)(eddy_stream *, eddy__op *),
                       bool *in_use) {
    if (s->source->wait) return s->source->wait(site, s, in_use == &s->writing);
    eddy__op op;
    int rc = eddy__op_begin(&op, s->what);
    if (rc < 0) return rc;
    ask(s, &op);
    return eddy__op_wait(site, &op);
}

int eddy__stream_wait(const char *site, eddy_stream *s, void (*ask)(eddy_stream *, eddy__op *),
                      bool *in_use, bool *gone) {
    inside here = {.stream = s, .in_use = in_use};
    *in_use = true;
    eddy__cleanup_push(&here.cleanup, leave_lost);
    int rc = wait_inside(site, s, ask, in_use);
    eddy__cleanup_pop();
    if (!leave(&here)) return rc;
    *gone = true;
    return rc == EDDY_ECANCELED ? rc : EDDY_ECLOSED;
}

/* Reads past what is held. */
static int read_source(const char *site, eddy_stream *s, void *buffer, size_t size) {
    for (;;) {
        int got = s->source->take(s, buffer, size);
        if (got != EDDY_EEMPTY) return got;
        bool gone;
        int rc = eddy__stream_wait(site, s, s->source->more, &s->reading, &gone);
        if (rc < 0) return rc;
    }
}

static int begin(const char *site, const eddy_stream *s) {
    int rc = eddy__checkpoint(site);
    if (rc < 0) return rc;
    if (!s || s->write_only) return EDDY_EINVAL;
    return s->reading ? eddy__call_failed(EDDY_ESTATE, "another task reads from this stream") : 0;
}

static size_t at_most_int(size_t size) {
    return size > INT32_MAX ? INT32_MAX : size;
}

int eddy__read(const char *site, eddy_stream *s, void *buffer, size_t size) {
    int rc = begin(site, s);
    if (rc < 0) return rc;
    if (!buffer || size == 0) return EDDY_EINVAL;
    size = at_most_int(size);
    if (s->held_size == 0) return read_source(site, s, buffer, size);
    if (size > s->held_size) size = s->held_size;
    take_held(s, buffer, size);
    return (int)size;
}

int eddy__read_exactly(const char *site, eddy_stream *s, void *buffer, size_t size) {
    if (size > INT32_MAX) return EDDY_EINVAL;
    for (size_t have = 0; have < size;) {
        int got = eddy__read(site, s, (char *)buffer + have, size - have);
        if (got < 0) return got;
        if (got == 0)
            return eddy__call_failed(EDDY_ECLOSED, "stream ended after %zu of %zu bytes", have, size);
        have += (size_t)got;
    }
    return (int)size;
}

static bool reserve(eddy_stream *s, size_t size) {
    if (size <= s->held_room) return true;
    size_t room = s->held_room ? s->held_room * 2 : 4096;
    if (room < size) room = size;
    char *grown = eddy__resize(s->held, s->held_room, room);
    if (!grown) return false;
    s->held = grown;
    s->held_room = room;
    return true;
}

/* How many held bytes up to and including the delimiter, 0 if there is none from `from` on. */
static size_t find(const eddy_stream *s, size_t from, const char *delimiter, size_t length) {
    for (size_t i = from; i + length <= s->held_size; i++)
        if (memcmp(s->held + i, delimiter, length) == 0) return i + length;
    return 0;
}

static int hand_out(eddy_stream *s, size_t size, char **out, size_t *length) {
    char *bytes = malloc(size + 1);
    if (!bytes) return EDDY_ENOMEM;
    take_held(s, bytes, size);
    bytes[size] = 0;
    *out = bytes;
    *length = size;
    return 1;
}

int eddy__read_until(const char *site, eddy_stream *s, const char *delimiter, size_t limit,
                     char **out, size_t *length) {
    int rc = begin(site, s);
    if (rc < 0) return rc;
    if (!delimiter || !*delimiter || !out || !length) return EDDY_EINVAL;
    *out = NULL;
    *length = 0;
    size_t delimiter_length = strlen(delimiter), searched = 0;
    for (;;) {
        size_t found = find(s, searched, delimiter, delimiter_length);
        if (found > limit || (!found && s->held_size >= limit))
            return eddy__call_failed(EDDY_EFULL, "no delimiter in the first %zu bytes", limit);
        if (found) return hand_out(s, found, out, length);
        searched = s->held_size < delimiter_length ? 0 : s->held_size - delimiter_length + 1;
        if (!reserve(s, s->held_size + 4096)) return EDDY_ENOMEM;
        int got = read_source(site, s, s->held + s->held_size, s->held_room - s->held_size);
        if (got < 0) return got;
        if (got == 0) return s->held_size ? hand_out(s, s->held_size, out, length) : 0;
        s->held_size += (size_t)got;
    }
}

int eddy__read_line(const char *site, eddy_stream *s, size_t limit, char **out, size_t *length) {
    int rc = eddy__read_until(site, s, "\n", limit, out, length);
    if (rc <= 0) return rc;
    size_t size = *length;
    if (size && (*out)[size - 1] == '\n') size--;
    if (size < *length && size && (*out)[size - 1] == '\r') size--;
    (*out)[size] = 0;
    *length = size;
    return rc;
}

/* What was read so far. */
typedef struct gathered {
    eddy__cleanup cleanup;
    char *bytes; /* by malloc */
    size_t size, room;
} gathered;

static void free_lost(eddy__cleanup *cleanup) {
    free(EDDY__OWNER(cleanup, gathered, cleanup)->bytes);
}

static bool grow(gathered *g) {
    if (g->size + 1 < g->room) return true;
    size_t more = g->room ? g->room * 2 : 16384;
    char *grown = more > g->room ? realloc(g->bytes, more) : NULL;
    if (!grown) return false;
    g->bytes = grown;
    g->room = more;
    return true;
}

static int read_rest(const char *site, eddy_stream *s, size_t limit, gathered *g) {
    for (;;) {
        if (!grow(g)) return EDDY_ENOMEM;
        int got = eddy__read(site, s, g->bytes + g->size, g->room - g->size - 1);
        if (got <= 0) return got;
        if ((size_t)got > limit - g->size) return EDDY_EFULL;
        g->size += (size_t)got;
    }
}

int eddy__stream_read_all(const char *site, eddy_stream *s, size_t limit, void **data,
                          size_t *size) {
    *data = NULL;
    *size = 0;
    gathered g = {0};
    int rc = eddy__checkpoint(site);
    if (rc < 0) return rc;
    eddy__cleanup_push(&g.cleanup, free_lost);
    rc = read_rest(site, s, limit, &g);
    eddy__cleanup_pop();
    if (rc < 0) {
        free(g.bytes);
        return rc;
    }
    g.bytes[g.size] = 0;
    *data = g.bytes;
    *size = g.size;
    return 0;
}

int(eddy_read)(eddy_stream *s, void *buffer, size_t size) {
    return eddy__read(NULL, s, buffer, size);
}
int(eddy_read_exactly)(eddy_stream *s, void *buffer, size_t size) {
    return eddy__read_exactly(NULL, s, buffer, size);
}
int(eddy_read_until)(eddy_stream *s, const char *delimiter, size_t limit, char **out,
                     size_t *length) {
    return eddy__read_until(NULL, s, delimiter, limit, out, length);
}
int(eddy_read_line)(eddy_stream *s, size_t limit, char **out, size_t *length) {
    return eddy__read_line(NULL, s, limit, out, length);
}
