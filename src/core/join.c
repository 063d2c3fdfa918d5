/* join.c: the primitive that waits for one future. */
#include "internal.h"

static void leave(eddy__task *task) {
    eddy__future_leave(task->wait_on, &task->waiter);
}

static eddy_future *joined(const eddy__task *task, size_t index) {
    return index == 0 ? task->wait_on : NULL;
}

const eddy__wait_kind eddy__joining = {.verb = "joins", .abandon = leave, .target = joined};

EDDY__PRIMITIVE int eddy__join(const char *site, eddy_future *f) {
    EDDY__PRIMITIVE_BEGIN(task, site)
    if (!f) return eddy__return_now(task, EDDY_ENOMEM);
    if (f == &task->future) return eddy__return_now(task, EDDY_ESTATE);
    if (f->state != EDDY_PENDING) {
        eddy__future_deliver(f, task);
        return eddy__return_now(task, f->result);
    }
    eddy__future_wait(f, &task->waiter, eddy__wake_joiner);
    return eddy__park_on(task, &eddy__joining, f);
}

int(eddy_join)(eddy_future *f) {
    return eddy__join(NULL, f);
}
