/* Every allocation of the runtime fails, one after the other: the first alone, the first and all
 * later ones, the second alone, … Each call then says EDDY_ENOMEM or works without, nothing is lost,
 * nothing leaks, and what was handed over is freed exactly once. */
#include "check.h"

static int freed, callbacks;

static void count_free(void *arg) {
    (void)arg;
    freed++;
}

static void count_callback(void *ctx) {
    (void)ctx;
    callbacks++;
}

static void count_done(eddy_future *f, void *ctx) {
    (void)f;
    (void)ctx;
    callbacks++;
}

static bool ok_or_enomem(int rc) {
    return rc >= 0 || rc == EDDY_ENOMEM;
}

static int fails_with_text(void *arg) {
    (void)arg;
    return eddy_fail(E1, "a text of %d words", 5);
}

/* ---- scenarios ------------------------------------------------------------------------------------- */

static int spawning(void *arg) {
    (void)arg;
    static int five = 5;
    int rc = eddy_await(eddy_spawn(returns, &five));
    CHECK(rc == 5 || rc == EDDY_ENOMEM);

    freed = 0;
    rc = eddy_await(eddy_spawn_opt(returns, .arg = &five, .arg_size = sizeof five, .name = "five",
                                   .arg_free = count_free));
    CHECK(rc == 5 || rc == EDDY_ENOMEM);
    CHECK(freed == 1);

    freed = 0;
    rc = eddy_await(eddy_spawn_opt(returns, .arg = &five, .arg_free = count_free, .eager = true));
    CHECK(rc == 5 || rc == EDDY_ENOMEM);
    CHECK(freed == 1);

    rc = eddy_go(returns, &five);
    CHECK(rc == 0 || rc == EDDY_ENOMEM);
    return 0;
}

static int sleeping(void *arg) {
    (void)arg;
    eddy_time before = eddy_now();
    int rc = eddy_sleep(10 * EDDY_MS);
    CHECK(rc == EDDY_ENOMEM || (rc == 0 && eddy_now() == before + 10 * EDDY_MS));
    rc = eddy_sleep_until(eddy_now() + 1);
    CHECK(rc == 0 || rc == EDDY_ENOMEM);
    CHECK(eddy_yield() == 0);
    return 0;
}

static int gathering(void *arg) {
    (void)arg;
    static int one = 1;
    static eddy_time second = EDDY_S;
    for (int collect = 0; collect < 2; collect++) {
        eddy_future *tasks[] = {
            eddy_spawn(returns, &one),
            eddy_spawn(sleeps, &second),
            eddy_spawn(fails_with_text, NULL),
        };
        int results[3] = {7, 7, 7};
        int rc = collect ? eddy_gather_all(tasks, 3, results) : eddy_gather(tasks, 3, results);
        CHECK(rc == 0 || rc == EDDY_ENOMEM || rc == E1);
        if (rc == 0) CHECK(collect || results[2] == E1 || !tasks[2]);
        for (int i = 0; i < 3; i++) {
            if (!tasks[i] && rc == 0) CHECK(results[i] == EDDY_ENOMEM);
            if (tasks[i]) (void)eddy_result(tasks[i]);
            if (tasks[i] && !eddy_done(tasks[i])) CHECK(eddy_stop(tasks[i]) <= 0);
        }
        eddy_release_all(tasks, 3);
    }
    return 0;
}

static int futures(void *arg) {
    (void)arg;
    eddy_future *f = eddy_future_new();
    CHECK(f || check_failed_once());
    callbacks = 0;
    int first = eddy_on_done(f, count_done, NULL);
    int second = eddy_on_done(f, count_done, NULL);
    CHECK(first == 0 || first == EDDY_ENOMEM);
    int rc = eddy_reject(f, E2, "rejected for %s", "a reason");
    CHECK(f ? rc == 0 : rc == EDDY_ESTATE);
    CHECK(eddy_join(f) == (f ? E2 : EDDY_ENOMEM));
    CHECK(eddy_yield() == 0);
    CHECK(callbacks == (first == 0) + (second == 0));
    eddy_release(f);

    f = eddy_future_new();
    freed = 0;
    rc = eddy_resolve_value(f, 3, &freed, count_free);
    CHECK(f ? rc == 0 : rc == EDDY_ESTATE);
    eddy_release(f);
    CHECK(freed == (rc == 0));
    return 0;
}

static int calling(void *arg) {
    (void)arg;
    callbacks = 0;
    int made = 0;
    made += eddy_call_soon(count_callback, NULL).id != 0;
    made += eddy_call_later(1, count_callback, NULL).id != 0;
    made += eddy_call_at(eddy_now() + 2, count_callback, NULL).id != 0;
    eddy_call taken_back = eddy_call_later(1, count_callback, NULL);
    CHECK(eddy_call_cancel(taken_back) == (taken_back.id != 0));
    int rc = eddy_sleep(10);
    if (rc < 0) rc = eddy_sleep(10);
    CHECK(ok_or_enomem(rc));
    if (rc == 0) CHECK(callbacks == made);
    return 0;
}

static int scopes(void *arg) {
    (void)arg;
    EDDY_SCOPE(limit, .timeout = 10 * EDDY_MS);
    eddy_scope_ref ref = eddy_scope_share(&limit);
    int rc = eddy_sleep(EDDY_S);
    rc = eddy_scope_end(&limit, rc);
    CHECK(rc == EDDY_ETIMEDOUT || rc == EDDY_ENOMEM);
    CHECK(eddy_scope_ref_cancel(ref) == EDDY_ESTATE);

    static eddy_time second = EDDY_S;
    rc = eddy_timeout(10 * EDDY_MS, sleeps, &second);
    CHECK(rc == EDDY_ETIMEDOUT || rc == EDDY_ENOMEM);

    /* A scope that did not begin is none: it does not cancel, and its end says why. */
    eddy_scope moved = {0};
    int begun = eddy_scope_begin(&moved, &(eddy_scope_options){.timeout = EDDY_S});
    CHECK(begun == 0 || begun == EDDY_ENOMEM);
    if (begun == 0) {
        rc = eddy_scope_reschedule(&moved, eddy_now() + 5 * EDDY_MS);
        CHECK(rc == 0 || rc == EDDY_ENOMEM);
    }
    CHECK(eddy_scope_end(&moved, 0) == begun);
    return 0;
}

static int errors(void *arg) {
    (void)arg;
    eddy_future *task = eddy_spawn(fails_with_text, NULL);
    int rc = eddy_join(task);
    CHECK(rc == (task ? E1 : EDDY_ENOMEM));
    const char *text = eddy_message(task);
    CHECK(!strcmp(text, "a text of 5 words") || (!*text && check_failed_once()));
    CHECK(!strcmp(eddy_last_message(), text) || check_failed_once());
    eddy_release(task);
    return 0;
}

static int joins(void *arg) {
    return eddy_join(arg);
}

static int cancelling(void *arg) {
    (void)arg;
    static eddy_time second = EDDY_S;
    eddy_future *sleeper = eddy_spawn(sleeps, &second);
    eddy_future *joiner = eddy_spawn(joins, sleeper);
    CHECK(eddy_yield() == 0);
    /* Cancelling takes no memory: it works also when there is none. */
    eddy_cancel(joiner);
    int rc = eddy_join(joiner);
    CHECK(rc == EDDY_ECANCELED || (rc == EDDY_ENOMEM && check_failed_once()));
    rc = eddy_stop(sleeper);
    CHECK(rc == EDDY_ECANCELED || rc == EDDY_ENOMEM);
    eddy_release(joiner);
    eddy_release(sleeper);
    /* What is left is ended by the run. */
    CHECK(ok_or_enomem(eddy_go(sleeps, &second)));
    return eddy_yield();
}

/* ---- the loop over all failures ----------------------------------------------------------------------- */

/* A timer that is moved has its place already. */
static int moving(void *arg) {
    (void)arg;
    (void)eddy_call_later(EDDY_MS, count_callback, NULL); /* the least: the other is amid the heap */
    EDDY_SCOPE(s, .timeout = EDDY_S);
    bool begun = s.error == 0;
    for (int i = 1; i <= 100; i++)
        CHECK(eddy_scope_reschedule(&s, eddy_now() + EDDY_S + i) == (begun ? 0 : EDDY_ESTATE));
    int rc = eddy_scope_end(&s, eddy_sleep(5 * EDDY_S));
    CHECK(rc == (begun ? EDDY_ETIMEDOUT : EDDY_ENOMEM) || rc == EDDY_ENOMEM);
    return 0;
}

static void ignore_report(const eddy_report *report, void *ctx) {
    (void)report;
    (void)ctx;
}

static long fail_each(const char *name, eddy_fn scenario, bool and_later) {
    for (long n = 1;; n++) {
        check_fail_at(n, and_later);
        int before = check_failures;
        int rc = eddy_run(scenario, NULL);
        CHECK(rc == 0 || rc == EDDY_ENOMEM);
        CHECK(check_memory.blocks == 0 && check_memory.bytes == 0);
        if (check_failures > before)
            printf("    %s, when allocation %ld%s failed\n", name, n, and_later ? " and all later" : "");
        if (!check_failed_once()) return n - 1;
        if (check_failures > 20 || n > 10000) return n;
    }
}

int main(void) {
    static const struct {
        const char *name;
        eddy_fn fn;
    } scenarios[] = {
        {"spawning", spawning}, {"sleeping", sleeping}, {"gathering", gathering},
        {"futures", futures},   {"calling", calling},   {"scopes", scopes},
        {"errors", errors},     {"cancelling", cancelling}, {"moving", moving},
    };
    check_begin();
    eddy_set_report(ignore_report, NULL);
    for (size_t i = 0; i < sizeof scenarios / sizeof *scenarios; i++) {
        long alone = fail_each(scenarios[i].name, scenarios[i].fn, false);
        long later = fail_each(scenarios[i].name, scenarios[i].fn, true);
        CHECK(alone >= 2 && later >= 2); /* or the allocator is not asked at all */
        check_fail_at(0, false);
        check_run(scenarios[i].fn);
    }
    return check_end();
}
