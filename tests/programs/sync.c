/* Locks, events, conditions, semaphores, limiters and barriers: cancellation at every moment, the
 * hand-over (R2), the line without barging. */
#include "sync.h"

static waiter abc[3];

/* Three tasks that wait, in this order: a, b, c. */
static void three_wait(const kind *of, eddy_time timeout_of_b) {
    for (int i = 0; i < 3; i++) {
        abc[i] = (waiter){.of = of, .name = (char)('a' + i), .taken = 1, .after = 1};
        if (i == 1) abc[i].timeout = timeout_of_b;
        abc[i].task = eddy_spawn(wait_once, &abc[i]);
    }
    CHECK(passes(3) == 0);
    for (int i = 0; i < 3; i++) CHECK(abc[i].taken == 1);
}

static void three_end(const kind *of) {
    for (int i = 0; i < 3; i++) CHECK(eddy_await(abc[i].task) == 0);
    if (!CHECK(of->is_idle())) printf("    of the %s\n", of->name);
}

static void check_line(const kind *of) {
    /* Nobody is cancelled: the order of arrival. */
    CHECK(of->make_scarce() == 0);
    three_wait(of, 0);
    CHECK(of->let_one() == 0);
    three_end(of);
    CHECK(order_was("abc"));

    /* The one in the middle is cancelled while all wait. */
    CHECK(of->make_scarce() == 0);
    three_wait(of, 0);
    eddy_cancel(abc[1].task);
    CHECK(of->let_one() == 0);
    three_end(of);
    CHECK(order_was("ac"));
    CHECK(abc[1].taken == EDDY_ECANCELED);
    CHECK(abc[1].after == EDDY_ECANCELED);

    /* Handed over, then cancelled, before it runs: it has it, and sees the cancellation later. */
    CHECK(of->make_scarce() == 0);
    three_wait(of, 0);
    CHECK(of->let_one() == 0);
    eddy_cancel(abc[0].task);
    three_end(of);
    CHECK(order_was("abc"));
    CHECK(abc[0].taken == 0);
    CHECK(abc[0].after == EDDY_ECANCELED);

    /* Cancelled, then given out, before it runs: the next one has it. */
    CHECK(of->make_scarce() == 0);
    three_wait(of, 0);
    eddy_cancel(abc[0].task);
    CHECK(of->let_one() == 0);
    three_end(of);
    CHECK(order_was("bc"));
    CHECK(abc[0].taken == EDDY_ECANCELED);

    /* A deadline ends a wait, and nobody else's. */
    CHECK(of->make_scarce() == 0);
    three_wait(of, 1 * EDDY_S);
    CHECK(eddy_sleep(2 * EDDY_S) == 0);
    CHECK(abc[1].taken == EDDY_ETIMEDOUT);
    CHECK(abc[1].after == 0);
    CHECK(abc[0].taken == 1);
    CHECK(of->let_one() == 0);
    three_end(of);
    CHECK(order_was("ac"));

    /* A deadline that is over when the hand-over has happened comes too late. */
    CHECK(of->make_scarce() == 0);
    three_wait(of, 1 * EDDY_S);
    eddy_cancel(abc[0].task);
    CHECK(of->let_one() == 0);
    CHECK(eddy_clock_advance(2 * EDDY_S) == 0);
    three_end(of);
    CHECK(order_was("bc"));

    /* Who is cancelled already gets nothing, though it is free. */
    waiter early = {.of = of, .yields_first = true, .name = 'e', .taken = 1};
    early.task = eddy_spawn(wait_once, &early);
    CHECK(passes(1) == 0);
    eddy_cancel(early.task);
    CHECK(eddy_await(early.task) == 0);
    CHECK(early.taken == EDDY_ECANCELED);
    CHECK(order_was(""));
    CHECK(of->is_idle());
}

static int lines(void *arg) {
    (void)arg;
    sem = (eddy_sem)EDDY_SEM(1);
    limiter = (eddy_limiter)EDDY_LIMITER(1);
    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++) check_line(&KINDS[i]);
    return 0;
}

/* ---- no barging, the budget ------------------------------------------------------------------------ */

static int lock_once(void *arg) {
    int rc = eddy_lock_acquire(&lock);
    if (rc < 0) return rc;
    note(*(const char *)arg);
    return eddy_lock_release(&lock);
}

static int sem_once(void *arg) {
    int rc = eddy_sem_acquire(&sem);
    if (rc == 0) note(*(const char *)arg);
    return rc;
}

static int no_barging(void *arg) {
    (void)arg;
    CHECK(eddy_lock_acquire(&lock) == 0);
    eddy_future *first = eddy_spawn(lock_once, "a");
    CHECK(passes(1) == 0);
    CHECK(eddy_lock_release(&lock) == 0);
    CHECK(eddy_lock_held(&lock));
    CHECK(eddy_lock_try(&lock) == EDDY_EEMPTY);
    CHECK(lock_once("m") == 0);
    CHECK(order_was("am"));
    CHECK(eddy_await(first) == 0);
    CHECK(eddy_lock_try(&lock) == 0);
    CHECK(eddy_lock_release(&lock) == 0);

    sem = (eddy_sem)EDDY_SEM(0);
    first = eddy_spawn(sem_once, "a");
    CHECK(passes(1) == 0);
    CHECK(eddy_sem_release(&sem) == 0);
    CHECK(eddy_sem_locked(&sem));
    CHECK(eddy_sem_try(&sem) == EDDY_EEMPTY);
    CHECK(eddy_await(first) == 0);
    CHECK(order_was("a"));
    return 0;
}

static int counts_passes(void *arg) {
    for (int *count = arg;; ++*count) {
        int rc = eddy_yield();
        if (rc < 0) return rc;
    }
}

/* Calls that need not wait give up the pass now and then (R8). */
static int budget(void *arg) {
    (void)arg;
    int count = 0;
    eddy_future *other = eddy_spawn(counts_passes, &count);
    for (int i = 0; i < 256 * 10; i++) {
        CHECK(eddy_lock_acquire(&lock) == 0);
        CHECK(eddy_lock_release(&lock) == 0);
    }
    CHECK(count >= 8 && count <= 10);
    eddy_cancel(other);
    CHECK(eddy_await(other) == EDDY_ECANCELED);
    return 0;
}

/* ---- event ------------------------------------------------------------------------------------------- */

static int events(void *arg) {
    (void)arg;
    waiter w[3] = {{.name = 'a'}, {.name = 'b'}, {.name = 'c'}};
    for (int i = 0; i < 3; i++) w[i].task = eddy_spawn(wait_for_event, &w[i]);
    CHECK(passes(1) == 0);
    eddy_cancel(w[1].task);
    eddy_event_set(&event);
    eddy_cancel(w[2].task);
    CHECK(eddy_event_is_set(&event));
    for (int i = 0; i < 3; i++) CHECK(eddy_await(w[i].task) == 0);
    CHECK(order_was("ac"));
    CHECK(w[1].taken == EDDY_ECANCELED);
    CHECK(w[2].after == EDDY_ECANCELED);
    CHECK(eddy_event_wait(&event) == 0);
    eddy_event_clear(&event);
    CHECK(!eddy_event_is_set(&event));
    EDDY_SCOPE(limit, .timeout = 1 * EDDY_S);
    CHECK(eddy_scope_end(&limit, eddy_event_wait(&event)) == EDDY_ETIMEDOUT);
    return 0;
}

/* ---- condition --------------------------------------------------------------------------------------- */

static int notices, notices_wanted;

static bool enough(void *ctx) {
    CHECK(ctx == &notices);
    CHECK(eddy_lock_held(&lock));
    return notices >= notices_wanted;
}

static int wait_for_enough(void *arg) {
    int rc = eddy_lock_acquire(&lock);
    if (rc < 0) return rc;
    rc = eddy_cond_wait_for(&cond, &lock, enough, &notices);
    if (rc == 0) note(*(const char *)arg);
    CHECK(eddy_lock_release(&lock) == 0);
    return rc;
}

/* Cancelled, or notified, while the lock is somebody else's. */
static int conditions(void *arg) {
    (void)arg;
    const kind *notice = &KINDS[3];
    waiter w = {.of = notice, .name = 'a', .taken = 1};
    w.task = eddy_spawn(wait_once, &w);
    CHECK(passes(1) == 0);
    CHECK(eddy_lock_acquire(&lock) == 0);
    eddy_cancel(w.task);
    CHECK(passes(3) == 0);
    CHECK(!eddy_done(w.task) && w.taken == 1);
    eddy_cancel(w.task);
    CHECK(eddy_cond_notify_all(&cond) == 0);
    CHECK(passes(3) == 0);
    CHECK(!eddy_done(w.task));
    CHECK(eddy_lock_release(&lock) == 0);
    CHECK(eddy_lock_held(&lock)); /* the cancelled one has it */
    CHECK(eddy_await(w.task) == 0);
    CHECK(w.taken == EDDY_ECANCELED);
    CHECK(!eddy_lock_held(&lock));

    /* Notified, and behind others in the lock's line; cancelled there: it was notified. */
    w = (waiter){.of = notice, .name = 'w', .taken = 1};
    w.task = eddy_spawn(wait_once, &w);
    CHECK(passes(1) == 0);
    CHECK(eddy_lock_acquire(&lock) == 0);
    eddy_future *other = eddy_spawn(lock_once, "o");
    CHECK(passes(1) == 0);
    CHECK(eddy_cond_notify(&cond, 5) == 1);
    eddy_cancel(w.task);
    CHECK(eddy_lock_release(&lock) == 0);
    CHECK(eddy_await(w.task) == 0);
    CHECK(eddy_await(other) == 0);
    CHECK(order_was("ow"));
    CHECK(w.taken == 0 && w.after == EDDY_ECANCELED);

    notices = 0;
    notices_wanted = 2;
    eddy_future *task = eddy_spawn(wait_for_enough, "e");
    CHECK(passes(1) == 0);
    for (int i = 0; i < 3; i++) {
        CHECK(order_was(i < 2 ? "" : "e"));
        notices++;
        CHECK(eddy_cond_notify(&cond, 1) == (i < 2));
        CHECK(passes(2) == 0);
    }
    CHECK(eddy_await(task) == 0);
    notices = 0;
    task = eddy_spawn(wait_for_enough, "f");
    CHECK(passes(1) == 0);
    eddy_cancel(task);
    CHECK(eddy_await(task) == EDDY_ECANCELED);
    CHECK(order_was("") && !eddy_lock_held(&lock));
    CHECK(eddy_cond_notify(&cond, 0) == 0);
    return 0;
}

/* ---- limiter ------------------------------------------------------------------------------------------ */

static int inside;

static int visit(void *arg) {
    int rc = eddy_limiter_acquire(&limiter);
    if (rc < 0) return rc;
    inside++;
    rc = eddy_sleep(*(const eddy_time *)arg);
    inside--;
    CHECK(eddy_limiter_release(&limiter) == 0);
    return rc;
}

static int limits(void *arg) {
    (void)arg;
    eddy_time second = 1 * EDDY_S;
    eddy_future *tasks[8];
    limiter = (eddy_limiter){0}; /* no places at all */
    for (int i = 0; i < 8; i++) tasks[i] = eddy_spawn(visit, &second);
    CHECK(passes(2) == 0);
    CHECK(inside == 0);
    CHECK(eddy_limiter_resize(&limiter, 3) == 0);
    CHECK(passes(2) == 0);
    CHECK(inside == 3);
    CHECK(eddy_limiter_resize(&limiter, 1) == 0);
    CHECK(passes(2) == 0);
    CHECK(inside == 3);
    eddy_cancel(tasks[3]);
    CHECK(eddy_sleep(1500 * EDDY_MS) == 0);
    CHECK(inside == 1);
    CHECK(eddy_limiter_resize(&limiter, SIZE_MAX) == 0);
    CHECK(passes(2) == 0);
    CHECK(inside == 4);
    int results[8];
    CHECK(eddy_gather_all(tasks, 8, results) == 0);
    for (int i = 0; i < 8; i++) CHECK(results[i] == (i == 3 ? EDDY_ECANCELED : 0));
    eddy_release_all(tasks, 8);
    CHECK(inside == 0 && limiter.used == 0);

    check_fail_at(1, false);
    CHECK(eddy_limiter_acquire(&limiter) == EDDY_ENOMEM);
    check_fail_at(0, false);
    CHECK(limiter.used == 0);
    CHECK(eddy_limiter_acquire(&limiter) == 0);
    CHECK(eddy_limiter_acquire(&limiter) == EDDY_ESTATE);
    CHECK(eddy_limiter_release(&limiter) == 0);
    CHECK(eddy_limiter_release(&limiter) == EDDY_ESTATE);
    return 0;
}

static int reports;

static void on_report(const eddy_report *report, void *ctx) {
    (void)ctx;
    reports++;
    CHECK(report->code == EDDY_ESTATE);
    CHECK(strcmp(report->message, "task 'forgets' ended with a place of a limiter") == 0);
    CHECK(strcmp(report->task, "forgets") == 0);
    CHECK(report->line > 0);
}

static int forgets(void *arg) {
    (void)arg;
    return eddy_limiter_acquire(&limiter);
}

/* A place that its task has not given back is lost, and debug mode says so. */
static int lost_places(void *arg) {
    (void)arg;
    limiter = (eddy_limiter)EDDY_LIMITER(2);
    CHECK(eddy_await(eddy_spawn(forgets, NULL)) == 0);
    CHECK(reports == 0);
    eddy_set_report(on_report, NULL);
    eddy_debug(true);
    CHECK(eddy_await(eddy_spawn(forgets, NULL)) == 0);
    eddy_debug(false);
    eddy_set_report(NULL, NULL);
    CHECK(reports == 1);
    EDDY_SCOPE(limit, .timeout = 1 * EDDY_S);
    CHECK(eddy_scope_end(&limit, eddy_limiter_acquire(&limiter)) == EDDY_ETIMEDOUT);
    return 0;
}

/* ---- barrier ------------------------------------------------------------------------------------------- */

static void start_meeting(waiter *w, int n) {
    for (int i = 0; i < n; i++) {
        w[i] = (waiter){.taken = EDDY_EUSER};
        w[i].task = eddy_spawn(meet, &w[i]);
    }
    CHECK(passes(1) == 0);
}

static void end_meeting(waiter *w, int n) {
    for (int i = 0; i < n; i++) CHECK(eddy_await(w[i].task) == 0);
    CHECK(eddy_barrier_waiting(&barrier) == 0);
}

static int barriers(void *arg) {
    (void)arg;
    waiter w[3];
    barrier = (eddy_barrier)EDDY_BARRIER(3);
    for (int round = 0; round < 2; round++) { /* can be used again */
        start_meeting(w, 2);
        CHECK(eddy_barrier_waiting(&barrier) == 2);
        CHECK(eddy_barrier_wait(&barrier) == 2);
        eddy_cancel(w[1].task); /* too late */
        end_meeting(w, 2);
        CHECK(w[0].taken == 0 && w[1].taken == 1 && w[1].after == EDDY_ECANCELED);
    }

    /* One who is cancelled does not count any more; the others go on waiting. */
    start_meeting(w, 2);
    eddy_cancel(w[0].task);
    CHECK(eddy_barrier_waiting(&barrier) == 1);
    CHECK(eddy_await(w[0].task) == 0);
    CHECK(w[0].taken == EDDY_ECANCELED && w[1].taken == EDDY_EUSER);
    w[0].taken = EDDY_EUSER;
    w[0].task = eddy_spawn(meet, &w[0]);
    CHECK(passes(1) == 0);
    CHECK(eddy_barrier_wait(&barrier) == 2);
    end_meeting(w, 2);
    CHECK(w[1].taken == 0 && w[0].taken == 1);

    start_meeting(w, 2);
    CHECK(eddy_barrier_abort(&barrier) == 0);
    end_meeting(w, 2);
    CHECK(w[0].taken == EDDY_EBROKEN && w[1].taken == EDDY_EBROKEN);
    CHECK(eddy_barrier_wait(&barrier) == EDDY_EBROKEN);
    CHECK(eddy_barrier_reset(&barrier) == 0);
    start_meeting(w, 2);
    CHECK(eddy_barrier_reset(&barrier) == 0);
    end_meeting(w, 2);
    CHECK(w[0].taken == EDDY_EBROKEN);
    start_meeting(w, 2);
    CHECK(eddy_barrier_wait(&barrier) == 2);
    end_meeting(w, 2);

    eddy_barrier alone = EDDY_BARRIER(1), none = {0};
    CHECK(eddy_barrier_wait(&alone) == 0);
    CHECK(eddy_barrier_wait(&none) == EDDY_EINVAL);
    EDDY_SCOPE(limit, .timeout = 1 * EDDY_S);
    CHECK(eddy_scope_end(&limit, eddy_barrier_wait(&barrier)) == EDDY_ETIMEDOUT);
    CHECK(eddy_barrier_waiting(&barrier) == 0);
    return 0;
}

int main(void) {
    check_begin();
    check_run(lines);
    check_run(no_barging);
    check_run(budget);
    check_run(events);
    check_run(conditions);
    check_run(limits);
    check_run(lost_places);
    check_run(barriers);
    return check_end();
}
