/* trace.h: the ring of what was recorded, between trace.c, which fills it, and trace_write.c. */
#ifndef EDDY_TRACE_H
#define EDDY_TRACE_H

#include "internal.h"

typedef struct eddy__trace_entry {
    eddy_time at;         /* on the host's clock, also when the tasks' is virtual */
    eddy_time duration;   /* of a step; -1 while it goes on */
    uint64_t number;      /* the task's serial or the operation's; 0: a callback, a pass */
    uint64_t other;       /* the task that did it, or is waited for; a pass: how many there are */
    const char *name;     /* the subject's; NULL: it got lost for want of memory */
    eddy__text *own_name; /* a reference to what `name` points into, if it is not static */
    const char *what;     /* the verb of a wait that begins or ends */
    const char *site;     /* of that wait, of a spawn */
    int value;            /* a result; a pass: the length of the ready queue */
    uint8_t kind;         /* eddy__trace_kind */
    bool flow;            /* of no meaning outside of trace_write.c */
} eddy__trace_entry;

typedef struct eddy__trace_ring {
    eddy__trace_entry *entries; /* owned; NULL: nothing is recorded */
    size_t size;
    uint64_t first, next; /* numbers of entries, which go on from ring to ring */
    eddy_time began;
} eddy__trace_ring;

extern eddy__trace_ring eddy__the_trace;

/* The entry of this number, or NULL if it is overwritten. */
EDDY__INLINE eddy__trace_entry *eddy__trace_at(uint64_t number) {
    eddy__trace_ring *ring = &eddy__the_trace;
    bool written = number >= ring->first && number < ring->next;
    if (!written || ring->next - number > ring->size) return NULL;
    return &ring->entries[number % ring->size];
}

EDDY__INLINE uint64_t eddy__trace_op_number(const eddy__op *op) {
    return op->id >> 32;
}

#endif
