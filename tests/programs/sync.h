/* sync.h: what the programs about ../../src/sync share: one object of each kind, and tasks that wait
 * for them. */
#ifndef SYNC_H
#define SYNC_H

#include "order.h"

static eddy_lock lock;
static eddy_cond cond;
static eddy_sem sem;
static eddy_limiter limiter;
static eddy_event event;
static eddy_barrier barrier;

/* ---- what the kinds of line have in common -------------------------------------------------------- */

/* One kind of thing that one at a time of those who wait gets. `take` and `put_back` are a waiter's
 * part; before and after a test nobody waits and `is_idle` holds; main's part is to make it
 * unavailable, and to let one go on. */
typedef struct kind {
    const char *name;
    int (*take)(void);
    int (*put_back)(void); /* after a success */
    int (*make_scarce)(void);
    int (*let_one)(void);
    bool (*is_idle)(void);
} kind;

static inline int take_lock(void) {
    return eddy_lock_acquire(&lock);
}
static inline int put_lock_back(void) {
    return eddy_lock_release(&lock);
}
static inline bool lock_is_idle(void) {
    return !eddy_lock_held(&lock);
}

static inline int take_permit(void) {
    return eddy_sem_acquire(&sem);
}
static inline int put_permit_back(void) {
    return eddy_sem_release(&sem);
}
static inline bool sem_is_idle(void) {
    return eddy_sem_try(&sem) == 0 && eddy_sem_locked(&sem) && eddy_sem_release(&sem) == 0;
}

static inline int take_place(void) {
    return eddy_limiter_acquire(&limiter);
}
static inline int put_place_back(void) {
    return eddy_limiter_release(&limiter);
}
static inline bool limiter_is_idle(void) {
    return limiter.used == 0;
}

/* Whatever comes of the wait, the lock is held behind it. */
static inline int take_notice(void) {
    int rc = eddy_lock_acquire(&lock);
    if (rc < 0) return rc;
    rc = eddy_cond_wait(&cond, &lock);
    CHECK(eddy_lock_release(&lock) == 0);
    return rc;
}
static inline int pass_notice_on(void) {
    return eddy_cond_notify(&cond, 1) <= 1 ? 0 : EDDY_ESTATE;
}
static inline int let_one_notice(void) {
    return eddy_cond_notify(&cond, 1) == 1 ? 0 : EDDY_ESTATE;
}
static inline int nothing(void) {
    return 0;
}

static const kind KINDS[] = {
    {"lock", take_lock, put_lock_back, take_lock, put_lock_back, lock_is_idle},
    {"sem", take_permit, put_permit_back, take_permit, put_permit_back, sem_is_idle},
    {"limiter", take_place, put_place_back, take_place, put_place_back, limiter_is_idle},
    {"cond", take_notice, pass_notice_on, nothing, let_one_notice, lock_is_idle},
};

typedef struct waiter {
    const kind *of;
    eddy_time timeout; /* of a scope around it; 0: there is none */
    bool yields_first;
    char name;
    int taken, after; /* results of the wait, and of the blocking call behind it */
    eddy_future *task;
} waiter;

static inline int wait_once(void *arg) {
    waiter *w = arg;
    if (w->yields_first) EDDY_IGNORE(eddy_yield());
    EDDY_SCOPE(limit, .timeout = w->timeout);
    w->taken = eddy_scope_end(&limit, w->of->take());
    if (w->taken == 0) note(w->name);
    w->after = eddy_yield();
    if (w->taken == 0) CHECK(w->of->put_back() == 0);
    return 0;
}

static inline int wait_for_event(void *arg) {
    waiter *w = arg;
    w->taken = eddy_event_wait(&event);
    if (w->taken == 0) note(w->name);
    w->after = eddy_yield();
    return 0;
}

static inline int meet(void *arg) {
    waiter *w = arg;
    w->taken = eddy_barrier_wait(&barrier);
    w->after = eddy_yield();
    return 0;
}

#endif
