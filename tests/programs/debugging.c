/* debugging: debug mode changes nothing but what is reported, without memory neither. */
#include "check.h"

static int reports;

static void count_report(const eddy_report *report, void *ctx) {
    (void)ctx;
    CHECK(eddy_current() == NULL);
    CHECK(report->message[0] != 0);
    reports++;
}

static int yields_twice(void *arg) {
    (void)arg;
    int rc = eddy_yield();
    return rc < 0 ? rc : eddy_yield();
}

static int emits(void *arg) {
    (void)arg;
    for (int i = 0; i < 3; i++) {
        int rc = eddy_emit(&i);
        if (rc < 0) return rc;
        rc = eddy_yield();
        if (rc < 0) return rc;
    }
    return 0;
}

static void switches_debug(void *ctx) {
    eddy_debug(*(const bool *)ctx);
}

static const bool off = false, on = true;

static int mixes(void *arg) {
    (void)arg;
    eddy_future *tasks[4];
    tasks[0] = eddy_spawn(yields_twice, NULL);
    tasks[1] = eddy_spawn_opt(yields_twice, .name = "eager", .eager = true);
    tasks[2] = eddy_future_new();
    eddy_call_soon(switches_debug, (void *)(uintptr_t)&off);
    tasks[3] = eddy_spawn_opt(yields_twice, .stack = 4096);
    eddy_call_soon(switches_debug, (void *)(uintptr_t)&on);
    eddy_resolve(tasks[2], 0);
    EDDY_GROUP(group);
    int rc = eddy_group_go(&group, yields_twice, NULL);
    if (rc == 0) rc = eddy_yield();
    rc = eddy_group_end(&group, rc);
    if (rc == 0) {
        eddy_debug(false);
        eddy_debug(true);
        eddy_debug(false);
        rc = eddy_yield();
        eddy_debug(true);
    }
    eddy_gen *gen = rc == 0 ? eddy_gen_open(emits, NULL, sizeof(int)) : NULL;
    int item;
    for (rc = gen ? 1 : rc; rc == 1;) rc = eddy_gen_next(gen, &item);
    if (gen) EDDY_IGNORE(eddy_gen_close(gen));
    int all = eddy_gather_all(tasks, 4, NULL);
    eddy_release_all(tasks, 4);
    return rc == EDDY_ECLOSED ? all : rc;
}

static eddy_future *kept;

static int keeps(void *arg) {
    (void)arg;
    kept = eddy_spawn(yields_twice, NULL);
    return eddy_join(kept);
}

static void without_memory(void) {
    long call = 0;
    do {
        eddy_debug(call % 2 == 0); /* before the run, or within it */
        check_fail_at(++call, false);
        int rc = eddy_run(mixes, NULL);
        bool failed = check_failed_once();
        check_fail_at(0, false);
        CHECK(rc == 0 || (failed && rc == EDDY_ENOMEM));
        eddy_debug(false);
        CHECK(check_memory.blocks == 0);
        if (!failed) break;
    } while (CHECK(call < 1000));
    CHECK(call > 10);
    reports = 0; /* short of memory, errors may go unread */
}

int main(void) {
    check_begin();
    eddy_set_report(count_report, NULL);
    without_memory();

    eddy_debug(true);
    check_run(mixes);
    CHECK(reports == 0);
    check_run(yields_twice);

    /* A handle that outlives the run is told of, and stays good. */
    CHECK(eddy_run(keeps, NULL) == 0);
    CHECK(reports == 1);
    CHECK(eddy_done(kept));
    CHECK(strcmp(eddy_name(kept), "yields_twice") == 0);
    eddy_release(kept);

    /* Between the runs of a runner nothing is at its end. */
    eddy_runner runner = {0};
    CHECK(eddy_runner_open(&runner) == 0);
    CHECK(eddy_runner_run(&runner, keeps, NULL) == 0);
    CHECK(eddy_runner_run(&runner, yields_twice, NULL) == 0);
    CHECK(reports == 1);
    eddy_release(kept);
    CHECK(eddy_runner_close(&runner) == 0);
    CHECK(reports == 1);
    eddy_debug(false);
    return check_end();
}
