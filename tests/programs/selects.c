/* selects: exactly one of several cases happens, and the others leave no trace. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* open_memstream: not every host has files */
#endif
#include "queues.h"

#include <limits.h>

enum { KINDS = 6 };

/* One object of each kind of case, and the items of the cases. */
static eddy_queue gets, puts_into;
static eddy_receiver *rx, *far_rx;
static eddy_sender *tx, *far_tx;
static eddy_future *future;
static eddy_event event;
static int got, received, given = 11, sent = 12;

/* Nothing can happen: what is got from is empty, what is put into is full. */
static void set_up(void) {
    gets = (eddy_queue)EDDY_QUEUE(int, 1);
    puts_into = (eddy_queue)EDDY_QUEUE(int, 1);
    int item = 1;
    CHECK(eddy_queue_try_put(&puts_into, &item) == 0);
    CHECK(eddy_chan_open(sizeof(int), 1, &far_tx, &rx) == 0);
    CHECK(eddy_chan_open(sizeof(int), 1, &tx, &far_rx) == 0 && eddy_try_send(tx, &item) == 0);
    future = eddy_future_new();
    event = (eddy_event){0};
    got = received = 0;
}

static void clean_up(void) {
    eddy_queue_destroy(&gets);
    eddy_queue_destroy(&puts_into);
    eddy_sender_close(tx);
    eddy_sender_close(far_tx);
    eddy_receiver_close(rx);
    eddy_receiver_close(far_rx);
    eddy_release(future);
}

static eddy_case case_of(int kind) {
    switch (kind) {
    case 0: return EDDY_CASE_GET(&gets, &got);
    case 1: return EDDY_CASE_PUT(&puts_into, &given);
    case 2: return EDDY_CASE_RECV(rx, &received);
    case 3: return EDDY_CASE_SEND(tx, &sent);
    case 4: return EDDY_CASE_JOIN(future);
    default: return EDDY_CASE_EVENT(&event);
    }
}

/* Makes it possible, from outside. */
static void make_happen(int kind) {
    int item = 7;
    switch (kind) {
    case 0: CHECK(eddy_queue_try_put(&gets, &item) == 0); break;
    case 1: CHECK(eddy_queue_try_get(&puts_into, &item) == 0 && item == 1); break;
    case 2: CHECK(eddy_try_send(far_tx, &item) == 0); break;
    case 3: CHECK(eddy_try_recv(far_rx, &item) == 0 && item == 1); break;
    case 4: CHECK(eddy_reject(future, E1, "no %s", "luck") == 0); break;
    case 5: eddy_event_set(&event); break;
    }
}

/* What the case has done, and that no other has done anything. */
static void check_done(int kind, const eddy_case *done) {
    int item = 0;
    CHECK(done->result == (kind == 4 ? E1 : 0));
    CHECK(got == (kind == 0 ? 7 : 0) && received == (kind == 2 ? 7 : 0));
    CHECK(eddy_queue_try_get(&gets, &item) == EDDY_EEMPTY);
    CHECK(eddy_queue_try_get(&puts_into, &item) == 0 && item == (kind == 1 ? 11 : 1));
    CHECK(eddy_queue_try_get(&puts_into, &item) == EDDY_EEMPTY);
    CHECK(eddy_try_recv(far_rx, &item) == 0 && item == (kind == 3 ? 12 : 1));
    CHECK(eddy_try_recv(far_rx, &item) == EDDY_EEMPTY);
    CHECK(eddy_try_recv(rx, &item) == EDDY_EEMPTY);
    CHECK(eddy_done(future) == (kind == 4) && eddy_event_is_set(&event) == (kind == 5));
}

typedef struct selector {
    char name;
    eddy_case cases[KINDS];
    size_t n;
    eddy_time timeout;
    int index, after; /* results of the select, and of the blocking call behind it */
    char message[32];
    eddy_future *task;
} selector;

static int run_select(void *arg) {
    selector *s = arg;
    s->index = eddy_select(s->cases, s->n, s->timeout);
    snprintf(s->message, sizeof s->message, "%s", eddy_last_message());
    if (s->index >= 0) note(s->name);
    s->after = eddy_yield();
    return 0;
}

static void begin(selector *s) {
    s->index = s->after = 99;
    s->task = eddy_spawn(run_select, s);
    CHECK(passes(1) == 0);
}

static int end(selector *s) {
    EDDY_IGNORE(eddy_await(s->task));
    return s->index;
}

/* All kinds, in an order that begins with `first`. */
static selector select_all(int first) {
    selector s = {.name = 's', .n = KINDS, .timeout = EDDY_FOREVER};
    for (int i = 0; i < KINDS; i++) s.cases[i] = case_of((first + i) % KINDS);
    return s;
}

/* ---- each kind ------------------------------------------------------------------------------------- */

static int possible_at_once(void *arg) {
    (void)arg;
    for (int kind = 0; kind < KINDS; kind++) {
        for (int first = 0; first < KINDS; first++) {
            set_up();
            selector s = select_all(first);
            int place = (kind - first + KINDS) % KINDS;
            CHECK(eddy_select(s.cases, s.n, 0) == EDDY_ETIMEDOUT);
            make_happen(kind);
            CHECK(eddy_select(s.cases, s.n, -1) == place);
            check_done(kind, &s.cases[place]);
            if (kind == 4) CHECK(strcmp(eddy_last_message(), "no luck") == 0);
            clean_up();
        }
    }
    return 0;
}

/* Handed over by another task; `also` would be possible too, but comes too late. R2: a cancellation
 * behind it changes nothing. */
static int possible_later(void *arg) {
    (void)arg;
    for (int kind = 0; kind < KINDS; kind++) {
        for (int also = 0; also < KINDS; also++) {
            set_up();
            selector s = select_all(also);
            s.timeout = also % 2 ? EDDY_FOREVER : EDDY_S;
            int place = (kind - also + KINDS) % KINDS;
            begin(&s);
            make_happen(kind);
            if (also != kind) make_happen(also);
            bool cancels = also > 2;
            if (cancels) eddy_cancel(s.task);
            CHECK(end(&s) == place && s.after == (cancels ? EDDY_ECANCELED : 0) && order_was("s"));
            CHECK(s.cases[place].result == (kind == 4 ? E1 : 0));
            CHECK(strcmp(s.message, kind == 4 ? "no luck" : "") == 0);
            CHECK(got == (kind == 0 ? 7 : 0) && received == (kind == 2 ? 7 : 0));
            /* What came too late is still there. */
            CHECK(eddy_queue_len(&gets) == (also == 0 && kind != 0));
            CHECK(eddy_queue_len(&puts_into) == (also != 1 || kind == 1));
            CHECK(eddy_try_recv(rx, &got) == (also == 2 && kind != 2 ? 0 : EDDY_EEMPTY));
            CHECK(eddy_try_recv(far_rx, &got) == (also == 3 && kind != 3 ? EDDY_EEMPTY : 0));
            if (also == 4) CHECK(eddy_result(future) == E1);
            CHECK(eddy_now() % EDDY_S == 0); /* no timer has kept it */
            clean_up();
        }
    }
    return 0;
}

/* Every way to leave without a case: then nobody is in any line. */
static int left_early(void *arg) {
    (void)arg;
    for (int how = 0; how < 4; how++) {
        for (int kind = 0; kind < KINDS; kind++) {
            set_up();
            selector s = select_all(how);
            if (how == 0) s.timeout = 5 * EDDY_MS;
            begin(&s);
            if (how > 0) eddy_cancel(s.task);
            if (how > 1) make_happen(kind); /* behind the cancellation: too late */
            CHECK(end(&s) == (how == 0 ? EDDY_ETIMEDOUT : EDDY_ECANCELED));
            CHECK(s.after == (how == 0 ? 0 : EDDY_ECANCELED) && order_was(""));
            for (int i = 0; i < KINDS; i++) CHECK(s.cases[i].result == 0);
            if (how < 2) make_happen(kind);
            CHECK(got == 0 && received == 0);
            CHECK(eddy_queue_len(&gets) == (kind == 0));
            CHECK(eddy_queue_len(&puts_into) == (kind != 1));
            CHECK(eddy_select(s.cases, s.n, 0) == (kind - how + KINDS) % KINDS); /* used again */
            check_done(kind, &s.cases[(kind - how + KINDS) % KINDS]);
            clean_up();
        }
    }
    return 0;
}

/* A cancelled or ended task, a future that failed to be made, closed objects: these happen too. */
static int errors_happen(void *arg) {
    (void)arg;
    set_up();
    eddy_case none[] = {case_of(0), EDDY_CASE_JOIN(NULL)};
    eddy_future *done = eddy_future_new(); /* with whatever result */
    CHECK(eddy_reject(done, INT_MIN, NULL) == 0);
    eddy_case join_done[] = {case_of(0), EDDY_CASE_JOIN(done)};
    CHECK(eddy_select(join_done, 2, 0) == 1 && join_done[1].result == INT_MIN);
    eddy_release(done);
    CHECK(eddy_select(none, 2, 0) == 1 && none[1].result == EDDY_ENOMEM);
    static eddy_time day = 86400 * EDDY_S;
    eddy_future *task = eddy_spawn(sleeps, &day);
    eddy_case joins[] = {case_of(0), EDDY_CASE_JOIN(task)};
    selector s = {.name = 's', .cases = {joins[0], joins[1]}, .n = 2, .timeout = EDDY_FOREVER};
    begin(&s);
    eddy_release(eddy_retain(task));
    eddy_cancel(task);
    CHECK(end(&s) == 1 && s.cases[1].result == EDDY_ECANCELED && order_was("s"));
    CHECK(eddy_select(joins, 2, EDDY_FOREVER) == 1 && joins[1].result == EDDY_ECANCELED);
    eddy_release(task);

    s = select_all(0);
    s.n = 4;
    begin(&s);
    CHECK(eddy_queue_shutdown(&gets, false) == 0);
    CHECK(end(&s) == 0 && s.cases[0].result == EDDY_ECLOSED && order_was("s"));
    CHECK(eddy_select(s.cases, s.n, EDDY_FOREVER) == 0 && s.cases[0].result == EDDY_ECLOSED);
    s = select_all(1);
    s.n = 3;
    begin(&s);
    eddy_queue_destroy(&puts_into);
    CHECK(end(&s) == 0 && s.cases[0].result == EDDY_ECLOSED && order_was("s"));
    s = select_all(2);
    s.n = 2;
    begin(&s);
    eddy_sender_close(far_tx);
    CHECK(end(&s) == 0 && s.cases[0].result == EDDY_ECLOSED && order_was("s"));
    s = select_all(3);
    s.n = 3;
    begin(&s);
    eddy_receiver_close(far_rx);
    CHECK(end(&s) == 0 && s.cases[0].result == EDDY_ECLOSED && order_was("s"));
    far_tx = NULL;
    far_rx = NULL;
    clean_up();
    return 0;
}

/* A future that a select only looked at, or has left, is read by nobody (R10), and not kept. */
static int reports;

static void count_report(const eddy_report *report, void *ctx) {
    (void)ctx;
    reports += report->code == E1;
}

static int losers_are_unread(void *arg) {
    (void)arg;
    eddy_set_report(count_report, NULL);
    for (int way = 0; way < 3; way++) {
        set_up();
        reports = 0;
        eddy_case cases[] = {case_of(5), case_of(4)};
        selector s = {.name = 's', .cases = {cases[0], cases[1]}, .n = 2, .timeout = EDDY_FOREVER};
        if (way == 0) begin(&s);
        if (way == 1) {
            CHECK(eddy_select(cases, 2, 0) == EDDY_ETIMEDOUT);
            begin(&s);
            eddy_cancel(s.task);
        }
        eddy_event_set(&event);
        if (way == 2) CHECK(eddy_select(cases, 1, 0) == 0);
        make_happen(4);
        clean_up();
        CHECK(reports == 1);
        future = NULL;
        if (way < 2) CHECK(end(&s) == (way == 0 ? 0 : EDDY_ECANCELED));
        order[0] = 0;
    }
    eddy_set_report(NULL, NULL);
    /* The waiting select keeps a future that nobody else holds. */
    eddy_future *alone = eddy_future_new();
    selector s = {.name = 's', .cases = {EDDY_CASE_JOIN(alone)}, .n = 1, .timeout = EDDY_MS};
    begin(&s);
    eddy_release(alone);
    CHECK(end(&s) == EDDY_ETIMEDOUT);
    return 0;
}

/* ---- lines ------------------------------------------------------------------------------------------ */

static eddy_queue one, two;

static void make(size_t capacity) {
    one = (eddy_queue)EDDY_QUEUE(int, capacity);
    two = (eddy_queue)EDDY_QUEUE(int, capacity);
    order[0] = 0;
}

static int put(eddy_queue *q, int item) {
    return eddy_queue_try_put(q, &item);
}

/* Two tasks on the same two queues, in different order, and one that only gets: all in line. */
static int same_queues(void *arg) {
    (void)arg;
    for (int which = 0; which < 2; which++) {
        make(2);
        int items[4] = {0};
        selector a = {.name = 'a', .n = 2, .timeout = EDDY_FOREVER,
                      .cases = {EDDY_CASE_GET(&one, &items[0]), EDDY_CASE_GET(&two, &items[1])}};
        selector b = {.name = 'b', .n = 2, .timeout = EDDY_FOREVER,
                      .cases = {EDDY_CASE_GET(&two, &items[2]), EDDY_CASE_GET(&one, &items[3])}};
        user c = {.name = 'c', .call = call_get, .object = &one};
        begin(&a);
        start_all(&c, 1);
        begin(&b);
        CHECK(put(which ? &two : &one, 5) == 0 && put(&one, 6) == 0 && put(&two, 7) == 0);
        CHECK(put(&two, 8) == 0);
        CHECK(end(&a) == which && end(&b) == 0 && all_got(&c, 1, 0));
        CHECK(items[which] == 5 && items[1 - which] == 0 && c.item == 6);
        CHECK(items[2] == 7 && items[3] == 0 && order_was("acb"));
        CHECK(eddy_queue_len(&one) == 0 && eddy_queue_len(&two) == 1);
        eddy_queue_destroy(&one);
        eddy_queue_destroy(&two);
    }
    return 0;
}

/* The same object in several cases, and both directions of one. */
static int same_object(void *arg) {
    (void)arg;
    make(1);
    set_up();
    int first = 0, second = 0;
    selector s = {.name = 's', .n = 6, .timeout = EDDY_FOREVER,
                  .cases = {EDDY_CASE_GET(&one, &first), EDDY_CASE_GET(&one, &second),
                            EDDY_CASE_EVENT(&event), EDDY_CASE_EVENT(&event),
                            EDDY_CASE_JOIN(future), EDDY_CASE_JOIN(future)}};
    selector again = s;
    begin(&s);
    CHECK(put(&one, 5) == 0 && put(&one, 6) == 0 && eddy_queue_len(&one) == 1);
    CHECK(end(&s) == 0 && first == 5 && second == 0);
    CHECK(eddy_queue_try_get(&one, &second) == 0);
    s = again;
    begin(&s);
    eddy_event_set(&event);
    CHECK(end(&s) == 2);
    eddy_event_clear(&event);
    s = again;
    begin(&s);
    eddy_release(future); /* only the select keeps it */
    make_happen(4);
    CHECK(end(&s) == 4 && s.cases[4].result == E1);
    future = NULL;
    clean_up();

    eddy_sender *far;
    eddy_receiver *near_end;
    CHECK(eddy_chan_open(sizeof(int), 0, &far, &near_end) == 0);
    selector both = {.name = 'b', .n = 2, .timeout = EDDY_FOREVER,
                     .cases = {EDDY_CASE_RECV(near_end, &received), EDDY_CASE_SEND(far, &sent)}};
    selector other = both;
    other.cases[0].item = &got;
    begin(&both);
    CHECK(passes(2) == 0 && both.index == 99); /* it does not meet itself */
    begin(&other);
    CHECK(end(&both) != end(&other) && both.index >= 0 && other.index >= 0);
    CHECK((both.index == 0 ? received : got) == 12);
    eddy_sender_close(far);
    eddy_receiver_close(near_end);
    eddy_queue_destroy(&one);
    order[0] = 0;
    return 0;
}

/* free_item puts into another queue that the same select waits for: it has left already. */
static void pass_on(void *item) {
    CHECK(put(&two, *(int *)item) == 0 && eddy_queue_len(&two) == 1);
}

static int dropped_items(void *arg) {
    (void)arg;
    make(1);
    one.options.free_item = pass_on;
    int item = 0;
    CHECK(put(&one, 3) == 0);
    selector s = {.name = 's', .n = 2, .timeout = EDDY_FOREVER,
                  .cases = {EDDY_CASE_GET(&two, &item), EDDY_CASE_PUT(&one, &given)}};
    begin(&s);
    CHECK(eddy_queue_shutdown(&one, true) == 0);
    CHECK(end(&s) == 1 && s.cases[1].result == EDDY_ECLOSED && item == 0);
    CHECK(eddy_queue_try_get(&two, &item) == 0 && item == 3);
    eddy_queue_destroy(&one);
    eddy_queue_destroy(&two);
    order[0] = 0;
    return 0;
}

/* ---- turns ------------------------------------------------------------------------------------------- */

/* Each of n possible cases has its turn, also for a caller whose selects alternate with others. */
static int turns(void *arg) {
    (void)arg;
    enum { MOST = 40, ROUNDS = 4000 };
    eddy_event set = {.is_set = true};
    eddy_case cases[MOST];
    for (size_t i = 0; i < MOST; i++) cases[i] = EDDY_CASE_EVENT(&set);
    for (size_t n = 1; n <= MOST; n += n < 5 ? 1 : 7) {
        for (size_t others = 0; others < 4; others++) {
            int count[MOST] = {0};
            for (int round = 0; round < ROUNDS; round++) {
                int index = eddy_select(cases, n, EDDY_FOREVER);
                if (!CHECK(index >= 0 && index < (int)n)) return 0;
                count[index]++;
                for (size_t k = 0; k < others; k++) CHECK(eddy_select(cases, k + 2, 0) >= 0);
            }
            for (size_t i = 0; i < n; i++) {
                CHECK(count[i] > ROUNDS / (int)n * 8 / 10 - 2);
                CHECK(count[i] < ROUNDS / (int)n * 12 / 10 + 2);
            }
        }
    }
    return 0;
}

/* A task whose selects never wait gives way nevertheless (R8). */
static int select_for_ever(void *arg) {
    int *rounds = arg;
    eddy_event set = {.is_set = true};
    eddy_case cases[] = {EDDY_CASE_EVENT(&set)};
    for (;; ++*rounds) {
        int index = eddy_select(cases, 1, EDDY_FOREVER);
        if (index < 0) return index;
    }
}

static int budget(void *arg) {
    (void)arg;
    int rounds = 0;
    eddy_future *task = eddy_spawn(select_for_ever, &rounds);
    CHECK(passes(10) == 0 && rounds > 1000 && rounds < 3000);
    CHECK(eddy_stop(task) == EDDY_ECANCELED);
    eddy_release(task);
    return 0;
}

/* ---- timeouts, wrong use, no memory ---------------------------------------------------------------------- */

static int timeouts(void *arg) {
    (void)arg;
    set_up();
    eddy_case cases[] = {case_of(0)};
    eddy_time before = eddy_now();
    CHECK(eddy_select(cases, 1, 0) == EDDY_ETIMEDOUT && eddy_select(NULL, 0, -5) == EDDY_ETIMEDOUT);
    CHECK(eddy_now() == before);
    CHECK(eddy_select(cases, 1, 3 * EDDY_MS) == EDDY_ETIMEDOUT);
    CHECK(eddy_select(NULL, 0, 4 * EDDY_MS) == EDDY_ETIMEDOUT);
    CHECK(eddy_now() == before + 7 * EDDY_MS);
    CHECK(eddy_select(NULL, 0, EDDY_FOREVER) == EDDY_EINVAL);
    selector s = {.n = 0, .timeout = EDDY_FOREVER - 1};
    begin(&s);
    eddy_cancel(s.task);
    CHECK(end(&s) == EDDY_ECANCELED);
    EDDY_SCOPE(limit, .timeout = EDDY_MS);
    CHECK(eddy_scope_end(&limit, eddy_select(cases, 1, EDDY_S)) == EDDY_ETIMEDOUT);
    CHECK(eddy_scope_expired(&limit));
    CHECK(put(&gets, 1) == 0 && eddy_select(cases, 1, 1) == 0); /* leaves no timer */
    before = eddy_now();
    CHECK(eddy_sleep(EDDY_MS) == 0 && eddy_now() == before + EDDY_MS);
    clean_up();
    return 0;
}

static int misuse(void *arg) {
    (void)arg;
    set_up();
    CHECK(put(&gets, 1) == 0); /* the first case could happen, but the call is refused */
    void *objects[] = {NULL, &gets};
    for (unsigned kind = 0; kind < 9; kind++) {
        for (int i = 0; i < 2; i++) {
            bool known = kind >= EDDY__CASE_GET && kind <= EDDY__CASE_EVENT;
            if (known && (i || kind == EDDY__CASE_JOIN)) continue;
            eddy_case bad[] = {case_of(0), EDDY__CASE(kind, objects[i], &got)};
            CHECK(eddy_select(bad, 2, 0) == EDDY_EINVAL && eddy_queue_len(&gets) == 1);
        }
    }
    eddy_case self[] = {case_of(0), EDDY_CASE_JOIN(eddy_current())};
    CHECK(eddy_select(self, 2, 0) == EDDY_ESTATE && eddy_queue_len(&gets) == 1);
    CHECK(eddy_select(NULL, 1, 0) == EDDY_EINVAL);
    CHECK(eddy_select(self, SIZE_MAX, 0) == EDDY_EINVAL);
    eddy_case no_item[] = {EDDY_CASE_GET(&gets, NULL)};
    CHECK(eddy_select(no_item, 1, 0) == 0 && no_item[0].result == EDDY_EINVAL);
    CHECK((eddy_select)(self, 1, 0) == 0);
    selector s = select_all(0);
    begin(&s);
    CHECK(eddy_select(s.cases, s.n, EDDY_FOREVER) == EDDY_ESTATE); /* they are in use */
    make_happen(2);
    CHECK(end(&s) == 2 && eddy_select(s.cases, s.n, 0) == EDDY_ETIMEDOUT && order_was("s"));

    check_fail_at(1, true); /* the first timer of the run */
    CHECK(eddy_select(s.cases, s.n, EDDY_S) == EDDY_ENOMEM);
    CHECK(put(&puts_into, 1) == EDDY_EFULL && eddy_queue_len(&gets) == 0);
    check_fail_at(0, false);
    CHECK(eddy_select(s.cases, s.n, EDDY_S) == EDDY_ETIMEDOUT);
    clean_up();
    return 0;
}

/* A generator's body selects in its consumer's name (R13). */
static int emit_selected(void *arg) {
    (void)arg;
    for (;;) {
        int item;
        eddy_case cases[] = {EDDY_CASE_EVENT(&event), EDDY_CASE_GET(&one, &item)};
        int rc = eddy_select(cases, 2, EDDY_FOREVER);
        if (rc <= 0) return rc;
        rc = eddy_emit(&item);
        if (rc < 0) return rc;
    }
}

static void put_five(void *ctx) {
    (void)ctx;
    CHECK(put(&one, 5) == 0);
}

static void set_event(void *ctx) {
    (void)ctx;
    eddy_event_set(&event);
}

static int in_generator(void *arg) {
    (void)arg;
    make(3);
    event = (eddy_event){0};
    int item = 0;
    eddy_gen *g = eddy_gen_open(emit_selected, NULL, sizeof item);
    CHECK(put(&one, 4) == 0 && eddy_gen_next(g, &item) == 1 && item == 4);
    CHECK(eddy_call_later(EDDY_MS, put_five, NULL).id);
    CHECK(eddy_gen_next(g, &item) == 1 && item == 5);
    CHECK(eddy_call_later(EDDY_MS, set_event, NULL).id);
    CHECK(eddy_gen_next(g, &item) == 0 && eddy_gen_close(g) == 0);
    eddy_queue_destroy(&one);
    return 0;
}

/* What the tree says of a task in a select, and of those in the other waits. */
static int shown(void *arg) {
    (void)arg;
    set_up();
    static eddy_time day = 86400 * EDDY_S;
    eddy_future *sleeper = eddy_spawn_opt(sleeps, .arg = &day, .name = "dozer");
    selector joining = {.n = 2, .timeout = EDDY_FOREVER,
                        .cases = {case_of(4), EDDY_CASE_JOIN(sleeper)}};
    selector other = {.n = 1, .timeout = EDDY_FOREVER, .cases = {case_of(0)}};
    selector empty = {.n = 0, .timeout = EDDY_S};
    selector *all[] = {&joining, &other, &empty};
    user users[] = {make_user('p', call_put, &puts_into, 1), make_user('g', call_get, &gets, 0),
                    make_user('j', call_join, &puts_into, 0)};
    for (int i = 0; i < 3; i++) begin(all[i]);
    start_all(users, 3);
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    CHECK(eddy_tree(out) == 8 && fclose(out) == 0);
    static const char *const said[] = {
        " waits in a select for a future and 1 more at ",
        " waits in a select for items and events at ", " waits in a select for its timeout at ", "'dozer' ", " waits for room in a queue at ",
        " waits for an item of a queue at ", " waits for the work of a queue at "};
    for (size_t i = 0; i < sizeof said / sizeof *said; i++)
        if (!CHECK(strstr(text, said[i]) != NULL)) printf("    %s\n", said[i]);
    free(text);
    CHECK(eddy_stop(sleeper) == EDDY_ECANCELED && end(&joining) == 1);
    for (int i = 1; i < 3; i++) {
        eddy_cancel(all[i]->task);
        CHECK(end(all[i]) == EDDY_ECANCELED);
    }
    for (int i = 0; i < 3; i++) eddy_cancel(users[i].task);
    CHECK(all_got(users, 3, EDDY_ECANCELED));
    eddy_release(sleeper);
    clean_up();
    order[0] = 0;
    return 0;
}

/* ---- the end of a run ------------------------------------------------------------------------------------ */

static selector left;

static int leave_waiting(void *arg) {
    set_up();
    left = select_all(1);
    begin(&left);
    eddy_release(left.task);
    if (arg) CHECK(eddy_interrupt() == 0 && eddy_interrupt() == 0);
    return 0;
}

static void check_left(void *arg, int result, int index) {
    CHECK(eddy_run(leave_waiting, arg) == result && left.index == index);
    for (int kind = 0; kind < KINDS; kind++) make_happen(kind);
    CHECK(got == 0 && received == 0 && eddy_queue_len(&gets) == 1);
    CHECK(eddy_queue_len(&puts_into) == 0 && eddy_try_recv(far_rx, &got) == EDDY_EEMPTY);
    CHECK(eddy_result(future) == E1);
    clean_up();
}

int main(void) {
    check_begin();
    event = (eddy_event){.is_set = true};
    eddy_case cases[] = {EDDY_CASE_EVENT(&event)};
    CHECK(eddy_select(cases, 1, 0) == EDDY_ESTATE);
    static const eddy_fn runs[] = {
        possible_at_once, possible_later, left_early, errors_happen, losers_are_unread,
        same_queues, same_object, dropped_items, turns, budget, timeouts, misuse, in_generator,
        shown,
    };
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) {
        int before = check_failures;
        check_run(runs[i]);
        if (check_failures > before) printf("    in run %zu\n", i);
    }
    check_left(NULL, 0, EDDY_ECANCELED);
    check_left(&left, EDDY_ECANCELED, 99);
    return check_end();
}
