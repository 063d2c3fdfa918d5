/* There is no result to read before a future is done. */
#include "case.h"

static int body(void *arg) {
    (void)arg;
    eddy_future *f = eddy_future_new();
    trace("%s", outcome(eddy_result(f)));
    eddy_cancel(f);
    eddy_release(f);
    return 0;
}
