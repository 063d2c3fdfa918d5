/* A cancellation made before a scope begins is kept. */
#include "case.h"

static int body(void *arg) {
    (void)arg;
    eddy_scope scope = {0};
    eddy_scope_cancel(&scope);
    int rc = eddy_scope_begin(&scope, NULL);
    if (rc < 0) return rc;
    rc = eddy_sleep(1 * EDDY_S);
    trace("%s", outcome(rc));
    trace("%s", outcome(eddy_scope_end(&scope, rc)));
    return 0;
}
