/* cond_wait_for.c: the compound call that waits on a condition until something holds. */
#include "lock.h"

int eddy__cond_wait_for(const char *site, eddy_cond *c, eddy_lock *l, bool (*predicate)(void *ctx),
                        void *ctx) {
    int rc = eddy__checkpoint(site);
    if (rc < 0) return rc;
    if (!c || !l || !predicate) return EDDY_EINVAL;
    if (!eddy__lock_is_held_by(l, eddy__current)) return EDDY_ESTATE;
    while (rc == 0 && !predicate(ctx)) rc = eddy__cond_wait(site, c, l);
    return rc;
}

int(eddy_cond_wait_for)(eddy_cond *c, eddy_lock *l, bool (*predicate)(void *ctx), void *ctx) {
    return eddy__cond_wait_for(NULL, c, l, predicate, ctx);
}
