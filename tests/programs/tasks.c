/* The life of a task: eager spawns, arguments and who frees them, values, callbacks, handles, and how
 * often a call may return without giving way to others. */
#include "check.h"

static const eddy_time second = EDDY_S;

/* ---- eager --------------------------------------------------------------------------------------------- */

static eddy_future *seen_current;
static char steps[40];

static void step(const char *name) {
    strncat(steps, name, sizeof steps - strlen(steps) - 1);
}

static int two_steps(void *arg) {
    seen_current = eddy_current();
    step(arg);
    int rc = eddy_yield();
    step(arg);
    return rc;
}

static int nests(void *arg) {
    (void)arg;
    step("(");
    eddy_future *inner = eddy_spawn_opt(two_steps, .arg = "i", .eager = true);
    step(")");
    return eddy_await(inner);
}

static int at_once(void *arg) {
    (void)arg;
    return eddy_fail(E1, "failed at once");
}

static int eager(void *arg) {
    (void)arg;
    eddy_future *me = eddy_current();
    eddy_future *task = eddy_spawn_opt(two_steps, .arg = "e", .eager = true, .name = "eager one");
    CHECK(!strcmp(steps, "e"));
    CHECK(seen_current == task && eddy_current() == me);
    CHECK(!strcmp(eddy_name(task), "eager one"));
    CHECK(!eddy_done(task));
    CHECK(eddy_await(task) == 0);
    CHECK(!strcmp(steps, "ee"));

    steps[0] = 0;
    task = eddy_spawn_opt(nests, .eager = true);
    CHECK(!strcmp(steps, "(i)"));
    CHECK(eddy_current() == me);
    CHECK(eddy_await(task) == 0);

    task = eddy_spawn_opt(at_once, .eager = true);
    CHECK(eddy_done(task) && eddy_result(task) == E1);
    CHECK(!strcmp(eddy_message(task), "failed at once"));
    eddy_release(task);

    /* R5 does not apply, its first step has run; R2 does: its yield counts as handed over. */
    steps[0] = 0;
    task = eddy_spawn_opt(two_steps, .arg = "x", .eager = true);
    eddy_cancel(task);
    CHECK(eddy_await(task) == 0);
    CHECK(!strcmp(steps, "xx"));
    return 0;
}

/* ---- arguments ------------------------------------------------------------------------------------------- */

struct argument {
    int number;
    int *freed;
};

static void count_free(void *arg) {
    struct argument *a = arg;
    CHECK(a->number == 7);
    ++*a->freed;
    CHECK(eddy_current() == NULL);
    CHECK(eddy_sleep(1) == EDDY_ESTATE);
}

static int checks_argument(void *arg) {
    struct argument *a = arg;
    CHECK(a->number == 7);
    int rc = eddy_sleep(EDDY_MS);
    CHECK(a->number == 7 && *a->freed == 0);
    return rc;
}

static int ends_at_once(void *arg) {
    return ((struct argument *)arg)->number;
}

static int has_no_argument(void *arg) {
    return CHECK(arg == NULL) ? 0 : E1;
}

static int arguments(void *arg) {
    (void)arg;
    int freed = 0;
    struct argument a = {7, &freed};
    eddy_spawn_options copied = {.arg = &a, .arg_size = sizeof a, .arg_free = count_free};

    eddy_future *task = eddy_spawn_with(checks_argument, &copied);
    a.number = 8; /* the task has a copy */
    CHECK(eddy_join(task) == 0 && freed == 1);
    eddy_release(task);
    CHECK(freed == 1);

    a.number = 7;
    freed = 0;
    task = eddy_spawn_with(checks_argument, &copied);
    eddy_cancel(task); /* R5: never runs, but the argument is freed */
    CHECK(eddy_await(task) == EDDY_ECANCELED && freed == 1);

    freed = 0;
    task = eddy_spawn_opt(checks_argument, .arg = &a, .arg_free = count_free);
    CHECK(eddy_yield() == 0);
    eddy_cancel(task);
    CHECK(eddy_await(task) == EDDY_ECANCELED && freed == 1);

    freed = 0;
    CHECK(eddy_spawn_opt(NULL, .arg = &a, .arg_free = count_free) == NULL);
    CHECK(freed == 1);

    /* It ends inside the spawn: what is freed then runs on the spawner's stack. */
    freed = 0;
    task = eddy_spawn_opt(ends_at_once, .arg = &a, .arg_free = count_free, .eager = true);
    CHECK(eddy_done(task) && freed == 1);
    CHECK(eddy_await(task) == 7);

    /* Of NULL there is no copy. */
    task = eddy_spawn_opt(has_no_argument, .arg_size = sizeof a, .name = "none");
    CHECK(eddy_await(task) == 0);

    /* Left over at the end of the run: see after_the_run. */
    static int freed_later;
    static struct argument later = {7, &freed_later};
    eddy_release(eddy_spawn_opt(checks_argument, .arg = &later, .arg_free = count_free));
    return 0;
}

/* ---- values ------------------------------------------------------------------------------------------------ */

static int freed_values;

static void free_value(void *value) {
    free(value);
    freed_values++;
}

static int makes_text(void *arg) {
    for (int i = 0; i < 2; i++) { /* the second replaces the first */
        char *text = malloc(20);
        if (!text) return EDDY_ENOMEM;
        snprintf(text, 20, "%s %d", (char *)arg, i);
        CHECK(eddy_set_value(text, free_value) == 0);
    }
    return 3;
}

static int values(void *arg) {
    (void)arg;
    eddy_future *task = eddy_spawn(makes_text, "text");
    CHECK(eddy_value(task) == NULL);
    CHECK(eddy_join(task) == 3);
    CHECK(freed_values == 1);
    CHECK(!strcmp(eddy_value(task), "text 1"));
    eddy_future *again = eddy_retain(task);
    eddy_release(task);
    CHECK(freed_values == 1 && !strcmp(eddy_value(again), "text 1"));
    eddy_release(again);
    CHECK(freed_values == 2);

    eddy_future *f = eddy_future_new();
    int *number = malloc(sizeof *number);
    CHECK(eddy_resolve_value(f, 0, number, free_value) == 0);
    CHECK(eddy_value(f) == number);
    CHECK(eddy_resolve_value(f, 0, number, free_value) == EDDY_ESTATE);
    eddy_release(f);
    CHECK(freed_values == 3);
    return 0;
}

/* ---- callbacks and handles ------------------------------------------------------------------------------------ */

static int called;

static void on_done(eddy_future *f, void *ctx) {
    called++;
    CHECK(eddy_done(f) && eddy_result(f) == 5);
    CHECK(ctx == &called);
    CHECK(eddy_current() == NULL);
}

static int callbacks(void *arg) {
    (void)arg;
    eddy_future *f = eddy_future_new();
    for (int i = 0; i < 3; i++) CHECK(eddy_on_done(f, on_done, &called) == 0);
    CHECK(eddy_off_done(f, on_done, f) == 0);
    CHECK(eddy_off_done(f, on_done, &called) == 3);
    CHECK(eddy_on_done(f, on_done, &called) == 0);
    CHECK(eddy_resolve(f, 5) == 0);
    eddy_release(f); /* the callback still gets it */
    CHECK(called == 0);
    CHECK(eddy_yield() == 0);
    CHECK(called == 1);

    f = eddy_future_new();
    CHECK(eddy_on_done(f, on_done, &called) == 0);
    eddy_release(f); /* nobody can resolve it any more */
    return 0;
}

static int finished;

static int finishes(void *arg) {
    (void)arg;
    int rc = eddy_sleep(EDDY_MS);
    finished++;
    return rc;
}

static int handles(void *arg) {
    (void)arg;
    eddy_release(eddy_spawn(finishes, NULL)); /* detached, not cancelled */
    CHECK(eddy_sleep(2 * EDDY_MS) == 0);
    CHECK(finished == 1);

    /* Cancelled while it waits: eddy_await ends the task it alone holds; a shared one goes on. */
    static eddy_time length = EDDY_S;
    eddy_future *mine = eddy_spawn(sleeps, &length), *shared = eddy_spawn(sleeps, &length);
    eddy_future *other = eddy_retain(shared);
    EDDY_SCOPE(limit, .timeout = EDDY_MS);
    CHECK(eddy_await(mine) == EDDY_ECANCELED);
    CHECK(eddy_await(shared) == EDDY_ECANCELED);
    CHECK(eddy_scope_end(&limit, EDDY_ECANCELED) == EDDY_ETIMEDOUT);
    CHECK(!eddy_done(other) && !eddy_cancel_requested(other));
    CHECK(eddy_join(other) == 0);
    eddy_release(other);
    return 0;
}

/* ---- R8: the budget ---------------------------------------------------------------------------------------------- */

static bool other_ran;

static int other(void *arg) {
    (void)arg;
    other_ran = true;
    return 0;
}

static int budget(void *arg) {
    (void)arg;
    eddy_future *done = eddy_future_new();
    eddy_resolve(done, 1);
    CHECK(eddy_yield() == 0);
    CHECK(eddy_go(other, NULL) == 0);
    for (int i = 0; i < 255; i++) CHECK(eddy_join(done) == 1);
    CHECK(!other_ran);
    CHECK(eddy_join(done) == 1); /* the 256th call in a row that did not suspend */
    CHECK(other_ran);
    eddy_release(done);
    return 0;
}

/* A task that is cancelled counts the same way, so that it cannot starve the others either. */
static int budget_of_the_cancelled(void *arg) {
    (void)arg;
    CHECK(eddy_yield() == 0);
    other_ran = false;
    CHECK(eddy_go(other, NULL) == 0);
    EDDY_SCOPE(gone, .timeout = EDDY_NOW);
    int calls = 0;
    while (!other_ran && calls < 1000) {
        CHECK(eddy_sleep(second) == EDDY_ECANCELED);
        calls++;
    }
    CHECK(calls == 256);
    CHECK(eddy_scope_end(&gone, 0) == 0);
    return 0;
}

int main(void) {
    check_begin();
    static const eddy_fn runs[] = {
        eager, arguments, values, callbacks, handles, budget, budget_of_the_cancelled,
    };
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) check_run(runs[i]);
    CHECK(finished == 1);
    return check_end();
}
