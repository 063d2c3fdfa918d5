/* js_call.c: the primitive that waits for JavaScript. An asynchronous function is an operation of the
 * host's, as a request is; functions.mjs writes its result into the first slot before it completes it. */
#include "javascript.h"

void eddy_js_start(uint32_t op, uint32_t generation, const eddy__signature *function,
                   eddy__slot *slots);

_Static_assert(sizeof(eddy__op) <= EDDY__ROOM * sizeof(eddy__slot), "an operation has its room");

EDDY__PRIMITIVE int eddy__js_call(const eddy__signature *function, eddy__slot *slots, eddy__slot *room) {
    EDDY__PRIMITIVE_BEGIN(task, function->site)
    eddy__op *op = (eddy__op *)room;
    int rc = eddy__op_begin(op, function->name);
    if (rc < 0) return eddy__return_now(task, rc);
    eddy__lend_futures(function, slots);
    eddy__current = NULL; /* what JavaScript calls from inside cannot block */
    eddy_js_start(eddy__op_index(op), eddy__op_generation(op), function, slots);
    eddy__current = task;
    if (op->done) return eddy__return_now(task, eddy__op_take(op, task));
    if (EDDY__UNLIKELY(task->cancelled)) { /* from inside */
        eddy__op_drop(op);
        eddy__task_count_ignored(task);
        return eddy__return_now(task, EDDY_ECANCELED);
    }
    op->task = task;
    op->taken = true;
    return eddy__park_on(task, &eddy__op_waiting, op);
}
