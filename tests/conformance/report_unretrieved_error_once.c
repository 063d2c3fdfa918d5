/* R10: an error that nobody read is reported once, when the last handle goes; one that was read, by
 * asking or by joining, is not, and neither is a cancellation. */
#include "case.h"

static int reports;

static void count_report(const eddy_report *report, void *ctx) {
    (void)report;
    (void)ctx;
    reports++;
}

static int bad(void *arg) {
    (void)arg;
    return E1;
}

static int body(void *arg) {
    (void)arg;
    reports = 0;
    eddy_set_report(count_report, NULL);

    eddy_future *task = eddy_spawn(bad, NULL);
    int rc = passes(2);
    if (rc < 0) return rc;
    eddy_release(task);
    trace("dropped %d", reports);

    task = eddy_spawn(bad, NULL);
    rc = passes(2);
    if (rc < 0) return rc;
    eddy_result(task);
    eddy_release(task);
    trace("retrieved %d", reports);

    task = eddy_spawn(bad, NULL);
    rc = passes(2);
    if (rc < 0) return rc;
    EDDY_IGNORE(eddy_await(task));
    trace("joined %d", reports);

    eddy_time duration = 9 * EDDY_S;
    task = eddy_spawn(sleeper, &duration);
    rc = eddy_yield();
    if (rc < 0) return rc;
    eddy_cancel(task);
    rc = passes(2);
    if (rc < 0) return rc;
    eddy_release(task);
    trace("cancelled %d", reports);
    return 0;
}
