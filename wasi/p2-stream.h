/* p2-stream.h: a pair of wasi:io streams, or one of them, behind the numbers of ../src/host.h. */
#ifndef EDDY_P2_STREAM_H
#define EDDY_P2_STREAM_H

#include "../src/io/pending.h"
#include "p2.h"

/* Part of what it belongs to: a response, a socket, a file. */
typedef struct eddy__p2_stream {
    streams_own_input_stream_t in;   /* handle 0: none, or it has ended */
    streams_own_output_stream_t out; /* handle 0: none */
    eddy__interest readable, writable; /* their pollables are made when first waited for */
    eddy__pending more, room;
    bool written_to; /* so there may be something left to write when it is closed */
    int error;          /* of the last operation that failed: the stream is good for nothing more */
    char text[160];     /* what the host said about it */
    /* Says more about an error of the host's; may be NULL. Returns a code, and may write the text. */
    int (*explain)(io_error_borrow_error_t error, char *text, size_t room);
    int (*shut)(struct eddy__p2_stream *stream); /* ends the output; NULL: there is nothing to do */
    /* Drops and frees what it is part of, after the streams are gone. */
    void (*drop)(struct eddy__p2_stream *stream);
} eddy__p2_stream;

/* Numbers of the host interface are addresses: what holds a number also holds the stream. */
static inline int eddy__p2_number(void *thing) {
    return (int)((uintptr_t)thing >> 3);
}
static inline void *eddy__p2_thing(int number) {
    return (void *)((uintptr_t)number << 3);
}

void eddy__p2_stream_init(eddy__p2_stream *stream); /* `in`, `out`, `explain`, `drop` are set */
int eddy__p2_stream_take(eddy__p2_stream *stream, void *buffer, size_t size);
void eddy__p2_stream_more(eddy__p2_stream *stream, uint32_t op, uint32_t generation);
void eddy__p2_stream_close(eddy__p2_stream *stream);

/* A text of the host's, given by malloc, into a buffer; frees it. */
void eddy__p2_text(char *text, size_t room, wasip2_string_t *given);

#endif
