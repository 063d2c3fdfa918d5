/* yield.c: the primitive that gives up the rest of the pass. */
#include "internal.h"

EDDY__PRIMITIVE int eddy__yield(const char *site) {
    EDDY__PRIMITIVE_BEGIN(task, site)
    task->resume = 0;
    task->in_a_row = 0;
    eddy__ready_append(&task->ready); /* its state is READY all along */
    return eddy__suspend(task);
}

int(eddy_yield)(void) {
    return eddy__yield(NULL);
}
