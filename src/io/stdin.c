/* stdin.c: the standard input as a stream. */
#include "stream.h"

static int take(eddy_stream *s, void *buffer, size_t size) {
    return eddy__host_stream_take(s->number, buffer, size);
}
static void more(eddy_stream *s, eddy__op *op) {
    eddy__host_stream_more(s->number, eddy__op_index(op), eddy__op_generation(op));
}

static const eddy__source source = {.take = take, .more = more};

eddy_stream *eddy_stdin(void) {
    static eddy_stream input = {.source = &source, .what = "stdin"};
    if (input.number == 0) input.number = eddy__host_stdin();
    return input.number > 0 ? &input : NULL;
}
