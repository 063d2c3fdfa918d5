/* idling: eddy_idle on the virtual clock. */
#include "check.h"

static int busy; /* tasks that are still yielding */

static int yields(void *arg) {
    int rc = 0;
    busy++;
    for (int i = 0; i < *(const int *)arg && rc == 0; i++) rc = eddy_yield();
    busy--;
    return rc < 0 ? rc : eddy_sleep(EDDY_S);
}

static int waits_for_others(void *arg) {
    (void)arg;
    static const int rounds[] = {1, 10, 300};
    eddy_future *tasks[3];
    for (int i = 0; i < 3; i++) tasks[i] = eddy_spawn(yields, (void *)(uintptr_t)&rounds[i]);
    CHECK(eddy_idle() == 0);
    CHECK(busy == 0);
    CHECK(eddy_now() == 0); /* before the clock jumps */
    CHECK(eddy_idle() == 0); /* nothing to wait for */
    CHECK(eddy_now() == 0);
    int rc = eddy_gather(tasks, 3, NULL);
    CHECK(eddy_now() == EDDY_S);
    eddy_release_all(tasks, 3);
    return rc;
}

static int idlers_back;

static int idles(void *arg) {
    (void)arg;
    int rc = eddy_idle();
    idlers_back++;
    return rc;
}

/* Neither keeps the other from being woken, and there is no deadlock while one can be. */
static int idle_together(void *arg) {
    (void)arg;
    idlers_back = 0;
    eddy_future *never = eddy_future_new();
    eddy_future *idlers[] = {eddy_spawn(idles, NULL), eddy_spawn(idles, NULL)};
    CHECK(eddy_idle() == 0);
    CHECK(idlers_back == 0); /* this one was the first to idle */
    CHECK(eddy_yield() == 0);
    CHECK(idlers_back == 2);
    for (int i = 0; i < 2; i++) CHECK(eddy_await(idlers[i]) == 0);
    eddy_release(never);
    return 0;
}

static int joins(void *arg) {
    return eddy_join(arg);
}

/* What the others wait for is brought by the idler: the use in tests. */
static int idler_resolves(void *arg) {
    (void)arg;
    eddy_future *news = eddy_future_new();
    eddy_future *reader = eddy_spawn(joins, news);
    CHECK(eddy_idle() == 0);
    CHECK(!eddy_done(reader));
    CHECK(eddy_resolve(news, 7) == 0);
    CHECK(eddy_idle() == 0);
    CHECK(eddy_done(reader));
    CHECK(eddy_await(reader) == 7);
    eddy_release(news);
    return 0;
}

static int is_cancelled(void *arg) {
    (void)arg;
    eddy_future *idler = eddy_spawn(idles, NULL);
    CHECK(eddy_yield() == 0);
    CHECK(eddy_cancel(idler) == 1);
    CHECK(eddy_await(idler) == EDDY_ECANCELED);
    EDDY_SCOPE(over, .timeout = EDDY_NOW);
    int rc = eddy_idle();
    CHECK(rc == EDDY_ECANCELED);
    CHECK(eddy_scope_end(&over, rc) == EDDY_ETIMEDOUT);
    return 0;
}

static int left_behind(void *arg) {
    (void)arg;
    CHECK(eddy_go(idles, NULL) == 0);
    return eddy_yield();
}

/* When the idler waits for what nobody brings, too, it is a deadlock after all. */
static int deadlocks(void *arg) {
    (void)arg;
    eddy_future *never = eddy_future_new();
    int rc = eddy_idle();
    CHECK(rc == 0);
    rc = eddy_join(never);
    eddy_release(never);
    return rc;
}

int main(void) {
    check_begin();
    CHECK(eddy_idle() == EDDY_ESTATE);
    check_run(waits_for_others);
    CHECK(eddy_clock_virtual(true) == 0);
    check_run(idle_together);
    check_run(idler_resolves);
    check_run(is_cancelled);
    check_run(left_behind);
    CHECK(eddy_run(deadlocks, NULL) == EDDY_EDEADLK);
    return check_end();
}
