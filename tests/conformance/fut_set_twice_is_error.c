/* A future is resolved once; what comes later is refused and changes nothing. */
#include "case.h"

static int body(void *arg) {
    (void)arg;
    eddy_future *f = eddy_future_new();
    eddy_resolve(f, 1);
    trace("%s", outcome(eddy_resolve(f, 2)));
    trace("%s", outcome(eddy_reject(f, E1, NULL)));
    int requested = eddy_cancel(f);
    trace("%s %d", boolean(requested == 1), eddy_result(f));
    eddy_release(f);
    return 0;
}
