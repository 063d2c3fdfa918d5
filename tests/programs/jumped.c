/* R1: a scope whose function was left without its end and without the net of EDDY_SCOPE, by longjmp or
 * because somebody forgot: at the next blocking call it lies below the stack pointer, is unlinked,
 * reported, and cancels nobody. By then its memory may belong to somebody else. */
#include "check.h"

static int reports;
static char last_report[200];

static void keep_report(const eddy_report *report, void *ctx) {
    (void)ctx;
    reports++;
    snprintf(last_report, sizeof last_report, "%s", report->message);
}

__attribute__((noinline)) static void forget(const char *name) {
    eddy_scope s = {0};
    CHECK(eddy_scope_begin(&s, &(eddy_scope_options){.timeout = 5 * EDDY_MS, .name = name}) == 0);
}

/* What any later call does to the memory below the stack pointer. */
__attribute__((noinline)) static int overwrite(void) {
    volatile unsigned char frame[1000];
    for (size_t i = 0; i < sizeof frame; i++) frame[i] = 0xee;
    return frame[17];
}

static int ends_slowly(void *arg) {
    (void)arg;
    EDDY_SHIELD(s);
    return eddy_scope_end(&s, eddy_sleep(10 * EDDY_MS));
}

static int emits_and_ends_slowly(void *arg) {
    (void)eddy_emit(NULL);
    return ends_slowly(arg);
}

static int body(void *arg) {
    (void)arg;
    EDDY_SCOPE(around, .timeout = EDDY_S);
    forget("forgotten");
    CHECK(overwrite() == 0xee);
    CHECK(eddy_sleep(10 * EDDY_MS) == 0);
    CHECK(reports == 1);
    CHECK(strstr(last_report, "forgotten") != NULL);
    CHECK(eddy_deadline() == EDDY_S);
    CHECK(eddy_scope_end(&around, eddy_sleep(2 * EDDY_S)) == EDDY_ETIMEDOUT);

    /* Also by the calls that look for no cancellation. */
    eddy_future *task = eddy_spawn(ends_slowly, NULL);
    CHECK(eddy_yield() == 0);
    forget("forgotten before a stop");
    CHECK(eddy_stop(task) == 0);
    CHECK(reports == 2 && strstr(last_report, "before a stop"));
    eddy_release(task);

    eddy_gen *g = eddy_gen_open(emits_and_ends_slowly, NULL, 0);
    CHECK(eddy_gen_next(g, NULL) == 1);
    forget("forgotten before a close");
    CHECK(eddy_gen_close(g) == 0);
    CHECK(reports == 3 && strstr(last_report, "before a close"));

    /* Also if the task ends first. */
    forget("forgotten at the end");
    CHECK(overwrite() == 0xee);
    return 0;
}

int main(void) {
    check_begin();
    eddy_set_report(keep_report, NULL);
    check_run(body);
    return check_end();
}
