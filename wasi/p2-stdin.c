/* p2-stdin.c: the standard input over wasi:cli. */
#include "p2-stream.h"

static void never(eddy__p2_stream *stream) {
    (void)stream; /* stdin is not closed */
}

int eddy__host_stdin(void) {
    static _Alignas(8) eddy__p2_stream input; /* as its number wants it */
    input.in = stdin_get_stdin();
    input.drop = never;
    eddy__p2_stream_init(&input);
    return eddy__p2_number(&input);
}
