/* A generator waits in its consumer's name: cancelling that wakes it, and it cleans up. */
#include "case.h"

static int one_and_wait(void *arg) {
    (void)arg;
    int one = 1;
    int rc = eddy_emit(&one);
    if (rc == 0) rc = eddy_sleep(9 * EDDY_S);
    trace("gen-cleanup");
    return rc;
}

static int consumer(void *arg) {
    (void)arg;
    eddy_gen *numbers = eddy_gen_open(one_and_wait, NULL, sizeof(int));
    int value = 0, rc;
    while ((rc = eddy_gen_next(numbers, &value)) == 1) trace("%d", value);
    int closed = eddy_gen_close(numbers);
    return rc < 0 ? rc : closed;
}

static int body(void *arg) {
    (void)arg;
    eddy_future *task = eddy_spawn(consumer, NULL);
    int rc = passes(2);
    if (rc < 0) return rc;
    eddy_cancel(task);
    trace("%s", outcome(eddy_await(task)));
    return 0;
}
