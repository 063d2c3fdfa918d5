/* Groups: what eddy/group.h and R12 say of children, errors and cancellation. */
#include "group.h"

/* ---- begin ---------------------------------------------------------------------------------------- */

static int beginning(void *arg) {
    (void)arg;
    eddy_group g = {0};
    CHECK(eddy_group_begin(NULL, NULL) == EDDY_EINVAL);
    CHECK(eddy_group_end(&g, 7) == EDDY_ESTATE); /* never began */
    CHECK(eddy_group_end(NULL, 7) == EDDY_ESTATE);
    CHECK(eddy_group_begin(&g, NULL) == 0);
    CHECK(eddy_group_begin(&g, NULL) == EDDY_ESTATE);
    CHECK(eddy_group_end(&g, 7) == 7); /* no children: the body's result */
    CHECK(eddy_group_end(&g, 9) == 9); /* a second call returns rc */
    CHECK(eddy_group_errors(&g, NULL, 0) == 0);
    CHECK(eddy_group_cancel(&g) == EDDY_ESTATE);
    CHECK(eddy_group_begin(&g, NULL) == EDDY_ESTATE);

    /* The functions behind the macros. */
    eddy_group plain = {0};
    struct plan one = {.result = 1};
    CHECK((eddy_group_begin)(&plain, &(eddy_group_options){.name = "plain"}) == 0);
    eddy_future *f = (eddy_group_spawn)(&plain, child, &one);
    CHECK(!strcmp(eddy_name(f), "task"));
    CHECK((eddy_group_go)(&plain, child, &one) == 0);
    CHECK((eddy_group_end)(&plain, 0) == 0);
    CHECK(one.ended == 2);
    return 0;
}

static int cancelled_before_begin(void *arg) {
    (void)arg;
    eddy_group g = {0};
    struct plan plan = {.sleep = ms(5)};
    CHECK(eddy_group_cancel(&g) == 0);
    CHECK(eddy_group_begin(&g, NULL) == 0);
    CHECK(eddy_result(eddy_group_spawn(&g, child, &plan)) == EDDY_ESTATE);
    CHECK(eddy_group_go(&g, child, &plan) == EDDY_ESTATE);
    CHECK(eddy_checkpoint() == EDDY_ECANCELED);
    int rc = eddy_sleep(ms(5));
    CHECK(rc == EDDY_ECANCELED);
    CHECK(eddy_group_end(&g, rc) == 0);
    CHECK(eddy_checkpoint() == 0);
    CHECK(plan.begun == 0 && eddy_now() == 0);
    return 0;
}

/* ---- children ------------------------------------------------------------------------------------- */

static int handles(void *arg) {
    (void)arg;
    struct plan one = {.sleep = ms(1), .result = 11}, two = {.sleep = ms(2), .result = 12};
    EDDY_GROUP(g);
    eddy_future *a = eddy_group_spawn(&g, child, &one);
    eddy_future *b = eddy_group_spawn_with(
        &g, child, &(eddy_spawn_options){.arg = &two, .name = "second", .arg_free = count_free});
    CHECK(!strcmp(eddy_name(a), "child") && !strcmp(eddy_name(b), "second"));
    CHECK(one.begun == 0); /* in the next pass */
    CHECK(eddy_join(a) == 11);
    CHECK(eddy_now() == ms(1));
    CHECK(freed == 0);
    CHECK(eddy_join(b) == 12);
    CHECK(freed == 1);
    CHECK(eddy_result(a) == 11); /* borrowed, and valid although it has ended */
    CHECK(eddy_group_end(&g, 3) == 3);
    return 0;
}

static int eager_children(void *arg) {
    (void)arg;
    struct plan quick = {.result = 4}, slow = {.sleep = ms(1), .result = 5}, bad = {.result = E1};
    EDDY_GROUP(g);
    eddy_spawn_options options = {.arg = &quick, .eager = true};
    eddy_future *f = eddy_group_spawn_with(&g, child, &options);
    CHECK(quick.ended == 1 && eddy_result(f) == 4);
    options.arg = &slow;
    f = eddy_group_spawn_with(&g, child, &options);
    CHECK(slow.begun == 1 && !eddy_done(f));
    options.arg = &bad;
    eddy_future *failed = eddy_group_spawn_with(&g, child, &options);
    CHECK(eddy_result(failed) == E1);
    CHECK(eddy_checkpoint() == EDDY_ECANCELED); /* the group is failing */
    CHECK(eddy_result(eddy_group_spawn_with(&g, child, &options)) == EDDY_ESTATE);
    CHECK(eddy_group_end(&g, 0) == E1);
    CHECK(slow.cancelled == 1 && bad.begun == 1);
    return 0;
}

/* Every option of a spawn whose group refuses it. */
static int refused(void *arg) {
    (void)arg;
    struct plan plan = {0};
    EDDY_GROUP(g);
    CHECK(eddy_group_cancel(&g) == 0);
    freed = 0;
    eddy_future *f = eddy_group_spawn_with(
        &g, child, &(eddy_spawn_options){.arg = &plan, .arg_free = count_free, .eager = true});
    CHECK(freed == 1);
    CHECK(eddy_done(f) && eddy_future_state(f) == EDDY_FAILED);
    CHECK(eddy_group_spawn(&g, child, NULL) == f); /* the runtime's own */
    CHECK(eddy_cancel(f) == 0 && !eddy_value(f));
    CHECK(eddy_resolve(f, 1) == EDDY_ESTATE);
    CHECK(eddy_group_end(&g, 0) == 0);
    CHECK(eddy_join(f) == EDDY_ESTATE);
    CHECK(eddy_gather(&f, 1, NULL) == EDDY_ESTATE);
    CHECK(eddy_await(eddy_retain(f)) == EDDY_ESTATE);
    CHECK(eddy_result(eddy_group_spawn(&g, child, NULL)) == EDDY_ESTATE); /* it is closed */
    CHECK(eddy_group_go(&g, child, NULL) == EDDY_ESTATE);
    CHECK(eddy_group_start(&g, child, NULL) == EDDY_ESTATE);
    CHECK(eddy_group_go(&g, NULL, NULL) == EDDY_EINVAL);
    CHECK(reports == 0);
    return 0;
}

struct family {
    eddy_group *group;
    int depth, *count;
};

static int grows(void *arg) {
    struct family here = *(struct family *)arg;
    ++*here.count;
    int rc = eddy_sleep(ms(1));
    if (rc < 0 || here.depth == 0) return rc;
    here.depth--;
    for (int i = 0; i < 2; i++) {
        eddy_spawn_options options = {.arg = &here, .arg_size = sizeof here};
        CHECK(eddy_group_spawn_with(here.group, grows, &options) != NULL);
    }
    return 0;
}

static int families(void *arg) {
    (void)arg;
    int count = 0;
    EDDY_GROUP(g);
    struct family root = {&g, 6, &count};
    eddy_group_spawn(&g, grows, &root);
    CHECK(eddy_group_end(&g, 0) == 0); /* children add children while it waits in end */
    CHECK(count == 127 && eddy_now() == ms(7));
    return 0;
}

/* Another task adds children; once the group is closed it cannot. */
static int outsider(void *arg) {
    eddy_group *g = arg;
    static struct plan plan;
    plan = (struct plan){.sleep = ms(3), .result = 1};
    CHECK(eddy_group_go(g, child, &plan) == 0);
    int rc = eddy_sleep(ms(5));
    if (rc < 0) return rc;
    CHECK(plan.ended == 1);
    CHECK(eddy_group_go(g, child, &plan) == EDDY_ESTATE);
    return eddy_group_end(g, 0); /* ended: a second call returns rc */
}

static int outsiders(void *arg) {
    (void)arg;
    EDDY_GROUP(g);
    eddy_future *other = eddy_spawn(outsider, &g);
    CHECK(eddy_yield() == 0);
    CHECK(eddy_group_end(&g, 0) == 0);
    CHECK(eddy_now() == ms(3));
    CHECK(eddy_await(other) == 0);
    return 0;
}

static int ends_for_another(void *arg) {
    CHECK(eddy_group_end(arg, 0) == EDDY_ESTATE);
    return 0;
}

static int foreign_end(void *arg) {
    (void)arg;
    EDDY_GROUP(g);
    CHECK(eddy_await(eddy_spawn(ends_for_another, &g)) == 0);
    eddy_group_spawn(&g, ends_for_another, &g); /* also while its owner waits in end */
    CHECK(eddy_group_end(&g, 0) == 0);
    return 0;
}

/* ---- children without a handle -------------------------------------------------------------------- */

static int going(void *arg) {
    (void)arg;
    struct plan plan = {.sleep = 1};
    EDDY_GROUP(g);
    CHECK(eddy_group_go(&g, NULL, NULL) == EDDY_EINVAL);
    long most = 0;
    for (int i = 0; i < 200; i++) {
        CHECK(eddy_group_go(&g, child, &plan) == 0);
        CHECK(eddy_sleep(ms(1)) == 0);
        if (i == 10) most = check_memory.blocks;
        if (i > 10) CHECK(check_memory.blocks <= most); /* given back when each ends */
    }
    CHECK(plan.ended == 200);
    struct plan bad = {.result = E2};
    CHECK(eddy_group_go(&g, child, &bad) == 0);
    int rc = eddy_sleep(ms(1));
    CHECK(rc == EDDY_ECANCELED);
    CHECK(eddy_group_end(&g, rc) == E2);
    CHECK(has_errors(&g, (int[]){E2, 0}));
    CHECK(reports == 0);
    return 0;
}

/* ---- errors --------------------------------------------------------------------------------------- */

/* In order of arrival, with names and messages; cancelled children are none, but what a cancelled
 * child fails with is one. */
static int errors_in_order(void *arg) {
    (void)arg;
    int order = 0;
    struct plan first = {.sleep = ms(1), .result = E2};
    struct plan second = {.sleep = ms(9), .result = 0, .cleanup = ms(2), .cleanup_result = E1};
    struct plan third = {.sleep = ms(9), .clock = &order};
    struct plan fourth = {.sleep = ms(9), .cleanup_result = E3, .clock = &order};
    EDDY_GROUP(g);
    eddy_group_spawn_with(&g, child, &(eddy_spawn_options){.arg = &second, .name = "two"});
    eddy_group_spawn_with(&g, child, &(eddy_spawn_options){.arg = &third, .name = "three"});
    eddy_group_spawn_with(&g, child, &(eddy_spawn_options){.arg = &first, .name = "one"});
    eddy_group_spawn_with(&g, child, &(eddy_spawn_options){.arg = &fourth, .name = "four"});
    int rc = eddy_group_end(&g, 5);
    CHECK(rc == E2 && eddy_now() == ms(3));
    CHECK(third.cancelled == 1 && fourth.cancelled == 2); /* in order of spawning */
    CHECK(!strcmp(eddy_last_message(), "child of -1002"));
    CHECK(has_errors(&g, (int[]){E2, E3, E1, 0}));
    eddy_error errors[2] = {{0}, {0}};
    CHECK(eddy_group_errors(&g, NULL, 0) == 3);
    CHECK(eddy_group_errors(&g, NULL, 9) == 3);
    CHECK(eddy_group_errors(&g, errors, 1) == 3 && !errors[1].message);
    CHECK(!strcmp(errors[0].task, "one") && !strcmp(errors[0].message, "child of -1002"));
    CHECK(eddy_group_errors(&g, errors, 2) == 3);
    CHECK(!strcmp(errors[1].task, "four") && !strcmp(errors[1].message, "child of 0"));
    CHECK(eddy_sleep(ms(1)) == 0);
    CHECK(!strcmp(errors[1].task, "four")); /* the strings are the group's: they stay */
    CHECK(reports == 0);
    return 0;
}

static int body_errors(void *arg) {
    (void)arg;
    struct plan sleeps_long = {.sleep = ms(100), .cleanup = ms(2), .cleanup_result = E3};
    EDDY_GROUP(g);
    eddy_group_spawn(&g, child, &sleeps_long);
    CHECK(eddy_yield() == 0);
    int rc = eddy_group_end(&g, eddy_fail(E1, "body of %s", "mine"));
    CHECK(rc == E1 && eddy_now() == ms(2));
    CHECK(!strcmp(eddy_last_message(), "body of mine"));
    CHECK(has_errors(&g, (int[]){E1, E3, 0}));
    eddy_error error;
    CHECK(eddy_group_errors(&g, &error, 1) == 2);
    CHECK(!strcmp(error.task, "main") && !strcmp(error.message, "body of mine"));
    return 0;
}

/* A body that passes on its child's error has the error twice: that of the child came first. */
static int body_after_child(void *arg) {
    (void)arg;
    struct plan bad = {.sleep = ms(1), .result = E2};
    EDDY_GROUP(g);
    eddy_future *f = eddy_group_spawn(&g, child, &bad);
    int rc = eddy_join(f);
    CHECK(rc == E2); /* handed over before the group's cancellation */
    CHECK(eddy_checkpoint() == EDDY_ECANCELED);
    CHECK(eddy_group_end(&g, rc) == E2);
    CHECK(has_errors(&g, (int[]){E2, E2, 0}));
    return 0;
}

static int many_errors(void *arg) {
    (void)arg;
    struct plan plans[5];
    EDDY_GROUP(g);
    for (int i = 0; i < 5; i++) {
        plans[i] = (struct plan){.sleep = ms(1), .result = E1 - i};
        eddy_group_spawn(&g, child, &plans[i]);
    }
    CHECK(eddy_group_end(&g, 0) == E1);
    CHECK(has_errors(&g, (int[]){E1, E1 - 1, E1 - 2, E1 - 3, E1 - 4, 0}));
    return 0;
}

static int supervised(void *arg) {
    (void)arg;
    struct plan bad = {.sleep = ms(1), .result = E1}, good = {.sleep = ms(5), .result = 2};
    struct plan worse = {.sleep = ms(3), .result = E3}, later = {.result = 0};
    EDDY_GROUP(g, .supervisor = true, .name = "supervisor");
    eddy_group_spawn(&g, child, &bad);
    eddy_future *f = eddy_group_spawn(&g, child, &good);
    eddy_group_spawn(&g, child, &worse);
    CHECK(eddy_sleep(ms(4)) == 0); /* nobody is cancelled */
    CHECK(eddy_group_go(&g, child, &later) == 0);
    CHECK(eddy_join(f) == 2);
    CHECK(eddy_group_end(&g, 0) == E1);
    CHECK(eddy_now() == ms(5) && later.ended == 1);
    CHECK(has_errors(&g, (int[]){E1, E3, 0}));

    /* Its own body's error still cancels the children. */
    struct plan slow = {.sleep = ms(100)};
    EDDY_GROUP(second, .supervisor = true);
    eddy_group_spawn(&second, child, &slow);
    CHECK(eddy_yield() == 0);
    CHECK(eddy_group_end(&second, E2) == E2);
    CHECK(slow.cancelled && eddy_now() == ms(5));
    return 0;
}

/* A child that somebody cancels is no error, and cancels nobody. */
static int cancelled_child(void *arg) {
    (void)arg;
    struct plan one = {.sleep = ms(5)}, two = {.sleep = ms(3), .result = 1};
    EDDY_GROUP(g);
    eddy_future *f = eddy_group_spawn(&g, child, &one);
    eddy_group_spawn(&g, child, &two);
    CHECK(eddy_yield() == 0);
    CHECK(eddy_cancel(f) == 1);
    CHECK(eddy_join(f) == EDDY_ECANCELED && eddy_checkpoint() == 0);
    CHECK(eddy_group_end(&g, 6) == 6);
    CHECK(two.ended == 1 && eddy_now() == ms(3));
    return 0;
}

/* Errors stay until the object dies, of several groups at once. */
static int fails_in_group(eddy_group *g, int code) {
    struct plan plan = {.result = code};
    CHECK(eddy_group_begin(g, NULL) == 0);
    eddy_group_spawn(g, child, &plan);
    return eddy_group_end(g, 0);
}

static int kept_errors(void *arg) {
    (void)arg;
    eddy_group one = {0}, two = {0}, three = {0};
    CHECK(fails_in_group(&one, E1) == E1);
    CHECK(fails_in_group(&two, E2) == E2);
    CHECK(fails_in_group(&three, E3) == E3);
    CHECK(has_errors(&one, (int[]){E1, 0}) && has_errors(&two, (int[]){E2, 0}));
    /* The same object for another group: what it had is forgotten. */
    two = (eddy_group){0};
    CHECK(fails_in_group(&two, E3) == E3);
    CHECK(has_errors(&one, (int[]){E1, 0}) && has_errors(&two, (int[]){E3, 0}));
    long blocks = check_memory.blocks;
    for (int i = 0; i < 50; i++) {
        EDDY_GROUP(g);
        struct plan plan = {.result = E1};
        eddy_group_spawn(&g, child, &plan);
        CHECK(eddy_group_end(&g, 0) == E1);
    }
    CHECK(check_memory.blocks <= blocks + 8); /* a block's end forgets */
    return 0;
}

/* ---- cancellation ----------------------------------------------------------------------------------- */

static int cancelled_group(void *arg) {
    (void)arg;
    struct plan slow = {.sleep = ms(50)}, slower = {.sleep = ms(50), .cleanup = ms(3)};
    EDDY_GROUP(g);
    eddy_group_spawn(&g, child, &slow);
    eddy_group_spawn(&g, cancels_group, &g); /* a child does it */
    eddy_group_spawn(&g, child, &slower);
    CHECK(eddy_group_end(&g, 4) == 0);
    CHECK(slow.cancelled && slower.cancelled && eddy_now() == ms(5));
    CHECK(eddy_checkpoint() == 0);

    /* With an error of a child that was cancelled by it: that is what it ends with. */
    struct plan bad = {.sleep = ms(50), .cleanup_result = E2};
    EDDY_GROUP(second);
    eddy_group_spawn(&second, child, &bad);
    CHECK(eddy_yield() == 0);
    CHECK(eddy_group_cancel(&second) == 0);
    CHECK(eddy_group_cancel(&second) == 0); /* also if it is cancelled already */
    CHECK(eddy_group_end(&second, 0) == E2);

    /* A child cancelled before its first step never runs. */
    struct plan never = {.sleep = ms(1)};
    EDDY_GROUP(third);
    eddy_group_spawn_with(&third, child,
                          &(eddy_spawn_options){.arg = &never, .arg_free = count_free});
    freed = 0;
    CHECK(eddy_group_cancel(&third) == 0);
    CHECK(eddy_group_end(&third, EDDY_ECANCELED) == 0);
    CHECK(never.begun == 0 && freed == 1);
    return 0;
}

static int timed_out(void *arg) {
    (void)arg;
    struct plan slow = {.sleep = ms(50), .cleanup = ms(1)};
    EDDY_GROUP(body, .timeout = ms(2));
    eddy_group_spawn(&body, child, &slow);
    int rc = eddy_sleep(ms(50));
    CHECK(rc == EDDY_ECANCELED && eddy_now() == ms(2));
    CHECK(eddy_group_end(&body, rc) == EDDY_ETIMEDOUT);
    CHECK(slow.cancelled && eddy_now() == ms(3));

    slow = (struct plan){.sleep = ms(50)};
    EDDY_GROUP(in_end, .timeout = ms(2));
    eddy_group_spawn(&in_end, child, &slow);
    CHECK(eddy_group_end(&in_end, 1) == EDDY_ETIMEDOUT); /* also while it waits in end */
    CHECK(slow.cancelled && eddy_now() == ms(5));

    slow = (struct plan){.sleep = ms(50), .cleanup_result = E3};
    EDDY_GROUP(error, .timeout = ms(2));
    eddy_group_spawn(&error, child, &slow);
    CHECK(eddy_group_end(&error, 1) == E3); /* an error goes before the time-out */

    EDDY_GROUP(over, .timeout = EDDY_NOW);
    CHECK(eddy_result(eddy_group_spawn(&over, child, &slow)) == EDDY_ESTATE);
    CHECK(eddy_group_end(&over, eddy_yield()) == EDDY_ETIMEDOUT);

    /* In time. */
    struct plan quick = {.sleep = ms(1)};
    EDDY_GROUP(in_time, .timeout = ms(2));
    CHECK(eddy_deadline() == eddy_now() + ms(2));
    eddy_group_spawn(&in_time, child, &quick);
    CHECK(eddy_group_end(&in_time, 8) == 8);
    CHECK(eddy_deadline() == EDDY_FOREVER);
    return 0;
}

/* A group inside a scope whose deadline passes: the group says ECANCELED, the scope TIMEDOUT. */
static int inside_scope(void *arg) {
    (void)arg;
    struct plan slow = {.sleep = ms(50)};
    EDDY_SCOPE(limit, .timeout = ms(2));
    EDDY_GROUP(g, .timeout = ms(30));
    eddy_group_spawn(&g, child, &slow);
    int rc = eddy_group_end(&g, 0);
    CHECK(rc == EDDY_ECANCELED && slow.cancelled);
    CHECK(eddy_scope_end(&limit, rc) == EDDY_ETIMEDOUT);
    return 0;
}

static int cancelled_from_outside(void *arg) {
    (void)arg;
    struct plan plans[] = {{.sleep = ms(50), .cleanup = ms(4)}, {.sleep = ms(50)}};
    for (int in_end = 0; in_end < 2; in_end++) {
        eddy_time start = eddy_now();
        struct owner owner = {.children = plans, .count = 2, .body = in_end ? 0 : ms(90)};
        eddy_future *task = eddy_spawn(owns, &owner);
        CHECK(eddy_sleep(ms(1)) == 0);
        eddy_cancel(task);
        CHECK(eddy_await(task) == EDDY_ECANCELED);
        CHECK(owner.rc == EDDY_ECANCELED && eddy_now() == start + ms(5)); /* after the last */
    }

    /* A child's error goes before a cancellation from outside. */
    plans[0] = (struct plan){.sleep = ms(50), .cleanup_result = E1};
    struct owner owner = {.children = plans, .count = 2};
    eddy_future *task = eddy_spawn(owns, &owner);
    CHECK(eddy_sleep(ms(1)) == 0);
    eddy_cancel(task);
    CHECK(eddy_await(task) == E1);

    /* The last child has ended, its owner was not there yet: completion wins. */
    plans[0] = (struct plan){.sleep = ms(2)};
    owner = (struct owner){.children = plans, .count = 1};
    eddy_time when = eddy_now() + ms(2);
    task = eddy_spawn(owns, &owner);
    CHECK(eddy_sleep_until(when) == 0);
    CHECK(eddy_yield() == 0);
    eddy_cancel(task);
    CHECK(eddy_await(task) == 0 || owner.rc == 0);

    /* Cancelled twice while it waits, and once more in the cleanup of a child. */
    plans[0] = (struct plan){.sleep = ms(50), .cleanup = ms(4)};
    owner = (struct owner){.children = plans, .count = 1};
    task = eddy_spawn(owns, &owner);
    CHECK(eddy_sleep(ms(1)) == 0);
    eddy_cancel(task);
    eddy_cancel(task);
    CHECK(eddy_sleep(ms(1)) == 0);
    CHECK(owner.group && plans[0].cancelled && !plans[0].ended);
    eddy_cancel(task);
    CHECK(eddy_group_cancel(owner.group) == 0);
    CHECK(eddy_await(task) == EDDY_ECANCELED && plans[0].ended);
    return 0;
}

/* In a shield neither body nor children see a cancellation from outside. */
static int shielded_owner(void *arg) {
    struct plan *plan = arg;
    EDDY_SHIELD(shield);
    EDDY_GROUP(g);
    eddy_group_spawn(&g, child, plan);
    int rc = eddy_scope_end(&shield, eddy_group_end(&g, 0));
    CHECK(rc == 0);
    return eddy_sleep(1);
}

static int shields(void *arg) {
    (void)arg;
    struct plan plan = {.sleep = ms(5)};
    eddy_future *task = eddy_spawn(shielded_owner, &plan);
    CHECK(eddy_sleep(ms(1)) == 0);
    eddy_cancel(task);
    CHECK(eddy_await(task) == EDDY_ECANCELED);
    CHECK(plan.ended && !plan.cancelled && eddy_now() == ms(5));
    return 0;
}

static int nested(void *arg) {
    (void)arg;
    struct plan outer_child = {.sleep = ms(50)}, inner_child = {.sleep = ms(2), .result = E1};
    EDDY_GROUP(outer);
    eddy_group_spawn(&outer, child, &outer_child);
    EDDY_GROUP(inner);
    eddy_group_spawn(&inner, child, &inner_child);
    int rc = eddy_group_end(&inner, 0);
    CHECK(rc == E1 && !outer_child.cancelled); /* only the inner one failed */
    CHECK(eddy_checkpoint() == 0);
    CHECK(eddy_group_end(&outer, rc) == E1);
    CHECK(outer_child.cancelled);

    /* The outer one's cancellation reaches the inner one's children. */
    outer_child = (struct plan){.sleep = ms(1), .result = E2};
    inner_child = (struct plan){.sleep = ms(50)};
    EDDY_GROUP(around);
    eddy_group_spawn(&around, child, &outer_child);
    EDDY_GROUP(within);
    eddy_group_spawn(&within, child, &inner_child);
    rc = eddy_group_end(&within, 0);
    CHECK(rc == EDDY_ECANCELED && inner_child.cancelled);
    CHECK(eddy_group_end(&around, rc) == E2);
    return 0;
}

int main(void) {
    static const eddy_fn tests[] = {
        beginning,       cancelled_before_begin, handles,      eager_children,
        refused,         families,               outsiders,    foreign_end,
        going,           errors_in_order,        body_errors,  body_after_child,
        many_errors,     supervised,             nested,       cancelled_child,
        cancelled_group, timed_out,              inside_scope, cancelled_from_outside,
        shields,         kept_errors,
    };
    check_begin();
    eddy_set_report(note_report, NULL);
    group_run(tests, sizeof tests / sizeof *tests);
    return check_end();
}
