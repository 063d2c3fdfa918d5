/* Cancelling a scope ends what is inside it, and the task goes on after it. */
#include "case.h"

static int sibling(void *arg) {
    const eddy_scope_ref *scope = arg;
    int rc = eddy_sleep(10 * EDDY_MS);
    return rc < 0 ? rc : eddy_scope_ref_cancel(*scope);
}

static int body(void *arg) {
    (void)arg;
    EDDY_SCOPE(scope);
    static eddy_scope_ref reference; /* the sibling may outlive this task */
    reference = eddy_scope_share(&scope);
    int rc = eddy_go(sibling, &reference);
    if (rc == 0) rc = eddy_sleep(9 * EDDY_S);
    rc = eddy_scope_end(&scope, rc);
    trace("%s %s", outcome(rc), now());

    rc = eddy_sleep(10 * EDDY_MS);
    trace("%s %s", outcome(rc), now());
    return rc;
}
