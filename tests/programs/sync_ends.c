/* The same objects in wrong use, outside of tasks, in callbacks, and when a run ends. */
#include "sync.h"

static bool never(void *ctx) {
    (void)ctx;
    return false;
}

/* ---- wrong use, and use outside of tasks ----------------------------------------------------------- */

static int release_foreign(void *arg) {
    (void)arg;
    CHECK(eddy_lock_release(&lock) == EDDY_ESTATE);
    CHECK(eddy_cond_wait(&cond, &lock) == EDDY_ESTATE);
    CHECK(eddy_cond_wait_for(&cond, &lock, never, NULL) == EDDY_ESTATE);
    CHECK(eddy_limiter_release(&limiter) == EDDY_ESTATE);
    return 0;
}

static int misuse(void *arg) {
    (void)arg;
    CHECK(eddy_lock_acquire(NULL) == EDDY_EINVAL);
    CHECK(eddy_lock_try(NULL) == EDDY_EINVAL);
    CHECK(eddy_lock_release(NULL) == EDDY_EINVAL);
    CHECK(!eddy_lock_held(NULL));
    CHECK(eddy_event_wait(NULL) == EDDY_EINVAL);
    eddy_event_set(NULL);
    eddy_event_clear(NULL);
    CHECK(!eddy_event_is_set(NULL));
    CHECK(eddy_cond_wait(NULL, &lock) == EDDY_EINVAL);
    CHECK(eddy_cond_wait(&cond, NULL) == EDDY_EINVAL);
    CHECK(eddy_cond_wait_for(&cond, &lock, NULL, NULL) == EDDY_EINVAL);
    CHECK(eddy_cond_notify(NULL, 1) == EDDY_EINVAL);
    CHECK(eddy_cond_notify_all(NULL) == EDDY_EINVAL);
    CHECK(eddy_sem_acquire(NULL) == EDDY_EINVAL);
    CHECK(eddy_sem_try(NULL) == EDDY_EINVAL);
    CHECK(eddy_sem_release(NULL) == EDDY_EINVAL);
    CHECK(!eddy_sem_locked(NULL));
    CHECK(eddy_limiter_acquire(NULL) == EDDY_EINVAL);
    CHECK(eddy_limiter_release(NULL) == EDDY_EINVAL);
    CHECK(eddy_limiter_resize(NULL, 1) == EDDY_EINVAL);
    CHECK(eddy_barrier_wait(NULL) == EDDY_EINVAL);
    CHECK(eddy_barrier_abort(NULL) == EDDY_EINVAL);
    CHECK(eddy_barrier_reset(NULL) == EDDY_EINVAL);
    CHECK(eddy_barrier_waiting(NULL) == 0);

    CHECK(eddy_lock_release(&lock) == EDDY_ESTATE);
    CHECK((eddy_lock_acquire)(&lock) == 0);
    CHECK(eddy_lock_acquire(&lock) == EDDY_ESTATE);
    CHECK(eddy_lock_try(&lock) == EDDY_ESTATE);
    CHECK(eddy_await(eddy_spawn(release_foreign, NULL)) == 0);
    CHECK(eddy_lock_release(&lock) == 0);
    eddy_sem bounded = EDDY_SEM_BOUNDED(2), none = EDDY_SEM_BOUNDED(0), full = EDDY_SEM(SIZE_MAX);
    CHECK(eddy_sem_release(&bounded) == EDDY_EINVAL);
    CHECK(eddy_sem_try(&bounded) == 0);
    CHECK(eddy_sem_release(&bounded) == 0);
    CHECK(eddy_sem_release(&bounded) == EDDY_EINVAL);
    CHECK(eddy_sem_release(&none) == EDDY_EINVAL);
    CHECK(eddy_sem_release(&full) == EDDY_EINVAL);
    return 0;
}

static void outside_of_tasks(void) {
    CHECK(eddy_lock_acquire(&lock) == EDDY_ESTATE);
    CHECK(eddy_lock_try(&lock) == EDDY_ESTATE);
    CHECK(eddy_lock_release(&lock) == EDDY_ESTATE);
    CHECK(eddy_event_wait(&event) == EDDY_ESTATE);
    CHECK(eddy_cond_wait(&cond, &lock) == EDDY_ESTATE);
    CHECK(eddy_cond_wait_for(&cond, &lock, never, NULL) == EDDY_ESTATE);
    CHECK(eddy_sem_acquire(&sem) == EDDY_ESTATE);
    CHECK(eddy_limiter_acquire(&limiter) == EDDY_ESTATE);
    CHECK(eddy_limiter_release(&limiter) == EDDY_ESTATE);
    CHECK(eddy_barrier_wait(&barrier) == EDDY_ESTATE);
    eddy_sem one = EDDY_SEM(1);
    CHECK(eddy_sem_try(&one) == 0);
    CHECK(eddy_sem_try(&one) == EDDY_EEMPTY);
    CHECK(eddy_sem_release(&one) == 0);
}

/* All waits that a callback can end. */
static void end_waits(void *ctx) {
    (void)ctx;
    outside_of_tasks();
    CHECK(eddy_sem_release(&sem) == 0);
    CHECK(eddy_sem_try(&sem) == EDDY_EEMPTY);
    CHECK(eddy_cond_notify_all(&cond) == 1);
    CHECK(eddy_limiter_resize(&limiter, 1) == 0);
    eddy_event_set(&event);
    CHECK(eddy_barrier_abort(&barrier) == 0);
}

static int callbacks(void *arg) {
    (void)arg;
    sem = (eddy_sem){0};
    limiter = (eddy_limiter){0};
    barrier = (eddy_barrier)EDDY_BARRIER(2);
    event = (eddy_event){0};
    waiter w[5] = {{.of = &KINDS[1]}, {.of = &KINDS[2]}, {.of = &KINDS[3]}};
    for (int i = 0; i < 5; i++) {
        w[i].name = (char)('a' + i);
        w[i].task = eddy_spawn(i < 3 ? wait_once : i == 3 ? wait_for_event : meet, &w[i]);
    }
    CHECK(passes(2) == 0);
    CHECK(eddy_call_soon(end_waits, NULL).id != 0);
    for (int i = 0; i < 5; i++) {
        CHECK(eddy_await(w[i].task) == 0);
        CHECK(w[i].taken == (i < 4 ? 0 : EDDY_EBROKEN));
    }
    CHECK(order_was("acbd")); /* R6: as they were woken */
    return 0;
}

/* ---- the end of a run --------------------------------------------------------------------------------- */

static int ended;

static int hold_and_sleep(void *arg) {
    (void)arg;
    int rc = eddy_lock_acquire(&lock);
    if (rc == 0) rc = eddy_sleep(EDDY_FOREVER);
    note('h');
    CHECK(eddy_lock_release(&lock) == 0);
    ended++;
    return rc;
}

static int wait_for_ever(void *arg) {
    waiter *w = arg;
    if (w->of)
        w->taken = w->of->take();
    else if (w->name == 'e')
        w->taken = eddy_event_wait(&event);
    else
        w->taken = eddy_barrier_wait(&barrier);
    note(w->name);
    ended++;
    return w->taken;
}

static waiter forever[7];

/* One task in every kind of wait, one that has the lock. */
static int fill(void) {
    lock = (eddy_lock){0};
    sem = (eddy_sem){0};
    limiter = (eddy_limiter){0};
    event = (eddy_event){0};
    barrier = (eddy_barrier)EDDY_BARRIER(2);
    ended = 0;
    for (int i = 0; i < 6; i++) {
        forever[i] = (waiter){.of = i < 4 ? &KINDS[3 - i] : NULL, .name = "cplseb"[i]};
        if (i == 1) {
            CHECK(passes(1) == 0); /* into the condition, before the lock is taken */
            CHECK(eddy_go(hold_and_sleep, NULL) == 0);
        }
        CHECK(eddy_go(wait_for_ever, &forever[i]) == 0);
    }
    return passes(1);
}

static int leave_all_waiting(void *arg) {
    (void)arg;
    return fill();
}

static int halt(void *arg) {
    (void)arg;
    CHECK(fill() == 0);
    CHECK(eddy_cond_notify_all(&cond) == 1); /* one is in the lock's line, uncancellable */
    CHECK(passes(1) == 0);
    CHECK(eddy_interrupt() == 0);
    CHECK(eddy_interrupt() == 0);
    return 0;
}

/* Nobody is in a line any more, and what was held stays held. */
static int after_halt(void *arg) {
    (void)arg;
    CHECK(eddy_cond_notify_all(&cond) == 0);
    CHECK(eddy_sem_release(&sem) == 0);
    CHECK(eddy_sem_try(&sem) == 0);
    CHECK(eddy_barrier_waiting(&barrier) == 0);
    CHECK(eddy_limiter_resize(&limiter, 1) == 0);
    CHECK(eddy_limiter_acquire(&limiter) == 0);
    CHECK(eddy_limiter_release(&limiter) == 0);
    CHECK(eddy_lock_held(&lock));
    CHECK(eddy_lock_try(&lock) == EDDY_EEMPTY);
    EDDY_SCOPE(limit, .timeout = 1 * EDDY_S);
    CHECK(eddy_scope_end(&limit, eddy_lock_acquire(&lock)) == EDDY_ETIMEDOUT);
    return 0;
}

int main(void) {
    check_begin();
    outside_of_tasks();
    check_run(misuse);
    check_run(callbacks);

    check_run(leave_all_waiting);
    CHECK(ended == 7);
    CHECK(strchr(order, 'h') < strchr(order, 'c')); /* it waited for the lock to come back */
    order[0] = 0;
    for (int i = 0; i < 6; i++) CHECK(forever[i].taken == EDDY_ECANCELED);
    CHECK(!eddy_lock_held(&lock));

    CHECK(eddy_run(halt, NULL) == EDDY_ECANCELED);
    CHECK(check_memory.blocks == 0);
    CHECK(ended == 0);
    check_run(after_halt);
    return check_end();
}
