/* Waits, walks and races: what eddy/combine.h says, sentence by sentence. (gather: tasks.c and the
 * conformance programs.) */
#include "check.h"

static int reports;

static void count_report(const eddy_report *report, void *ctx) {
    (void)report;
    (void)ctx;
    reports++;
}

static eddy_time ms(int n) {
    return n * EDDY_MS;
}

/* A task that sleeps and ends with a code; on cancellation it may take its time. */
struct plan {
    eddy_time sleep;
    int result;
    eddy_time cleanup;
    int cleanup_result; /* instead of EDDY_ECANCELED, if not 0 */
    bool begun, cancelled, ended;
};

#define PLAN(milliseconds, code) {.sleep = (milliseconds) * EDDY_MS, .result = (code)}
#define SLOW(milliseconds, to_clean)                                                               \
    {.sleep = (milliseconds) * EDDY_MS, .result = 1, .cleanup = (to_clean) * EDDY_MS}

static int work(void *arg) {
    struct plan *plan = arg;
    plan->begun = true;
    int rc = plan->sleep ? eddy_sleep(plan->sleep) : 0;
    if (rc == EDDY_ECANCELED) {
        plan->cancelled = true;
        if (plan->cleanup) {
            EDDY_SHIELD(shield);
            CHECK(eddy_scope_end(&shield, eddy_sleep(plan->cleanup)) == 0);
        }
        if (plan->cleanup_result) rc = plan->cleanup_result;
    } else if (rc == 0) {
        rc = plan->result;
    }
    plan->ended = true;
    if (rc >= 0 || rc == EDDY_ECANCELED) return rc;
    return eddy_fail(rc, "after %lld", (long long)plan->sleep);
}

#define MANY 8

/* Tasks of plans. */
struct tasks {
    struct plan plans[MANY];
    eddy_future *f[MANY];
    size_t n;
};

static void spawn_all(struct tasks *t) {
    for (size_t i = 0; i < t->n; i++) t->f[i] = eddy_spawn(work, &t->plans[i]);
}

static void stop_all(struct tasks *t) {
    for (size_t i = 0; i < t->n; i++) {
        EDDY_IGNORE(eddy_stop(t->f[i]));
        (void)eddy_result(t->f[i]);
    }
    eddy_release_all(t->f, t->n);
}

/* ---- wait ------------------------------------------------------------------------------------------- */

static int waiting(void *arg) {
    (void)arg;
    struct tasks t = {.n = 3, .plans = {PLAN(3, 1), PLAN(1, EDDY_ECANCELED), PLAN(2, E1)}};
    spawn_all(&t);
    CHECK(eddy_wait(t.f, 3, EDDY_FIRST_DONE, 0) == 0);
    CHECK(eddy_wait(t.f, 3, EDDY_FIRST_DONE, -5) == 0); /* does not suspend */
    CHECK(!t.plans[0].begun);
    CHECK(eddy_wait(t.f, 3, EDDY_FIRST_DONE, EDDY_FOREVER) == 1 && eddy_now() == ms(1));
    CHECK(eddy_wait(t.f, 3, EDDY_FIRST_DONE, EDDY_FOREVER) == 1 && eddy_now() == ms(1));
    /* It passes over a cancellation. */
    CHECK(eddy_wait(t.f, 3, EDDY_FIRST_ERROR, EDDY_FOREVER) == 2 && eddy_now() == ms(2));
    CHECK(eddy_wait(t.f, 3, EDDY_FIRST_ERROR, EDDY_FOREVER) == 2);
    CHECK(eddy_wait(t.f, 3, EDDY_ALL_DONE, EDDY_FOREVER) == 3 && eddy_now() == ms(3));
    CHECK(eddy_wait(t.f, 3, EDDY_ALL_DONE, 0) == 3);
    CHECK(!*eddy_last_message()); /* it delivers nothing, and reads nothing: */
    eddy_release_all(t.f, 3);
    CHECK(reports == 1);
    reports = 0;

    /* FIRST_ERROR without an error: when all have ended. */
    t = (struct tasks){.n = 2, .plans = {PLAN(1, 0), PLAN(4, 5)}};
    spawn_all(&t);
    CHECK(eddy_wait(t.f, 2, EDDY_FIRST_ERROR, EDDY_FOREVER) == 2 && eddy_now() == ms(7));
    eddy_release_all(t.f, 2);
    return 0;
}

static int waiting_limited(void *arg) {
    (void)arg;
    struct tasks t = {.n = 3, .plans = {PLAN(1, 1), PLAN(2, 2), PLAN(9, 3)}};
    spawn_all(&t);
    CHECK(eddy_wait(t.f, 3, EDDY_ALL_DONE, ms(2) + 1) == 2 && eddy_now() == ms(2) + 1);
    CHECK(!eddy_done(t.f[2])); /* cancels nobody */
    /* Ends and time-out at the same moment: what was done counts. */
    int done = eddy_wait(t.f, 3, EDDY_ALL_DONE, ms(7) - 1);
    CHECK((done == 3 || done == 2) && eddy_now() == ms(9));
    /* The timer of a wait that was over early fires nobody. */
    CHECK(eddy_wait(t.f, 3, EDDY_FIRST_DONE, ms(1)) == (eddy_done(t.f[2]) ? 3 : 2));
    CHECK(eddy_sleep(ms(5)) == 0 && eddy_now() == ms(14));
    stop_all(&t);
    return 0;
}

static int waiting_oddly(void *arg) {
    (void)arg;
    struct tasks t = {.n = 1, .plans = {PLAN(2, 1)}};
    spawn_all(&t);
    eddy_future *f[] = {t.f[0], NULL, t.f[0], eddy_current()};
    CHECK(eddy_wait(f, 0, EDDY_ALL_DONE, ms(1)) == EDDY_EINVAL);
    CHECK(eddy_wait(NULL, 1, EDDY_ALL_DONE, ms(1)) == EDDY_EINVAL);
    CHECK(eddy_wait(f, 1, (eddy_wait_mode)7, ms(1)) == EDDY_EINVAL);
    CHECK(eddy_wait(f, 1, (eddy_wait_mode)-1, ms(1)) == EDDY_EINVAL);
    CHECK(eddy_wait(f, 4, EDDY_ALL_DONE, ms(1)) == EDDY_ESTATE);
    CHECK(eddy_now() == 0);
    /* NULL is a future that has failed; a future may stand twice. */
    CHECK(eddy_wait(f, 2, EDDY_FIRST_DONE, EDDY_FOREVER) == 1);
    CHECK(eddy_wait(f, 2, EDDY_FIRST_ERROR, EDDY_FOREVER) == 1);
    CHECK(eddy_now() == 0);
    CHECK((eddy_wait)(f, 3, EDDY_ALL_DONE, EDDY_FOREVER) == 3 && eddy_now() == ms(2));
    stop_all(&t);
    return 0;
}

static int waits_for(void *arg) {
    struct tasks *t = arg;
    return eddy_wait(t->f, t->n, EDDY_ALL_DONE, ms(50));
}

static int waiting_cancelled(void *arg) {
    (void)arg;
    struct tasks t = {.n = 2, .plans = {PLAN(3, 1), PLAN(5, 2)}};
    spawn_all(&t);
    eddy_future *waiter = eddy_spawn(waits_for, &t);
    CHECK(eddy_sleep(ms(4)) == 0);
    eddy_cancel(waiter);
    CHECK(eddy_await(waiter) == EDDY_ECANCELED && eddy_now() == ms(4));
    CHECK(!t.plans[1].cancelled); /* leaves the futures alone */
    /* Completion wins: both are done before it resumes. */
    waiter = eddy_spawn(waits_for, &t);
    CHECK(eddy_join(t.f[1]) == 2);
    eddy_cancel(waiter);
    CHECK(eddy_await(waiter) == 2 && eddy_now() == ms(5));
    /* And it is a checkpoint. */
    EDDY_SCOPE(limit, .timeout = EDDY_NOW);
    int rc = eddy_wait(t.f, 2, EDDY_ALL_DONE, EDDY_FOREVER);
    CHECK(rc == EDDY_ECANCELED && eddy_scope_end(&limit, rc) == EDDY_ETIMEDOUT);
    stop_all(&t);
    return 0;
}

/* ---- walks ------------------------------------------------------------------------------------------ */

static int walking(void *arg) {
    (void)arg;
    struct tasks t = {.n = 4, .plans = {PLAN(3, 1), PLAN(1, E1), PLAN(2, 3), PLAN(0, 4)}};
    spawn_all(&t);
    CHECK(eddy_join(t.f[3]) == 4);
    eddy_future *plain = eddy_future_new();
    CHECK(eddy_resolve(plain, 6) == 0);
    /* One pending, one done, NULL, one that stands twice. */
    eddy_future *f[] = {t.f[0], plain, t.f[1], NULL, t.f[2], t.f[3], t.f[0]};
    eddy_each each = {0};
    CHECK(eddy_each_begin(&each, f, 7, EDDY_FOREVER) == 0);
    eddy_future *got[8] = {0};
    int count = 0;
    while (count < 8 && eddy_each_next(&each, &got[count]) == 1) count++;
    CHECK(count == 7 && eddy_now() == ms(3));
    /* What had ended before comes first, in the order of the arguments. */
    CHECK(got[0] == plain && got[1] == NULL && got[2] == t.f[3]);
    CHECK(got[3] == t.f[1] && got[4] == t.f[2] && got[5] == t.f[0] && got[6] == t.f[0]);
    CHECK(eddy_each_next(&each, &got[0]) == 0);
    CHECK(eddy_each_next(&each, NULL) == 0);
    eddy_each_end(&each);
    eddy_each_end(&each);
    CHECK(eddy_each_next(&each, &got[0]) == EDDY_ESTATE);
    CHECK(!*eddy_last_message());
    eddy_release(plain);
    eddy_release_all(t.f, 4);
    CHECK(reports == 1); /* nobody read the error */
    reports = 0;
    return 0;
}

static int walking_oddly(void *arg) {
    (void)arg;
    eddy_each each = {0};
    eddy_future *done;
    CHECK(eddy_each_next(&each, &done) == EDDY_ESTATE); /* before begin */
    CHECK(eddy_each_next(NULL, &done) == EDDY_EINVAL);
    CHECK(eddy_each_begin(NULL, NULL, 0, 0) == EDDY_EINVAL);
    CHECK(eddy_each_begin(&each, NULL, 3, EDDY_FOREVER) == EDDY_EINVAL);
    CHECK(eddy_each_next(&each, &done) == EDDY_EINVAL);
    eddy_each_end(&each);
    eddy_each_end(NULL);
    CHECK(eddy_each_begin(&each, NULL, 0, EDDY_FOREVER) == 0);
    CHECK((eddy_each_next)(&each, &done) == 0);
    eddy_each_end(&each);
    /* Without memory. */
    eddy_future *f = eddy_future_new();
    check_fail_at(1, true);
    CHECK(eddy_each_begin(&each, &f, 1, EDDY_FOREVER) == EDDY_ENOMEM);
    CHECK(eddy_each_next(&each, &done) == EDDY_ENOMEM);
    CHECK(eddy_wait(&f, 1, EDDY_ALL_DONE, EDDY_FOREVER) == EDDY_ENOMEM);
    CHECK(eddy_race(&f, 1, NULL) == EDDY_ENOMEM);
    check_fail_at(0, false);
    eddy_each_end(&each);
    CHECK(eddy_each_begin(&each, &f, 1, EDDY_FOREVER) == 0);
    eddy_each_end(&each); /* in the middle */
    CHECK(eddy_resolve(f, 1) == 0);
    eddy_release(f);
    return 0;
}

static int walking_limited(void *arg) {
    (void)arg;
    struct tasks t = {.n = 3, .plans = {PLAN(1, 1), PLAN(4, 2), PLAN(9, 3)}};
    spawn_all(&t);
    eddy_each each;
    eddy_future *done = NULL;
    CHECK(eddy_each_begin(&each, t.f, 3, ms(2)) == 0);
    CHECK(eddy_each_next(&each, &done) == 1 && done == t.f[0]);
    CHECK(eddy_each_next(&each, &done) == EDDY_ETIMEDOUT && eddy_now() == ms(2)); /* all together */
    CHECK(eddy_each_next(&each, &done) == EDDY_ETIMEDOUT);
    CHECK(eddy_sleep(ms(3)) == 0);
    CHECK(eddy_each_next(&each, &done) == 1 && done == t.f[1]); /* over, but one is done */
    CHECK(eddy_each_next(&each, &done) == EDDY_ETIMEDOUT);
    eddy_each_end(&each);
    CHECK(!t.plans[2].cancelled);

    CHECK(eddy_each_begin(&each, t.f, 3, 0) == 0);
    CHECK(eddy_each_next(&each, &done) == 1 && eddy_each_next(&each, &done) == 1);
    CHECK(eddy_each_next(&each, &done) == EDDY_ETIMEDOUT);
    eddy_each_end(&each);
    stop_all(&t);
    return 0;
}

struct walk {
    eddy_each each;
    eddy_future *done;
    int rc;
};

static int walks(void *arg) {
    struct walk *walk = arg;
    return walk->rc = eddy_each_next(&walk->each, &walk->done);
}

static int walking_cancelled(void *arg) {
    (void)arg;
    struct tasks t = {.n = 2, .plans = {PLAN(3, 1), PLAN(5, 2)}};
    spawn_all(&t);
    struct walk walk = {0};
    CHECK(eddy_each_begin(&walk.each, t.f, 2, ms(50)) == 0);
    eddy_future *task = eddy_spawn(walks, &walk);
    CHECK(eddy_sleep(ms(1)) == 0);
    CHECK(eddy_each_next(&walk.each, &walk.done) == EDDY_ESTATE); /* another task is in it */
    eddy_cancel(task);
    CHECK(eddy_await(task) == EDDY_ECANCELED);
    /* That has lost nothing. */
    CHECK(eddy_each_next(&walk.each, &walk.done) == 1 && walk.done == t.f[0]);
    /* One that was handed over is not lost either. */
    task = eddy_spawn(walks, &walk);
    CHECK(eddy_join(t.f[1]) == 2);
    eddy_cancel(task);
    CHECK(eddy_await(task) == 1 && walk.done == t.f[1]);
    CHECK(eddy_each_next(&walk.each, &walk.done) == 0);
    eddy_each_end(&walk.each);

    /* The walk ends under who walks. */
    eddy_future *never = eddy_future_new();
    CHECK(eddy_each_begin(&walk.each, &never, 1, EDDY_FOREVER) == 0);
    task = eddy_spawn(walks, &walk);
    CHECK(eddy_yield() == 0);
    eddy_each_end(&walk.each);
    CHECK(eddy_await(task) == EDDY_ESTATE);
    eddy_release(never);
    stop_all(&t);
    return 0;
}

/* ---- races ------------------------------------------------------------------------------------------ */

static int racing(void *arg) {
    (void)arg;
    struct tasks t = {.n = 4, .plans = {SLOW(9, 2), PLAN(1, E1), PLAN(3, 7),
                                        {.sleep = ms(9), .result = 2, .cleanup_result = E2}}};
    size_t winner = 99;
    spawn_all(&t);
    CHECK(eddy_race(t.f, 4, &winner) == 7);
    CHECK(winner == 2 && eddy_now() == ms(5)); /* it has waited for the others */
    CHECK(t.plans[0].cancelled && t.plans[0].ended && t.plans[3].ended);
    CHECK(eddy_result(t.f[3]) == E2);
    eddy_release_all(t.f, 4);
    CHECK(reports == 0); /* errors of the others count as read */

    /* All fail: the error that came last, with its message. */
    t = (struct tasks){.n = 3, .plans = {PLAN(2, E2), PLAN(3, E3), PLAN(1, E1)}};
    spawn_all(&t);
    winner = 99;
    CHECK(eddy_race(t.f, 3, &winner) == E3 && winner == 99);
    CHECK(!strcmp(eddy_last_message(), "after 3000000"));
    eddy_release_all(t.f, 3);
    CHECK(reports == 0);

    /* Cancelled ones have failed as well. */
    t = (struct tasks){.n = 2, .plans = {PLAN(1, E2), PLAN(9, 1)}};
    spawn_all(&t);
    CHECK(eddy_yield() == 0);
    eddy_cancel(t.f[1]);
    CHECK(eddy_race(t.f, 2, NULL) == E2);
    eddy_release_all(t.f, 2);

    /* Two succeed in the same pass: the first to end, and the other has not been harmed. */
    t = (struct tasks){.n = 2, .plans = {PLAN(1, 4), PLAN(1, 5)}};
    spawn_all(&t);
    CHECK((eddy_race)(t.f, 2, &winner) == 4 && winner == 0);
    CHECK(eddy_result(t.f[1]) == 5);
    eddy_release_all(t.f, 2);
    return 0;
}

static int racing_oddly(void *arg) {
    (void)arg;
    struct tasks t = {.n = 2, .plans = {PLAN(2, 1), PLAN(9, 1)}};
    spawn_all(&t);
    size_t winner = 99;
    eddy_future *f[] = {t.f[1], NULL, t.f[0], t.f[0], eddy_current()};
    CHECK(eddy_race(f, 0, &winner) == EDDY_EINVAL);
    CHECK(eddy_race(NULL, 1, &winner) == EDDY_EINVAL);
    CHECK(eddy_race(f, 5, &winner) == EDDY_ESTATE);
    CHECK(!t.plans[0].begun && winner == 99);
    CHECK(eddy_race(&f[1], 1, &winner) == EDDY_ENOMEM && winner == 99);
    CHECK(eddy_race(f, 4, &winner) == 1 && winner == 2 && eddy_now() == ms(2));
    /* All are over before it begins. */
    CHECK(eddy_race(f, 4, &winner) == 1 && winner == 2);
    CHECK(eddy_race(f, 1, &winner) == EDDY_ECANCELED && eddy_checkpoint() == 0);
    CHECK(eddy_race(f, 2, &winner) == EDDY_ENOMEM);
    stop_all(&t);

    /* A plain future is rejected when it has lost. */
    eddy_future *plain[] = {eddy_future_new(), eddy_future_new()};
    CHECK(eddy_resolve(plain[1], 3) == 0);
    CHECK(eddy_race(plain, 2, &winner) == 3 && winner == 1);
    CHECK(eddy_future_state(plain[0]) == EDDY_CANCELLED);
    eddy_release_all(plain, 2);
    return 0;
}

struct race {
    struct tasks t;
    int rc;
};

static int races(void *arg) {
    struct race *race = arg;
    race->rc = eddy_race(race->t.f, race->t.n, NULL);
    for (size_t i = 0; i < race->t.n; i++) CHECK(eddy_done(race->t.f[i]));
    return race->rc;
}

static int racing_cancelled(void *arg) {
    (void)arg;
    struct race race = {.t = {.n = 2, .plans = {SLOW(9, 3), PLAN(9, 1)}}};
    spawn_all(&race.t);
    eddy_future *task = eddy_spawn(races, &race);
    CHECK(eddy_sleep(ms(1)) == 0);
    eddy_cancel(task);
    CHECK(eddy_await(task) == EDDY_ECANCELED && eddy_now() == ms(4)); /* after the last (R3) */
    eddy_release_all(race.t.f, 2);

    /* While it waits for the losers it is not stopped, and the winner stays the winner. */
    race = (struct race){.t = {.n = 2, .plans = {PLAN(1, 6), SLOW(9, 3)}}};
    spawn_all(&race.t);
    task = eddy_spawn(races, &race);
    CHECK(eddy_sleep(ms(2)) == 0);
    CHECK(race.t.plans[1].cancelled && !race.t.plans[1].ended);
    eddy_cancel(task);
    CHECK(eddy_await(task) == 6 && race.t.plans[1].ended && eddy_now() == ms(8));
    eddy_release_all(race.t.f, 2);

    /* Cancelled before it begins. */
    race = (struct race){.t = {.n = 1, .plans = {PLAN(9, 1)}}};
    spawn_all(&race.t);
    CHECK(eddy_yield() == 0);
    EDDY_SCOPE(limit, .timeout = EDDY_NOW);
    CHECK(eddy_race(race.t.f, 1, NULL) == EDDY_ECANCELED && race.t.plans[0].ended);
    CHECK(eddy_scope_end(&limit, 0) == 0);
    eddy_release_all(race.t.f, 1);
    return 0;
}

/* ---- staggered races ------------------------------------------------------------------------------------ */

static const eddy_fn works[] = {work, work, work, work};

static int staggered(struct plan plans[], size_t n, eddy_time delay, size_t *winner) {
    void *args[4];
    for (size_t i = 0; i < n; i++) args[i] = &plans[i];
    return eddy_race_staggered(works, args, n, delay, winner);
}

static int staggering(void *arg) {
    (void)arg;
    size_t winner = 99;
    struct plan plans[4] = {SLOW(9, 1), PLAN(3, 2), PLAN(1, E1), PLAN(9, 4)};
    /* At 0, at 2, at 4; that fails at 5, so the last begins; the second ends at 5 as well. */
    CHECK(staggered(plans, 4, ms(2), &winner) == 2 && winner == 1);
    CHECK(eddy_now() == ms(6) && plans[0].ended && plans[2].ended);
    CHECK(!plans[3].begun || plans[3].ended);

    /* A failure starts the next at once, and its delay is counted from there. */
    struct plan second[4] = {PLAN(1, E1), PLAN(1, E2), PLAN(8, 3), PLAN(1, 4)};
    eddy_time start = eddy_now();
    CHECK(staggered(second, 4, ms(5), &winner) == 4 && winner == 3);
    CHECK(eddy_now() == start + ms(8)); /* 0, 1, 2, 2 + 5; ends at 8 */

    /* The first is fast: the others are never started. */
    struct plan third[4] = {PLAN(1, 1)};
    CHECK(staggered(third, 4, ms(2), &winner) == 1 && winner == 0);
    CHECK(!third[1].begun && !third[2].begun);

    /* No delay: all at once. For ever: only on failure. */
    struct plan fourth[4] = {PLAN(3, 1), PLAN(2, 2), PLAN(1, 3), PLAN(4, 4)};
    start = eddy_now();
    CHECK(staggered(fourth, 4, 0, &winner) == 3 && winner == 2 && eddy_now() == start + ms(1));
    struct plan fifth[4] = {PLAN(3, E1), PLAN(3, E2), PLAN(5, 5)};
    start = eddy_now();
    CHECK(staggered(fifth, 4, EDDY_FOREVER, &winner) == 5 && winner == 2);
    CHECK(eddy_now() == start + ms(11) && !fifth[3].begun);

    /* All fail. */
    struct plan sixth[3] = {PLAN(9, E1), PLAN(1, E2), PLAN(1, E3)};
    winner = 99;
    CHECK(staggered(sixth, 3, ms(2), &winner) == E1 && winner == 99);
    CHECK(!strcmp(eddy_last_message(), "after 9000000"));
    CHECK(reports == 0);
    return 0;
}

struct late {
    eddy_time first, until;
    int code;
};

static int comes_late(void *arg) {
    const struct late *late = arg;
    int rc = late->first ? eddy_sleep(late->first) : 0;
    if (rc == 0) rc = eddy_sleep_until(late->until);
    return rc < 0 ? rc : late->code;
}

/* In one pass the second ends before the first: what came first, or last, counts. */
static int staggering_in_one_pass(void *arg) {
    (void)arg;
    static const eddy_fn both[] = {comes_late, comes_late};
    size_t winner = 99;
    struct late late[2] = {{ms(1), eddy_now() + ms(5), 1}, {0, eddy_now() + ms(5), 2}};
    void *args[] = {&late[0], &late[1]};
    CHECK(eddy_race_staggered(both, args, 2, 0, &winner) == 2 && winner == 1);
    late[0] = (struct late){ms(1), eddy_now() + ms(5), E1};
    late[1] = (struct late){0, eddy_now() + ms(5), E2};
    CHECK(eddy_race_staggered(both, args, 2, 0, NULL) == E1);
    CHECK(reports == 0);
    return 0;
}

static int gets_null(void *arg) {
    CHECK(!arg);
    return 8;
}

static int staggering_oddly(void *arg) {
    (void)arg;
    static const eddy_fn holes[] = {gets_null, NULL};
    size_t winner = 99;
    CHECK(eddy_race_staggered(holes, NULL, 0, ms(1), &winner) == EDDY_EINVAL);
    CHECK(eddy_race_staggered(NULL, NULL, 1, ms(1), &winner) == EDDY_EINVAL);
    CHECK(eddy_race_staggered(holes, NULL, 2, ms(1), &winner) == EDDY_EINVAL);
    CHECK((eddy_race_staggered)(holes, NULL, 1, ms(1), &winner) == 8 && winner == 0);
    return 0;
}

struct stagger {
    struct plan plans[4];
    eddy_time delay;
};

static int staggers(void *arg) {
    struct stagger *s = arg;
    int rc = staggered(s->plans, 4, s->delay, NULL);
    for (int i = 0; i < 4; i++) CHECK(s->plans[i].begun == s->plans[i].ended);
    return rc;
}

static int staggering_cancelled(void *arg) {
    (void)arg;
    struct stagger s = {{SLOW(50, 2), PLAN(50, 1), PLAN(50, 1), PLAN(50, 1)}, ms(2)};
    eddy_future *task = eddy_spawn(staggers, &s);
    CHECK(eddy_sleep(ms(3)) == 0);
    eddy_cancel(task);
    CHECK(eddy_await(task) == EDDY_ECANCELED && eddy_now() == ms(5));
    CHECK(s.plans[0].cancelled && s.plans[1].cancelled && !s.plans[2].begun);
    CHECK(eddy_timeout(ms(3), staggers, &s) == EDDY_ETIMEDOUT);
    return 0;
}

/* ---- outside a task, many, out of memory ---------------------------------------------------------------- */

static int many(void *arg) {
    (void)arg;
    enum { N = 500 };
    static eddy_future *f[N];
    static struct plan plans[N];
    for (int i = 0; i < N; i++) {
        plans[i] = (struct plan){.sleep = ms(1 + (i * 37) % N), .result = i};
        f[i] = eddy_spawn_opt(work, .arg = &plans[i], .stack = 4096);
    }
    eddy_each each;
    eddy_future *done;
    CHECK(eddy_each_begin(&each, f, N, EDDY_FOREVER) == 0);
    int sum = 0;
    for (int i = 0; i < N; i++) {
        CHECK(eddy_each_next(&each, &done) == 1 && eddy_now() == ms(1 + i));
        sum += eddy_result(done);
    }
    CHECK(sum == N * (N - 1) / 2);
    CHECK(eddy_each_next(&each, &done) == 0);
    eddy_each_end(&each);
    /* The budget: 500 calls in a row without suspending give up a pass, and lose nothing. */
    CHECK(eddy_each_begin(&each, f, N, EDDY_FOREVER) == 0);
    for (int i = 0; i < N; i++) CHECK(eddy_each_next(&each, &done) == 1 && done == f[i]);
    eddy_each_end(&each);
    eddy_release_all(f, N);
    return 0;
}

/* Each allocation fails in turn. */
static int all_of_it(void *arg) {
    (void)arg;
    struct tasks t = {.n = 2, .plans = {PLAN(1, 1), PLAN(9, 2)}};
    spawn_all(&t);
    int rc = eddy_wait(t.f, 2, EDDY_FIRST_DONE, ms(5));
    CHECK(rc == 1 || rc == EDDY_ENOMEM);
    eddy_each each;
    eddy_future *done;
    rc = eddy_each_begin(&each, t.f, 2, ms(5));
    CHECK(eddy_each_next(&each, &done) == (rc < 0 ? rc : 1) || check_failed_once());
    eddy_each_end(&each);
    rc = eddy_race(t.f, 2, NULL);
    CHECK(rc == 1 || rc == 2 || rc == EDDY_ENOMEM);
    stop_all(&t);
    struct plan plans[4] = {PLAN(3, E1), PLAN(3, E2), PLAN(5, 5), PLAN(1, 4)};
    rc = staggered(plans, 4, ms(1), NULL);
    CHECK(rc == 4 || rc == 5 || rc == EDDY_ENOMEM);
    for (int i = 0; i < 4; i++) CHECK(plans[i].begun == plans[i].ended);
    return 0;
}

/* ---- what is wrong with a call is looked at after whether the task is cancelled (R8) ------------ */

static int call_wrongly(int which) {
    static const eddy_fn holes[1];
    static eddy_each never_begun;
    eddy_future *f = NULL;
    switch (which) {
    case 0: return eddy_wait(NULL, 0, EDDY_ALL_DONE, 0);
    case 1: return eddy_wait(&f, 1, (eddy_wait_mode)7, 0);
    case 2: return eddy_race(NULL, 0, NULL);
    case 3: return eddy_race_staggered(holes, NULL, 1, 0, NULL);
    case 4: return eddy_gather(NULL, 1, NULL);
    case 5: return eddy_each_next(NULL, &f);
    case 6: return eddy_each_next(&never_begun, &f);
    default: return eddy_gen_next(NULL, NULL);
    }
}

static int count_turns(void *arg) {
    int rc = 0;
    while (rc == 0) {
        ++*(int *)arg;
        rc = eddy_yield();
    }
    return rc;
}

static int wrongly(void *arg) {
    (void)arg;
    for (int which = 0; which < 8; which++) {
        int turns = 0;
        eddy_future *other = eddy_spawn(count_turns, &turns);
        for (int i = 0; i < 600; i++) CHECK(call_wrongly(which) < 0); /* they count in the budget */
        CHECK(turns == 2);
        EDDY_SCOPE(cancelled, .timeout = EDDY_NOW);
        CHECK(call_wrongly(which) == EDDY_ECANCELED);
        CHECK(eddy_scope_end(&cancelled, 0) == 0);
        CHECK(call_wrongly(which) != EDDY_ECANCELED);
        CHECK(eddy_stop(other) == EDDY_ECANCELED);
        eddy_release(other);
    }
    return 0;
}

static void out_of_memory(void) {
    for (long n = 1; n < 1000; n++) {
        check_fail_at(n, false);
        int rc = eddy_run(all_of_it, NULL);
        CHECK(rc == 0 || rc == EDDY_ENOMEM);
        CHECK(check_memory.blocks == 0);
        if (!check_failed_once()) return;
    }
    CHECK(false); /* no end to the allocations */
}

int main(void) {
    static const eddy_fn tests[] = {
        waiting,          waiting_limited,  waiting_oddly,     waiting_cancelled, walking,
        walking_oddly,    walking_limited,  walking_cancelled, racing,            racing_oddly,
        racing_cancelled, staggering, staggering_in_one_pass,       staggering_oddly,  staggering_cancelled, many, wrongly,
    };
    check_begin();
    eddy_set_report(count_report, NULL);
    eddy_future *f = NULL;
    eddy_each each;
    CHECK(eddy_wait(&f, 1, EDDY_ALL_DONE, 0) == EDDY_ESTATE);
    CHECK(eddy_race(&f, 1, NULL) == EDDY_ESTATE);
    CHECK(eddy_race_staggered(works, NULL, 1, 0, NULL) == EDDY_ESTATE);
    CHECK(eddy_each_begin(&each, &f, 1, EDDY_FOREVER) == 0); /* never blocks */
    CHECK(eddy_each_next(&each, &f) == EDDY_ESTATE);
    eddy_each_end(&each);
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) {
        int before = check_failures;
        CHECK(eddy_clock_virtual(true) == 0);
        reports = 0;
        check_run(tests[i]);
        CHECK(reports == 0);
        if (check_failures > before) printf("    in test %zu\n", i);
    }
    out_of_memory();
    return check_end();
}
