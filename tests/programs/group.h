/* group.h: what the programs that check groups share: children that do as planned, and reports. */
#ifndef GROUP_H
#define GROUP_H

#include "check.h"

static int reports;
static eddy_report last_report;
static char report_message[200], report_task[80];

static inline void note_report(const eddy_report *report, void *ctx) {
    (void)ctx;
    reports++;
    last_report = *report;
    snprintf(report_message, sizeof report_message, "%s", report->message);
    snprintf(report_task, sizeof report_task, "%s", report->task ? report->task : "");
}

static inline eddy_time ms(int n) {
    return n * EDDY_MS;
}

/* What a child does: it sleeps, then ends with a code; on cancellation it may take its time. */
struct plan {
    eddy_time sleep;
    int result;         /* < 0 with the message "child" */
    eddy_time cleanup;  /* in a shield, when cancelled */
    int cleanup_result; /* instead of EDDY_ECANCELED, if not 0 */
    int begun, cancelled, ended;
    int *clock; /* the order of the ends */
};

static inline int child(void *arg) {
    struct plan *plan = arg;
    plan->begun++;
    int rc = plan->sleep ? eddy_sleep(plan->sleep) : 0;
    if (rc == EDDY_ECANCELED) {
        plan->cancelled = plan->clock ? ++*plan->clock : 1;
        if (plan->cleanup) {
            EDDY_SHIELD(shield);
            CHECK(eddy_scope_end(&shield, eddy_sleep(plan->cleanup)) == 0);
        }
        if (plan->cleanup_result) rc = plan->cleanup_result;
    } else if (rc == 0) {
        rc = plan->result;
    }
    plan->ended++;
    return rc < 0 && rc != EDDY_ECANCELED ? eddy_fail(rc, "child of %d", plan->result) : rc;
}

static int freed;

static inline void count_free(void *arg) {
    (void)arg;
    freed++;
}

/* Whether the group's errors are these codes, in this order; ends with 0. */
static inline bool has_errors(const eddy_group *g, const int codes[]) {
    eddy_error errors[8];
    size_t n = eddy_group_errors(g, errors, 8), i = 0;
    for (; codes[i]; i++)
        if (i >= n || errors[i].code != codes[i]) return false;
    return i == n;
}

/* A child of the group that it is given. */
static inline int cancels_group(void *arg) {
    int rc = eddy_sleep(ms(2));
    if (rc == 0) CHECK(eddy_group_cancel(arg) == 0);
    return rc;
}

/* A task with a group of its own. */
struct owner {
    struct plan *children;
    int count, rc;
    eddy_time body;
    eddy_group *group; /* while it is open */
};

static inline int owns(void *arg) {
    struct owner *owner = arg;
    EDDY_GROUP(g);
    owner->group = &g;
    for (int i = 0; i < owner->count; i++) eddy_group_spawn(&g, child, &owner->children[i]);
    int rc = owner->body ? eddy_sleep(owner->body) : 0;
    owner->rc = eddy_group_end(&g, rc);
    owner->group = NULL;
    if (owner->rc == EDDY_ECANCELED) CHECK(eddy_checkpoint() == EDDY_ECANCELED);
    return owner->rc;
}

/* Runs each test by itself: from time 0, without reports that it has not read. */
static inline void group_run(const eddy_fn tests[], size_t n) {
    for (size_t i = 0; i < n; i++) {
        int before = check_failures;
        CHECK(eddy_clock_virtual(true) == 0);
        freed = reports = 0;
        check_run(tests[i]);
        CHECK(reports == 0);
        if (check_failures > before) printf("    in test %zu\n", i);
    }
    CHECK(eddy_clock_virtual(true) == 0);
}

#endif
