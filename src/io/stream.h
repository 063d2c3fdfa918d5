/* stream.h: what stands behind an eddy_stream. */
#ifndef EDDY_STREAM_H
#define EDDY_STREAM_H

#include "../core/internal.h"

/* One kind of stream. */
typedef struct eddy__source {
    /* What is there now: 1 … size bytes, 0 at the end, EDDY_EEMPTY if one must wait, or an error. */
    int (*take)(eddy_stream *s, void *buffer, size_t size);
    /* Asks the host for more; `op` completes when take has something new to say. */
    void (*more)(eddy_stream *s, eddy__op *op);
    /* Frees the stream, with what it is part of, once no task is in it. */
    void (*free)(eddy_stream *s);
    /* NULL, as all that follow: it is only read, and is not the program's to close. */
    int (*put)(eddy_stream *s, const void *data, size_t size);
    void (*room)(eddy_stream *s, eddy__op *op);
    void (*drain)(eddy_stream *s, eddy__op *op);
    int (*shut)(eddy_stream *s);
    void (*close)(eddy_stream *s); /* operations under way complete */
    /* In place of more, room and drain, for streams between tasks of the program, of which the host
     * knows nothing. [blocks] 0 when take, or put with `writing`, has something new to say. */
    int (*wait)(const char *site, eddy_stream *s, bool writing);
} eddy__source;

struct eddy_stream {
    const eddy__source *source;
    int number;       /* the host's */
    const char *what; /* for the tree; owned by the owner of the stream */
    char *held;       /* read ahead for a delimiter; owned, by eddy__alloc */
    size_t held_size, held_room;
    bool reading, writing; /* a task waits in such a call */
    bool closed;           /* in the meantime: the last of them frees the stream */
    uint8_t closers;       /* tasks in eddy_close, of which the same is true */
    bool read_only, write_only;
    bool dirty; /* not all that was written is known to have left */
    bool shut;
    int failed; /* a write has: what the next returns */
};

void eddy__stream_drop(eddy_stream *s); /* what is held */
/* It is closed: frees it, unless a task is in it. */
EDDY__INLINE void eddy__stream_free_unused(eddy_stream *s) {
    if (!s->reading && !s->writing && !s->closers) s->source->free(s);
}
/* Waits for what `ask`, one of the source's functions, asks the host for, with *in_use, one of the
 * stream's two, set meanwhile. Returns the result of that; or, with *gone set, ECLOSED or ECANCELED. */
int eddy__stream_wait(const char *site, eddy_stream *s, void (*ask)(eddy_stream *s, eddy__op *op),
                      bool *in_use, bool *gone);

/* The rest of a stream with a zero byte appended, by malloc; EDDY_EFULL: more than `limit` bytes. */
int eddy__stream_read_all(const char *site, eddy_stream *s, size_t limit, void **data, size_t *size);

/* A stream of the host's own, "VERB NAME" in the tree; NULL without memory: then the host's is
 * closed. */
eddy_stream *eddy__stream_new(int number, const char *verb, const char *name);
/* Puts what a call was about, a path, an address, before the text of its error, if that does not say it.
 * Returns `rc`. */
int eddy__failed_at(int rc, const char *what);
/* The same part of a text that is longer than fits. */
void eddy__stream_describe(char *what, size_t room, const char *verb, const char *name);

#endif
