/* R10: which errors are reported, when, with what, and that it is once. */
#include "check.h"

static int reports;
static struct {
    int code, line;
    char message[100], task[40], file[100];
} last;

static void keep(const eddy_report *report, void *ctx) {
    CHECK(ctx == &reports);
    CHECK(eddy_current() == NULL);
    reports++;
    last.code = report->code;
    last.line = report->line;
    snprintf(last.message, sizeof last.message, "%s", report->message);
    snprintf(last.task, sizeof last.task, "%s", report->task ? report->task : "(none)");
    snprintf(last.file, sizeof last.file, "%s", report->file);
}

static int fails(void *arg) {
    return eddy_fail(E1, "no %s left", (const char *)arg);
}

static int fails_later(void *arg) {
    (void)arg;
    int rc = eddy_sleep(EDDY_MS);
    return rc < 0 ? rc : E2;
}

static int joins(void *arg) {
    return eddy_join(arg);
}

/* A task without handles: at once, with everything one wants to know. */
static int detached(void *arg) {
    (void)arg;
    reports = 0;
    int line = __LINE__ + 1;
    CHECK(eddy_go(fails, "milk") == 0);
    CHECK(eddy_yield() == 0);
    CHECK(reports == 1);
    CHECK(last.code == E1 && last.line == line);
    CHECK(!strcmp(last.message, "no milk left"));
    CHECK(!strcmp(last.task, "fails"));
    CHECK(strstr(last.file, "reports.c") != NULL);

    eddy_release(eddy_spawn_opt(fails, .arg = "tea", .name = "kettle"));
    CHECK(reports == 1);
    CHECK(eddy_yield() == 0);
    CHECK(reports == 2 && !strcmp(last.task, "kettle"));
    return 0;
}

/* With a handle: inside the release that drops the last one. */
static int dropped(void *arg) {
    (void)arg;
    reports = 0;
    eddy_future *task = eddy_spawn(fails, "milk"), *again = eddy_retain(task);
    CHECK(eddy_yield() == 0);
    eddy_release(task);
    CHECK(reports == 0);
    eddy_release(again);
    CHECK(reports == 1);

    eddy_future *f = eddy_future_new();
    CHECK(eddy_reject(f, E2, "rejected") == 0);
    eddy_release(f);
    CHECK(reports == 2 && last.code == E2 && !strcmp(last.message, "rejected"));
    return 0;
}

/* Read is read: by asking for result or message, by join, await, gather. Looking at the state is not
 * reading, and neither is a callback. */
static void ignore_done(eddy_future *f, void *ctx) {
    (void)f;
    (void)ctx;
}

static int read_in_every_way(void *arg) {
    (void)arg;
    reports = 0;
    eddy_future *f[6];
    for (int i = 0; i < 6; i++) f[i] = eddy_spawn(fails, "milk");
    CHECK(eddy_yield() == 0);
    CHECK(eddy_result(f[0]) == E1);
    CHECK(eddy_message(f[1])[0] == 'n');
    CHECK(eddy_join(f[2]) == E1);
    CHECK(!strcmp(eddy_last_message(), "no milk left"));
    CHECK(eddy_gather(&f[3], 1, NULL) == E1);
    CHECK(eddy_gather_all(&f[4], 1, NULL) == 0);
    CHECK(eddy_stop(f[5]) == E1);
    eddy_release_all(f, 6);
    CHECK(eddy_await(eddy_spawn(fails, "milk")) == E1);
    CHECK(reports == 0);

    eddy_future *task = eddy_spawn(fails, "milk");
    CHECK(eddy_on_done(task, ignore_done, NULL) == 0);
    CHECK(eddy_sleep(EDDY_MS) == 0);
    CHECK(eddy_future_state(task) == EDDY_FAILED && eddy_done(task));
    eddy_release(task);
    CHECK(reports == 1);
    return 0;
}

/* gather returns the first error; a second one is nobody's. */
static int second_error_of_gather(void *arg) {
    (void)arg;
    reports = 0;
    eddy_future *f[] = {eddy_spawn(fails, "milk"), eddy_spawn(fails_later, NULL)};
    int results[2];
    CHECK(eddy_gather(f, 2, results) == E1);
    CHECK(results[0] == E1 && results[1] == EDDY_ESTATE);
    CHECK(eddy_sleep(EDDY_S) == 0);
    eddy_release_all(f, 2);
    CHECK(reports == 1 && last.code == E2);
    return 0;
}

/* Cancellation is no error, and a task cancelled before it ran neither. */
static int cancellations(void *arg) {
    (void)arg;
    reports = 0;
    eddy_future *task = eddy_spawn(fails_later, NULL), *never = eddy_spawn(fails, "milk");
    eddy_cancel(never);
    CHECK(eddy_yield() == 0);
    eddy_cancel(task);
    CHECK(eddy_yield() == 0);
    eddy_release(task);
    eddy_release(never);
    CHECK(reports == 0);
    return 0;
}

/* A text travels with its error through joins, and only with its own. */
static int texts(void *arg) {
    (void)arg;
    eddy_future *inner = eddy_spawn(fails, "milk"), *outer = eddy_spawn(joins, inner);
    CHECK(eddy_join(outer) == E1);
    CHECK(!strcmp(eddy_message(outer), "no milk left"));
    CHECK(!strcmp(eddy_last_message(), "no milk left"));
    eddy_release(outer);
    eddy_release(inner);
    eddy_future *plain = eddy_spawn(fails_later, NULL);
    CHECK(eddy_join(plain) == E2);
    CHECK(eddy_message(plain)[0] == 0 && eddy_last_message()[0] == 0);
    eddy_release(plain);
    return 0;
}

static eddy_future *held;

static int holds_at_the_end(void *arg) {
    (void)arg;
    reports = 0;
    held = eddy_spawn(fails, "milk");
    return eddy_yield();
}

static void release_then_keep(const eddy_report *report, void *ctx) {
    eddy_release(held);
    keep(report, ctx);
}

static void at_the_end_of_a_run(void) {
    check_fail_at(0, false);
    CHECK(eddy_run(holds_at_the_end, NULL) == 0);
    CHECK(reports == 1); /* although a handle is still held … */
    eddy_release(held);
    CHECK(reports == 1); /* … then not again */

    /* The callback lets go of the very future that it is told of. */
    eddy_set_report(release_then_keep, &reports);
    CHECK(eddy_run(holds_at_the_end, NULL) == 0);
    CHECK(reports == 1 && !strcmp(last.message, "no milk left"));
    eddy_set_report(keep, &reports);
}

int main(void) {
    check_begin();
    eddy_set_report(keep, &reports);
    static const eddy_fn runs[] = {
        detached, dropped, read_in_every_way, second_error_of_gather, cancellations, texts,
    };
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) check_run(runs[i]);
    at_the_end_of_a_run();
    return check_end();
}
