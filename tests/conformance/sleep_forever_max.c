/* The longest sleep there is does not overflow into the past. */
#include "case.h"

static int body(void *arg) {
    (void)arg;
    EDDY_SCOPE(limit, .timeout = 1 * EDDY_S);
    int rc = eddy_scope_end(&limit, eddy_sleep(INT64_MAX));
    trace("%s %s", outcome(rc), now());
    return 0;
}
