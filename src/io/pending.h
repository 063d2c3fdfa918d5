/* pending.h: operations of hosts written in C: what is to be done when one is cancelled. */
#ifndef EDDY_PENDING_H
#define EDDY_PENDING_H

#include "../core/internal.h"

/* Part of the host's own record of the operation, which must live until it has ended. */
typedef struct eddy__pending {
    uint32_t op, generation;
    bool active;
    void (*cancel)(struct eddy__pending *pending); /* not active any more; may free it */
} eddy__pending;

void eddy__pending_begin(eddy__pending *pending, uint32_t op, uint32_t generation,
                         void (*cancel)(eddy__pending *));
/* Completes it if it is active; `data` is from malloc and is taken over. */
void eddy__pending_end(eddy__pending *pending, int result, void *data, size_t size);
/* The same with a text, of which a copy is made. */
void eddy__pending_fail(eddy__pending *pending, int code, const char *text);

#endif
