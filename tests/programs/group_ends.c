/* Groups: children that tell when they are ready, and every way in which a group ends other than by
 * its end. */
#include "group.h"

#ifndef __wasm__
#include <setjmp.h>
#endif

/* ---- start ------------------------------------------------------------------------------------------ */

enum how { READY, TWICE, NEGATIVE, NEVER, FAILS, CANCELLED_ITSELF, FAILS_LATER, WAITS };

struct starting {
    enum how how;
    int value;
    eddy_time cleanup;
    int ended;
};

static int starts(void *arg) {
    struct starting *s = arg;
    int rc = eddy_sleep(ms(1));
    if (rc == 0) {
        switch (s->how) {
        case READY: rc = eddy_started(s->value); break;
        case TWICE:
            CHECK(eddy_started(s->value) == 0);
            CHECK(eddy_started(s->value) == EDDY_ESTATE);
            break;
        case NEGATIVE:
            CHECK(eddy_started(-1) == EDDY_EINVAL);
            rc = eddy_started(s->value);
            break;
        case NEVER: s->ended++; return 0;
        case FAILS: s->ended++; return eddy_fail(E1, "not today");
        case CANCELLED_ITSELF: eddy_cancel(eddy_current()); break;
        case FAILS_LATER:
            CHECK(eddy_started(s->value) == 0);
            s->ended++;
            return E2;
        case WAITS: rc = eddy_sleep(ms(500)); break;
        }
    }
    if (rc == 0) rc = eddy_sleep(ms(2));
    if (rc == EDDY_ECANCELED && s->cleanup) {
        EDDY_SHIELD(shield);
        CHECK(eddy_scope_end(&shield, eddy_sleep(s->cleanup)) == 0);
    }
    s->ended++;
    return rc;
}

static int starting(void *arg) {
    (void)arg;
    CHECK(eddy_started(1) == EDDY_ESTATE); /* nobody waits for that */
    struct starting s = {.how = READY, .value = 17};
    {
        EDDY_GROUP(g);
        CHECK(eddy_group_start(&g, NULL, NULL) == EDDY_EINVAL);
        CHECK(eddy_group_start(&g, starts, &s) == 17);
        CHECK(!s.ended && eddy_now() == ms(1));
        s.how = TWICE;
        CHECK(eddy_group_start(&g, starts, &s) == 17);
        s.how = NEGATIVE;
        s.value = 0;
        CHECK((eddy_group_start)(&g, starts, &s) == 0);
        CHECK(eddy_group_end(&g, 1) == 1);
        CHECK(s.ended == 3);
    }
    {
        EDDY_GROUP(g);
        s = (struct starting){.how = NEVER};
        CHECK(eddy_group_start(&g, starts, &s) == EDDY_ESTATE);
        s.how = FAILS;
        CHECK(eddy_group_start(&g, starts, &s) == E1);
        CHECK(!strcmp(eddy_last_message(), "not today"));
        s.how = CANCELLED_ITSELF;
        CHECK(eddy_group_start(&g, starts, &s) == EDDY_ECANCELED);
        CHECK(eddy_checkpoint() == 0); /* it was the child's */
        CHECK(eddy_group_end(&g, 2) == 2); /* none of them is the group's error */
        CHECK(eddy_group_errors(&g, NULL, 0) == 0 && s.ended == 3);
    }
    {
        EDDY_GROUP(g);
        s = (struct starting){.how = FAILS_LATER, .value = 3};
        CHECK(eddy_group_start(&g, starts, &s) == 3);
        CHECK(eddy_group_end(&g, 0) == E2); /* after it was ready its errors are the group's */
    }
    CHECK(reports == 0);
    return 0;
}

struct start_owner {
    struct starting s;
    int started, ended;
};

static int start_cancelled(void *arg) {
    struct start_owner *owner = arg;
    EDDY_GROUP(g);
    owner->started = eddy_group_start(&g, starts, &owner->s);
    CHECK(owner->s.ended == 1); /* the child has ended */
    return owner->ended = eddy_group_end(&g, owner->started);
}

static int starts_at_once(void *arg) {
    (void)arg;
    return eddy_started(0);
}

/* Nobody has a handle of a child that was started: a group that lives long does not keep them. */
static int starting_many(void *arg) {
    (void)arg;
    EDDY_GROUP(server);
    long after_some = 0;
    for (int i = 0; i < 100; i++) {
        CHECK(eddy_group_start(&server, starts_at_once, NULL) == 0);
        CHECK(eddy_yield() == 0);
        if (i == 9) after_some = check_memory.blocks;
    }
    CHECK(check_memory.blocks == after_some);
    return eddy_group_end(&server, 0);
}

static int starting_cancelled(void *arg) {
    (void)arg;
    struct start_owner owner = {.s = {.how = WAITS, .cleanup = ms(3)}};
    eddy_future *task = eddy_spawn(start_cancelled, &owner);
    CHECK(eddy_sleep(ms(2)) == 0);
    eddy_cancel(task);
    CHECK(eddy_await(task) == EDDY_ECANCELED);
    CHECK(owner.started == EDDY_ECANCELED && eddy_now() == ms(5));

    /* The starter's own scope only: the group goes on. */
    struct starting waits = {.how = WAITS, .cleanup = ms(1)}, ready = {.how = READY, .value = 9};
    EDDY_GROUP(g);
    EDDY_SCOPE(limit, .timeout = ms(2));
    int rc = eddy_scope_end(&limit, eddy_group_start(&g, starts, &waits));
    CHECK(rc == EDDY_ETIMEDOUT && waits.ended == 1);
    CHECK(eddy_group_start(&g, starts, &ready) == 9);

    /* The group is cancelled while somebody starts a child in it. */
    waits = (struct starting){.how = WAITS};
    eddy_group_spawn(&g, cancels_group, &g);
    rc = eddy_group_start(&g, starts, &waits);
    CHECK(rc == EDDY_ECANCELED && waits.ended == 1);
    CHECK(eddy_group_end(&g, rc) == 0);
    return 0;
}

static eddy_event may_start;

static int starts_when_told(void *arg) {
    bool *ended = arg;
    int rc = eddy_event_wait(&may_start);
    if (rc == 0) rc = eddy_started(6);
    if (rc == 0) rc = eddy_sleep(ms(5));
    *ended = true;
    return rc;
}

static int starts_in_group(void *arg) {
    int *told = arg;
    bool ended = false;
    EDDY_GROUP(g);
    *told = eddy_group_start(&g, starts_when_told, &ended);
    CHECK(*told == 6 || ended); /* it is ready, or did not happen (R2) */
    CHECK(eddy_checkpoint() == EDDY_ECANCELED);
    return eddy_group_end(&g, *told);
}

static int fails_to_start(void *arg) {
    (void)arg;
    EDDY_IGNORE(eddy_sleep(ms(5)));
    return eddy_fail(E2, "in its cleanup");
}

static int starts_failing(void *arg) {
    (void)arg;
    EDDY_GROUP(g);
    return eddy_group_end(&g, eddy_group_start(&g, fails_to_start, NULL));
}

/* The starter is cancelled, and in the same pass the child is ready, or fails. */
static int starting_amid_cancel(void *arg) {
    (void)arg;
    for (int order = 0; order < 2; order++) {
        int told = 0;
        eddy_event_clear(&may_start);
        eddy_future *task = eddy_spawn(starts_in_group, &told);
        CHECK(eddy_sleep(ms(1)) == 0);
        if (order == 0) eddy_event_set(&may_start);
        eddy_cancel(task);
        eddy_event_set(&may_start);
        CHECK(eddy_await(task) == EDDY_ECANCELED);
    }
    /* An error is not lost. */
    eddy_future *task = eddy_spawn(starts_failing, NULL);
    CHECK(eddy_sleep(ms(1)) == 0);
    eddy_cancel(task);
    CHECK(eddy_await(task) == E2 && !strcmp(eddy_last_message(), "in its cleanup"));
    CHECK(reports == 0);
    return 0;
}

/* ---- leaving without end ------------------------------------------------------------------------------ */

static int leaves(int how, struct plan *plan, int code) {
    EDDY_GROUP(g, .name = "left");
    eddy_group_spawn(&g, child, plan);
    for (int i = 0; i < 2; i++) {
        if (how == 0) return code;
        if (how == 1) break;
        if (how == 2) goto out;
        if (eddy_sleep(ms(1)) < 0) return EDDY_ECANCELED;
    }
    return code;
out:
    return code + 1;
}

static int nets(void *arg) {
    (void)arg;
    for (int how = 0; how < 4; how++) {
        struct plan plan = {.sleep = ms(50), .cleanup = ms(2)};
        eddy_time start = eddy_now();
        int rc = leaves(how, &plan, 40);
        CHECK(rc == (how == 2 ? 41 : 40));
        CHECK(how < 3 ? !plan.begun : plan.cancelled && plan.ended);
        CHECK(eddy_now() == start + (how < 3 ? 0 : ms(4)));
    }
    CHECK(reports == 0);

    /* An error that was lost in it is reported. */
    struct plan bad = {.result = E2};
    CHECK(leaves(3, &bad, 40) == EDDY_ECANCELED);
    CHECK(reports == 1 && last_report.code == E2 && !strcmp(report_task, "child"));
    reports = 0;

    /* In debug mode the place is reported. */
    eddy_debug(true);
    struct plan plan = {.sleep = ms(5)};
    CHECK(leaves(0, &plan, 40) == 40);
    eddy_debug(false);
    CHECK(reports == 1 && strstr(report_message, "left"));
    reports = 0;

    /* No net after an end, also when it had errors. */
    for (int i = 0; i < 3; i++) {
        EDDY_GROUP(g);
        bad = (struct plan){.result = E2};
        eddy_group_spawn(&g, child, &bad);
        if (i == 1) continue;
        CHECK(eddy_group_end(&g, 0) == E2);
    }
    CHECK(reports == 0); /* cancelled before its first step, the second never failed */
    return 0;
}

/* By a jump, or because somebody forgot. */
#ifndef __wasm__ /* where a jump takes exceptions of the host */
static jmp_buf back;
#endif

__attribute__((noinline)) static int forgets(struct plan *plan, bool jump) {
    eddy_group g = {0};
    CHECK(eddy_group_begin(&g, NULL) == 0);
    eddy_group_spawn(&g, child, plan);
    EDDY_IGNORE(eddy_sleep(ms(1)));
#ifndef __wasm__
    if (jump) longjmp(back, 1);
#endif
    return jump;
}

/* What any later call does to the memory below the stack pointer. */
__attribute__((noinline)) static int overwrite(void) {
    volatile unsigned char frame[2000];
    for (size_t i = 0; i < sizeof frame; i++) frame[i] = 0xee;
    return frame[17];
}

__attribute__((noinline)) static void leave(struct plan *plan, bool jump) {
#ifndef __wasm__
    if (setjmp(back)) return;
#endif
    (void)forgets(plan, jump);
}

/* A group whose block was left is orphaned at the next blocking call. */
static int jumped(void *arg) {
    (void)arg;
    for (int jump = 0; jump < 2; jump++) {
        static struct plan plan;
        plan = (struct plan){.sleep = ms(50), .cleanup = ms(3)};
        reports = 0;
        leave(&plan, jump);
        CHECK(overwrite() == 0xee);
        CHECK(!plan.cancelled);
        CHECK(eddy_sleep(ms(1)) == 0);
        CHECK(plan.cancelled && !plan.ended && reports == 1);
        CHECK(strstr(report_message, "jump") != NULL);
        CHECK(overwrite() == 0xee);
        CHECK(eddy_sleep(ms(5)) == 0);
        CHECK(plan.ended && reports == 1);

        /* Its child fails when nobody can read the error any more. */
        plan = (struct plan){.sleep = ms(50), .cleanup = ms(1), .cleanup_result = E1};
        reports = 0;
        leave(&plan, jump);
        CHECK(overwrite() == 0xee);
        CHECK(eddy_sleep(ms(5)) == 0);
        CHECK(plan.ended && reports == 2 && last_report.code == E1);

        /* It has failed before that: its error is reported when the group is found left. */
        plan = (struct plan){.sleep = 1, .result = E1};
        reports = 0;
        leave(&plan, jump);
        CHECK(overwrite() == 0xee);
        CHECK(plan.ended && reports == 0);
        CHECK(eddy_sleep(ms(1)) == 0 && reports == 2);
    }
    reports = 0;
    return 0;
}

/* The task ends with a group open that has no net: its children are cancelled, not waited for. */
static eddy_group left_open;

static int leaves_open(void *arg) {
    left_open = (eddy_group){0};
    CHECK(eddy_group_begin(&left_open, NULL) == 0);
    eddy_group_spawn(&left_open, child, arg);
    return eddy_yield();
}

static int left_by_task(void *arg) {
    (void)arg;
    struct plan plan = {.sleep = ms(50), .cleanup = ms(3), .cleanup_result = E3};
    eddy_debug(true);
    CHECK(eddy_await(eddy_spawn(leaves_open, &plan)) == 0);
    eddy_debug(false);
    CHECK(reports == 1);
    reports = 0;
    CHECK(eddy_result(eddy_group_spawn(&left_open, child, &plan)) == EDDY_ESTATE);
    CHECK(eddy_sleep(ms(5)) == 0);
    CHECK(plan.ended == 1);
    CHECK(reports == 1 && last_report.code == E3); /* nobody can read it any more */
    reports = 0;
    return 0;
}

/* ---- misuse --------------------------------------------------------------------------------------------- */

static int wrong_use(void *arg) {
    (void)arg;
    struct plan plan = {.sleep = ms(1)};
    EDDY_GROUP(g);
    CHECK(eddy_group_spawn(&g, NULL, NULL) == NULL);
    CHECK(eddy_result(eddy_group_spawn(NULL, child, &plan)) == EDDY_ESTATE);
    CHECK(eddy_group_go(NULL, child, &plan) == EDDY_ESTATE);
    CHECK(eddy_group_start(NULL, child, &plan) == EDDY_ESTATE);
    CHECK(eddy_group_cancel(NULL) == EDDY_EINVAL);
    CHECK(eddy_group_errors(NULL, NULL, 0) == 0);
    eddy_group unused = {0};
    CHECK(eddy_result(eddy_group_spawn(&unused, child, &plan)) == EDDY_ESTATE);
    CHECK(eddy_group_errors(&unused, NULL, 0) == 0);
    CHECK(eddy_group_spawn_with(&g, child, NULL) != NULL); /* NULL options: no argument */
    CHECK(eddy_group_cancel(&g) == 0);                    /* so it must not run */
    /* A scope inside that was left open is closed with the group. */
    eddy_scope scope = {0};
    CHECK(eddy_scope_begin(&scope, NULL) == 0);
    CHECK(eddy_group_end(&g, 0) == 0);
    CHECK(eddy_scope_end(&scope, 3) == 3);

    /* Ends in the wrong order: the inner group is closed, and its children cancelled. */
    struct plan inner_plan = {.sleep = ms(50)};
    eddy_group outer = {0}, inner = {0};
    CHECK(eddy_group_begin(&outer, NULL) == 0);
    CHECK(eddy_group_begin(&inner, NULL) == 0);
    eddy_group_spawn(&inner, child, &inner_plan);
    CHECK(eddy_yield() == 0);
    CHECK(eddy_group_end(&outer, 5) == 5);
    CHECK(eddy_group_end(&inner, 6) == 6);
    CHECK(eddy_yield() == 0 && inner_plan.cancelled);
    return 0;
}

static void from_callback(void *ctx) {
    eddy_group *g = ctx;
    static struct plan plan;
    plan = (struct plan){.sleep = ms(1), .result = 2};
    eddy_group mine = {0};
    CHECK(eddy_group_begin(&mine, NULL) == EDDY_ESTATE);
    CHECK(eddy_group_end(&mine, 0) == EDDY_ESTATE);
    CHECK(eddy_group_end(g, 0) == EDDY_ESTATE);
    CHECK(eddy_group_start(g, child, &plan) == EDDY_ESTATE);
    CHECK(eddy_started(0) == EDDY_ESTATE);
    CHECK(eddy_group_spawn(g, child, &plan) != NULL); /* adding and cancelling work from anywhere */
}

static int callbacks(void *arg) {
    (void)arg;
    EDDY_GROUP(g);
    eddy_call_soon(from_callback, &g);
    CHECK(eddy_yield() == 0);
    CHECK(eddy_group_end(&g, 0) == 0);
    CHECK(eddy_now() == ms(1));
    return 0;
}

/* ---- ends of the run ------------------------------------------------------------------------------------- */

/* Main returns while another task has a group open: an R11 end. */
static struct plan left_plan;
static struct owner left_owner;

static int leaves_owner(void *arg) {
    (void)arg;
    left_plan = (struct plan){.sleep = ms(50), .cleanup = ms(2)};
    left_owner = (struct owner){.children = &left_plan, .count = 1};
    CHECK(eddy_go(owns, &left_owner) == 0);
    return eddy_sleep(ms(1));
}

static int interrupts(void *arg) {
    (void)arg;
    static struct plan plans[2];
    plans[0] = plans[1] = (struct plan){.sleep = ms(50), .cleanup = ms(5)};
    struct owner owner = {.children = plans, .count = 2};
    eddy_future *task = eddy_spawn(owns, &owner);
    EDDY_GROUP(g);
    struct plan plan = {.sleep = ms(50), .cleanup = ms(5)};
    eddy_group_spawn(&g, child, &plan);
    CHECK(eddy_sleep(ms(1)) == 0);
    eddy_cancel(task);
    eddy_release(task);
    CHECK(eddy_yield() == 0);
    CHECK(eddy_interrupt() == 0);
    CHECK(eddy_interrupt() == 0); /* the run ends here and now, whatever is open */
    EDDY_IGNORE(eddy_group_end(&g, 0));
    CHECK(false);
    return 0;
}

/* Nobody will ever wake the child: main is cancelled in its end, and so is the child. */
static int joins(void *arg) {
    return eddy_join(arg);
}

static int deadlocks(void *arg) {
    (void)arg;
    eddy_future *never = eddy_future_new();
    EDDY_GROUP(g);
    eddy_group_spawn(&g, joins, never);
    int rc = eddy_group_end(&g, 0);
    CHECK(rc == EDDY_ECANCELED);
    eddy_release(never);
    return rc;
}

int main(void) {
    static const eddy_fn tests[] = {
        starting, starting_many, starting_cancelled, starting_amid_cancel, nets, jumped, left_by_task, wrong_use, callbacks,
    };
    check_begin();
    eddy_set_report(note_report, NULL);
    group_run(tests, sizeof tests / sizeof *tests);
    check_run(leaves_owner);
    CHECK(left_owner.rc == EDDY_ECANCELED && left_plan.ended && eddy_now() == ms(3));
    CHECK(eddy_run(interrupts, NULL) == EDDY_ECANCELED);
    CHECK(check_memory.blocks == 0);
    CHECK(eddy_run(deadlocks, NULL) == EDDY_EDEADLK);
    CHECK(check_memory.blocks == 0);
    return check_end();
}
