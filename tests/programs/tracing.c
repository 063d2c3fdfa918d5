/* tracing: what the calls of traces return, in which state; memory; wrong use. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* open_memstream: not every host has files */
#endif
#include "check.h"

static FILE *sink;

static int yields_often(void *arg) {
    (void)arg;
    int rc = 0;
    for (int i = 0; i < 10 && rc == 0; i++) rc = eddy_yield();
    return rc;
}

/* Beginning, changing and ending within steps, of one task and of others, also eager ones. */
static int records(void *arg) {
    (void)arg;
    int rc = eddy_trace_start(50);
    if (rc < 0) return rc;
    eddy_future *tasks[] = {eddy_spawn_opt(yields_often, .name = "named", .eager = true),
                            eddy_spawn(yields_often, NULL)};
    for (int i = 0; i < 6 && rc == 0; i++) {
        if (i == 3) rc = eddy_trace_start(10);
        if (i == 4) rc = eddy_trace_start(0);
        if (i == 5) rc = eddy_trace_start(20);
        int events = rc < 0 ? 0 : eddy_trace_write(sink);
        CHECK(i == 4 ? events == EDDY_ESTATE : events > 0 || events == EDDY_ENOMEM || rc < 0);
        if (rc == 0) rc = eddy_yield();
    }
    int all = eddy_gather_all(tasks, 2, NULL);
    eddy_release_all(tasks, 2);
    return rc < 0 ? rc : all;
}

static void without_memory(void) {
    bool failed = true;
    for (long call = 1; failed && CHECK(call < 1000); call++) {
        check_fail_at(call, false);
        int rc = eddy_run(records, NULL);
        failed = check_failed_once();
        check_fail_at(0, false);
        CHECK(rc == 0 || (failed && rc == EDDY_ENOMEM));
        CHECK(eddy_trace_start(0) == 0);
        CHECK(check_memory.blocks == 0);
    }
}

static int ends_recording(void *arg) {
    (void)arg;
    CHECK(eddy_trace_start(0) == 0);
    return yields_often(NULL);
}

static void wrong_use(void) {
    CHECK(eddy_trace_write(NULL) == EDDY_EINVAL);
    CHECK(eddy_trace_write(sink) == EDDY_ESTATE);
    CHECK(eddy_trace_start(0) == 0);
    CHECK(eddy_trace_start(SIZE_MAX) == EDDY_ENOMEM);
    CHECK(eddy_trace_start(SIZE_MAX / 64) == EDDY_ENOMEM);
    CHECK(eddy_trace_write(sink) == EDDY_ESTATE);
    CHECK(eddy_trace_start(5) == 0);
    CHECK(eddy_trace_start(SIZE_MAX) == EDDY_ENOMEM);
    CHECK(eddy_trace_write(sink) == 2); /* the old recording goes on; so far it has the head alone */
    CHECK(eddy_ps(NULL) == EDDY_EINVAL);
    CHECK(eddy_stacks(NULL) == EDDY_EINVAL);
    CHECK(eddy_tree(NULL) == EDDY_EINVAL);
    CHECK(eddy_ps(sink) == 0);
    CHECK(eddy_stacks(sink) == 0);
}

static void full_disk(void) {
#if defined(__linux__)
    FILE *full = fopen("/dev/full", "w");
    if (!CHECK(full != NULL)) return;
    CHECK(eddy_trace_write(full) == EDDY_EIO);
    fclose(full);
#endif
}

int main(void) {
    check_begin();
    char *text = NULL;
    size_t size;
    sink = open_memstream(&text, &size);
    if (!CHECK(sink != NULL)) return check_end();
    wrong_use();

    /* From run to run, then until the run's end. */
    CHECK(eddy_run(yields_often, NULL) == 0);
    CHECK(eddy_run(yields_often, NULL) == 0);
    CHECK(eddy_trace_write(sink) > 5);
    full_disk();
    CHECK(eddy_run(ends_recording, NULL) == 0);
    CHECK(eddy_run(records, NULL) == 0);
    CHECK(eddy_trace_start(0) == 0);
    without_memory();
    fclose(sink);
    free(text);
    return check_end();
}
