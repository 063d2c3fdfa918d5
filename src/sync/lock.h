/* lock.h: what a condition needs of a lock. */
#ifndef EDDY_LOCK_H
#define EDDY_LOCK_H

#include "../core/internal.h"

/* A lock that is free has nobody in its line: whoever asks for it has it at once. */
EDDY__INLINE bool eddy__lock_is_free(const eddy_lock *l) {
    return l->owner == 0;
}
EDDY__INLINE bool eddy__lock_is_held_by(const eddy_lock *l, const eddy__task *task) {
    return l->owner == task->serial;
}

/* Its holder lets go: it belongs to the first in line from now on (R2). */
EDDY__INLINE void eddy__lock_pass_on(eddy_lock *l) {
    eddy__waiter *first = l->waiters.first;
    l->owner = 0;
    if (EDDY__LIKELY(!first)) return;
    l->owner = EDDY__OWNER(first, eddy__task, waiter)->serial;
    eddy__hand_over(first, 0);
}

/* task->waiter is in the line of the lock in wait_on. */
extern const eddy__wait_kind eddy__locking;

#endif
