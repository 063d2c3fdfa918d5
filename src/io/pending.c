/* pending.c: operations of hosts written in C: the way back from an operation's number to what the
 * host keeps of it leads through the core's own table. */
#include "pending.h"

#include <stdlib.h>

static eddy__op *op_of(uint32_t op, uint32_t generation) {
    return eddy__table_get(&eddy__the_loop.ops, (uint64_t)generation << 32 | op);
}

void eddy__pending_begin(eddy__pending *pending, uint32_t op, uint32_t generation,
                         void (*cancel)(eddy__pending *)) {
    *pending = (eddy__pending){op, generation, true, cancel};
    eddy__op *known = op_of(op, generation);
    if (known) known->host = pending;
}

void eddy__pending_end(eddy__pending *pending, int result, void *data, size_t size) {
    if (!pending->active) {
        free(data);
        return;
    }
    pending->active = false;
    eddy__host_complete(pending->op, pending->generation, result, data, size);
}

void eddy__pending_fail(eddy__pending *pending, int code, const char *text) {
    size_t size = strlen(text);
    char *copy = pending->active && size ? malloc(size + 1) : NULL;
    if (copy) memcpy(copy, text, size + 1);
    eddy__pending_end(pending, code, copy, copy ? size : 0);
}

void eddy__host_cancel(uint32_t op, uint32_t generation) {
    eddy__op *known = op_of(op, generation);
    eddy__pending *pending = known && !known->done ? known->host : NULL; /* done: it may be gone */
    if (!pending || !pending->active) return;
    pending->active = false;
    pending->cancel(pending);
}
