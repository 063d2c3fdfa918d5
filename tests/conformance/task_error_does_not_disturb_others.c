/* A task that fails leaves its siblings alone, and its error waits to be read. */
#include "case.h"

static int bad(void *arg) {
    (void)arg;
    return E1;
}

static int good(void *arg) {
    (void)arg;
    int rc = eddy_sleep(10 * EDDY_MS);
    return rc < 0 ? rc : 5;
}

static int body(void *arg) {
    (void)arg;
    eddy_future *b = eddy_spawn(bad, NULL);
    eddy_future *g = eddy_spawn(good, NULL);
    trace("%s", outcome(eddy_await(g)));
    trace("%s", state(b));
    eddy_release(b);
    return 0;
}
