/* timeout.c: a call under a deadline. */
#include "internal.h"

int eddy__timeout(const char *site, eddy_time duration, eddy_fn fn, void *arg) {
    int rc = eddy__checkpoint(site);
    if (rc < 0) return rc;
    if (!fn) return EDDY_EINVAL;
    if (duration <= 0) return EDDY_ETIMEDOUT;
    eddy_scope scope = {0};
    eddy_scope_options options = {.timeout = duration};
    rc = eddy__scope_begin(site, &scope, &options);
    return eddy_scope_end(&scope, rc < 0 ? rc : fn(arg));
}

int(eddy_timeout)(eddy_time duration, eddy_fn fn, void *arg) {
    return eddy__timeout(NULL, duration, fn, arg);
}
