/* channels: two ends, their handles; broadcast; watch. */
#include "queues.h"

static eddy_sender *tx;
static eddy_receiver *rx;

static void open_channel(size_t capacity) {
    eddy_chan_options options = {.free_item = count_freed};
    freed_items = 0;
    CHECK(eddy_chan_open_with(sizeof(int), capacity, &options, &tx, &rx) == 0);
}

static void close_channel(void) {
    eddy_sender_close(tx);
    eddy_receiver_close(rx);
    tx = NULL;
    rx = NULL;
}

static int call_send(user *u) {
    return eddy_send(u->object, &u->item);
}
static int call_recv(user *u) {
    return eddy_recv(u->object, &u->item);
}
static user sender(char name, int item) {
    return make_user(name, call_send, tx, item);
}
static user receiver(char name) {
    return make_user(name, call_recv, rx, 0);
}

static int send_now(int item) {
    return eddy_try_send(tx, &item);
}
static int take_now(void) {
    int item = -1, rc = eddy_try_recv(rx, &item);
    return rc < 0 ? rc : item;
}

/* ---- channels ------------------------------------------------------------------------------------ */

/* With room: like a queue. */
static int buffered(void *arg) {
    (void)arg;
    open_channel(2);
    user senders[] = {sender('a', 1), sender('b', 2), sender('c', 3), sender('d', 4)};
    start_all(senders, 4);
    CHECK(order_was("ab") && send_now(9) == EDDY_EFULL);
    eddy_cancel(senders[2].task);
    CHECK(take_now() == 1 && take_now() == 2 && take_now() == 4 && take_now() == EDDY_EEMPTY);
    CHECK(all_got(senders + 2, 1, EDDY_ECANCELED) && all_got(senders + 3, 1, 0) && order_was("d"));
    CHECK(all_got(senders, 2, 0));
    user receivers[] = {receiver('a'), receiver('b'), receiver('c')};
    start_all(receivers, 3);
    eddy_cancel(receivers[0].task);
    CHECK(send_now(5) == 0 && take_now() == EDDY_EEMPTY && send_now(6) == 0 && send_now(7) == 0);
    eddy_cancel(receivers[1].task);
    CHECK(all_got(receivers, 1, EDDY_ECANCELED) && all_got(receivers + 1, 2, 0) && order_was("bc"));
    CHECK(receivers[1].item == 5 && receivers[1].after == EDDY_ECANCELED && receivers[2].item == 6);
    CHECK(take_now() == 7);
    close_channel();
    CHECK(freed_were(0));
    return 0;
}

/* Without: an item goes from hand to hand, and a send ends when it has arrived. */
static int from_hand_to_hand(void *arg) {
    (void)arg;
    open_channel(0);
    CHECK(send_now(1) == EDDY_EFULL && take_now() == EDDY_EEMPTY);
    user senders[] = {sender('a', 1), sender('b', 2), sender('c', 3)};
    start_all(senders, 3);
    CHECK(passes(3) == 0 && order_was(""));
    eddy_cancel(senders[1].task);
    CHECK(take_now() == 1);
    eddy_cancel(senders[0].task); /* R2: it was received */
    CHECK(take_now() == 3 && take_now() == EDDY_EEMPTY);
    CHECK(all_got(senders, 1, 0) && senders[0].after == EDDY_ECANCELED);
    CHECK(all_got(senders + 1, 1, EDDY_ECANCELED) && all_got(senders + 2, 1, 0) && order_was("ac"));
    user pair[] = {receiver('r'), sender('s', 8)};
    start_all(pair, 2);
    CHECK(passes(1) == 0 && order_was("sr")); /* the second to come need not wait */
    CHECK(all_got(pair, 2, 0) && pair[0].item == 8);
    user last = receiver('l');
    last.timeout = 5 * EDDY_MS;
    start_all(&last, 1);
    CHECK(all_got(&last, 1, EDDY_ETIMEDOUT) && send_now(1) == EDDY_EFULL);
    close_channel();
    return 0;
}

static int ends(void *arg) {
    (void)arg;
    for (size_t capacity = 0; capacity < 3; capacity++) {
        /* The last sender: who waits to receive, and who waits to send by that handle. */
        open_channel(capacity);
        eddy_sender *other = eddy_sender_clone(tx);
        user waiting = receiver('r');
        start_all(&waiting, 1);
        eddy_sender_close(tx);
        CHECK(passes(2) == 0 && waiting.result == 99);
        eddy_sender_close(other);
        CHECK(all_got(&waiting, 1, EDDY_ECLOSED) && take_now() == EDDY_ECLOSED);
        eddy_receiver_close(rx);

        open_channel(capacity);
        for (int i = 0; i < (int)capacity; i++) CHECK(send_now(i) == 0);
        user blocked = sender('s', 9);
        start_all(&blocked, 1);
        eddy_sender_close(tx);
        CHECK(all_got(&blocked, 1, EDDY_ECLOSED));
        for (int i = 0; i < (int)capacity; i++) CHECK(take_now() == i);
        CHECK(take_now() == EDDY_ECLOSED && eddy_recv(rx, &blocked.item) == EDDY_ECLOSED);
        eddy_receiver_close(rx);
        CHECK(freed_were(0));

        /* The last receiver: what is left is freed, who waits to send gets it back. */
        open_channel(capacity);
        for (int i = 0; i < (int)capacity; i++) CHECK(send_now(i) == 0);
        eddy_receiver *second = eddy_receiver_clone(rx);
        user senders[] = {sender('a', 1), sender('b', 2)};
        start_all(senders, 2);
        eddy_receiver_close(second);
        CHECK(passes(2) == 0 && freed_were(0) && senders[0].result == 99);
        eddy_receiver_close(rx);
        CHECK(freed_were((int)capacity) && all_got(senders, 2, EDDY_ECLOSED));
        CHECK(send_now(1) == EDDY_ECLOSED && eddy_send(tx, &senders->item) == EDDY_ECLOSED);
        CHECK(order_was(""));
        eddy_sender *late = eddy_sender_clone(tx);
        CHECK(eddy_try_send(late, &senders->item) == EDDY_ECLOSED);
        eddy_sender_close(late);
        eddy_sender_close(tx);

        /* A handle that is closed under a call: the place in line stays. */
        open_channel(capacity);
        eddy_receiver *clone = eddy_receiver_clone(rx);
        waiting = receiver('r');
        start_all(&waiting, 1);
        eddy_receiver_close(rx);
        CHECK(send_now(7) == 0 && all_got(&waiting, 1, 0) && waiting.item == 7 && order_was("r"));
        eddy_receiver_close(clone);
        eddy_sender_close(tx);
    }
    return 0;
}

/* A destructor that closes the other end while this one is being closed. */
static void close_sender_too(void *item) {
    (void)item;
    freed_items++;
    eddy_sender_close(tx);
    tx = NULL;
}

static int closing_inside(void *arg) {
    (void)arg;
    eddy_chan_options options = {.free_item = close_sender_too};
    CHECK(eddy_chan_open_with(sizeof(int), 3, &options, &tx, &rx) == 0);
    CHECK(send_now(1) == 0 && send_now(2) == 0);
    freed_items = 0;
    eddy_receiver_close(rx);
    CHECK(freed_were(2) && tx == NULL);
    return 0;
}

/* ---- broadcast ------------------------------------------------------------------------------------- */

static int call_subscriber(user *u) {
    return eddy_subscriber_recv(u->object, &u->item);
}

static int next_of(eddy_subscriber *s) {
    int item = -1, rc = eddy_subscriber_try_recv(s, &item);
    return rc < 0 ? rc : item;
}

static int broadcasting(void *arg) {
    (void)arg;
    for (size_t capacity = 1; capacity < 6; capacity++) {
        eddy_broadcast *b;
        int item = 0, kept = (int)capacity;
        CHECK(eddy_broadcast_open(sizeof item, capacity, &b) == 0);
        CHECK(eddy_broadcast_send(b, &item) == 0);
        eddy_subscriber *early = eddy_broadcast_subscribe(b), *late;
        CHECK(next_of(early) == EDDY_EEMPTY);
        for (item = 1; item <= 10; item++) {
            CHECK(eddy_broadcast_send(b, &item) == 1);
            if (item <= kept) continue;
            CHECK(next_of(early) == EDDY_ELAGGED && eddy_subscriber_lost(early) == 1);
            CHECK(next_of(early) == item - kept + 1);
            break; /* it has read one: kept - 1 are left */
        }
        CHECK(item == kept + 1);
        late = eddy_broadcast_subscribe(b);
        for (int i = 0; i < 2 * kept; i++) {
            item++;
            CHECK(eddy_broadcast_send(b, &item) == 2);
        }
        for (int i = 0; i < 2; i++) {
            eddy_subscriber *s = i ? late : early;
            CHECK(next_of(s) == EDDY_ELAGGED);
            CHECK(eddy_subscriber_lost(s) == (uint64_t)(i ? kept : 2 * kept - 1));
            if (i == 0) eddy_broadcast_close(b);
            for (int k = kept - 1; k >= 0; k--) CHECK(next_of(s) == item - k);
            CHECK(next_of(s) == EDDY_ECLOSED && eddy_subscriber_recv(s, &kept) == EDDY_ECLOSED);
            eddy_subscriber_close(s);
        }
    }
    return 0;
}

/* Who waits is handed each item; of two who share a subscriber the first in line. */
static int subscribers_wait(void *arg) {
    (void)arg;
    eddy_broadcast *b;
    int item = 1;
    CHECK(eddy_broadcast_open(sizeof item, 2, &b) == 0);
    eddy_subscriber *s[3];
    for (int i = 0; i < 3; i++) s[i] = eddy_broadcast_subscribe(b);
    user users[] = {
        make_user('a', call_subscriber, s[0], 0),
        make_user('b', call_subscriber, s[1], 0),
        make_user('c', call_subscriber, s[1], 0),
        make_user('d', call_subscriber, s[2], 0),
    };
    start_all(users, 4);
    eddy_cancel(users[3].task);
    CHECK(eddy_broadcast_send(b, &item) == 3);
    item = 2;
    CHECK(eddy_broadcast_send(b, &item) == 3);
    eddy_cancel(users[0].task);
    CHECK(all_got(users, 3, 0) && all_got(users + 3, 1, EDDY_ECANCELED) && order_was("abc"));
    CHECK(users[0].item == 1 && users[1].item == 1 && users[2].item == 2);
    CHECK(users[0].after == EDDY_ECANCELED);
    CHECK(next_of(s[0]) == 2 && next_of(s[1]) == EDDY_EEMPTY);
    CHECK(next_of(s[2]) == 1 && next_of(s[2]) == 2);

    start_all(users, 4);
    eddy_cancel(users[1].task); /* the other one of its subscriber stays in line */
    eddy_subscriber_close(s[0]);
    CHECK(all_got(users, 1, EDDY_ECLOSED));
    item = 3;
    CHECK(eddy_broadcast_send(b, &item) == 2);
    CHECK(all_got(users + 2, 2, 0) && all_got(users + 1, 1, EDDY_ECANCELED) && order_was("cd"));
    users[3].timeout = EDDY_MS;
    start_all(users + 3, 1);
    CHECK(all_got(users + 3, 1, EDDY_ETIMEDOUT));
    users[3].timeout = 0;
    start_all(users + 1, 3);
    eddy_broadcast_close(b);
    CHECK(all_got(users + 1, 3, EDDY_ECLOSED));
    eddy_subscriber_close(s[2]);
    eddy_subscriber_close(s[1]);
    return 0;
}

/* ---- watch -------------------------------------------------------------------------------------------- */

static int call_watcher(user *u) {
    return eddy_watcher_next(u->object, &u->item);
}

static int watching(void *arg) {
    (void)arg;
    eddy_watch *w;
    int value = 1, seen = 0;
    CHECK(eddy_watch_open(sizeof value, &value, &w) == 0);
    eddy_watcher *first = eddy_watch_subscribe(w), *second = eddy_watch_subscribe(w);
    CHECK(eddy_watcher_next(first, &seen) == 0 && seen == 1);
    user users[] = {
        make_user('a', call_watcher, first, 0),
        make_user('b', call_watcher, first, 0),
        make_user('c', call_watcher, second, 0),
        {.name = 'd', .call = call_watcher, .object = first, .timeout = EDDY_MS},
    };
    start_all(users, 4);
    CHECK(order_was("c") && users[2].item == 1); /* has not seen the first value before */
    CHECK(all_got(users + 3, 1, EDDY_ETIMEDOUT));
    for (value = 2; value < 5; value++) CHECK(eddy_watch_set(w, &value) == 0);
    eddy_cancel(users[0].task);
    CHECK(all_got(users, 3, 0) && order_was("ab"));
    CHECK(users[0].item == 2 && users[1].item == 2 && users[0].after == EDDY_ECANCELED);
    CHECK(eddy_watcher_next(first, &seen) == 0 && seen == 4);
    CHECK(eddy_watch_get(w, &seen) == 0 && seen == 4);

    start_all(users, 2);
    eddy_watcher_close(first);
    CHECK(all_got(users, 2, EDDY_ECLOSED));
    CHECK(eddy_watcher_next(second, &seen) == 0 && seen == 4);
    CHECK(eddy_watch_set(w, &value) == 0);
    eddy_watch_close(w);
    CHECK(eddy_watcher_next(second, &seen) == 0 && seen == 5);
    CHECK(eddy_watcher_next(second, &seen) == EDDY_ECLOSED);
    eddy_watcher_close(second);

    /* The end while somebody waits. */
    CHECK(eddy_watch_open(0, NULL, &w) == 0);
    second = eddy_watch_subscribe(w);
    CHECK(eddy_watcher_next(second, NULL) == 0);
    user last = make_user('l', call_watcher, second, 0);
    start_all(&last, 1);
    eddy_watch_close(w);
    CHECK(all_got(&last, 1, EDDY_ECLOSED));
    eddy_watcher_close(second);
    return 0;
}

/* ---- memory, wrong use, other places ------------------------------------------------------------------ */

static int without_memory(void *arg) {
    (void)arg;
    bool failed = true;
    for (int n = 1; failed; n++) {
        int item = n;
        check_fail_at(n, false);
        int rc = eddy_chan_open(sizeof item, 4, &tx, &rx);
        CHECK(rc == 0 || (rc == EDDY_ENOMEM && !tx && !rx));
        eddy_sender *clone = eddy_sender_clone(tx);
        eddy_receiver *second = eddy_receiver_clone(rx);
        if (rc == 0) rc = eddy_send(tx, &item);
        CHECK(rc == 0 || rc == EDDY_ENOMEM);
        eddy_sender_close(clone);
        eddy_receiver_close(second);
        close_channel();

        eddy_broadcast *b;
        rc = eddy_broadcast_open(sizeof item, 4, &b);
        CHECK(rc == 0 ? b != NULL : rc == EDDY_ENOMEM && !b);
        eddy_subscriber *s = eddy_broadcast_subscribe(b);
        CHECK(eddy_broadcast_send(b, &item) == (b ? s != NULL : EDDY_EINVAL));
        eddy_broadcast_close(b);
        CHECK(eddy_subscriber_try_recv(s, &item) == (s ? 0 : EDDY_EINVAL));
        eddy_subscriber_close(s);

        eddy_watch *w;
        rc = eddy_watch_open(sizeof item, &item, &w);
        CHECK(rc == 0 ? w != NULL : rc == EDDY_ENOMEM && !w);
        eddy_watcher *watcher = eddy_watch_subscribe(w);
        eddy_watch_close(w);
        eddy_watcher_close(watcher);
        failed = check_failed_once();
        check_fail_at(0, false);
        CHECK(n < 20);
    }
    eddy_broadcast *b;
    CHECK(eddy_broadcast_open(SIZE_MAX / 2, 3, &b) == EDDY_ENOMEM && !b);
    return 0;
}

static void outside_of_tasks(void) {
    int item = 1;
    open_channel(1);
    CHECK(eddy_send(tx, &item) == EDDY_ESTATE && eddy_recv(rx, &item) == EDDY_ESTATE);
    CHECK(send_now(5) == 0 && send_now(6) == EDDY_EFULL && take_now() == 5);
    eddy_broadcast *b;
    eddy_watch *w;
    CHECK(eddy_broadcast_open(sizeof item, 1, &b) == 0);
    CHECK(eddy_watch_open(sizeof item, &item, &w) == 0);
    eddy_subscriber *s = eddy_broadcast_subscribe(b);
    eddy_watcher *own = eddy_watch_subscribe(w);
    CHECK(eddy_subscriber_recv(s, &item) == EDDY_ESTATE);
    CHECK(eddy_watcher_next(own, &item) == EDDY_ESTATE);
    eddy_subscriber_close(s);
    eddy_watcher_close(own);
    eddy_broadcast_close(b);
    eddy_watch_close(w);
    close_channel();
}

static int misuse(void *arg) {
    (void)arg;
    int item = 1;
    CHECK(eddy_chan_open(4, 1, NULL, &rx) == EDDY_EINVAL && !rx);
    CHECK(eddy_chan_open(4, 1, &tx, NULL) == EDDY_EINVAL && !tx);
    CHECK(eddy_send(NULL, &item) == EDDY_EINVAL && eddy_recv(NULL, &item) == EDDY_EINVAL);
    CHECK(eddy_try_send(NULL, &item) == EDDY_EINVAL && eddy_try_recv(NULL, &item) == EDDY_EINVAL);
    CHECK(!eddy_sender_clone(NULL) && !eddy_receiver_clone(NULL));
    eddy_sender_close(NULL);
    eddy_receiver_close(NULL);
    open_channel(1);
    CHECK(eddy_send(tx, NULL) == EDDY_EINVAL && eddy_recv(rx, NULL) == EDDY_EINVAL);
    CHECK((eddy_send)(tx, &item) == 0 && (eddy_recv)(rx, &item) == 0);
    close_channel();

    eddy_broadcast *b;
    CHECK(eddy_broadcast_open(4, 0, &b) == EDDY_EINVAL && !b);
    CHECK(eddy_broadcast_open(4, 1, NULL) == EDDY_EINVAL);
    CHECK(eddy_broadcast_send(NULL, &item) == EDDY_EINVAL && !eddy_broadcast_subscribe(NULL));
    CHECK(eddy_subscriber_recv(NULL, &item) == EDDY_EINVAL);
    CHECK(eddy_subscriber_try_recv(NULL, &item) == EDDY_EINVAL && eddy_subscriber_lost(NULL) == 0);
    eddy_broadcast_close(NULL);
    eddy_subscriber_close(NULL);
    CHECK(eddy_broadcast_open(sizeof item, 1, &b) == 0);
    eddy_subscriber *s = eddy_broadcast_subscribe(b);
    CHECK(eddy_broadcast_send(b, NULL) == EDDY_EINVAL && eddy_broadcast_send(b, &item) == 1);
    CHECK(eddy_subscriber_recv(s, NULL) == EDDY_EINVAL && (eddy_subscriber_recv)(s, &item) == 0);
    eddy_subscriber_close(s);
    eddy_broadcast_close(b);

    eddy_watch *w;
    CHECK(eddy_watch_open(4, NULL, &w) == EDDY_EINVAL && !w);
    CHECK(eddy_watch_open(4, &item, NULL) == EDDY_EINVAL);
    CHECK(eddy_watch_set(NULL, &item) == EDDY_EINVAL && eddy_watch_get(NULL, &item) == EDDY_EINVAL);
    CHECK(!eddy_watch_subscribe(NULL) && eddy_watcher_next(NULL, &item) == EDDY_EINVAL);
    eddy_watch_close(NULL);
    eddy_watcher_close(NULL);
    CHECK(eddy_watch_open(sizeof item, &item, &w) == 0);
    eddy_watcher *watcher = eddy_watch_subscribe(w);
    CHECK(eddy_watch_set(w, NULL) == EDDY_EINVAL && eddy_watch_get(w, NULL) == EDDY_EINVAL);
    CHECK(eddy_watcher_next(watcher, NULL) == EDDY_EINVAL);
    CHECK((eddy_watcher_next)(watcher, &item) == 0);
    eddy_watcher_close(watcher);
    eddy_watch_close(w);
    return 0;
}

/* ---- tasks in every kind of wait ------------------------------------------------------------------------ */

static eddy_sender *far_tx;
static eddy_receiver *far_rx;
static eddy_broadcast *news;
static eddy_subscriber *reader;
static eddy_watch *value;
static eddy_watcher *watcher;
static user waiting[4];

/* One receives from the far channel, one waits for each source, one sends into the near channel. */
static void fill(void) {
    int item = 0;
    open_channel(0);
    far_tx = tx;
    far_rx = rx;
    waiting[0] = receiver('r');
    open_channel(0);
    waiting[1] = sender('s', 1);
    CHECK(eddy_broadcast_open(sizeof item, 1, &news) == 0);
    CHECK(eddy_watch_open(sizeof item, &item, &value) == 0);
    reader = eddy_broadcast_subscribe(news);
    watcher = eddy_watch_subscribe(value);
    CHECK(eddy_watcher_next(watcher, &item) == 0);
    waiting[2] = make_user('n', call_subscriber, reader, 0);
    waiting[3] = make_user('w', call_watcher, watcher, 0);
    start_all(waiting, 4);
}

static void close_all(void) {
    close_channel();
    eddy_sender_close(far_tx);
    eddy_receiver_close(far_rx);
    eddy_broadcast_close(news);
    eddy_watch_close(value);
    eddy_subscriber_close(reader);
    eddy_watcher_close(watcher);
}

static void serve(void *ctx) {
    (void)ctx;
    int item = 8;
    CHECK(eddy_broadcast_send(news, &item) == 1 && eddy_watch_set(value, &item) == 0);
    CHECK(take_now() == 1 && eddy_try_send(far_tx, &item) == 0);
}

static int served_by_callback(void *arg) {
    (void)arg;
    fill();
    CHECK(eddy_call_soon(serve, NULL).id && all_got(waiting, 4, 0) && order_was("nwsr"));
    CHECK(waiting[0].item == 8 && waiting[2].item == 8 && waiting[3].item == 8);
    close_all();
    return 0;
}

static int leave_waiting(void *arg) {
    fill();
    for (int i = 0; i < 4; i++) eddy_release(waiting[i].task);
    if (arg) CHECK(eddy_interrupt() == 0 && eddy_interrupt() == 0);
    return 0;
}

/* What the waiting tasks wanted is nobody's now. */
static void nobody_waits(void) {
    int item = 3;
    CHECK(take_now() == EDDY_EEMPTY && eddy_try_send(far_tx, &item) == EDDY_EFULL);
    CHECK(eddy_broadcast_send(news, &item) == 1 && next_of(reader) == 3);
    CHECK(eddy_watch_set(value, &item) == 0);
    close_all();
}

static void check_left(void *arg, int result, int result_of_each) {
    CHECK(eddy_run(leave_waiting, arg) == result);
    for (int i = 0; i < 4; i++) CHECK(waiting[i].result == result_of_each);
    nobody_waits();
}

int main(void) {
    check_begin();
    outside_of_tasks();
    static const eddy_fn runs[] = {buffered, from_hand_to_hand, ends, closing_inside, broadcasting,
                                   subscribers_wait, watching, without_memory, misuse,
                                   served_by_callback};
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) {
        check_run(runs[i]);
        order[0] = 0;
    }
    check_left(NULL, 0, EDDY_ECANCELED);
    check_left(order, EDDY_ECANCELED, 99);
    return check_end();
}
