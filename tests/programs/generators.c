/* Generators: what eddy/generator.h and R13 say, sentence by sentence. */
#include "generator.h"

/* ---- items and the end ---------------------------------------------------------------------------- */

static int walking(void *arg) {
    (void)arg;
    struct counting c = {.count = 3, .gap = ms(1)};
    eddy_gen *g = eddy_gen_open(counts, &c, sizeof(int));
    CHECK(g != NULL);
    CHECK(eddy_yield() == 0 && c.begun == 0); /* begins with the first next */
    int item = 99;
    for (int i = 0; i < 3; i++) {
        CHECK(eddy_gen_next(g, &item) == 1 && item == i);
        CHECK(eddy_now() == ms(i));
    }
    CHECK(eddy_gen_next(g, &item) == 0 && item == 2);
    CHECK(eddy_gen_next(g, &item) == 0); /* for good */
    CHECK(c.ended == 1);
    CHECK(eddy_gen_close(g) == 0);

    /* A result >= 0 of the body is no item and no error. */
    c = (struct counting){.count = 1, .result = 7};
    g = (eddy_gen_open)(counts, &c, sizeof(int));
    CHECK((eddy_gen_next)(g, &item) == 1 && (eddy_gen_next)(g, &item) == 0);
    CHECK((eddy_gen_close)(g) == 0);
    return 0;
}

static int failing(void *arg) {
    (void)arg;
    struct counting c = {.count = 2, .result = E1};
    eddy_gen *g = eddy_gen_open(counts, &c, sizeof(int));
    int item;
    CHECK(eddy_gen_next(g, &item) == 1 && eddy_gen_next(g, &item) == 1);
    CHECK(eddy_gen_next(g, &item) == E1); /* once */
    CHECK(!strcmp(eddy_last_message(), "at 2"));
    CHECK(eddy_gen_next(g, &item) == 0);
    CHECK(eddy_gen_close(g) == 0);

    /* Nobody has asked for it: close tells. */
    c = (struct counting){.count = 0, .result = E2};
    g = eddy_gen_open(counts, &c, sizeof(int));
    CHECK(eddy_gen_close(g) == 0 && c.begun == 0); /* a body that has not begun does not run */
    c = (struct counting){.count = 2, .cleanup = ms(1), .result = E2};
    g = eddy_gen_open(counts, &c, sizeof(int));
    CHECK(eddy_gen_next(g, &item) == 1);
    CHECK(eddy_gen_close(g) == 0 && c.closed == 1); /* ECLOSED is none */
    CHECK(reports == 0);
    return 0;
}

static int fails_when_closed(void *arg) {
    int rc = eddy_emit(arg);
    CHECK(rc == EDDY_ECLOSED);
    CHECK(eddy_emit(arg) == EDDY_ECLOSED); /* again and again */
    return eddy_fail(E3, "could not tidy up");
}

static int failing_close(void *arg) {
    (void)arg;
    int item = 5, got = 0;
    eddy_gen *g = eddy_gen_open(fails_when_closed, &item, sizeof item);
    CHECK(eddy_gen_next(g, &got) == 1 && got == 5);
    CHECK(eddy_gen_close(g) == E3);
    CHECK(!strcmp(eddy_last_message(), "could not tidy up"));
    return 0;
}

/* Thousands of items cost no pass, apart from the budget of calls in a row; sizes are respected. */
struct big {
    int number;
    char bytes[500];
};

static int emits_big(void *arg) {
    int count = *(int *)arg;
    for (int i = 0; i < count; i++) {
        struct big big = {.number = i};
        memset(big.bytes, i, sizeof big.bytes);
        int rc = eddy_emit(&big);
        if (rc < 0) return rc;
    }
    return 0;
}

static int passes;

static int counts_passes(void *arg) {
    (void)arg;
    while (eddy_yield() == 0) passes++;
    return 0;
}

static int many_items(void *arg) {
    (void)arg;
    int count = 2000;
    passes = 0;
    eddy_future *counter = eddy_spawn(counts_passes, NULL);
    CHECK(eddy_yield() == 0);
    eddy_gen *g = eddy_gen_open(emits_big, &count, sizeof(struct big));
    struct big big;
    for (int i = 0; i < count; i++) {
        memset(&big, 0xff, sizeof big);
        CHECK(eddy_gen_next(g, &big) == 1);
        CHECK(big.number == i && big.bytes[0] == (char)i && big.bytes[499] == (char)i);
    }
    CHECK(eddy_gen_next(g, &big) == 0);
    CHECK(passes >= 7 && passes <= 9); /* one in 256 calls */
    for (int i = 0; i < 600; i++) CHECK(eddy_gen_next(g, &big) == 0);
    CHECK(eddy_gen_close(g) == 0);
    for (int i = 0; i < 600; i++) CHECK(eddy_gen_next(NULL, &big) == EDDY_ENOMEM);
    CHECK(eddy_stop(counter) == 0);
    eddy_release(counter);

    /* The same two levels down: who gives up the pass there gives it up for all. */
    struct level two = {2, 0, 1000, 0, NULL}, one = {1, 0, 1000, 0, &two};
    g = eddy_gen_open(passes_on, &one, sizeof(int));
    int item;
    for (int i = 0; i < 1000; i++)
        CHECK(eddy_gen_next(g, &item) == 1 && item == (i * 2 + 2) * 2 + 1);
    CHECK(eddy_gen_next(g, &item) == 0 && eddy_gen_close(g) == 0);
    return 0;
}

/* Items without bytes. */
static int emits_nothing(void *arg) {
    (void)arg;
    for (int i = 0; i < 4; i++) {
        int rc = eddy_emit(NULL);
        if (rc < 0) return rc;
    }
    return 0;
}

static int emits_wrongly(void *arg) {
    (void)arg;
    CHECK(eddy_emit(NULL) == EDDY_EINVAL);
    return 0;
}

static int tokens(void *arg) {
    (void)arg;
    eddy_gen *g = eddy_gen_open(emits_nothing, NULL, 0);
    int n = 0;
    while (eddy_gen_next(g, NULL) == 1) n++;
    CHECK(n == 4 && eddy_gen_close(g) == 0);
    int item = 3, count = 1;
    g = eddy_gen_open(emits_wrongly, NULL, sizeof item);
    CHECK(eddy_gen_next(g, &item) == 0 && item == 3);
    CHECK(eddy_gen_close(g) == 0);
    g = eddy_gen_open(emits_big, &count, sizeof(struct big));
    CHECK(eddy_gen_next(g, NULL) == 1); /* not wanted */
    CHECK(eddy_gen_close(g) == 0);
    return 0;
}

/* ---- nesting ------------------------------------------------------------------------------------------ */

static int nested(void *arg) {
    (void)arg;
    for (int gap = 0; gap < 2; gap++) {
        struct level three = {3, ms(gap), 5, 0, NULL}, two = {2, ms(gap), 5, 0, &three};
        struct level one = {1, ms(gap), 5, 0, &two};
        eddy_time start = eddy_now();
        eddy_gen *g = eddy_gen_open(passes_on, &one, sizeof(int));
        int item;
        for (int i = 0; i < 5; i++)
            CHECK(eddy_gen_next(g, &item) == 1 && item == ((i * 2 + 3) * 2 + 2) * 2 + 1);
        CHECK(eddy_gen_next(g, &item) == 0);
        CHECK(eddy_now() == start + ms(gap * (5 * 3 + 4)));
        CHECK(one.ended == 1 && two.ended == 1 && three.ended == 1);
        CHECK(eddy_gen_close(g) == 0);

        /* Closed in the middle, from the outside in. */
        g = eddy_gen_open(passes_on, &one, sizeof(int));
        CHECK(eddy_gen_next(g, &item) == 1);
        CHECK(eddy_gen_close(g) == 0);
        CHECK(one.ended == 2 && two.ended == 2 && three.ended == 2);
    }
    return 0;
}

/* Many consumers, each with three levels, at once. */
static int consumes(void *arg) {
    int which = *(int *)arg;
    struct level three = {3, ms(which % 3), 20, 0, NULL}, two = {2, ms(which % 2), 20, 0, &three};
    eddy_gen *g = eddy_gen_open(passes_on, &two, sizeof(int));
    int item, i = 0, rc;
    volatile double keeps = which * 1.5;
    for (; (rc = eddy_gen_next(g, &item)) == 1; i++) {
        CHECK(item == (i * 2 + 3) * 2 + 2);
        CHECK(keeps == which * 1.5);
        if (which % 5 == 4 && i == 10) break;
    }
    int closed = eddy_gen_close(g);
    return rc < 0 ? rc : closed < 0 ? closed : i;
}

static int many_consumers(void *arg) {
    (void)arg;
    eddy_future *f[30];
    int which[30], results[30];
    for (int i = 0; i < 30; i++) {
        which[i] = i;
        f[i] = eddy_spawn(consumes, &which[i]);
    }
    CHECK(eddy_gather(f, 30, results) == 0);
    for (int i = 0; i < 30; i++) CHECK(results[i] == (i % 5 == 4 ? 10 : 20));
    eddy_release_all(f, 30);
    return 0;
}

/* ---- whose name it runs in -------------------------------------------------------------------------- */

static eddy_future *seen_current;
static eddy_time seen_deadline;

static int looks(void *arg) {
    for (;;) {
        seen_current = eddy_current();
        seen_deadline = eddy_deadline();
        int rc = eddy_emit(arg);
        if (rc < 0) return rc;
        rc = eddy_sleep(ms(1));
        if (rc < 0) return rc;
    }
}

static int next_elsewhere(void *arg) {
    int item;
    EDDY_SCOPE(limit, .timeout = ms(40));
    int rc = eddy_gen_next(arg, &item);
    CHECK(seen_current == eddy_current() && seen_deadline == eddy_deadline());
    return eddy_scope_end(&limit, rc);
}

static int names(void *arg) {
    (void)arg;
    int item = 1;
    eddy_gen *g = eddy_gen_open(looks, &item, sizeof item);
    CHECK(eddy_gen_next(g, &item) == 1);
    CHECK(seen_current == eddy_current() && seen_deadline == EDDY_FOREVER);
    /* Another task goes on with it, under its own scopes. */
    eddy_future *other = eddy_spawn(next_elsewhere, g);
    CHECK(eddy_await(other) == 1);
    EDDY_SCOPE(limit, .timeout = ms(70));
    CHECK(eddy_gen_next(g, &item) == 1 && seen_deadline == eddy_deadline());
    CHECK(eddy_scope_end(&limit, 0) == 0);
    CHECK(eddy_gen_close(g) == 0);
    return 0;
}

/* ---- cancellation --------------------------------------------------------------------------------------- */

static int cancelled(void *arg) {
    (void)arg;
    /* The consumer is cancelled while the body sleeps. */
    struct counting c = {.count = 9, .gap = ms(2)};
    eddy_future *task = eddy_spawn(consumer_of_slow, &c);
    CHECK(eddy_sleep(ms(3)) == 0);
    eddy_cancel(task);
    CHECK(eddy_await(task) == EDDY_ECANCELED);
    CHECK(c.ended == 1 && c.closed == 0 && eddy_now() == ms(3));

    /* A deadline of the consumer's passes inside the body; the body is at its end then. */
    c = (struct counting){.count = 9, .gap = ms(2)};
    eddy_gen *g = eddy_gen_open(counts, &c, sizeof(int));
    int item;
    EDDY_SCOPE(limit, .timeout = ms(5));
    int rc;
    int n = 0;
    while ((rc = eddy_gen_next(g, &item)) == 1) n++;
    CHECK(rc == EDDY_ECANCELED && n == 3);
    CHECK(eddy_scope_end(&limit, rc) == EDDY_ETIMEDOUT);
    CHECK(eddy_gen_next(g, &item) == 0);
    CHECK(eddy_gen_close(g) == 0);

    /* Cancelled before the body has run on: the generator is as it was. */
    c = (struct counting){.count = 3};
    g = eddy_gen_open(counts, &c, sizeof(int));
    {
        EDDY_SCOPE(over, .timeout = EDDY_NOW);
        CHECK(eddy_gen_next(g, &item) == EDDY_ECANCELED && c.begun == 0);
        CHECK(eddy_scope_end(&over, 0) == 0);
    }
    for (int i = 0; i < 2; i++) CHECK(eddy_gen_next(g, &item) == 1 && item == i);
    {
        EDDY_SCOPE(over, .timeout = EDDY_NOW);
        CHECK(eddy_gen_next(g, &item) == EDDY_ECANCELED && item == 1);
        CHECK(eddy_scope_end(&over, 0) == 0);
    }
    CHECK(eddy_gen_next(g, &item) == 1 && item == 2);
    /* A close is not stopped, but the body's waits are. */
    {
        c.cleanup = ms(5);
        EDDY_SCOPE(over, .timeout = EDDY_NOW);
        eddy_time start = eddy_now();
        CHECK(eddy_gen_close(g) == 0);
        CHECK(eddy_now() == start && c.closed == 1 && c.ended == 1);
        CHECK(eddy_scope_end(&over, 0) == 0);
    }
    return 0;
}

/* A deadline inside the body: its own scope, around a wait and not around emit. */
static int limits_itself(void *arg) {
    int item = 0, rc = 0;
    for (; rc == 0; item++) {
        EDDY_SCOPE(limit, .timeout = ms(2));
        rc = eddy_emit(&item);
        CHECK(rc == EDDY_ESTATE); /* inside a scope that the body has opened */
        rc = eddy_scope_end(&limit, eddy_sleep(ms(item * 2)));
        CHECK(rc == (item ? EDDY_ETIMEDOUT : 0));
        rc = eddy_emit(&item);
    }
    ++*(int *)arg;
    return rc;
}

static int emits_in_group(void *arg) {
    EDDY_GROUP(g);
    CHECK(eddy_emit(arg) == EDDY_ESTATE);
    int rc = eddy_group_end(&g, 0);
    CHECK(rc == 0);
    rc = eddy_emit(arg);
    /* Leaves a scope open: it is closed with the body. */
    static eddy_scope left;
    left = (eddy_scope){0};
    CHECK(eddy_scope_begin(&left, &(eddy_scope_options){.timeout = ms(1)}) == 0);
    return rc;
}

static int scopes_inside(void *arg) {
    (void)arg;
    int ended = 0, item;
    eddy_gen *g = eddy_gen_open(limits_itself, &ended, sizeof(int));
    for (int i = 0; i < 3; i++) CHECK(eddy_gen_next(g, &item) == 1 && item == i);
    CHECK(eddy_now() == ms(4));
    CHECK(eddy_gen_close(g) == 0 && ended == 1);
    g = eddy_gen_open(emits_in_group, &item, sizeof(int));
    CHECK(eddy_gen_next(g, &item) == 1);
    CHECK(eddy_gen_next(g, &item) == 0);
    CHECK(eddy_deadline() == EDDY_FOREVER && eddy_sleep(ms(2)) == 0);
    CHECK(eddy_gen_close(g) == 0);

    /* A consumer's scope that opens or ends between two items is none of the body's. */
    struct counting c = {.count = 9};
    g = eddy_gen_open(counts, &c, sizeof(int));
    {
        EDDY_SCOPE(around, .timeout = ms(9));
        CHECK(eddy_gen_next(g, &item) == 1);
    }
    CHECK(eddy_gen_next(g, &item) == 1);
    {
        EDDY_SCOPE(around, .timeout = ms(9));
        CHECK(eddy_gen_next(g, &item) == 1 && item == 2);
        CHECK(eddy_gen_close(g) == 0);
    }
    return 0;
}

/* Groups, tasks, races inside the body work as in any function. */
static int sleeps_arg(void *arg) {
    int rc = eddy_sleep(ms(*(int *)arg));
    return rc < 0 ? rc : *(int *)arg;
}

static int spawns_inside(void *arg) {
    (void)arg;
    static int times[] = {3, 1, 2};
    for (int round = 0; round < 3; round++) {
        EDDY_GROUP(g);
        for (int i = 0; i < 3; i++) eddy_group_spawn(&g, sleeps_arg, &times[i]);
        int rc = eddy_group_end(&g, 0);
        if (rc < 0) return rc;
        eddy_future *f[2] = {eddy_spawn(sleeps_arg, &times[0]), NULL};
        /* Its first step runs inside the body, inside the consumer. */
        f[1] = eddy_spawn_opt(sleeps_arg, .arg = &times[1], .eager = true);
        size_t winner = 0;
        rc = eddy_race(f, 2, &winner);
        CHECK(rc == 1 && winner == 1);
        eddy_release_all(f, 2);
        if (rc > 0) rc = eddy_emit(&round);
        if (rc < 0) return rc;
    }
    return 0;
}

static int eager_emits(void *arg) {
    CHECK(eddy_emit(arg) == EDDY_ESTATE); /* a task of its own, not the generator's body */
    return 0;
}

static int emits_from_eager(void *arg) {
    CHECK(eddy_await(eddy_spawn_opt(eager_emits, .arg = arg, .eager = true)) == 0);
    return eddy_emit(arg);
}

static int tasks_inside(void *arg) {
    (void)arg;
    int item, n = 0;
    eddy_gen *g = eddy_gen_open(spawns_inside, NULL, sizeof(int));
    while (eddy_gen_next(g, &item) == 1) CHECK(item == n++);
    CHECK(n == 3 && eddy_now() == ms(12));
    CHECK(eddy_gen_close(g) == 0);
    g = eddy_gen_open(emits_from_eager, &item, sizeof(int));
    CHECK(eddy_gen_next(g, &item) == 1);
    CHECK(eddy_gen_close(g) == 0);
    return 0;
}

/* An eager task consumes a generator inside the step of whoever spawned it. */
static int eager_consumers(void *arg) {
    (void)arg;
    eddy_future *f[4];
    int which[4] = {3, 4, 8, 9}, results[4];
    for (int i = 0; i < 4; i++) f[i] = eddy_spawn_opt(consumes, .arg = &which[i], .eager = true);
    CHECK(eddy_gather(f, 4, results) == 0);
    CHECK(results[0] == 20 && results[1] == 10 && results[2] == 20 && results[3] == 10);
    eddy_release_all(f, 4);
    return 0;
}

/* ---- use of the stack ------------------------------------------------------------------------------------ */

static int recurses(int depth) {
    volatile char frame[256];
    memset((char *)frame, depth, sizeof frame);
    int rc = depth ? recurses(depth - 1) : eddy_sleep(ms(1));
    for (size_t i = 0; i < sizeof frame; i++)
        if (frame[i] != (char)depth) return E3;
    return rc;
}

static int deep(void *arg) {
    for (int i = 0; i < 3; i++) {
        int rc = recurses(*(int *)arg);
        if (rc == 0) rc = eddy_emit(&i);
        if (rc < 0) return rc;
    }
    return 0;
}

static int deep_bodies(void *arg) {
    (void)arg;
    int depth = 60, item, n = 0;
    eddy_gen *g = eddy_gen_open(deep, &depth, sizeof(int));
    while (eddy_gen_next(g, &item) == 1) n++;
    CHECK(n == 3 && eddy_gen_close(g) == 0);
    return 0;
}

int main(void) {
    static const eddy_fn tests[] = {
        walking, failing,        failing_close, many_items,    tokens,          nested,
        names,   many_consumers, cancelled,     scopes_inside, eager_consumers, tasks_inside,
        deep_bodies,
    };
    check_begin();
    eddy_set_report(note_report, NULL);
    generator_run(tests, sizeof tests / sizeof *tests);
    return check_end();
}
