/* offload_oom: each allocation of the runtime's fails in turn while functions run in workers: a call says
 * EDDY_ENOMEM or works without, and nothing leaks, also when runs are broken off. */
#include "check.h"

static int square(void *arg) {
    int *n = arg;
    *n *= *n;
    return 0;
}

static int spins(void *arg) {
    (void)arg;
    for (volatile unsigned i = 0;; i++) {}
    return 0;
}

static bool ok_or_enomem(int rc) {
    return rc >= 0 || rc == EDDY_ENOMEM;
}

static int squares(void *arg) {
    int n = 7;
    (void)arg;
    int rc = eddy_offload(square, &n, sizeof n, &n, sizeof n);
    CHECK(ok_or_enomem(rc) && n == (rc == 0 ? 49 : 7));
    return 0;
}

static int several(void *arg) {
    (void)arg;
    eddy_future *jobs[4];
    (void)eddy_offload_limit(2);
    for (int i = 0; i < 4; i++) jobs[i] = eddy_spawn(squares, NULL);
    int rc = eddy_gather(jobs, 4, NULL);
    CHECK(ok_or_enomem(rc));
    eddy_release_all(jobs, 4);
    return rc;
}

static int works(void *arg) {
    (void)arg;
    return eddy_offload(spins, NULL, 0, NULL, 0);
}

static int too_long(void *arg) {
    (void)arg;
    eddy_future *job = eddy_spawn(works, NULL);
    EDDY_IGNORE(eddy_sleep(5 * EDDY_MS));
    int rc = eddy_stop(job);
    CHECK(rc == EDDY_ECANCELED || rc == EDDY_ENOMEM);
    eddy_release(job);
    return 0;
}

static int interrupts(void *arg) {
    (void)arg;
    (void)eddy_interrupt();
    (void)eddy_interrupt();
    return eddy_yield();
}

/* Ended by a second interrupt: no cleanup of its tasks runs. */
static int broken_off(void *arg) {
    (void)arg;
    for (int i = 0; i < 3; i++) eddy_go(works, NULL);
    EDDY_IGNORE(eddy_sleep(5 * EDDY_MS));
    eddy_go(interrupts, NULL);
    return eddy_sleep(EDDY_S);
}

static void fail_each(eddy_fn scenario) {
    for (long at = 1;; at++) {
        check_fail_at(at, false);
        int rc = eddy_run(scenario, NULL);
        bool failed = check_failed_once();
        check_fail_at(0, false);
        if (!CHECK(ok_or_enomem(rc))) printf("    %s\n", eddy_errname(rc));
        if (!CHECK(check_memory.blocks == 0) || !failed) return;
    }
}

int main(void) {
    CHECK(eddy_set_allocator(check_reallocate, NULL) == 0);
    fail_each(several);
    fail_each(too_long);
    for (int i = 0; i < 3; i++) {
        CHECK(eddy_run(broken_off, NULL) == EDDY_ECANCELED);
        CHECK(check_memory.blocks == 0);
    }
    return check_end();
}
