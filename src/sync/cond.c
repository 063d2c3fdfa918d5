/* cond.c: waiting for a change of what a lock guards.
 *
 *   in the condition's list --notified----> in the lock's line --handed over--> READY, result 0
 *            |                                    ^
 *            +--------------cancelled-------------+----------handed over--> READY, EDDY_ECANCELED
 *
 * A lock that is free is handed over at once. In the lock's line the wait cannot be cancelled: the
 * caller is told that it holds the lock on every way out. */
#include "lock.h"

#include <limits.h>

static void wake_cancelled(eddy__waiter *waiter, int result) {
    (void)result;
    eddy__wake_task(waiter, EDDY_ECANCELED);
}

/* From the condition's list, which it is in, to the line of its lock. */
static void retake(eddy__waiter *waiter, void (*wake)(eddy__waiter *waiter, int result)) {
    eddy__task *task = EDDY__OWNER(waiter, eddy__task, waiter);
    eddy_lock *l = waiter->item;
    eddy__wait_list_remove(waiter);
    waiter->wake = wake;
    task->wait = &eddy__locking;
    task->wait_on = l;
    task->uncancellable = true;
    eddy__wait_list_append(&l->waiters, waiter);
    if (eddy__lock_is_free(l)) eddy__lock_pass_on(l);
}

static void cancel(eddy__task *task) {
    retake(&task->waiter, wake_cancelled);
}

static const eddy__wait_kind waiting = {
    .verb = "waits for a condition", .abandon = eddy__leave_list, .cancel = cancel};

EDDY__PRIMITIVE int eddy__cond_wait(const char *site, eddy_cond *c, eddy_lock *l) {
    EDDY__PRIMITIVE_BEGIN(task, site)
    if (!c || !l) return eddy__return_now(task, EDDY_EINVAL);
    if (!eddy__lock_is_held_by(l, task)) return eddy__return_now(task, EDDY_ESTATE);
    eddy__lock_pass_on(l);
    return eddy__park_in(task, &waiting, c, &c->waiters, l);
}

int(eddy_cond_wait)(eddy_cond *c, eddy_lock *l) {
    return eddy__cond_wait(NULL, c, l);
}

int eddy_cond_notify(eddy_cond *c, size_t n) {
    if (!c) return EDDY_EINVAL;
    int notified = 0;
    while (c->waiters.first && n-- > 0 && notified < INT_MAX) {
        retake(c->waiters.first, eddy__wake_task);
        notified++;
    }
    return notified;
}

int eddy_cond_notify_all(eddy_cond *c) {
    return eddy_cond_notify(c, SIZE_MAX);
}
