/* pipe.c: bytes from one task of the program to another, by way of a ring of fixed size. The host
 * takes no part, so that a wait for the other end is seen by the deadlock report and the virtual
 * clock. */
#include "pipe.h"

#include "stream.h"

#define DEFAULT_CAPACITY ((size_t)64 * 1024)

typedef struct pipe {
    eddy_stream reader, writer;
    eddy__wait_list readers, writers; /* who waits for bytes, for room: one at the most */
    size_t capacity, start, used;     /* of the ring */
    unsigned ends;                    /* that are not freed */
    bool ended;                       /* nothing more will be written */
    int error;                        /* < 0: what comes behind the bytes in place of the end */
    eddy__text *text;                 /* of the error; may be NULL */
    char ring[];
} pipe;

static pipe *of_reader(eddy_stream *s) {
    return EDDY__OWNER(s, pipe, reader);
}
static pipe *of_writer(eddy_stream *s) {
    return EDDY__OWNER(s, pipe, writer);
}

/* Both ways through the ring: up to its end, then from its beginning. */
static void copy_out(pipe *p, char *to, size_t size) {
    size_t first = p->capacity - p->start < size ? p->capacity - p->start : size;
    memcpy(to, p->ring + p->start, first);
    memcpy(to + first, p->ring, size - first);
    p->start = (p->start + size) % p->capacity;
    p->used -= size;
}
static void copy_in(pipe *p, const char *from, size_t size) {
    size_t end = (p->start + p->used) % p->capacity;
    size_t first = p->capacity - end < size ? p->capacity - end : size;
    memcpy(p->ring + end, from, first);
    memcpy(p->ring, from + first, size - first);
    p->used += size;
}

static void free_end(pipe *p) {
    if (--p->ends) return;
    eddy__text_release(p->text);
    eddy__free(p, sizeof *p + p->capacity);
}

/* ---- the reader -------------------------------------------------------------------------------------- */

static int take(eddy_stream *s, void *buffer, size_t size) {
    pipe *p = of_reader(s);
    if (size > p->used) size = p->used;
    if (size) {
        copy_out(p, buffer, size);
        eddy__hand_over_all(&p->writers, 0);
        return (int)size;
    }
    if (!p->ended) return EDDY_EEMPTY;
    if (p->error) eddy__task_deliver(eddy__current, p->error, eddy__text_retain(p->text));
    return p->error;
}

static int wait_for_bytes(const char *site, eddy_stream *s, bool writing) {
    (void)writing;
    return eddy__pipe_wait(site, &of_reader(s)->readers);
}

static void close_reader(eddy_stream *s) {
    pipe *p = of_reader(s);
    p->used = 0;
    eddy__hand_over_all(&p->readers, EDDY_ECLOSED);
    eddy__hand_over_all(&p->writers, EDDY_ECLOSED);
}

static void free_reader(eddy_stream *s) {
    eddy__stream_drop(s);
    free_end(of_reader(s));
}

static const eddy__source reading = {
    .take = take, .wait = wait_for_bytes, .close = close_reader, .free = free_reader};

/* ---- the writer -------------------------------------------------------------------------------------- */

static int put(eddy_stream *s, const void *data, size_t size) {
    pipe *p = of_writer(s);
    if (p->reader.closed) return 0; /* the wait tells */
    if (size > p->capacity - p->used) size = p->capacity - p->used;
    if (!size) return 0;
    copy_in(p, data, size);
    eddy__hand_over_all(&p->readers, 0);
    return (int)size;
}

static int wait_for_room(const char *site, eddy_stream *s, bool writing) {
    (void)writing;
    pipe *p = of_writer(s);
    if (p->reader.closed) return eddy__call_failed(EDDY_ECLOSED, "nobody reads from this pipe any more");
    return eddy__pipe_wait(site, &p->writers);
}

static void end_writing(pipe *p, int error, eddy__text *text) {
    if (p->ended) {
        eddy__text_release(text);
        return;
    }
    p->ended = true;
    p->error = error;
    p->text = text;
    eddy__hand_over_all(&p->readers, 0);
}

static int shut(eddy_stream *s) {
    end_writing(of_writer(s), 0, NULL);
    return 0;
}

static void close_writer(eddy_stream *s) {
    pipe *p = of_writer(s);
    static const char broken_off[] = "the writer of this pipe broke off";
    if (s->failed || s->writing) /* not all of it may have been written */
        end_writing(p, EDDY_ECLOSED, eddy__text_new(broken_off, sizeof broken_off - 1));
    else
        end_writing(p, 0, NULL);
    eddy__hand_over_all(&p->writers, EDDY_ECLOSED);
}

static void free_writer(eddy_stream *s) {
    free_end(of_writer(s));
}

static const eddy__source writing = {
    .put = put, .wait = wait_for_room, .shut = shut, .close = close_writer, .free = free_writer};

/* ---- what the program calls ---------------------------------------------------------------------------- */

int eddy_pipe(eddy_stream **reader, eddy_stream **writer, size_t capacity) {
    if (reader) *reader = NULL;
    if (writer) *writer = NULL;
    if (!reader || !writer || capacity > INT32_MAX) return EDDY_EINVAL;
    if (!capacity) capacity = DEFAULT_CAPACITY;
    pipe *p = eddy__alloc(sizeof *p + capacity);
    if (!p) return EDDY_ENOMEM;
    *p = (pipe){.capacity = capacity, .ends = 2};
    p->reader = (eddy_stream){.source = &reading, .what = "a pipe"};
    p->writer = (eddy_stream){.source = &writing, .what = "a pipe", .write_only = true};
    *reader = &p->reader;
    *writer = &p->writer;
    return 0;
}

int eddy_pipe_fail(eddy_stream *writer, int code, const char *format, ...) {
    if (!writer || writer->source != &writing || code >= 0 || code == EDDY_EEMPTY) return EDDY_EINVAL;
    pipe *p = of_writer(writer);
    if (p->ended || writer->writing) return EDDY_ESTATE;
    eddy__text *text = NULL;
    if (format) {
        va_list arguments;
        va_start(arguments, format);
        text = eddy__text_format(format, arguments);
        va_end(arguments);
    }
    writer->shut = true;
    end_writing(p, code, text);
    return 0;
}
