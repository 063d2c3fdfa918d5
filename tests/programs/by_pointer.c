/* by_pointer.c: every call that may suspend, as the function behind the macro and called through a
 * pointer; the caller's frame must survive each. */
#include "check.h"

/* Calls `function` by a pointer that the compiler cannot see through, and looks at what was kept
 * over the call. */
#define CALL(function, ...)                                                                        \
    do {                                                                                           \
        __typeof__(&(function)) volatile pointer = (function);                                     \
        int before = step * 7;                                                                     \
        double half = step + 0.5;                                                                  \
        int rc = pointer(__VA_ARGS__);                                                             \
        if (!CHECK(rc >= 0)) printf("    " #function ": %s\n", eddy_errname(rc));                  \
        CHECK(before == step * 7 && half == step + 0.5);                                           \
        step++;                                                                                    \
    } while (0)

static eddy_lock lock;
static eddy_event event;
static eddy_cond cond;
static eddy_sem sem;
static eddy_limiter limiter = EDDY_LIMITER(1);
static eddy_barrier barrier = EDDY_BARRIER(2);
static eddy_queue queue = EDDY_QUEUE(int, 1), full = EDDY_QUEUE(int, 1);
static eddy_sender *tx, *busy_tx;
static eddy_receiver *rx, *busy_rx;
static bool changed;

static int naps(void *arg) {
    (void)arg;
    return (eddy_sleep)(EDDY_MS);
}

static int starts(void *arg) {
    int rc = naps(arg);
    if (rc == 0) rc = eddy_started(5);
    return rc < 0 ? rc : naps(arg);
}

static bool has_changed(void *ctx) {
    return *(bool *)ctx;
}

/* Holds everything for a while, then gives what the other waits for, one thing at a time. */
static int helps(void *arg) {
    int rc = (eddy_lock_acquire)(&lock), item = 3;
    if (rc == 0) rc = (eddy_limiter_acquire)(&limiter);
    if (rc == 0) rc = naps(arg);
    eddy_lock_release(&lock);
    eddy_event_set(&event);
    if (rc == 0) rc = naps(arg);
    eddy_cond_notify(&cond, 1);
    if (rc == 0) rc = naps(arg);
    changed = true;
    eddy_cond_notify(&cond, 1);
    if (rc == 0) rc = naps(arg);
    eddy_sem_release(&sem);
    if (rc == 0) rc = naps(arg);
    eddy_limiter_release(&limiter);
    if (rc == 0) rc = (eddy_barrier_wait)(&barrier);
    if (rc == 0) rc = naps(arg);
    if (rc == 0) rc = (eddy_queue_put)(&queue, &item);
    if (rc == 0) rc = naps(arg);
    if (rc == 0) rc = (eddy_queue_get)(&full, &item);
    if (rc == 0) rc = naps(arg);
    while (rc == 0 && eddy_queue_try_get(&full, &item) == 0) {}
    for (int i = 0; i < 3; i++) eddy_queue_task_done(&full);
    if (rc == 0) rc = (eddy_send)(tx, &item);
    if (rc == 0) rc = naps(arg);
    if (rc == 0) rc = (eddy_recv)(busy_rx, &item);
    if (rc == 0) rc = naps(arg);
    return rc < 0 ? rc : (eddy_send)(tx, &item);
}

static int emits(void *arg) {
    int item = 4, rc = naps(arg);
    int (*volatile emit)(const void *) = eddy_emit;
    while (rc == 0) {
        item++;
        rc = emit(&item);
    }
    return rc;
}

static int use_tasks(void *arg) {
    int step = 1;
    CALL((eddy_sleep), EDDY_MS);
    CALL((eddy_sleep_until), eddy_now() + EDDY_MS);
    CALL((eddy_yield));
    CALL(eddy_checkpoint);
    CALL((eddy_go), naps, arg);
    CALL((eddy_idle));
    eddy_future *f[3] = {(eddy_spawn)(naps, arg), (eddy_spawn_with)(naps, NULL), (eddy_future_new)()};
    CALL((eddy_join), f[0]);
    CALL((eddy_await), eddy_retain(f[1]));
    eddy_resolve(f[2], 2);
    CALL((eddy_gather), f, 3, NULL);
    eddy_release_all(f, 3);
    for (int i = 0; i < 3; i++) f[i] = (eddy_spawn)(naps, arg);
    CALL((eddy_gather_all), f, 3, NULL);
    eddy_release_all(f, 3);
    for (int i = 0; i < 3; i++) f[i] = (eddy_spawn)(naps, arg);
    CALL((eddy_wait), f, 3, EDDY_ALL_DONE, EDDY_FOREVER);
    eddy_release_all(f, 3);
    for (int i = 0; i < 3; i++) f[i] = (eddy_spawn)(naps, arg);
    eddy_each each;
    eddy_future *done = NULL;
    CALL((eddy_each_begin), &each, f, 3, EDDY_FOREVER);
    for (int i = 0; i < 3; i++) CALL((eddy_each_next), &each, &done);
    CHECK(done == f[2]);
    eddy_each_end(&each);
    eddy_release_all(f, 3);
    for (int i = 0; i < 3; i++) f[i] = (eddy_spawn)(naps, arg);
    CALL((eddy_race), f, 3, NULL);
    eddy_release_all(f, 3);
    CALL((eddy_race_staggered), (const eddy_fn[]){naps, naps}, NULL, 2, EDDY_S, NULL);
    CALL((eddy_timeout), EDDY_S, naps, arg);
    f[0] = (eddy_spawn)(naps, arg);
    CHECK((eddy_stop)(f[0]) == EDDY_ECANCELED);
    eddy_release(f[0]);
    eddy_group group = {0};
    CALL((eddy_group_begin), &group, NULL);
    CHECK((eddy_group_spawn)(&group, naps, arg) != NULL);
    CHECK((eddy_group_spawn_with)(&group, naps, NULL) != NULL);
    CALL((eddy_group_go), &group, naps, arg);
    CALL((eddy_group_start), &group, starts, arg);
    CALL((eddy_group_end), &group, 0);
    eddy_interval interval;
    CALL(eddy_interval_begin, &interval, EDDY_MS, EDDY_SKIP);
    CALL((eddy_interval_next), &interval);
    int item = 0;
    eddy_gen *gen = (eddy_gen_open)(emits, arg, sizeof item);
    CALL((eddy_gen_next), gen, &item);
    CALL((eddy_gen_next), gen, &item);
    CHECK(item == 6);
    CALL((eddy_gen_close), gen);
    return 0;
}

static int use_objects(void *arg) {
    int step = 1, item = 0;
    CHECK(eddy_chan_open(sizeof(int), 0, &tx, &rx) == 0);
    CHECK(eddy_chan_open(sizeof(int), 0, &busy_tx, &busy_rx) == 0);
    eddy_future *helper = eddy_spawn(helps, arg);
    CALL((eddy_yield));
    CALL((eddy_lock_acquire), &lock);
    CALL((eddy_event_wait), &event);
    CALL((eddy_cond_wait), &cond, &lock);
    CALL((eddy_cond_wait_for), &cond, &lock, has_changed, &changed);
    CHECK(changed && eddy_lock_held(&lock));
    CALL((eddy_sem_acquire), &sem);
    CALL((eddy_limiter_acquire), &limiter);
    CALL((eddy_barrier_wait), &barrier);
    CALL((eddy_queue_get), &queue, &item);
    CHECK(item == 3);
    CALL((eddy_queue_put), &full, &item);
    CALL((eddy_queue_put), &full, &item);
    CALL((eddy_queue_put), &full, &item);
    CALL((eddy_queue_join), &full);
    CALL((eddy_recv), rx, &item);
    CALL((eddy_send), busy_tx, &item);
    eddy_case cases[] = {EDDY_CASE_GET(&queue, &item), EDDY_CASE_RECV(rx, &item)};
    CALL((eddy_select), cases, 2, EDDY_FOREVER);
    CHECK(cases[1].result == 0 && item == 3);
    CALL((eddy_await), helper);
    eddy_sender_close(tx), eddy_sender_close(busy_tx);
    eddy_receiver_close(rx), eddy_receiver_close(busy_rx);
    eddy_queue_destroy(&queue);
    eddy_queue_destroy(&full);
    return eddy_lock_release(&lock);
}

int main(void) {
    check_begin();
    check_run(use_tasks);
    check_run(use_objects);
    return check_end();
}
