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

/* Out of the list, and the pollable dropped if there is one. */
void eddy__interest_drop(eddy__interest *interest);
int eddy__interest_add(eddy__interest *interest); /* 0 or ENOMEM; nothing if it is in the list */
void eddy__interest_remove(eddy__interest *interest); /* nothing if it is not in the list */

/* Frees what the host has given; what is empty has no memory of its own. */
static inline void eddy__p2_free(void *given, size_t length) {
    if (length) free(given);
}

#endif
