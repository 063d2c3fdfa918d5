/* await.c: compound calls that end what they wait for. */
#include "internal.h"

int eddy__wait_through(const char *site, eddy_future *f, bool deliver) {
    eddy__task *task = eddy__current;
    if (f->state == EDDY_PENDING) {
        eddy__future_wait(f, &task->waiter, deliver ? eddy__wake_joiner : eddy__wake_task);
        return eddy__block(site, &eddy__joining, f, false);
    }
    if (deliver) eddy__future_deliver(f, task);
    return f->result;
}

int eddy__await(const char *site, eddy_future *f) {
    eddy__task *task = eddy__current;
    if (task) {
        task->consumes = true; /* in case that the run is broken off */
        task->consumed = f;
    }
    int rc = eddy__join(site, f);
    bool caller_cancelled = rc == EDDY_ECANCELED && task && task->cancelled;
    if (caller_cancelled && f && f->is_task && f->handles == 1 && f != &task->future) {
        (void)eddy_cancel(f);
        rc = eddy__wait_through(site, f, true);
    }
    if (task) task->consumes = false;
    eddy_release(f);
    return rc;
}

int eddy__stop(const char *site, eddy_future *f) {
    eddy__task *task = eddy__current;
    if (!task || f == &task->future) return EDDY_ESTATE;
    if (!f) return EDDY_ENOMEM;
    if (task->scope) eddy__scopes_prune(task, eddy__stack_pointer());
    (void)eddy_cancel(f);
    bool ended = f->state != EDDY_PENDING;
    int rc = eddy__wait_through(site, f, true);
    if (ended) eddy__count_call(site); /* `f` is not looked at after this */
    return rc;
}

int(eddy_await)(eddy_future *f) {
    return eddy__await(NULL, f);
}
int(eddy_stop)(eddy_future *f) {
    return eddy__stop(NULL, f);
}
