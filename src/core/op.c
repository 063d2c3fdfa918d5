/* op.c: operations under way at the host; the one path by which completions come back. */
#include "internal.h"

#include <stdlib.h>

#define loop eddy__the_loop

/* The run is halted: whoever waits for them will not run any more. */
static void drop_done(void) {
    for (uint32_t i = 0; i < loop.ops.used; i++) {
        eddy__op *op = loop.ops.slots[i].item;
        if (!op || !op->done) continue;
        if (op->let_go && op->result >= 0) op->let_go(op->result);
        eddy__op_drop(op);
    }
}

int eddy__op_begin(eddy__op *op, const char *what) {
    *op = (eddy__op){.what = what};
    if (EDDY__GUEST && loop.sync)
        return eddy__call_failed(EDDY_ESTATE, "%s: eddy_run cannot wait for the host here; use eddy_start",
                         what);
    op->id = eddy__table_add(&loop.ops, op);
    loop.drop_ops = drop_done;
    if (!op->id) return EDDY_ENOMEM;
    eddy__trace(EDDY__TRACE_OP, op, 0);
    return 0;
}

void eddy__op_drop(eddy__op *op) {
    if (!op->id) return;
    if (!op->done) {
        eddy__trace(EDDY__TRACE_OP_END, op, EDDY_ECANCELED);
        eddy__host_cancel(eddy__op_index(op), eddy__op_generation(op));
    }
    eddy__table_remove(&loop.ops, op->id);
    free(op->data);
    *op = (eddy__op){0};
}

int eddy__op_refused(eddy__op *op, int rc, const char *lacks, const char *what) {
    op->done = true; /* there is nothing to cancel */
    eddy__op_drop(op);
    return rc == EDDY_ENOSYS ? eddy__call_failed(rc, "this host has no %s: %s", lacks, what) : rc;
}

static void abandon(eddy__task *task) {
    eddy__op_drop(task->wait_on);
}

static const char *describe(const eddy__task *task) {
    const eddy__op *op = task->wait_on;
    return op->what;
}

const eddy__wait_kind eddy__op_waiting = {
    .verb = "waits for", .abandon = abandon, .describe = describe};

int eddy__op_take(eddy__op *op, eddy__task *task) {
    eddy__table_remove(&loop.ops, op->id);
    op->id = 0;
    if (op->result < 0) {
        eddy__task_deliver(task, op->result, op->data ? eddy__text_new(op->data, op->size) : NULL);
        free(op->data);
        op->data = NULL;
    }
    return op->result;
}

int eddy__op_wait(const char *site, eddy__op *op) {
    eddy__task *task = eddy__current;
    int rc = 0;
    if (op->done) {
        (void)eddy__checkpoint(site); /* for the budget: what is done is delivered (R2) */
    } else {
        op->task = task;
        rc = eddy__block(site, &eddy__op_waiting, op, true);
    }
    if (!op->done) { /* cancelled before that */
        eddy__op_drop(op);
        return rc;
    }
    return eddy__op_take(op, task);
}

#if !EDDY__GUEST /* a guest's own file has it: its host needs it also where there are no operations */
void *eddy__host_alloc(size_t size) {
    return malloc(size);
}
#endif

EDDY__EXPORT void eddy__host_complete(uint32_t index, uint32_t generation, int result, void *data,
                                      size_t size) {
    eddy__op *op = eddy__table_get(&loop.ops, (uint64_t)generation << 32 | index);
    if (!op || op->done) {
        free(data);
        return;
    }
    eddy__trace(EDDY__TRACE_OP_END, op, result);
    op->done = true;
    op->result = result;
    op->data = data;
    op->size = size;
    if (op->taken) (void)eddy__op_take(op, op->task);
    if (op->task) eddy__task_wake(op->task, result);
}

EDDY__EXPORT void eddy__host_hold(int change) {
    loop.outside += change;
}
