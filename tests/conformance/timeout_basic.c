/* A scope's deadline ends the sleep inside it and becomes EDDY_ETIMEDOUT at its end. */
#include "case.h"

static int limited(void) {
    EDDY_SCOPE(limit, .timeout = 10 * EDDY_MS);
    return eddy_scope_end(&limit, eddy_sleep(9 * EDDY_S));
}

static int body(void *arg) {
    (void)arg;
    int rc = limited();
    trace("%s %s", outcome(rc), now());
    return 0;
}
