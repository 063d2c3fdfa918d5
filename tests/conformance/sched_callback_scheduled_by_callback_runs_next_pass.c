/* What becomes ready during a pass runs in the next one. */
#include "case.h"

static void print(void *name) {
    trace("%s", (const char *)name);
}

static void print_and_schedule(void *name) {
    print(name);
    eddy_call_soon(print, "a2");
}

static int body(void *arg) {
    (void)arg;
    eddy_call_soon(print_and_schedule, "a");
    eddy_call_soon(print, "b");
    int rc = eddy_yield();
    if (rc < 0) return rc;
    trace("pass1");
    rc = eddy_yield();
    trace("pass2");
    return rc;
}
