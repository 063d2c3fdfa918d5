/* Callbacks of a future run later, in the order they were added, never inside the resolver. */
#include "case.h"

static void with_result(eddy_future *f, void *name) {
    trace("%s %d", (const char *)name, eddy_result(f));
}

static void plain(eddy_future *f, void *name) {
    (void)f;
    trace("%s", (const char *)name);
}

static int body(void *arg) {
    (void)arg;
    eddy_future *f = eddy_future_new();
    eddy_on_done(f, with_result, "cb1");
    eddy_on_done(f, plain, "cb2");
    eddy_resolve(f, 7);
    trace("set");
    int rc = eddy_yield();
    if (rc < 0) return rc;

    eddy_on_done(f, plain, "late");
    trace("added");
    rc = eddy_yield();
    trace("end");
    eddy_release(f);
    return rc;
}
