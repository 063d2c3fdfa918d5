/* R8: every blocking call looks for cancellation first, even if it would not have to wait. */
#include "case.h"

static int body(void *arg) {
    (void)arg;
    eddy_future *f = eddy_future_new();
    eddy_resolve(f, 'v');
    EDDY_SCOPE(limit, .timeout = EDDY_NOW);
    int rc = eddy_scope_end(&limit, eddy_join(f));
    trace("%s", outcome_of(rc, "v"));
    eddy_release(f);
    return 0;
}
