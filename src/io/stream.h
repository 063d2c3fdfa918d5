/* stream.h: what stands behind an eddy_stream. */
#ifndef EDDY_STREAM_H
#define EDDY_STREAM_H

#include "../core/internal.h"

/* One kind of source. */
typedef struct eddy__source {
    /* What is there now: 1 … size bytes, 0 at the end, EDDY_EEMPTY if one must wait, or an error. */
    int (*take)(eddy_stream *s, void *buffer, size_t size);
    /* Asks the host for more; `op` completes when take has something new to say. */
    void (*more)(eddy_stream *s, eddy__op *op);
    /* Frees the stream, with what it is part of; called by the read that its close has found. */
    void (*free)(eddy_stream *s);
} eddy__source;

struct eddy_stream {
    const eddy__source *source;
    int body;         /* the host's number */
    const char *what; /* for the tree; owned by the owner of the stream */
    char *held;       /* read ahead for a delimiter; owned, by eddy__alloc */
    size_t held_size, held_room;
    bool reading; /* a task waits in a read */
    bool closed;  /* in the meantime: that read frees the stream */
};

void eddy__stream_drop(eddy_stream *s); /* what is held */

#endif
