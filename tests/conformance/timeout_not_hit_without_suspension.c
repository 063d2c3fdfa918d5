/* A deadline that passes while nobody waits is not seen: what was done, is done. */
#include "case.h"

static int body(void *arg) {
    (void)arg;
    EDDY_SCOPE(limit, .timeout = 10 * EDDY_MS);
    eddy_clock_advance(1 * EDDY_S);
    int rc = eddy_scope_end(&limit, 0);
    trace("%s %s", rc == 0 ? "no-error" : outcome(rc), boolean(eddy_scope_expired(&limit)));
    return 0;
}
