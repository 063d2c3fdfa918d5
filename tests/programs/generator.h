/* generator.h: what the programs that check generators share: bodies and consumers, and reports. */
#ifndef GENERATOR_H
#define GENERATOR_H

#include "check.h"

static int reports, last_code;
static char last_message[200], last_task[80];

static inline void note_report(const eddy_report *report, void *ctx) {
    (void)ctx;
    reports++;
    last_code = report->code;
    snprintf(last_message, sizeof last_message, "%s", report->message);
    snprintf(last_task, sizeof last_task, "%s", report->task ? report->task : "");
}

static inline eddy_time ms(int n) {
    return n * EDDY_MS;
}

/* Hands out 0, 1, 2, … up to `count`, sleeping `gap` before each but the first. */
struct counting {
    int count, result;
    eddy_time gap, cleanup;
    int begun, closed, ended; /* times */
};

static inline int counts(void *arg) {
    struct counting *c = arg;
    c->begun++;
    int rc = 0;
    for (int i = 0; i < c->count && rc == 0; i++) {
        if (i && c->gap) rc = eddy_sleep(c->gap);
        if (rc == 0) rc = eddy_emit(&i);
    }
    if (rc == EDDY_ECLOSED) c->closed++;
    if (c->cleanup) {
        int waited = eddy_sleep(c->cleanup);
        if (rc == 0) rc = waited;
    }
    c->ended++;
    if (rc == 0) rc = c->result;
    bool failed = rc < 0 && rc != EDDY_ECLOSED && rc != EDDY_ECANCELED;
    return failed ? eddy_fail(rc, "at %d", c->count) : rc;
}

/* Passes on what the level below hands out, waiting on its own in between. */
struct level {
    int depth;
    eddy_time gap;
    int count, ended;
    struct level *below;
};

static inline int passes_on(void *arg) {
    struct level *level = arg;
    struct counting bottom = {.count = level->count, .gap = level->gap};
    eddy_gen *g = level->below ? eddy_gen_open(passes_on, level->below, sizeof(int))
                               : eddy_gen_open(counts, &bottom, sizeof(int));
    int item, rc;
    while ((rc = eddy_gen_next(g, &item)) == 1) {
        if (level->gap) {
            rc = eddy_sleep(level->gap);
            if (rc < 0) break;
        }
        item = item * 2 + level->depth;
        rc = eddy_emit(&item);
        if (rc < 0) break;
    }
    int closed = eddy_gen_close(g);
    level->ended++;
    return rc < 0 ? rc : closed;
}

/* Takes items to the end, or until it is cancelled. */
static inline int consumer_of_slow(void *arg) {
    struct counting *c = arg;
    eddy_gen *g = eddy_gen_open(counts, c, sizeof(int));
    int item, rc;
    while ((rc = eddy_gen_next(g, &item)) == 1) {
    }
    int again = eddy_gen_next(g, &item);
    CHECK(rc != EDDY_ECANCELED || again == EDDY_ECANCELED);
    int closed = eddy_gen_close(g);
    CHECK(closed == 0 || closed == EDDY_ECANCELED);
    return rc;
}

/* Runs each test by itself: from time 0, without reports that it has not read. */
static inline void generator_run(const eddy_fn tests[], size_t n) {
    for (size_t i = 0; i < n; i++) {
        int before = check_failures;
        CHECK(eddy_clock_virtual(true) == 0);
        reports = 0;
        check_run(tests[i]);
        CHECK(reports == 0);
        if (check_failures > before) printf("    in test %zu\n", i);
    }
    CHECK(eddy_clock_virtual(true) == 0);
}

#endif
