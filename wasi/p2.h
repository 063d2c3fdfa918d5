/* p2.h: what the parts of the WASI 0.2 host share: the one list of pollables. */
#ifndef EDDY_P2_H
#define EDDY_P2_H

#include "../src/core/internal.h"

#include <stdlib.h>
#include <wasi/api.h>

/* Something that is waited for. While it is in the list, its pollable must live; a pollable is
 * dropped before the resource it came from. */
typedef struct eddy__interest {
    poll_own_pollable_t pollable;
    uint32_t place; /* in the list, from 1 on; 0: not in it */
    /* Among those that a poll has found ready and not told yet; `before` NULL: it is not. */
    struct eddy__interest *next, **before;
    /* It is ready, and still in the list. May take this and others out, and free them. */
    void (*ready)(struct eddy__interest *interest);
} eddy__interest;

/* How often the host was polled: beside tasks that are ready, and until something happens. */
extern uint32_t eddy__p2_looks, eddy__p2_waits;

/* Out of the list, and the pollable dropped if there is one. */
void eddy__interest_drop(eddy__interest *interest);
int eddy__interest_add(eddy__interest *interest); /* 0 or ENOMEM; nothing if it is in the list */
void eddy__interest_remove(eddy__interest *interest); /* nothing if it is not in the list */

/* Debug builds know which resources come from which: p2-parents.c. */
typedef enum {
    EDDY__POLLABLE, EDDY__INPUT_STREAM, EDDY__OUTPUT_STREAM, EDDY__TCP_SOCKET, EDDY__UDP_SOCKET,
    EDDY__INCOMING_DATAGRAMS, EDDY__OUTGOING_DATAGRAMS, EDDY__NAMES, EDDY__FUTURE_RESPONSE,
    EDDY__OUTGOING_BODY, EDDY__INCOMING_BODY, EDDY__INCOMING_RESPONSE, EDDY__KINDS,
} eddy__p2_kind;
#ifdef NDEBUG
#define eddy__p2_born(kind, handle, parent_kind, parent) ((void)0)
#define eddy__p2_gone(kind, handle) ((void)0)
#else
void eddy__p2_born(eddy__p2_kind kind, int32_t handle, eddy__p2_kind parent_kind, int32_t parent);
void eddy__p2_gone(eddy__p2_kind kind, int32_t handle); /* about to be dropped */
#endif

/* Frees what the host has given; what is empty has no memory of its own. */
static inline void eddy__p2_free(void *given, size_t length) {
    if (length) free(given);
}

#endif
