/* Several runs over one loop, and several loops' lives in one process. */
#include "check.h"

static eddy_future *background;
static int ticks, cleaned, called;

static int ticking(void *arg) {
    (void)arg;
    int rc;
    while ((rc = eddy_sleep(EDDY_S)) == 0) ticks++;
    EDDY_SHIELD(cleanup);
    CHECK(eddy_scope_end(&cleanup, eddy_sleep(EDDY_S)) == 0);
    cleaned++;
    return rc;
}

static void on_call(void *ctx) {
    ++*(int *)ctx;
}

static int first(void *arg) {
    CHECK(*(int *)arg == 1);
    background = eddy_spawn(ticking, NULL);
    int rc = eddy_sleep(3500 * EDDY_MS);
    return rc < 0 ? rc : 11;
}

static int later(void *arg) {
    (void)arg;
    int rc = eddy_sleep(2 * EDDY_S);
    return rc < 0 ? rc : 12;
}

static int failing(void *arg) {
    (void)arg;
    return E1;
}

static int nested(void *arg) {
    eddy_runner *open = arg, another = {0};
    CHECK(eddy_run(later, NULL) == EDDY_ESTATE);
    CHECK(eddy_runner_run(open, later, NULL) == EDDY_ESTATE);
    CHECK(eddy_runner_open(&another) == EDDY_ESTATE);
    CHECK(eddy_runner_close(open) == EDDY_ESTATE);
    return 0;
}

static int stuck(void *arg) {
    return eddy_join(arg);
}

static void tasks_live_on(void) {
    eddy_runner r = {0}, other = {0};
    CHECK(eddy_runner_run(&r, later, NULL) == EDDY_ESTATE);
    CHECK(eddy_runner_close(&r) == EDDY_ESTATE);
    CHECK(eddy_runner_open(&r) == 0);
    CHECK(eddy_runner_open(&r) == EDDY_ESTATE);
    CHECK(eddy_runner_open(&other) == EDDY_ESTATE);
    CHECK(eddy_run(later, NULL) == EDDY_ESTATE);

    int one = 1;
    CHECK(eddy_runner_run(&r, first, &one) == 11);
    CHECK(ticks == 3 && !eddy_done(background));

    /* Between runs: whatever does not block. */
    CHECK(eddy_now() == 3500 * EDDY_MS);
    CHECK(eddy_current() == NULL);
    CHECK(eddy_sleep(1) == EDDY_ESTATE);
    eddy_future *f = eddy_future_new();
    static int seven = 7;
    eddy_future *between = eddy_spawn(returns, &seven);
    CHECK(!eddy_done(between));
    CHECK(eddy_call_soon(on_call, &called).id != 0);
    CHECK(eddy_call_later(EDDY_S, on_call, &called).id != 0);
    CHECK(called == 0);

    CHECK(eddy_runner_run(&r, later, NULL) == 12);
    CHECK(ticks == 5 && called == 2);
    CHECK(eddy_result(between) == 7);
    eddy_release(between);

    CHECK(eddy_runner_run(&r, failing, NULL) == E1);
    CHECK(eddy_runner_run(&r, nested, &r) == 0);
    CHECK(eddy_resolve(f, 9) == 0);
    CHECK(eddy_runner_run(&r, stuck, f) == 9);
    eddy_release(f);

    /* The end of it all waits for the cleanup, and handles stay their owners'. */
    CHECK(eddy_runner_close(&r) == 0);
    CHECK(cleaned == 1);
    CHECK(eddy_future_state(background) == EDDY_CANCELLED);
    eddy_release(background);
    CHECK(eddy_runner_close(&r) == EDDY_ESTATE);
    CHECK(eddy_runner_run(&r, later, NULL) == EDDY_ESTATE);
    CHECK(check_memory.blocks == 0);
}

static void opens_again(void) {
    eddy_runner r = {0};
    for (int i = 0; i < 3; i++) {
        CHECK(eddy_runner_open(&r) == 0);
        if (i) CHECK(eddy_runner_run(&r, later, NULL) == 12);
        CHECK(eddy_runner_close(&r) == 0);
    }
    CHECK(check_memory.blocks == 0);
}

/* ---- runs one after the other ------------------------------------------------------------------------------- */

static eddy_future *kept;

static int leaves_handle(void *arg) {
    (void)arg;
    static int five = 5;
    kept = eddy_spawn(returns, &five);
    return eddy_yield();
}

static int leftover_result;

static int leftover(void *arg) {
    (void)arg;
    leftover_result = eddy_sleep(EDDY_S);
    /* The cleanup of a leftover may spawn: that is a leftover too. */
    static eddy_time hour = 3600 * EDDY_S;
    CHECK(eddy_go(sleeps, &hour) == 0);
    return leftover_result;
}

static int leaves_task(void *arg) {
    (void)arg;
    CHECK(eddy_go(leftover, NULL) == 0);
    int rc = eddy_yield();
    return rc < 0 ? rc : 4;
}

static int interrupted(void *arg) {
    (void)arg;
    CHECK(eddy_interrupt() == 0);
    CHECK(eddy_sleep(EDDY_S) == EDDY_ECANCELED);
    return EDDY_ECANCELED;
}

static int interrupted_twice(void *arg) {
    (void)arg;
    CHECK(eddy_interrupt() == 0);
    CHECK(eddy_interrupt() == 0);
    EDDY_SHIELD(cleanup);
    EDDY_IGNORE(eddy_sleep(EDDY_S));
    CHECK(!"reached: the second interrupt ends at once");
    return 0;
}

/* The end comes between the error that ends a gather and the step in which it would return: what is
 * still to end must not find that wait any more. */
static eddy_future *gathered[3]; /* two, and who waits for them */

static int interrupts_twice(void *arg) {
    (void)arg;
    CHECK(eddy_interrupt() == 0);
    CHECK(eddy_interrupt() == 0);
    return E1;
}

static int gathers(void *arg) {
    (void)arg;
    static eddy_time hour = 3600 * EDDY_S;
    gathered[0] = eddy_spawn(interrupts_twice, NULL);
    gathered[1] = eddy_spawn(sleeps, &hour);
    EDDY_IGNORE(eddy_gather(gathered, 2, NULL));
    CHECK(!"reached: the second interrupt ends at once");
    return 0;
}

static int awaits_gathers(void *arg) {
    (void)arg;
    /* A block of a size that is not kept for the next task. */
    gathered[2] = eddy_spawn_opt(gathers, .stack = (size_t)4 * 1024 * 1024);
    return eddy_join(gathered[2]);
}

static void on_report(const eddy_report *report, void *ctx) {
    (void)report;
    (void)ctx;
}

static void several_runs(void) {
    for (int i = 0; i < 5; i++) CHECK(eddy_run(later, NULL) == 12);
    CHECK(eddy_run(failing, NULL) == E1);
    CHECK(eddy_run(leaves_handle, NULL) == 0);
    CHECK(eddy_result(kept) == 5); /* outlives its run */
    eddy_release(kept);

    eddy_time before = eddy_now();
    CHECK(eddy_run(leaves_task, NULL) == 4);
    CHECK(leftover_result == EDDY_ECANCELED);
    CHECK(eddy_now() == before); /* neither its second nor the hour was slept */

    CHECK(eddy_run(interrupted, NULL) == EDDY_ECANCELED);
    CHECK(eddy_run(interrupted_twice, NULL) == EDDY_ECANCELED);
    eddy_set_report(on_report, NULL);
    CHECK(eddy_run(awaits_gathers, NULL) == EDDY_ECANCELED);
    eddy_set_report(NULL, NULL);
    eddy_release_all(gathered, 3);
    CHECK(eddy_run(later, NULL) == 12);
    CHECK(check_memory.blocks == 0);
}

/* A declaration is no definition: this program brings its own main. */
int eddy_main(int argc, char **argv);

int main(void) {
    check_begin();
    tasks_live_on();
    opens_again();
    several_runs();
    return check_end();
}
