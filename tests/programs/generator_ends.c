/* Generators in wrong use, at the end of a run, and without memory. */
#include "generator.h"

/* ---- concurrent use, wrong use ------------------------------------------------------------------------------- */

static int next_of(void *arg) {
    int item;
    return eddy_gen_next(arg, &item);
}

static int close_of(void *arg) {
    return eddy_gen_close(arg);
}

static int concurrent(void *arg) {
    (void)arg;
    struct counting c = {.count = 3, .gap = ms(2)};
    eddy_gen *g = eddy_gen_open(counts, &c, sizeof(int));
    int item;
    CHECK(eddy_gen_next(g, &item) == 1);
    eddy_future *first = eddy_spawn(next_of, g);
    CHECK(eddy_yield() == 0);
    CHECK(eddy_gen_next(g, &item) == EDDY_ESTATE);
    CHECK(eddy_gen_close(g) == EDDY_ESTATE); /* and nothing is freed */
    CHECK(eddy_await(first) == 1);
    CHECK(eddy_gen_next(g, &item) == 1 && item == 2);

    c.cleanup = ms(2);
    first = eddy_spawn(close_of, g);
    CHECK(eddy_yield() == 0);
    CHECK(eddy_gen_next(g, &item) == EDDY_ESTATE);
    CHECK(eddy_gen_close(g) == EDDY_ESTATE);
    CHECK(eddy_await(first) == 0 && c.ended == 1);
    return 0;
}

static eddy_gen *own;

static int uses_itself(void *arg) {
    int item;
    CHECK(eddy_gen_next(own, &item) == EDDY_ESTATE);
    CHECK(eddy_gen_close(own) == EDDY_ESTATE);
    return eddy_emit(arg);
}

static void in_callback(void *ctx) {
    int item = 0;
    CHECK(eddy_emit(&item) == EDDY_ESTATE);
    CHECK(eddy_gen_next(ctx, &item) == EDDY_ESTATE);
    CHECK(eddy_gen_close(ctx) == EDDY_ESTATE);
}

static int wrong_use(void *arg) {
    (void)arg;
    int item = 0;
    CHECK(eddy_emit(&item) == EDDY_ESTATE);
    CHECK(eddy_gen_next(NULL, &item) == EDDY_ENOMEM);
    CHECK(eddy_gen_close(NULL) == EDDY_ENOMEM);
    CHECK(eddy_gen_open(NULL, NULL, 4) == NULL);
    own = eddy_gen_open(uses_itself, &item, sizeof item);
    CHECK(eddy_gen_next(own, &item) == 1);
    eddy_call_soon(in_callback, own);
    CHECK(eddy_yield() == 0);
    CHECK(eddy_gen_close(own) == 0);
    return 0;
}

/* ---- the end of the run --------------------------------------------------------------------------------------- */

static int closing_order[8], closings;

struct left_open {
    int number;
    int result;
};

static int stays_open(void *arg) {
    struct left_open *left = arg;
    int rc = eddy_emit(&left->number);
    CHECK(rc == EDDY_ECLOSED);
    CHECK(eddy_checkpoint() == 0 && eddy_deadline() == EDDY_FOREVER); /* under no scope */
    CHECK(eddy_sleep(ms(1)) == 0); /* may still wait */
    closing_order[closings++] = left->number;
    return left->result ? eddy_fail(left->result, "number %d", left->number) : rc;
}

static struct left_open left[] = {{1, 0}, {2, 0}, {3, E2}, {4, 0}};
static eddy_gen *left_gens[4];

static int leaves_open(void *arg) {
    (void)arg;
    int item;
    for (int i = 0; i < 4; i++) left_gens[i] = eddy_gen_open(stays_open, &left[i], sizeof(int));
    for (int i = 3; i >= 0; i--) CHECK(eddy_gen_next(left_gens[i], &item) == 1);
    CHECK(eddy_gen_open(stays_open, &left[0], sizeof(int)) != NULL); /* never begun */
    return 6;
}

/* One body, in its cleanup, closes a later one; another opens a new one. */
static int closes_another(void *arg) {
    (void)arg;
    int zero = 0, rc = eddy_emit(&zero);
    CHECK(rc == EDDY_ECLOSED);
    CHECK(eddy_gen_close(left_gens[1]) == 0);
    closing_order[closings++] = 10;
    eddy_gen *late = eddy_gen_open(stays_open, &left[3], sizeof(int));
    int item;
    CHECK(eddy_gen_next(late, &item) == 1);
    return 0;
}

static int leaves_tangled(void *arg) {
    (void)arg;
    int item;
    left_gens[0] = eddy_gen_open(closes_another, NULL, sizeof(int));
    left_gens[1] = eddy_gen_open(stays_open, &left[1], sizeof(int));
    CHECK(eddy_gen_next(left_gens[0], &item) == 1 && eddy_gen_next(left_gens[1], &item) == 1);
    return 0;
}

/* A task that a body starts in its cleanup is in another generator when that is to be closed. */
static int slow_cleanup_user(void *arg) {
    int item, rc;
    while ((rc = eddy_gen_next(arg, &item)) == 1) {
    }
    return rc;
}

static int starts_a_user(void *arg) {
    (void)arg;
    int zero = 0, rc = eddy_emit(&zero);
    CHECK(eddy_go(slow_cleanup_user, left_gens[1]) == 0);
    CHECK(eddy_sleep(ms(1)) == 0);
    return rc;
}

static int leaves_busy(void *arg) {
    (void)arg;
    static struct counting c;
    c = (struct counting){.count = 4, .gap = ms(3)};
    int item;
    left_gens[0] = eddy_gen_open(starts_a_user, NULL, sizeof(int));
    left_gens[1] = eddy_gen_open(counts, &c, sizeof(int));
    CHECK(eddy_gen_next(left_gens[0], &item) == 1);
    return 0;
}

/* The consumer is a leftover, inside its generator. */
static struct counting leftover_counting;

static int leaves_consumer(void *arg) {
    (void)arg;
    leftover_counting = (struct counting){.count = 9, .gap = ms(5)};
    CHECK(eddy_go(consumer_of_slow, &leftover_counting) == 0);
    return eddy_sleep(ms(7));
}

static int interrupted(void *arg) {
    (void)arg;
    static struct counting c;
    c = (struct counting){.count = 9, .gap = ms(5)};
    static struct level three = {3, EDDY_MS, 20, 0, NULL}, two = {2, EDDY_MS, 20, 0, &three};
    eddy_gen *g = eddy_gen_open(passes_on, &two, sizeof(int));
    CHECK(eddy_go(consumer_of_slow, &c) == 0);
    int item;
    CHECK(eddy_gen_next(g, &item) == 1);
    CHECK(eddy_interrupt() == 0);
    CHECK(eddy_interrupt() == 0);
    EDDY_SHIELD(shield);
    EDDY_IGNORE(eddy_gen_next(g, &item)); /* waits, and does not come back */
    CHECK(false);
    return 0;
}

/* ---- without memory ---------------------------------------------------------------------------------------------- */

static int all_of_it(void *arg) {
    (void)arg;
    struct level two = {2, ms(1), 3, 0, NULL}, one = {1, 0, 3, 0, &two};
    eddy_gen *g = eddy_gen_open(passes_on, &one, sizeof(int));
    int item, rc;
    while ((rc = eddy_gen_next(g, &item)) == 1) {
    }
    CHECK(rc == 0 || rc == EDDY_ENOMEM);
    rc = eddy_gen_close(g);
    CHECK(rc == 0 || rc == EDDY_ENOMEM);
    /* One that is left open. */
    static struct counting c;
    c = (struct counting){.count = 9, .gap = ms(5)};
    g = eddy_gen_open(counts, &c, sizeof(int));
    rc = eddy_gen_next(g, &item);
    CHECK(rc == 1 || rc == EDDY_ENOMEM);
    return 0;
}

static void out_of_memory(void) {
    for (int later = 0; later < 2; later++) {
        for (long n = 1;; n++) {
            check_fail_at(n, later);
            int rc = eddy_run(all_of_it, NULL);
            CHECK(rc == 0 || rc == EDDY_ENOMEM);
            if (!CHECK(check_memory.blocks == 0)) printf("    at %ld, %d\n", n, later);
            if (!check_failed_once() || n > 500) break;
        }
    }
    check_fail_at(0, false);
}

/* ---- groups of a body whose consumer has ended ------------------------------------------------------ */

static int fails(void *arg) {
    (void)arg;
    return eddy_fail(E1, "a child");
}

static int emits_after_groups(void *arg) {
    (void)arg;
    for (int i = 0; i < 3; i++) {
        EDDY_GROUP(children);
        CHECK(eddy_group_go(&children, fails, NULL) == 0);
        CHECK(eddy_group_end(&children, 0) == E1);
        EDDY_GROUP(own_error);
        CHECK(eddy_group_end(&own_error, eddy_fail(E2, "the body")) == E2);
        int rc = eddy_emit(&i); /* the next consumer goes on, and asks */
        eddy_error error = {0};
        CHECK(eddy_group_errors(&children, &error, 1) == 1);
        CHECK(error.code == E1 && !strcmp(error.message, "a child") && !strcmp(error.task, "fails"));
        CHECK(eddy_group_errors(&own_error, &error, 1) == 1);
        CHECK(error.code == E2 && !strcmp(error.message, "the body"));
        CHECK(!strcmp(error.task, i < 2 ? "next_of" : "main"));
        if (rc < 0) return rc;
    }
    return 0;
}

static int groups_outlive_consumers(void *arg) {
    (void)arg;
    eddy_gen *g = eddy_gen_open(emits_after_groups, NULL, sizeof(int));
    int item;
    CHECK(eddy_await(eddy_spawn(next_of, g)) == 1);
    CHECK(eddy_await(eddy_spawn(next_of, g)) == 1);
    CHECK(eddy_gen_next(g, &item) == 1 && item == 2);
    CHECK(eddy_gen_close(g) == 0);

    /* Closed by another one. */
    g = eddy_gen_open(emits_after_groups, NULL, sizeof(int));
    CHECK(eddy_await(eddy_spawn(next_of, g)) == 1);
    CHECK(eddy_await(eddy_spawn(close_of, g)) == 0);
    return 0;
}

int main(void) {
    static const eddy_fn tests[] = {concurrent, wrong_use, groups_outlive_consumers};
    check_begin();
    eddy_set_report(note_report, NULL);
    generator_run(tests, sizeof tests / sizeof *tests);
    CHECK(eddy_run(leaves_open, NULL) == 6);
    CHECK(check_memory.blocks == 0 && eddy_now() == ms(4));
    CHECK(closings == 4); /* in opening order; the one that never began did not run */
    for (int i = 0; i < 4; i++) CHECK(closing_order[i] == i + 1);
    CHECK(reports == 1 && last_code == E2 && !strcmp(last_message, "number 3"));

    closings = reports = 0;
    check_run(leaves_tangled);
    CHECK(closings == 3);
    CHECK(closing_order[0] == 2 && closing_order[1] == 10 && closing_order[2] == 4);
    CHECK(reports == 0);

    check_run(leaves_busy);
    check_run(leaves_consumer);
    CHECK(leftover_counting.ended == 1);
    CHECK(eddy_run(interrupted, NULL) == EDDY_ECANCELED);
    CHECK(check_memory.blocks == 0);
    out_of_memory();
    return check_end();
}
