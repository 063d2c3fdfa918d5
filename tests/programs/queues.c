/* queues: storage, lines of getters and putters, shutdown, lack of memory. */
#include "queues.h"

/* ---- storage, against an array ---------------------------------------------------------------------- */

typedef struct keyed {
    int key, number;
} keyed;

static int compare_keys(const void *a, const void *b) {
    CHECK(eddy_current() == NULL); /* outside of any task */
    int left = ((const keyed *)a)->key, right = ((const keyed *)b)->key;
    return (left > right) - (left < right);
}

enum { MODEL_ROOM = 64, WIDEST = 40 };

static keyed model[MODEL_ROOM]; /* in order of arrival */
static size_t model_length;

static keyed model_take(eddy_order how) {
    size_t at = how == EDDY_LIFO ? model_length - 1 : 0;
    for (size_t i = 1; how == EDDY_PRIORITY && i < model_length; i++)
        if (model[i].key < model[at].key) at = i;
    keyed taken = model[at];
    memmove(&model[at], &model[at + 1], (--model_length - at) * sizeof *model);
    return taken;
}

/* An item is a keyed, as much of it as there is room for, and a pattern behind it. */
static void play_put(eddy_queue *q, int number) {
    unsigned char bytes[WIDEST];
    keyed item = {(int)pick(5), number};
    memset(bytes, number, sizeof bytes);
    memcpy(bytes, &item, sizeof item);
    bool full = q->capacity && model_length == q->capacity;
    CHECK(eddy_queue_try_put(q, bytes) == (full ? EDDY_EFULL : 0));
    if (!full) model[model_length++] = item;
}

static void play_get(eddy_queue *q) {
    unsigned char bytes[WIDEST], got[WIDEST];
    int rc = eddy_queue_try_get(q, got);
    CHECK(rc == (model_length ? 0 : EDDY_EEMPTY));
    if (rc < 0) return;
    keyed expected = model_take(q->options.order);
    memset(bytes, expected.number, sizeof bytes);
    memcpy(bytes, &expected, sizeof expected);
    CHECK(memcmp(got, bytes, q->item_size) == 0);
}

/* Phases of growing and shrinking, so that the ring turns and both ends are met. */
static void play(eddy_order how, size_t size, size_t capacity) {
    eddy_queue q;
    eddy_queue_options options = {.order = how, .compare = compare_keys};
    CHECK(eddy_queue_init(&q, size, capacity, &options) == 0);
    model_length = 0;
    for (int step = 0; step < 600; step++) {
        bool put = pick(100) < (step / 50 % 2 ? 30u : 70u);
        if (put && model_length < MODEL_ROOM)
            play_put(&q, step);
        else
            play_get(&q);
        CHECK(eddy_queue_len(&q) == model_length);
        CHECK(eddy_queue_full(&q) == (capacity && model_length == capacity));
    }
    eddy_queue_destroy(&q);
    CHECK(eddy_queue_len(&q) == 0);
}

static void storage(void) {
    static const size_t sizes[] = {0, 1, 4, 8, 12, 16, 24, WIDEST}, capacities[] = {0, 1, 3, 8, 20};
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        for (size_t c = 0; c < sizeof capacities / sizeof *capacities; c++) {
            play(EDDY_FIFO, sizes[s], capacities[c]);
            play(EDDY_LIFO, sizes[s], capacities[c]);
            if (sizes[s] >= sizeof(keyed)) play(EDDY_PRIORITY, sizes[s], capacities[c]);
        }
    }
    eddy_queue tokens = {0};
    for (int i = 0; i < 1000; i++) CHECK(eddy_queue_try_put(&tokens, NULL) == 0);
    CHECK(eddy_queue_len(&tokens) == 1000 && check_memory.blocks == 0);
    for (int i = 0; i < 1000; i++) CHECK(eddy_queue_try_get(&tokens, NULL) == 0);
    CHECK(eddy_queue_try_get(&tokens, NULL) == EDDY_EEMPTY);
}

/* ---- lines ------------------------------------------------------------------------------------------- */

static eddy_queue q;

static void make(size_t capacity, size_t items) {
    eddy_queue_destroy(&q);
    freed_items = 0;
    eddy_queue_options options = {.free_item = count_freed};
    CHECK(eddy_queue_init(&q, sizeof(int), capacity, &options) == 0);
    for (int i = 0; i < (int)items; i++) CHECK(eddy_queue_try_put(&q, &i) == 0);
}

static int take(void) {
    int item = -1;
    int rc = eddy_queue_try_get(&q, &item);
    return rc < 0 ? rc : item;
}

static int put(int item) {
    return eddy_queue_try_put(&q, &item);
}

/* In order of arrival, past those who have left; what was handed over is nobody else's (R2). */
static int getters(void *arg) {
    (void)arg;
    make(2, 0);
    user users[5];
    for (int i = 0; i < 5; i++) users[i] = make_user((char)('a' + i), call_get, &q, 0);
    users[3].timeout = 10 * EDDY_MS;
    start_all(users, 5);
    eddy_cancel(users[1].task);
    CHECK(put(10) == 0 && put(11) == 0);
    CHECK(take() == EDDY_EEMPTY && eddy_queue_len(&q) == 0);
    eddy_cancel(users[0].task); /* it has its item: the cancellation is seen by what comes behind */
    CHECK(eddy_sleep(20 * EDDY_MS) == 0);
    CHECK(order_was("ac"));
    CHECK(users[0].result == 0 && users[0].item == 10 && users[0].after == EDDY_ECANCELED);
    CHECK(users[1].result == EDDY_ECANCELED && users[1].after == EDDY_ECANCELED);
    CHECK(users[2].result == 0 && users[2].item == 11 && users[2].after == 0);
    CHECK(users[3].result == EDDY_ETIMEDOUT && users[3].after == 0);
    CHECK(put(12) == 0 && put(13) == 0); /* the second is stored */
    CHECK(all_got(users + 4, 1, 0) && users[4].item == 12 && order_was("e"));
    CHECK(take() == 13);
    for (int i = 0; i < 4; i++) EDDY_IGNORE(eddy_await(users[i].task));
    return 0;
}

static int putters(void *arg) {
    (void)arg;
    make(2, 2);
    user users[5];
    for (int i = 0; i < 5; i++) users[i] = make_user((char)('a' + i), call_put, &q, 10 + i);
    users[3].timeout = 10 * EDDY_MS;
    start_all(users, 5);
    eddy_cancel(users[1].task);
    CHECK(put(99) == EDDY_EFULL);
    CHECK(take() == 0);
    CHECK(put(99) == EDDY_EFULL && eddy_queue_len(&q) == 2); /* the place is taken already */
    eddy_cancel(users[0].task); /* its item is in: the cancellation is seen by what comes behind */
    CHECK(eddy_sleep(20 * EDDY_MS) == 0 && order_was("a"));
    CHECK(take() == 1 && take() == 10 && take() == 12 && take() == 14 && take() == EDDY_EEMPTY);
    for (int i = 0; i < 5; i++) EDDY_IGNORE(eddy_await(users[i].task));
    CHECK(order_was("ce"));
    CHECK(users[0].result == 0 && users[0].after == EDDY_ECANCELED);
    CHECK(users[1].result == EDDY_ECANCELED && users[3].result == EDDY_ETIMEDOUT);
    CHECK(users[2].result == 0 && users[4].result == 0);
    return 0;
}

/* A cancellation that comes in any pass of an exchange: each item is got once, or still there. */
static int produce(void *arg) {
    int *sent = arg;
    for (int i = 0; i < 6; i++) {
        int rc = eddy_queue_put(&q, &i);
        if (rc < 0) return rc;
        ++*sent;
    }
    return 0;
}

static int consume(void *arg) {
    int *received = arg, item;
    for (int i = 0; i < 6; i++) {
        int rc = eddy_queue_get(&q, &item);
        if (rc < 0) return rc;
        CHECK(item == *received);
        ++*received;
    }
    return 0;
}

static int every_moment(void *arg) {
    (void)arg;
    for (size_t capacity = 1; capacity < 4; capacity++) {
        for (int moment = 0; moment < 12; moment++) {
            for (int whom = 0; whom < 4; whom++) {
                make(capacity, 0);
                int sent = 0, received = 0;
                eddy_future *tasks[] = {eddy_spawn(produce, &sent), eddy_spawn(consume, &received)};
                CHECK(passes(moment) == 0);
                if (whom & 1) eddy_cancel(tasks[0]);
                if (whom & 2) eddy_cancel(tasks[1]);
                CHECK(passes(20) == 0);
                CHECK(sent - received == (int)eddy_queue_len(&q));
                if (whom == 0) CHECK(sent == 6 && received == 6);
                for (int i = 0; i < 2; i++) EDDY_IGNORE(eddy_stop(tasks[i]));
                CHECK(sent - received == (int)eddy_queue_len(&q));
                eddy_release_all(tasks, 2);
            }
        }
    }
    return 0;
}

/* Tasks that never have to wait give way nevertheless (R8). */
static int busy(void *arg) {
    int *rounds = arg, item = 0;
    for (; *rounds < 10000; ++*rounds) {
        int rc = eddy_queue_put(&q, &item);
        if (rc == 0) rc = eddy_queue_get(&q, &item);
        if (rc < 0) return rc;
    }
    return 0;
}

static int budget(void *arg) {
    (void)arg;
    make(4, 0);
    int rounds = 0;
    eddy_future *task = eddy_spawn(busy, &rounds);
    CHECK(passes(10) == 0);
    CHECK(rounds > 500 && rounds < 3000);
    CHECK(eddy_await(task) == 0 && rounds == 10000);
    return 0;
}

/* ---- join, shutdown, destroy ---------------------------------------------------------------------------- */

static int joining(void *arg) {
    (void)arg;
    make(0, 0);
    CHECK(eddy_queue_join(&q) == 0);
    user users[3];
    for (int i = 0; i < 3; i++) users[i] = make_user((char)('a' + i), call_join, &q, 0);
    CHECK(put(1) == 0 && put(2) == 0);
    start_all(users, 3);
    eddy_cancel(users[1].task);
    CHECK(take() == 1 && eddy_queue_task_done(&q) == 0 && passes(2) == 0 && order_was(""));
    CHECK(put(3) == 0 && eddy_queue_task_done(&q) == 0 && passes(2) == 0 && order_was(""));
    CHECK(eddy_queue_task_done(&q) == 0);
    CHECK(eddy_queue_task_done(&q) == EDDY_EINVAL);
    CHECK(put(4) == 0); /* those who were woken have their result */
    CHECK(all_got(users, 1, 0) && all_got(users + 2, 1, 0));
    CHECK(all_got(users + 1, 1, EDDY_ECANCELED));
    CHECK(order_was("ac"));
    /* What goes from hand to hand, and what a putter in line puts, counts as well. */
    make(1, 0);
    user pair[] = {make_user('g', call_get, &q, 0), make_user('j', call_join, &q, 0)};
    start(&pair[0]);
    CHECK(passes(1) == 0 && put(5) == 0);
    start(&pair[1]);
    CHECK(passes(2) == 0 && order_was("g"));
    CHECK(eddy_queue_task_done(&q) == 0 && all_got(pair, 2, 0) && order_was("j"));
    return 0;
}

static int shutting_down(void *arg) {
    (void)arg;
    for (int immediate = 0; immediate < 2; immediate++) {
        make(3, 3);
        user users[] = {make_user('a', call_put, &q, 1), make_user('b', call_put, &q, 2),
                        make_user('j', call_join, &q, 0)};
        start_all(users, 3);
        CHECK(eddy_queue_shutdown(&q, immediate) == 0);
        CHECK(eddy_queue_shutdown(&q, immediate) == 0);
        CHECK(all_got(users, 2, EDDY_ECLOSED));
        CHECK(put(9) == EDDY_ECLOSED && eddy_queue_put(&q, &users->item) == EDDY_ECLOSED);
        CHECK(freed_were(immediate ? 3 : 0));
        CHECK(eddy_done(users[2].task) == immediate);
        for (int i = 0; !immediate && i < 3; i++)
            CHECK(take() == i && eddy_queue_task_done(&q) == 0);
        CHECK(all_got(users + 2, 1, 0) && order_was("j"));
        CHECK(take() == EDDY_ECLOSED && eddy_queue_get(&q, &users->item) == EDDY_ECLOSED);

        make(3, 0);
        user both[] = {make_user('a', call_get, &q, 0), make_user('b', call_get, &q, 0)};
        start_all(both, 2);
        CHECK(eddy_queue_shutdown(&q, immediate) == 0);
        eddy_cancel(both[0].task); /* R2: it was told already */
        CHECK(all_got(both, 2, EDDY_ECLOSED) && both[0].after == EDDY_ECANCELED);
    }
    /* Items of which some were taken, but are not done. */
    make(0, 3);
    user joiner = make_user('j', call_join, &q, 0);
    start_all(&joiner, 1);
    CHECK(take() == 0 && eddy_queue_shutdown(&q, true) == 0 && freed_were(2) && passes(2) == 0);
    CHECK(!eddy_done(joiner.task) && eddy_queue_task_done(&q) == 0 && all_got(&joiner, 1, 0));
    CHECK(order_was("j"));
    return 0;
}

static int destroying(void *arg) {
    (void)arg;
    make(2, 2);
    user users[] = {make_user('a', call_put, &q, 1), make_user('j', call_join, &q, 0)};
    start_all(users, 2);
    eddy_queue_destroy(&q);
    CHECK(freed_were(2) && all_got(users, 2, EDDY_ECLOSED));
    eddy_queue_destroy(&q);
    CHECK(freed_were(0) && put(1) == EDDY_ECLOSED && take() == EDDY_ECLOSED);
    CHECK(eddy_queue_join(&q) == 0);
    return 0;
}

/* Every kind of order drops what it holds, once, when the ring has turned as well. */
static int dropping(void *arg) {
    (void)arg;
    for (eddy_order how = EDDY_FIFO; how <= EDDY_PRIORITY; how++) {
        eddy_queue dropped;
        eddy_queue_options options = {how, compare_keys, count_freed};
        CHECK(eddy_queue_init(&dropped, sizeof(keyed), 7, &options) == 0);
        keyed item = {0};
        for (int i = 0; i < 5; i++) CHECK(eddy_queue_try_put(&dropped, &item) == 0);
        for (int i = 0; i < 4; i++) CHECK(eddy_queue_try_get(&dropped, &item) == 0);
        for (int i = 0; i < 6; i++) CHECK(eddy_queue_try_put(&dropped, &item) == 0);
        CHECK(eddy_queue_shutdown(&dropped, true) == 0);
        CHECK(freed_were(7) && eddy_queue_len(&dropped) == 0);
        eddy_queue_destroy(&dropped);
        CHECK(freed_were(0));
    }
    return 0;
}

/* A destructor that does to the queue whatever there is: it sees a closed, empty one. */
static void meddle(void *item) {
    (void)item;
    freed_items++;
    CHECK(eddy_queue_len(&q) == 0 && take() == EDDY_ECLOSED && put(1) == EDDY_ECLOSED);
    CHECK(eddy_queue_task_done(&q) == EDDY_EINVAL);
    CHECK(eddy_queue_shutdown(&q, true) == 0);
    eddy_queue_destroy(&q);
    CHECK(eddy_queue_get(&q, item) == EDDY_ESTATE);
}

static int meddling(void *arg) {
    (void)arg;
    make(4, 4);
    q.options.free_item = meddle;
    user joiner = make_user('j', call_join, &q, 0);
    start_all(&joiner, 1);
    CHECK(eddy_queue_shutdown(&q, true) == 0);
    CHECK(freed_were(4) && all_got(&joiner, 1, 0) && order_was("j"));
    return 0;
}

/* ---- memory, wrong use, other places -------------------------------------------------------------------- */

static int without_memory(void *arg) {
    (void)arg;
    for (eddy_order how = EDDY_FIFO; how <= EDDY_PRIORITY; how++) {
        eddy_queue small;
        eddy_queue_options options = {.order = how, .compare = compare_keys};
        CHECK(eddy_queue_init(&small, sizeof(keyed), 100, &options) == 0);
        int stored = 0, refused = 0;
        for (int i = 0; i < 100; i++) {
            keyed item = {how == EDDY_LIFO ? -i : i, i};
            check_fail_at(1, true);
            int rc = i % 2 ? eddy_queue_put(&small, &item) : eddy_queue_try_put(&small, &item);
            check_fail_at(0, false);
            CHECK(rc == 0 || rc == EDDY_ENOMEM);
            refused += rc != 0;
            if (rc != 0) {
                CHECK(eddy_queue_len(&small) == (size_t)stored);
                CHECK(small.unfinished == (uint64_t)stored);
                rc = eddy_queue_try_put(&small, &item);
            }
            stored += rc == 0;
        }
        CHECK(stored == 100 && refused == 5); /* 8, 16, 32, 64, 100 */
        for (int i = 0; i < 100; i++) {
            keyed item;
            CHECK(eddy_queue_try_get(&small, &item) == 0);
            CHECK(item.number == (how == EDDY_LIFO ? 99 - i : i));
        }
        eddy_queue_destroy(&small);
    }
    return 0;
}

static void too_large(void) {
    eddy_queue huge;
    static char item[1];
    eddy_queue_options priority = {.order = EDDY_PRIORITY, .compare = compare_keys};
    for (int i = 0; i < 4; i++) {
        size_t size = i < 2 ? SIZE_MAX : PTRDIFF_MAX / 4;
        CHECK(eddy_queue_init(&huge, size, SIZE_MAX, i % 2 ? &priority : NULL) == 0);
        check_fail_at(1, true);
        CHECK(eddy_queue_try_put(&huge, item) == EDDY_ENOMEM && eddy_queue_len(&huge) == 0);
        CHECK(check_failed_once() == (i >= 2)); /* else it was not even asked for */
        check_fail_at(0, false);
        eddy_queue_destroy(&huge);
    }
}

static void outside_of_tasks(void) {
    make(1, 0);
    int item = 7;
    CHECK(eddy_queue_put(&q, &item) == EDDY_ESTATE && eddy_queue_get(&q, &item) == EDDY_ESTATE);
    CHECK(eddy_queue_join(&q) == EDDY_ESTATE && eddy_queue_len(&q) == 0);
    CHECK(put(3) == 0 && put(4) == EDDY_EFULL && take() == 3 && take() == EDDY_EEMPTY);
    CHECK(eddy_queue_task_done(&q) == 0);
}

static int misuse(void *arg) {
    (void)arg;
    int item = 0;
    make(0, 0);
    CHECK(eddy_queue_put(NULL, &item) == EDDY_EINVAL && eddy_queue_put(&q, NULL) == EDDY_EINVAL);
    CHECK(eddy_queue_get(NULL, &item) == EDDY_EINVAL && eddy_queue_get(&q, NULL) == EDDY_EINVAL);
    CHECK(eddy_queue_try_put(NULL, &item) == EDDY_EINVAL && put(1) == 0 && take() == 1);
    CHECK(eddy_queue_try_put(&q, NULL) == EDDY_EINVAL && eddy_queue_task_done(&q) == 0);
    CHECK(eddy_queue_try_get(NULL, &item) == EDDY_EINVAL);
    CHECK(eddy_queue_try_get(&q, NULL) == EDDY_EINVAL);
    CHECK(eddy_queue_join(NULL) == EDDY_EINVAL && eddy_queue_task_done(NULL) == EDDY_EINVAL);
    CHECK(eddy_queue_len(NULL) == 0 && !eddy_queue_full(NULL));
    CHECK(eddy_queue_shutdown(NULL, true) == EDDY_EINVAL);
    eddy_queue_destroy(NULL);
    CHECK(eddy_queue_init(NULL, 1, 1, NULL) == EDDY_EINVAL);
    for (int i = 0; i < 2; i++) {
        eddy_queue bad;
        eddy_queue_options options = {.order = i ? EDDY_PRIORITY : (eddy_order)7};
        CHECK(eddy_queue_init(&bad, sizeof item, 0, &options) == EDDY_EINVAL);
        CHECK(eddy_queue_put(&bad, &item) == EDDY_EINVAL);
        CHECK(eddy_queue_get(&bad, &item) == EDDY_EINVAL);
        CHECK(eddy_queue_try_put(&bad, &item) == EDDY_EINVAL);
        CHECK(eddy_queue_try_get(&bad, &item) == EDDY_EINVAL);
        CHECK(eddy_queue_join(&bad) == 0);
        eddy_queue_destroy(&bad);
    }
    CHECK((eddy_queue_put)(&q, &item) == 0 && (eddy_queue_get)(&q, &item) == 0);
    CHECK(eddy_queue_task_done(&q) == 0 && (eddy_queue_join)(&q) == 0);
    return 0;
}

static void put_from_callback(void *ctx) {
    (void)ctx;
    outside_of_tasks();
    CHECK(put(5) == 0);
}

static void get_in_callback(void *ctx) {
    (void)ctx;
    CHECK(take() == 5);
}

static int callbacks(void *arg) {
    (void)arg;
    CHECK(eddy_call_soon(put_from_callback, NULL).id && passes(1) == 0);
    user putter = make_user('p', call_put, &q, 6);
    start_all(&putter, 1);
    CHECK(eddy_call_soon(get_in_callback, NULL).id && passes(2) == 0 && order_was("p"));
    CHECK(all_got(&putter, 1, 0) && take() == 6);
    user getter = make_user('g', call_get, &q, 0);
    start_all(&getter, 1);
    make(1, 0); /* also ends its wait */
    CHECK(all_got(&getter, 1, EDDY_ECLOSED));
    return 0;
}

/* ---- the end of a run ------------------------------------------------------------------------------------- */

static eddy_queue full = EDDY_QUEUE(int, 1), empty = EDDY_QUEUE(int, 1);
static user left[3];

static int call_lock(user *u) {
    return eddy_lock_acquire(u->object);
}

static int leave_waiting(void *arg) {
    int item = 1;
    if (eddy_queue_len(&full) == 0) CHECK(eddy_queue_try_put(&full, &item) == 0);
    left[0] = make_user('p', call_put, &full, 1);
    left[1] = make_user('g', call_get, &empty, 0);
    left[2] = make_user('j', call_join, &full, 0);
    start_all(left, 3);
    for (int i = 0; i < 3; i++) eddy_release(left[i].task);
    if (arg) CHECK(eddy_interrupt() == 0 && eddy_interrupt() == 0);
    return 0;
}

/* Main leaves, or is left in, a run in which others wait for objects on its stack. */
static int objects_on_stacks(void *arg) {
    eddy_queue own = EDDY_QUEUE(int, 0);
    eddy_lock lock = {0};
    CHECK(eddy_lock_acquire(&lock) == 0);
    user users[] = {make_user('a', call_get, &own, 0), make_user('b', call_get, &own, 0),
                    make_user('l', call_lock, &lock, 0), make_user('m', call_lock, &lock, 0)};
    start_all(users, 4);
    for (int i = 0; i < 4; i++) eddy_release(users[i].task);
    if (!arg) return 0;
    CHECK(eddy_interrupt() == 0 && eddy_interrupt() == 0);
    EDDY_SHIELD(shield);
    int rc = eddy_yield();
    CHECK(false); /* it is not resumed */
    return eddy_scope_end(&shield, rc);
}

static void nobody_waits(void) {
    int item = 2;
    CHECK(eddy_queue_try_get(&full, &item) == 0 && item == 1 && eddy_queue_len(&full) == 0);
    CHECK(eddy_queue_try_put(&empty, &item) == 0 && eddy_queue_len(&empty) == 1);
    CHECK(eddy_queue_try_get(&empty, &item) == 0);
    while (eddy_queue_task_done(&full) == 0) {
    }
}

int main(void) {
    check_begin();
    storage();
    too_large();
    outside_of_tasks();
    static const eddy_fn runs[] = {
        getters, putters, every_moment, budget, joining, shutting_down, destroying, dropping,
        meddling, without_memory, misuse, callbacks,
    };
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) {
        int rc = eddy_run(runs[i], NULL);
        CHECK(rc == 0);
        eddy_queue_destroy(&q);
        CHECK(check_memory.blocks == 0);
        order[0] = 0;
    }
    CHECK(eddy_run(leave_waiting, NULL) == 0);
    for (int i = 0; i < 3; i++) CHECK(left[i].result == EDDY_ECANCELED);
    nobody_waits();
    CHECK(eddy_run(leave_waiting, &full) == EDDY_ECANCELED);
    for (int i = 0; i < 3; i++) CHECK(left[i].result == 99);
    nobody_waits();
    eddy_queue_destroy(&full);
    eddy_queue_destroy(&empty);
    check_run(objects_on_stacks);
    CHECK(eddy_run(objects_on_stacks, &full) == EDDY_ECANCELED && check_memory.blocks == 0);
    return check_end();
}
