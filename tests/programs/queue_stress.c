/* queue_stress [SEED]: tasks that put, get, send, receive and select at random, are cancelled and
 * timed out, while queues are shut down and made anew. Whatever happens, an item that was accepted
 * is received or freed exactly once, and one that was not is seen by nobody. */
#include "queues.h"

enum { QUEUES = 3, CHANNELS = 2, WORKERS = 14, ROUNDS = 60, MOST_ITEMS = 20000, CASES = 4 };

/* What is sent: large enough to be copied by a call in some queues, in others the number alone. */
typedef struct parcel {
    int number;
    unsigned check;
    char more[16];
} parcel;

static const size_t SIZES[QUEUES] = {4, 8, sizeof(parcel)};

static eddy_queue queues[QUEUES];
static eddy_sender *senders[CHANNELS];
static eddy_receiver *receivers[CHANNELS];
static eddy_future *workers[WORKERS];
static struct own_handles {
    eddy_sender *tx;
    eddy_receiver *rx;
} own[WORKERS]; /* of the worker in that place; left open only by a run that was broken off */
static unsigned char accepted[MOST_ITEMS], received[MOST_ITEMS], dropped[MOST_ITEMS];
static int made;          /* items, so far in this round */
static long total, waits; /* received; calls that had to be given up */

static parcel new_parcel(void) {
    parcel p = {.number = made < MOST_ITEMS - 1 ? made++ : made};
    p.check = (unsigned)p.number * 2654435761u;
    memset(p.more, p.number, sizeof p.more);
    return p;
}

static void check_parcel(const parcel *p, size_t size) {
    parcel expected = {.number = p->number, .check = (unsigned)p->number * 2654435761u};
    memset(expected.more, p->number, sizeof expected.more);
    CHECK(p->number >= 0 && p->number < made && memcmp(p, &expected, size) == 0);
}

static int compare(const void *a, const void *b) {
    return *(const int *)a % 8 - *(const int *)b % 8;
}

static void drop(void *item) {
    dropped[*(int *)item]++;
}

static void make_queue(int i) {
    eddy_queue_options options = {(eddy_order)pick(3), compare, drop};
    CHECK(eddy_queue_init(&queues[i], SIZES[i], pick(4), &options) == 0);
}

static void make_channel(int i) {
    eddy_chan_options options = {.free_item = drop};
    int rc = eddy_chan_open_with(sizeof(parcel), pick(3), &options, &senders[i], &receivers[i]);
    CHECK(rc == 0);
}

/* ---- what a worker does ---------------------------------------------------------------------------- */

static void after_put(int rc, const parcel *p) {
    if (rc == 0) accepted[p->number]++;
}

static void after_get(int rc, const parcel *p, size_t size) {
    if (rc < 0) return;
    check_parcel(p, size);
    received[p->number]++;
    total++;
}

static int queue_once(void) {
    int i = (int)pick(QUEUES), rc;
    parcel p = {.number = -1};
    bool waits_for_it = pick(3) > 0;
    if (pick(2)) {
        p = new_parcel();
        rc = waits_for_it ? eddy_queue_put(&queues[i], &p) : eddy_queue_try_put(&queues[i], &p);
        after_put(rc, &p);
    } else {
        rc = waits_for_it ? eddy_queue_get(&queues[i], &p) : eddy_queue_try_get(&queues[i], &p);
        after_get(rc, &p, SIZES[i]);
    }
    return rc;
}

static void close_own(struct own_handles *mine) {
    eddy_sender_close(mine->tx);
    eddy_receiver_close(mine->rx);
    *mine = (struct own_handles){NULL, NULL};
}

/* By a handle of its own, so that the channel outlives the call. */
static int channel_once(struct own_handles *mine) {
    int i = (int)pick(CHANNELS), rc;
    parcel p = {.number = -1};
    bool waits_for_it = pick(3) > 0;
    if (pick(2)) {
        mine->tx = eddy_sender_clone(senders[i]);
        p = new_parcel();
        rc = waits_for_it ? eddy_send(mine->tx, &p) : eddy_try_send(mine->tx, &p);
        after_put(rc, &p);
    } else {
        mine->rx = eddy_receiver_clone(receivers[i]);
        rc = waits_for_it ? eddy_recv(mine->rx, &p) : eddy_try_recv(mine->rx, &p);
        after_get(rc, &p, sizeof p);
    }
    close_own(mine);
    return rc;
}

/* A handle stays valid while its channel is not replaced: select takes what is open now. */
static eddy_case some_case(parcel *p) {
    int i = (int)pick(QUEUES);
    *p = (parcel){.number = -1};
    switch (pick(5)) {
    case 0: return EDDY_CASE_GET(&queues[i], p);
    case 1: *p = new_parcel(); return EDDY_CASE_PUT(&queues[i], p);
    case 2: return EDDY_CASE_RECV(receivers[i % CHANNELS], p);
    case 3: *p = new_parcel(); return EDDY_CASE_SEND(senders[i % CHANNELS], p);
    }
    eddy_future *other = workers[pick(WORKERS)];
    return EDDY_CASE_JOIN(other == eddy_current() ? NULL : other);
}

static size_t size_of(const eddy_case *c) {
    for (int i = 0; i < QUEUES; i++)
        if (c->object == &queues[i]) return SIZES[i];
    return sizeof(parcel);
}

static int select_once(void) {
    parcel parcels[CASES], before[CASES];
    eddy_case cases[CASES];
    size_t n = 1 + pick(CASES);
    for (size_t i = 0; i < n; i++) cases[i] = some_case(&parcels[i]);
    memcpy(before, parcels, sizeof before);
    eddy_time timeout = (eddy_time)pick(20) * EDDY_MS;
    int index = eddy_select(cases, n, pick(3) ? timeout : EDDY_FOREVER);
    CHECK(index >= 0 || index == EDDY_ETIMEDOUT || index == EDDY_ECANCELED);
    for (size_t i = 0; i < n; i++) {
        bool puts = before[i].number >= 0;
        if ((int)i != index) {
            CHECK(memcmp(&parcels[i], &before[i], sizeof parcels[i]) == 0);
        } else if (puts) {
            after_put(cases[i].result, &parcels[i]);
        } else if (cases[i].kind != EDDY__CASE_JOIN) {
            after_get(cases[i].result, &parcels[i], size_of(&cases[i]));
        }
    }
    return index < 0 ? index : 0;
}

/* Once in a while somebody takes a queue or a channel away from all others. */
static void replace_one(void) {
    int i = (int)pick(QUEUES);
    if (pick(2)) {
        if (pick(2)) CHECK(eddy_queue_shutdown(&queues[i], pick(2)) == 0);
        eddy_queue_destroy(&queues[i]);
        make_queue(i);
    } else {
        i %= CHANNELS;
        eddy_sender *tx = senders[i];
        eddy_receiver *rx = receivers[i];
        make_channel(i);
        if (pick(2)) {
            eddy_sender_close(tx);
            tx = NULL;
        }
        eddy_receiver_close(rx);
        eddy_sender_close(tx);
    }
}

static int worker(void *arg) {
    for (int i = 0; i < 60; i++) {
        EDDY_SCOPE(limit, .timeout = pick(3) ? EDDY_IN((eddy_time)pick(30) * EDDY_MS) : 0);
        unsigned what = pick(20);
        int rc = what < 7 ? queue_once() : what < 12 ? channel_once(arg) : select_once();
        rc = eddy_scope_end(&limit, rc);
        waits += rc == EDDY_ETIMEDOUT || rc == EDDY_ECANCELED;
        if (pick(100) == 0) (void)eddy_cancel(workers[pick(WORKERS)]);
        if (pick(100) == 0) replace_one();
        rc = pick(3) ? eddy_checkpoint() : eddy_yield();
        if (rc < 0) return rc;
    }
    return 0;
}

/* ---- rounds ------------------------------------------------------------------------------------------ */

static int body(void *arg) {
    (void)arg;
    int halts = pick(8) == 0;
    for (int i = 0; i < WORKERS; i++) workers[i] = eddy_spawn(worker, &own[i]);
    int rc = 0;
    for (int i = 0; rc == 0 && i < 40; i++) {
        rc = eddy_sleep((eddy_time)pick(20) * EDDY_MS);
        int which = (int)pick(WORKERS);
        if (!eddy_done(workers[which])) continue;
        eddy_release(workers[which]);
        workers[which] = eddy_spawn(worker, &own[which]);
    }
    if (halts) CHECK(eddy_interrupt() == 0 && eddy_interrupt() == 0);
    return halts;
}

/* A run that was broken off has tasks that never learnt what was handed to them. */
static void check_items(bool halted) {
    for (int i = 0; i < made; i++) {
        int seen = received[i] + dropped[i];
        CHECK(accepted[i] <= 1 && seen <= 1);
        if (!halted) CHECK(seen == accepted[i]);
    }
    memset(accepted, 0, sizeof accepted);
    memset(received, 0, sizeof received);
    memset(dropped, 0, sizeof dropped);
}

int main(int argc, char **argv) {
    uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
    check_begin();
    for (int round = 0; round < ROUNDS; round++) {
        random_state = seed * 1000 + (uint64_t)round;
        eddy_schedule_seed(pick(2) ? random_state : 0);
        made = 0;
        for (int i = 0; i < QUEUES; i++) make_queue(i);
        for (int i = 0; i < CHANNELS; i++) make_channel(i);
        int before = check_failures, rc = eddy_run(body, NULL);
        CHECK(rc == 0 || rc == EDDY_ECANCELED);
        for (int i = 0; i < WORKERS; i++) {
            eddy_release(workers[i]);
            close_own(&own[i]);
        }
        for (int i = 0; i < QUEUES; i++) eddy_queue_destroy(&queues[i]);
        for (int i = 0; i < CHANNELS; i++) {
            eddy_receiver_close(receivers[i]);
            eddy_sender_close(senders[i]);
        }
        check_items(rc < 0);
        CHECK(check_memory.blocks == 0);
        if (check_failures > before) printf("    in round %d of seed %d\n", round, (int)seed);
    }
    CHECK(total > 1000 && waits > 1000);
    return check_end();
}
