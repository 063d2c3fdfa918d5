/* eddy/sync.h: lock, event, condition, semaphore, limiter, barrier.
 *
 * Objects are caller-allocated and valid when zero-initialised; all fields belong to the runtime.
 * There is nothing to destroy, but an object must outlive everyone who waits for it. Whoever waits
 * stands in a line: what becomes free is handed to the first, and belongs to it from then on (R2). */
#ifndef EDDY_SYNC_H
#define EDDY_SYNC_H

#include "waiter.h"

/* A mutual exclusion between tasks, with an owner. */
typedef struct eddy_lock {
    uint64_t owner; /* number of the task that holds it; 0: free */
    eddy__wait_list waiters;
} eddy_lock;

/* A flag to wait for. */
typedef struct eddy_event {
    bool is_set;
    eddy__wait_list waiters;
} eddy_event;

/* A place to wait for a change of something that a lock guards. */
typedef struct eddy_cond {
    eddy__wait_list waiters;
} eddy_cond;

/* A count of permits. Zero: no permits. */
typedef struct eddy_sem {
    size_t permits; /* free ones */
    size_t limit;   /* they stay below it; 0: there is none */
    eddy__wait_list waiters;
} eddy_sem;

/* A semaphore's initialiser, with that many permits: `eddy_sem s = EDDY_SEM(3)`. Constant. */
#define EDDY_SEM(permits_) {(permits_), 0, {0, 0}}
/* The initialiser of a bounded semaphore: a release beyond that many permits is EDDY_EINVAL.
 * Constant. Follows asyncio.BoundedSemaphore. */
#define EDDY_SEM_BOUNDED(permits_) {(permits_), (size_t)(permits_) + 1, {0, 0}}

/* A number of places, each held by one task. Zero: no places until it is resized. */
typedef struct eddy_limiter {
    size_t total, used;
    eddy__wait_list waiters;
} eddy_limiter;

/* A limiter's initialiser, with that many places: `eddy_limiter l = EDDY_LIMITER(10)`. Constant. */
#define EDDY_LIMITER(total_) {(total_), 0, {0, 0}}

/* A meeting point of `parties` tasks. */
typedef struct eddy_barrier {
    size_t parties, waiting;
    bool broken;
    eddy__wait_list waiters;
} eddy_barrier;

/* A barrier's initialiser, for that many tasks: `eddy_barrier b = EDDY_BARRIER(3)`. Constant. */
#define EDDY_BARRIER(parties_) {(parties_), 0, false, {0, 0}}

EDDY__BEGIN_C

/* ---- lock ------------------------------------------------------------------------------------ */

/* Takes the lock, waiting in line for it. [blocks] Returns 0; EDDY_ECANCELED; EDDY_ESTATE outside a
 * task or if the caller holds it already; EDDY_EINVAL. Follows asyncio.Lock, with an owner. */
int eddy_lock_acquire(eddy_lock *l) EDDY__BLOCKS;

/* Takes the lock if it is free. Returns 0; EDDY_EEMPTY if it is held; EDDY_ESTATE outside a task or
 * if the caller holds it already; EDDY_EINVAL. Never blocks, and is no checkpoint. */
int eddy_lock_try(eddy_lock *l);

/* Gives the lock to the first in line, or frees it. Returns 0; EDDY_ESTATE unless the caller holds
 * it; EDDY_EINVAL. Never blocks. */
int eddy_lock_release(eddy_lock *l);

/* Whether any task holds the lock. Never blocks. Follows Lock.locked. */
bool eddy_lock_held(const eddy_lock *l);

/* ---- event ----------------------------------------------------------------------------------- */

/* Waits until the event is set; returns at once if it is. [blocks] Whoever waits when it is set has
 * it, also if it is cleared before they run. Returns 0; EDDY_ECANCELED; EDDY_ESTATE outside a task;
 * EDDY_EINVAL. Follows asyncio.Event. */
int eddy_event_wait(eddy_event *e) EDDY__BLOCKS;

/* Sets the event and wakes all who wait; it stays set until eddy_event_clear. Any task, and
 * callbacks, may. Never blocks. Follows Event.set. */
void eddy_event_set(eddy_event *e);

/* Clears the event: who waits from now on waits for the next eddy_event_set. Never blocks. */
void eddy_event_clear(eddy_event *e);

/* Whether the event is set. Never blocks. */
bool eddy_event_is_set(const eddy_event *e);

/* ---- condition ------------------------------------------------------------------------------- */

/* Releases lock `l`, waits for a notification and takes the lock again, on every way out: also when
 * cancelled, and then it waits for the lock whatever happens. [blocks]
 * Returns 0; EDDY_ECANCELED; EDDY_ESTATE outside a task or if the caller does not hold `l`;
 * EDDY_EINVAL. Follows asyncio.Condition. */
int eddy_cond_wait(eddy_cond *c, eddy_lock *l) EDDY__BLOCKS;

/* eddy_cond_wait until `predicate(ctx)` holds; it is called with the lock held, before the first
 * wait too. [blocks] Results as eddy_cond_wait. Follows Condition.wait_for. */
int eddy_cond_wait_for(eddy_cond *c, eddy_lock *l, bool (*predicate)(void *ctx),
                       void *ctx) EDDY__BLOCKS;

/* Notifies up to `n` who wait, the first in line first: from now on they wait for their lock. Needs
 * no lock. Never blocks. Returns how many were notified (at most INT_MAX), or EDDY_EINVAL. */
int eddy_cond_notify(eddy_cond *c, size_t n);

/* Notifies all who wait. Never blocks. Returns as eddy_cond_notify. */
int eddy_cond_notify_all(eddy_cond *c);

/* ---- semaphore ------------------------------------------------------------------------------- */

/* Takes a permit, waiting in line for it. [blocks] Returns 0; EDDY_ECANCELED; EDDY_ESTATE outside a
 * task; EDDY_EINVAL. Follows asyncio.Semaphore. */
int eddy_sem_acquire(eddy_sem *s) EDDY__BLOCKS;

/* Takes a permit if there is one. Returns 0; EDDY_EEMPTY; EDDY_EINVAL. Never blocks, no checkpoint;
 * also outside of tasks. */
int eddy_sem_try(eddy_sem *s);

/* Gives a permit to the first in line, or keeps it. Any task, and callbacks, may. Never blocks.
 * Returns 0; EDDY_EINVAL beyond the bound of a bounded one. */
int eddy_sem_release(eddy_sem *s);

/* Whether eddy_sem_acquire would wait now. Never blocks. Follows Semaphore.locked. */
bool eddy_sem_locked(const eddy_sem *s);

/* ---- limiter --------------------------------------------------------------------------------- */

/* Takes a place for the current task, waiting in line for it. [blocks] Returns 0; EDDY_ECANCELED;
 * EDDY_ESTATE outside a task or if it holds one already; EDDY_ENOMEM; EDDY_EINVAL. A task that ends
 * with a place loses it for all: debug mode reports that. Follows trio.CapacityLimiter. */
int eddy_limiter_acquire(eddy_limiter *l) EDDY__BLOCKS;

/* Gives the current task's place back. Returns 0; EDDY_ESTATE if it holds none; EDDY_EINVAL. Never
 * blocks. */
int eddy_limiter_release(eddy_limiter *l);

/* Changes the number of places. With fewer, those who are inside stay; nobody enters until enough
 * have left. Returns 0 or EDDY_EINVAL. Never blocks. */
int eddy_limiter_resize(eddy_limiter *l, size_t total);

/* ---- barrier --------------------------------------------------------------------------------- */

/* Waits until `parties` tasks are here; the last to come does not wait. [blocks]
 * Returns the index in order of arrival, 0 to parties - 1; EDDY_EBROKEN if it was aborted or reset
 * meanwhile, or is broken; EDDY_ECANCELED, the others go on waiting; EDDY_EINVAL for a barrier of
 * no parties; EDDY_ESTATE outside a task. The barrier can be used again at once.
 * Follows asyncio.Barrier. */
int eddy_barrier_wait(eddy_barrier *b) EDDY__BLOCKS;

/* Breaks it: all who wait, and will wait until a reset, get EDDY_EBROKEN. Returns 0 or EDDY_EINVAL. */
int eddy_barrier_abort(eddy_barrier *b);

/* Makes it usable again; all who wait get EDDY_EBROKEN. Returns 0 or EDDY_EINVAL. */
int eddy_barrier_reset(eddy_barrier *b);

/* How many tasks wait at the barrier now. Never blocks. Follows Barrier.n_waiting. */
size_t eddy_barrier_waiting(const eddy_barrier *b);

int eddy__lock_acquire(const char *site, eddy_lock *l) EDDY__BLOCKS;
int eddy__event_wait(const char *site, eddy_event *e) EDDY__BLOCKS;
int eddy__cond_wait(const char *site, eddy_cond *c, eddy_lock *l) EDDY__BLOCKS;
int eddy__cond_wait_for(const char *site, eddy_cond *c, eddy_lock *l, bool (*predicate)(void *ctx),
                        void *ctx) EDDY__BLOCKS;
int eddy__sem_acquire(const char *site, eddy_sem *s) EDDY__BLOCKS;
int eddy__limiter_acquire(const char *site, eddy_limiter *l) EDDY__BLOCKS;
int eddy__barrier_wait(const char *site, eddy_barrier *b) EDDY__BLOCKS;

EDDY__END_C

#define eddy_lock_acquire(...) eddy__lock_acquire(EDDY__SITE, __VA_ARGS__)
#define eddy_event_wait(...) eddy__event_wait(EDDY__SITE, __VA_ARGS__)
#define eddy_cond_wait(...) eddy__cond_wait(EDDY__SITE, __VA_ARGS__)
#define eddy_cond_wait_for(...) eddy__cond_wait_for(EDDY__SITE, __VA_ARGS__)
#define eddy_sem_acquire(...) eddy__sem_acquire(EDDY__SITE, __VA_ARGS__)
#define eddy_limiter_acquire(...) eddy__limiter_acquire(EDDY__SITE, __VA_ARGS__)
#define eddy_barrier_wait(...) eddy__barrier_wait(EDDY__SITE, __VA_ARGS__)

#endif
