/* lock.c: mutual exclusion between tasks.
 *
 * The owner is kept as a number, because a task may end, or be abandoned with its run, without
 * letting go: a pointer would then be somebody else's. Such a lock stays held. */
#include "lock.h"

#define loop eddy__the_loop

/* The owner if it is alive. Searches all tasks, but only once for any number of questions about one
 * lock: that is what a tree of many tasks that wait for it asks. */
static eddy__task *owner_of(const eddy_lock *l) {
    static struct {
        uint64_t serial, ended;
        eddy__task *task;
    } last;
    uint64_t ended = loop.ended_tasks;
    if (last.serial == l->owner && last.ended == ended) return last.task;
    last.serial = l->owner;
    last.ended = ended;
    last.task = NULL;
    for (eddy__link *link = loop.tasks.next; link != &loop.tasks; link = link->next) {
        eddy__task *task = EDDY__OWNER(link, eddy__task, link);
        if (task->serial == l->owner) last.task = task;
    }
    return last.task;
}

static eddy_future *owner(const eddy__task *task, size_t index) {
    eddy__task *holder = index == 0 ? owner_of(task->wait_on) : NULL;
    return holder ? &holder->future : NULL;
}

static const char *describe(const eddy__task *task) {
    return owner_of(task->wait_on) ? "held by" : "held by a task that has ended";
}

const eddy__wait_kind eddy__locking = {
    .verb = "waits for a lock", .abandon = eddy__leave_list, .target = owner, .describe = describe};

EDDY__PRIMITIVE int eddy__lock_acquire(const char *site, eddy_lock *l) {
    EDDY__PRIMITIVE_BEGIN(task, site)
    if (EDDY__UNLIKELY(!l)) return eddy__return_now(task, EDDY_EINVAL);
    if (EDDY__LIKELY(eddy__lock_is_free(l))) {
        l->owner = task->serial;
        return eddy__return_now(task, 0);
    }
    if (eddy__lock_is_held_by(l, task)) return eddy__return_now(task, EDDY_ESTATE);
    return eddy__park_in(task, &eddy__locking, l, &l->waiters, NULL);
}

int(eddy_lock_acquire)(eddy_lock *l) {
    return eddy__lock_acquire(NULL, l);
}

int eddy_lock_try(eddy_lock *l) {
    eddy__task *task = eddy__current;
    if (!l) return EDDY_EINVAL;
    if (!task || eddy__lock_is_held_by(l, task)) return EDDY_ESTATE;
    if (!eddy__lock_is_free(l)) return EDDY_EEMPTY;
    l->owner = task->serial;
    return 0;
}

int eddy_lock_release(eddy_lock *l) {
    eddy__task *task = eddy__current;
    if (EDDY__UNLIKELY(!l)) return EDDY_EINVAL;
    if (EDDY__UNLIKELY(!task || !eddy__lock_is_held_by(l, task))) return EDDY_ESTATE;
    eddy__lock_pass_on(l);
    return 0;
}

bool eddy_lock_held(const eddy_lock *l) {
    return l && !eddy__lock_is_free(l);
}
