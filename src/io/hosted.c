/* hosted.c: streams of the host's own: connections, files, stdin. */
#include "stream.h"

typedef struct hosted {
    eddy_stream stream;
    char what[64];
} hosted;

static int take(eddy_stream *s, void *buffer, size_t size) {
    return eddy__host_stream_take(s->number, buffer, size);
}
static void more(eddy_stream *s, eddy__op *op) {
    eddy__host_stream_more(s->number, eddy__op_index(op), eddy__op_generation(op));
}
static int put(eddy_stream *s, const void *data, size_t size) {
    return eddy__host_stream_put(s->number, data, size);
}
static void room(eddy_stream *s, eddy__op *op) {
    eddy__host_stream_room(s->number, eddy__op_index(op), eddy__op_generation(op));
}
static void drain(eddy_stream *s, eddy__op *op) {
    eddy__host_stream_drain(s->number, eddy__op_index(op), eddy__op_generation(op));
}
static int shut(eddy_stream *s) {
    return eddy__host_stream_shut(s->number);
}
static void close_stream(eddy_stream *s) {
    eddy__host_stream_close(s->number);
}
static void free_stream(eddy_stream *s) {
    eddy__stream_drop(s);
    eddy__free(EDDY__OWNER(s, hosted, stream), sizeof(hosted));
}

static const eddy__source host_source = {.take = take,
                                         .more = more,
                                         .free = free_stream,
                                         .put = put,
                                         .room = room,
                                         .drain = drain,
                                         .shut = shut,
                                         .close = close_stream};

eddy_stream *eddy__stream_new(int number, const char *verb, const char *name) {
    hosted *h = eddy__alloc(sizeof *h);
    if (!h) {
        eddy__host_stream_close(number);
        return NULL;
    }
    *h = (hosted){.stream = {.source = &host_source, .number = number}};
    eddy__stream_describe(h->what, sizeof h->what, verb, name);
    h->stream.what = h->what;
    return &h->stream;
}
