/* Callbacks run in order; one that was cancelled (twice does no harm) does not run. */
#include "case.h"

static void print(void *name) {
    trace("%s", (const char *)name);
}

static int body(void *arg) {
    (void)arg;
    static char *const names[] = {"a", "b", "c", "d"};
    eddy_call calls[4];
    for (int i = 0; i < 4; i++) calls[i] = eddy_call_soon(print, names[i]);
    eddy_call_cancel(calls[1]);
    eddy_call_cancel(calls[1]);
    int rc = eddy_yield();
    trace("end");
    return rc;
}
