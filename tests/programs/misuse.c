/* Wrong use returns an error code and harms nothing: NULL futures, calls outside a task, scopes that
 * are begun, ended or cancelled at the wrong time or by the wrong task. */
#include "check.h"

static const eddy_time second = EDDY_S;

static int sleep_second(void *arg) {
    (void)arg;
    return eddy_sleep(second);
}

/* ---- outside a task ----------------------------------------------------------------------------------- */

static void blocking_calls_refuse(void) {
    eddy_future *f = eddy_future_new(), *list[] = {f};
    CHECK(f != NULL);
    CHECK(eddy_current() == NULL);
    CHECK(eddy_sleep(1) == EDDY_ESTATE);
    CHECK(eddy_sleep(0) == EDDY_ESTATE);
    CHECK(eddy_sleep_until(0) == EDDY_ESTATE);
    CHECK(eddy_yield() == EDDY_ESTATE);
    CHECK(eddy_checkpoint() == EDDY_ESTATE);
    CHECK(eddy_join(f) == EDDY_ESTATE);
    CHECK(eddy_join(NULL) == EDDY_ESTATE);
    CHECK(eddy_stop(f) == EDDY_ESTATE);
    CHECK(eddy_future_state(f) == EDDY_PENDING);
    CHECK(eddy_gather(list, 1, NULL) == EDDY_ESTATE);
    CHECK(eddy_gather_all(list, 1, NULL) == EDDY_ESTATE);
    CHECK(eddy_timeout(EDDY_S, sleep_second, NULL) == EDDY_ESTATE);
    eddy_response *r;
    CHECK(eddy_fetch(&r, "http://127.0.0.1:1/") == EDDY_ESTATE && r == NULL);
    CHECK(eddy_set_value(NULL, NULL) == EDDY_ESTATE);
    CHECK(eddy_fail(E1, "nobody is there to hear this") == E1);
    CHECK(eddy_last_message()[0] == 0);
    CHECK(eddy_deadline() == EDDY_FOREVER);

    eddy_scope scope = {0};
    CHECK(eddy_scope_begin(&scope, NULL) == EDDY_ESTATE);
    CHECK(eddy_scope_end(&scope, 0) == EDDY_ESTATE);
    CHECK(eddy_await(f) == EDDY_ESTATE); /* gives the handle back all the same */
}

static bool callback_ran;

static void in_callback(void *ctx) {
    (void)ctx;
    callback_ran = true;
    blocking_calls_refuse();
}

static int callbacks_cannot_block(void *arg) {
    (void)arg;
    CHECK(eddy_call_soon(in_callback, NULL).id != 0);
    CHECK(eddy_yield() == 0);
    CHECK(callback_ran);
    return 0;
}

static void before_any_run(void) {
    blocking_calls_refuse();
    CHECK(eddy_interrupt() == EDDY_ESTATE);
    CHECK(eddy_run(NULL, NULL) == EDDY_EINVAL);
    CHECK(eddy_now() == 0); /* the virtual clock's zero */
    eddy_future *f = eddy_future_new();
    CHECK(eddy_resolve(f, 3) == 0 && eddy_result(f) == 3);
    eddy_release(f);
}

/* ---- NULL --------------------------------------------------------------------------------------------- */

static bool done_with_null;

static void on_null(eddy_future *f, void *ctx) {
    (void)ctx;
    done_with_null = f == NULL;
}

static int null_is_a_failed_future(void *arg) {
    (void)arg;
    static int one = 1;
    CHECK(eddy_join(NULL) == EDDY_ENOMEM);
    CHECK(eddy_await(NULL) == EDDY_ENOMEM);
    CHECK(eddy_stop(NULL) == EDDY_ENOMEM);
    CHECK(eddy_cancel(NULL) == 0);
    CHECK(eddy_retain(NULL) == NULL);
    eddy_release(NULL);
    CHECK(eddy_future_state(NULL) == EDDY_FAILED);
    CHECK(eddy_done(NULL));
    CHECK(eddy_result(NULL) == EDDY_ENOMEM);
    CHECK(eddy_value(NULL) == NULL);
    CHECK(eddy_message(NULL) != NULL);
    CHECK(eddy_name(NULL) != NULL);
    CHECK(!eddy_cancel_requested(NULL));
    CHECK(eddy_resolve(NULL, 0) == EDDY_ESTATE);
    CHECK(eddy_reject(NULL, E1, NULL) == EDDY_ESTATE);
    CHECK(eddy_off_done(NULL, on_null, NULL) == 0);
    CHECK(eddy_on_done(NULL, on_null, NULL) == 0);
    CHECK(eddy_yield() == 0);
    CHECK(done_with_null);

    eddy_future *tasks[] = {eddy_spawn(returns, &one), NULL};
    int results[2];
    CHECK(eddy_gather(tasks, 2, results) == EDDY_ENOMEM);
    CHECK(eddy_gather_all(tasks, 2, results) == 0);
    CHECK(results[0] == 1 && results[1] == EDDY_ENOMEM);
    eddy_release_all(tasks, 2);
    CHECK(eddy_gather_all(NULL, 0, NULL) == 0);

    CHECK(eddy_spawn(NULL, NULL) == NULL);
    CHECK(eddy_go(NULL, NULL) == EDDY_EINVAL);
    CHECK(eddy_on_done(eddy_current(), NULL, NULL) == EDDY_EINVAL);
    CHECK(eddy_call_soon(NULL, NULL).id == 0);
    CHECK(!eddy_call_cancel((eddy_call){0}));
    CHECK(eddy_timeout(EDDY_S, NULL, NULL) == EDDY_EINVAL);
    CHECK(eddy_tree(NULL) == EDDY_EINVAL);
    return 0;
}

static int tasks_are_not_plain_futures(void *arg) {
    (void)arg;
    eddy_future *task = eddy_spawn(sleep_second, NULL), *self[] = {eddy_current()};
    CHECK(eddy_resolve(task, 1) == EDDY_ESTATE);
    CHECK(eddy_resolve_value(task, 1, NULL, NULL) == EDDY_ESTATE);
    CHECK(eddy_reject(task, E1, NULL) == EDDY_ESTATE);
    CHECK(eddy_stop(eddy_current()) == EDDY_ESTATE);
    CHECK(eddy_gather(self, 1, NULL) == EDDY_ESTATE);
    CHECK(eddy_gather_all(self, 1, NULL) == EDDY_ESTATE);
    CHECK(eddy_await(eddy_retain(eddy_current())) == EDDY_ESTATE);
    eddy_future *f = eddy_future_new();
    CHECK(eddy_reject(f, 0, NULL) == EDDY_EINVAL);
    CHECK(!eddy_done(f));
    eddy_release(f);
    CHECK(eddy_await(task) == 0);
    return 0;
}

/* ---- scopes --------------------------------------------------------------------------------------------- */

static int twice_and_never(void *arg) {
    (void)arg;
    eddy_scope never = {0}, s = {0};
    CHECK(eddy_scope_end(&never, 0) == EDDY_ESTATE);
    CHECK(eddy_scope_reschedule(&never, EDDY_S) == EDDY_ESTATE);
    CHECK(eddy_scope_share(&never).id == 0);
    CHECK(eddy_scope_begin(&s, NULL) == 0);
    CHECK(eddy_scope_begin(&s, NULL) == EDDY_ESTATE);
    CHECK(eddy_scope_end(&s, 7) == 7);
    CHECK(eddy_scope_end(&s, 8) == 8); /* idempotent */
    CHECK(eddy_scope_cancel(&s) == EDDY_ESTATE);
    CHECK(!eddy_scope_cancelled(&s));
    CHECK(eddy_scope_reschedule(&s, EDDY_S) == EDDY_ESTATE);
    CHECK(eddy_scope_share(&s).id == 0);
    CHECK(eddy_scope_begin(&s, NULL) == EDDY_ESTATE);
    CHECK(eddy_checkpoint() == 0);
    return 0;
}

static int ends_foreign(void *arg) {
    CHECK(eddy_scope_end(arg, 0) == EDDY_ESTATE);
    return 0;
}

static int foreign_scopes(void *arg) {
    (void)arg;
    EDDY_SCOPE(mine, .timeout = 10 * EDDY_MS);
    CHECK(eddy_await(eddy_spawn(ends_foreign, &mine)) == 0);
    CHECK(eddy_scope_end(&mine, eddy_sleep(second)) == EDDY_ETIMEDOUT);
    return 0;
}

static int leaves_open(void) {
    EDDY_SCOPE(forgotten, .timeout = 5 * EDDY_MS);
    return eddy_sleep(1 * EDDY_MS);
}

static int left_open(void *arg) {
    (void)arg;
    CHECK(leaves_open() == 0);
    CHECK(eddy_sleep(second) == 0); /* the net has closed it: its deadline is gone */

    /* An outer end closes what is still open inside. */
    eddy_scope outer = {0}, inner = {0};
    CHECK(eddy_scope_begin(&outer, NULL) == 0);
    CHECK(eddy_scope_begin(&inner, &(eddy_scope_options){.timeout = 5 * EDDY_MS}) == 0);
    CHECK(eddy_scope_end(&outer, 0) == 0);
    CHECK(eddy_scope_end(&inner, 3) == 3);
    CHECK(eddy_sleep(second) == 0);
    return 0;
}

static int deadlines(void *arg) {
    (void)arg;
    CHECK(eddy_deadline() == EDDY_FOREVER);
    eddy_time start = eddy_now();
    EDDY_SCOPE(outer, .timeout = 50 * EDDY_MS, .deadline = start + 80 * EDDY_MS); /* the nearer */
    CHECK(eddy_deadline() == start + 50 * EDDY_MS);
    {
        EDDY_SCOPE(inner, .timeout = EDDY_S);
        CHECK(eddy_deadline() == start + 50 * EDDY_MS);
        EDDY_SHIELD(shield, .timeout = 100 * EDDY_MS);
        CHECK(eddy_deadline() == start + 100 * EDDY_MS);
        CHECK(eddy_scope_end(&shield, 0) == 0);
        CHECK(eddy_scope_end(&inner, 0) == 0);
    }
    CHECK(eddy_scope_reschedule(&outer, EDDY_FOREVER) == 0);
    CHECK(eddy_deadline() == EDDY_FOREVER);
    CHECK(eddy_scope_reschedule(&outer, eddy_now()) == 0); /* not after now: at once */
    CHECK(eddy_checkpoint() == EDDY_ECANCELED);
    CHECK(eddy_deadline() == EDDY_NOW);
    CHECK(eddy_scope_reschedule(&outer, EDDY_FOREVER) == EDDY_ESTATE);
    CHECK(eddy_scope_end(&outer, eddy_yield()) == EDDY_ETIMEDOUT);
    CHECK(eddy_scope_cancelled(&outer) && eddy_scope_expired(&outer));

    EDDY_SCOPE(over, .timeout = EDDY_IN(-5));
    CHECK(eddy_scope_end(&over, eddy_sleep(second)) == EDDY_ETIMEDOUT);
    EDDY_SCOPE(past, .deadline = EDDY_AT(0));
    CHECK(eddy_scope_end(&past, eddy_sleep(second)) == EDDY_ETIMEDOUT);
    eddy_time once = 1; /* a macro that looked twice would get 0, no limit at all */
    EDDY_SCOPE(counted, .timeout = EDDY_IN(once--), .deadline = EDDY_AT(++once));
    CHECK(once == 1 && eddy_scope_end(&counted, eddy_sleep(second)) == EDDY_ETIMEDOUT);
    EDDY_SCOPE(unlimited, .timeout = EDDY_FOREVER);
    CHECK(eddy_scope_end(&unlimited, eddy_sleep(second)) == 0);
    return 0;
}

/* The first cause counts, and only the scope that was cancelled stops the cancellation. */
static int causes(void *arg) {
    (void)arg;
    EDDY_SCOPE(both, .timeout = 10 * EDDY_MS);
    CHECK(eddy_scope_cancel(&both) == 0);
    CHECK(eddy_scope_cancel(&both) == 0);
    CHECK(eddy_clock_advance(EDDY_S) == 0);
    CHECK(eddy_scope_end(&both, eddy_yield()) == 0);
    CHECK(eddy_scope_cancelled(&both) && !eddy_scope_expired(&both));

    EDDY_SCOPE(outer, .timeout = 10 * EDDY_MS);
    EDDY_SCOPE(inner, .timeout = 10 * EDDY_MS);
    int rc = eddy_sleep(second);
    CHECK(rc == EDDY_ECANCELED);
    rc = eddy_scope_end(&inner, rc); /* outer is due as well: not inner's to tell */
    CHECK(rc == EDDY_ECANCELED);
    CHECK(eddy_scope_end(&outer, rc) == EDDY_ETIMEDOUT);
    CHECK(eddy_checkpoint() == 0);
    return 0;
}

int main(void) {
    check_begin();
    before_any_run();
    static const eddy_fn runs[] = {
        callbacks_cannot_block, null_is_a_failed_future, tasks_are_not_plain_futures,
        twice_and_never, foreign_scopes, left_open, deadlines, causes,
    };
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) check_run(runs[i]);
    return check_end();
}
