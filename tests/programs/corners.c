/* Corners of the vocabulary where two things meet: what asyncio, anyio and trio do there, or, where they
 * differ, what the rules say. Each is a program of its own. */
#include "check.h"

static eddy_time ms(int n) {
    return n * EDDY_MS;
}

static int sleeps_ms(void *arg) {
    return eddy_sleep(ms((int)(intptr_t)arg));
}

/* ---- scopes ------------------------------------------------------------------------------------- */

/* The first cause counts, also before the scope begins: its deadline, over already, is not it. */
static int cancelled_before_begin(void *arg) {
    (void)arg;
    eddy_scope s = {0};
    CHECK(eddy_scope_cancel(&s) == 0);
    CHECK(eddy_scope_begin(&s, &(eddy_scope_options){.timeout = EDDY_NOW}) == 0);
    CHECK(eddy_sleep(ms(1)) == EDDY_ECANCELED && eddy_yield() == EDDY_ECANCELED);
    EDDY_SHIELD(inside);
    CHECK(eddy_scope_end(&inside, eddy_sleep(ms(1))) == 0);
    CHECK(eddy_scope_end(&s, EDDY_ECANCELED) == 0);
    CHECK(eddy_scope_cancelled(&s) && !eddy_scope_expired(&s));
    CHECK(eddy_scope_cancel(&s) == EDDY_ESTATE);
    return 0;
}

static int shields_with_deadlines(void *arg) {
    (void)arg;
    eddy_time start = eddy_now();
    EDDY_SCOPE(outer, .timeout = ms(10));
    EDDY_SHIELD(middle, .timeout = ms(30));
    EDDY_SHIELD(inner, .timeout = ms(20));
    CHECK(eddy_deadline() == start + ms(20)); /* the outer ones are not in force */
    int rc = eddy_sleep(ms(25));
    CHECK(rc == EDDY_ECANCELED && eddy_now() == start + ms(20));
    CHECK(eddy_scope_end(&inner, rc) == EDDY_ETIMEDOUT);
    CHECK(eddy_deadline() == start + ms(30));
    rc = eddy_sleep(ms(25));
    CHECK(rc == EDDY_ECANCELED && eddy_now() == start + ms(30));
    CHECK(eddy_scope_end(&middle, rc) == EDDY_ETIMEDOUT);
    CHECK(eddy_sleep(ms(1)) == EDDY_ECANCELED && eddy_now() == start + ms(30));
    CHECK(eddy_scope_end(&outer, EDDY_ECANCELED) == EDDY_ETIMEDOUT);
    return eddy_sleep(ms(1));
}

static int reschedules(void *arg) {
    return eddy_scope_reschedule(arg, eddy_now() - ms(5));
}

static int rescheduled_to_the_past(void *arg) {
    (void)arg;
    CHECK(eddy_sleep(ms(10)) == 0);
    EDDY_SCOPE(own, .timeout = ms(100));
    CHECK(eddy_scope_reschedule(&own, eddy_now() - ms(5)) == 0);
    CHECK(eddy_scope_cancelled(&own) && eddy_scope_expired(&own)); /* at once */
    CHECK(eddy_scope_reschedule(&own, EDDY_FOREVER) == EDDY_ESTATE); /* there is no way back */
    CHECK(eddy_scope_end(&own, eddy_sleep(ms(1))) == EDDY_ETIMEDOUT);
    EDDY_SCOPE(others, .timeout = ms(100));
    eddy_future *task = eddy_spawn(reschedules, &others);
    eddy_time before = eddy_now();
    int rc = eddy_sleep(ms(50));
    CHECK(rc == EDDY_ECANCELED && eddy_now() == before);
    CHECK(eddy_scope_end(&others, rc) == EDDY_ETIMEDOUT);
    return eddy_await(task);
}

/* ---- groups ------------------------------------------------------------------------------------- */

typedef struct {
    eddy_group *g;
    eddy_future *late;
    int cleanup;
} adder;

static int adds_at_its_end(void *arg) {
    adder *a = arg;
    int rc = eddy_sleep(ms(5));
    a->late = eddy_group_spawn(a->g, sleeps_ms, (void *)(intptr_t)7);
    a->cleanup = eddy_future_state(a->late);
    return rc;
}

static int child_adds_while_closing(void *arg) {
    (void)arg;
    EDDY_GROUP(open);
    adder a = {.g = &open};
    CHECK(eddy_group_spawn(&open, adds_at_its_end, &a) != NULL);
    CHECK(eddy_group_end(&open, 0) == 0); /* the body is over: the group is open as long as a child runs */
    CHECK(a.cleanup == EDDY_PENDING && eddy_now() == ms(12));
    EDDY_GROUP(failing);
    a = (adder){.g = &failing};
    CHECK(eddy_group_spawn(&failing, adds_at_its_end, &a) != NULL);
    CHECK(eddy_yield() == 0 && eddy_yield() == 0);
    CHECK(eddy_group_end(&failing, E1) == E1);
    CHECK(a.cleanup == EDDY_FAILED && eddy_result(a.late) == EDDY_ESTATE && eddy_now() == ms(12));
    return 0;
}

/* ---- select -------------------------------------------------------------------------------------- */

static int closes_later(void *arg) {
    int rc = eddy_sleep(ms(5));
    eddy_sender_close(arg);
    return rc;
}

static int sends_later(void *arg) {
    int item = 42, rc = eddy_sleep(ms(5));
    return rc < 0 ? rc : eddy_send(arg, &item);
}

static int select_at_the_same_moment(void *arg) {
    (void)arg;
    eddy_sender *tx, *tx2;
    eddy_receiver *rx, *rx2;
    int item = 0;
    CHECK(eddy_chan_open(sizeof item, 0, &tx, &rx) == 0 && eddy_chan_open(sizeof item, 0, &tx2, &rx2) == 0);
    /* A deadline is seen at the beginning of the pass in which the channel is closed. */
    eddy_future *closer = eddy_spawn(closes_later, tx);
    CHECK(eddy_yield() == 0);
    eddy_case cases[] = {EDDY_CASE_RECV(rx, &item), EDDY_CASE_RECV(rx2, &item)};
    EDDY_SCOPE(limit, .timeout = ms(5));
    int rc = eddy_select(cases, 2, EDDY_FOREVER);
    CHECK(rc == EDDY_ECANCELED && eddy_scope_end(&limit, rc) == EDDY_ETIMEDOUT);
    CHECK(eddy_await(closer) == 0);
    /* The end of the stream is a happening, and before a time-out that is over already. */
    CHECK(eddy_select(cases, 2, 0) == 0 && cases[0].result == EDDY_ECLOSED);
    /* Who has timed out takes nothing any more: the item is for the next. */
    eddy_future *sender = eddy_spawn(sends_later, tx2);
    CHECK(eddy_yield() == 0);
    CHECK(eddy_select(&cases[1], 1, ms(5)) == EDDY_ETIMEDOUT && item == 0);
    CHECK(eddy_yield() == 0 && !eddy_done(sender));
    CHECK(eddy_recv(rx2, &item) == 0 && item == 42);
    CHECK(eddy_await(sender) == 0);
    eddy_sender_close(tx2), eddy_receiver_close(rx), eddy_receiver_close(rx2);
    return 0;
}

/* ---- queues -------------------------------------------------------------------------------------- */

static int dropped_items;

static void drop_item(void *item) {
    dropped_items += *(int *)item;
}

static eddy_queue queue;

static int puts_item(void *arg) {
    int item = (int)(intptr_t)arg;
    return eddy_queue_put(&queue, &item);
}

static int joins_queue(void *arg) {
    (void)arg;
    return eddy_queue_join(&queue);
}

/* What waits to be put was not put: it stays its owner's, and only what is in the queue is dropped. */
static int shut_down_under_putters(void *arg) {
    (void)arg;
    eddy_queue_options options = {.free_item = drop_item};
    CHECK(eddy_queue_init(&queue, sizeof(int), 1, &options) == 0);
    eddy_future *tasks[] = {eddy_spawn(puts_item, (void *)1), eddy_spawn(puts_item, (void *)10),
                            eddy_spawn(puts_item, (void *)100), eddy_spawn(joins_queue, NULL)};
    CHECK(eddy_yield() == 0 && eddy_yield() == 0);
    CHECK(eddy_queue_shutdown(&queue, true) == 0);
    CHECK(dropped_items == 1);
    int results[4];
    CHECK(eddy_gather_all(tasks, 4, results) == 0);
    CHECK(results[0] == 0 && results[1] == EDDY_ECLOSED && results[2] == EDDY_ECLOSED && results[3] == 0);
    CHECK(puts_item((void *)1) == EDDY_ECLOSED && eddy_queue_task_done(&queue) == EDDY_EINVAL);
    eddy_release_all(tasks, 4);
    eddy_queue_destroy(&queue);
    return 0;
}

/* ---- generators ---------------------------------------------------------------------------------- */

static const void *cleaned_in; /* whose name the end of the body ran in */

static int emits_slowly(void *arg) {
    (void)arg;
    int n = 0, rc = 0;
    while (rc == 0 && (rc = eddy_sleep(ms(5))) == 0) {
        n++;
        rc = eddy_emit(&n);
    }
    CHECK(rc != EDDY_ECLOSED || eddy_sleep(ms(1)) == 0); /* it may still wait */
    cleaned_in = eddy_current();
    return rc;
}

static int takes_one(void *arg) {
    int n;
    return eddy_gen_next(arg, &n);
}

static int closes_generator(void *arg) {
    int rc = eddy_gen_close(arg);
    CHECK(cleaned_in == eddy_current());
    return rc;
}

static int closed_by_another(void *arg) {
    (void)arg;
    eddy_gen *g = eddy_gen_open(emits_slowly, NULL, sizeof(int));
    eddy_future *taker = eddy_spawn(takes_one, g);
    CHECK(eddy_yield() == 0);
    CHECK(eddy_gen_close(g) == EDDY_ESTATE); /* another task is in it */
    CHECK(eddy_await(taker) == 1);
    eddy_future *closer = eddy_spawn(closes_generator, g);
    CHECK(eddy_await(closer) == 0);
    return 0;
}

/* ---- conditions, barriers, limiters ---------------------------------------------------------------- */

static eddy_lock lock;
static eddy_cond cond;

static int waits_for_cond(void *arg) {
    (void)arg;
    int rc = eddy_lock_acquire(&lock);
    if (rc < 0) return rc;
    rc = eddy_cond_wait(&cond, &lock);
    CHECK(eddy_lock_release(&lock) == 0); /* it has the lock on every way out */
    return rc;
}

static int cancelled_at_notify(void *arg) {
    (void)arg;
    eddy_future *f[] = {eddy_spawn(waits_for_cond, NULL), eddy_spawn(waits_for_cond, NULL),
                        eddy_spawn(waits_for_cond, NULL)};
    CHECK(eddy_sleep(ms(1)) == 0);
    CHECK(eddy_cond_notify(&cond, 1) == 1 && eddy_cancel(f[0]) == 1); /* it was notified before */
    CHECK(eddy_cancel(f[1]) == 1 && eddy_cond_notify(&cond, 1) == 1); /* that is for the next */
    int results[3];
    CHECK(eddy_gather_all(f, 3, results) == 0);
    CHECK(results[0] == 0 && results[1] == EDDY_ECANCELED && results[2] == 0);
    eddy_release_all(f, 3);
    return 0;
}

static eddy_barrier barrier = EDDY_BARRIER(3);

static int comes_to_barrier(void *arg) {
    (void)arg;
    return eddy_barrier_wait(&barrier);
}

/* Who is cancelled was not there: the others wait for one more, and the places close up. */
static int barrier_loses_party(void *arg) {
    (void)arg;
    eddy_future *f[4];
    for (int i = 0; i < 2; i++) f[i] = eddy_spawn(comes_to_barrier, NULL);
    CHECK(eddy_yield() == 0 && eddy_yield() == 0 && eddy_barrier_waiting(&barrier) == 2);
    CHECK(eddy_stop(f[0]) == EDDY_ECANCELED && eddy_barrier_waiting(&barrier) == 1);
    for (int i = 2; i < 4; i++) f[i] = eddy_spawn(comes_to_barrier, NULL);
    int results[3];
    CHECK(eddy_gather(f + 1, 3, results) == 0);
    CHECK(results[0] == 0 && results[1] == 1 && results[2] == 2);
    CHECK(eddy_barrier_waiting(&barrier) == 0);
    eddy_release_all(f, 4);
    return 0;
}

static eddy_limiter limiter = EDDY_LIMITER(3);
static int order[6], entered;

static int goes_in(void *arg) {
    int rc = eddy_limiter_acquire(&limiter);
    if (rc < 0) return rc;
    order[entered++] = (int)(intptr_t)arg;
    rc = eddy_sleep(ms(10 * (int)(intptr_t)arg));
    CHECK(eddy_limiter_release(&limiter) == 0);
    return rc;
}

static int limiter_shrinks(void *arg) {
    (void)arg;
    eddy_future *f[5];
    for (int i = 0; i < 5; i++) f[i] = eddy_spawn(goes_in, (void *)(intptr_t)(i + 1));
    CHECK(eddy_sleep(ms(5)) == 0 && entered == 3);
    CHECK(eddy_limiter_resize(&limiter, 1) == 0); /* nobody is thrown out */
    CHECK(eddy_sleep(ms(20)) == 0 && entered == 3); /* two have left: there is one, as many as may be */
    CHECK(eddy_sleep(ms(10)) == 0 && entered == 4 && order[3] == 4);
    CHECK(eddy_limiter_resize(&limiter, 2) == 0 && eddy_yield() == 0);
    CHECK(entered == 5 && order[4] == 5);
    CHECK(eddy_gather(f, 5, NULL) == 0);
    eddy_release_all(f, 5);
    return 0;
}

/* ---- a runner that is interrupted twice ------------------------------------------------------------ */

static eddy_future *left_behind;

static int interrupts_twice(void *arg) {
    (void)arg;
    left_behind = eddy_spawn(sleeps_ms, (void *)(intptr_t)1000);
    CHECK(eddy_yield() == 0);
    CHECK(eddy_interrupt() == 0 && eddy_interrupt() == 0);
    EDDY_SHIELD(here);
    EDDY_IGNORE(eddy_sleep(ms(1)));
    CHECK(!"reached");
    return 0;
}

static int looks_again(void *arg) {
    (void)arg;
    CHECK(eddy_result(left_behind) == EDDY_ECANCELED); /* it ended with that run */
    CHECK(eddy_interrupt() == 0); /* the first of this run */
    CHECK(eddy_sleep(ms(1)) == EDDY_ECANCELED);
    return 5;
}

static void runner_goes_on(void) {
    eddy_runner r = {0};
    CHECK(eddy_runner_open(&r) == 0);
    CHECK(eddy_runner_run(&r, interrupts_twice, NULL) == EDDY_ECANCELED);
    CHECK(eddy_interrupt() == EDDY_ESTATE); /* nothing runs */
    CHECK(eddy_runner_run(&r, looks_again, NULL) == 5);
    CHECK(eddy_runner_run(&r, sleeps_ms, (void *)(intptr_t)1) == 0);
    CHECK(eddy_runner_close(&r) == 0);
    eddy_release(left_behind);
    CHECK(check_memory.blocks == 0);
}

int main(void) {
    static const eddy_fn corners[] = {
        cancelled_before_begin, shields_with_deadlines, rescheduled_to_the_past,
        child_adds_while_closing, select_at_the_same_moment, shut_down_under_putters,
        closed_by_another, cancelled_at_notify, barrier_loses_party, limiter_shrinks,
    };
    check_begin();
    for (size_t i = 0; i < sizeof corners / sizeof *corners; i++) {
        int before = check_failures;
        CHECK(eddy_clock_virtual(true) == 0);
        check_run(corners[i]);
        if (check_failures > before) printf("    in corner %zu\n", i);
    }
    CHECK(eddy_clock_virtual(true) == 0);
    runner_goes_on();
    return check_end();
}
