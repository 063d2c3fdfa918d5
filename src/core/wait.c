/* wait.c: until some or all of several futures have ended, without touching them. */
#include "internal.h"

/* What the mode asks for, among those that have ended already. */
static bool holds(eddy_future *const f[], size_t n, eddy_wait_mode mode) {
    size_t done = 0;
    for (size_t i = 0; i < n; i++) {
        if (!eddy_done(f[i])) continue;
        done++;
        eddy_state state = eddy_future_state(f[i]);
        if (mode == EDDY_FIRST_DONE) return true;
        if (mode == EDDY_FIRST_ERROR && state == EDDY_FAILED) return true;
    }
    return done == n;
}

static int count_done(eddy_future *const f[], size_t n) {
    int done = 0;
    for (size_t i = 0; i < n; i++) done += eddy_done(f[i]);
    return done;
}

int eddy__wait(const char *site, eddy_future *const f[], size_t n, eddy_wait_mode mode,
               eddy_time timeout) {
    static const eddy__many_mode modes[] = {
        [EDDY_FIRST_DONE] = EDDY__MANY_FIRST,
        [EDDY_FIRST_ERROR] = EDDY__MANY_FIRST_ERROR,
        [EDDY_ALL_DONE] = EDDY__MANY_ALL,
    };
    int rc = eddy__checkpoint(site);
    if (rc < 0) return rc;
    if (!f || !n || (unsigned)mode > EDDY_ALL_DONE) return EDDY_EINVAL;
    if (eddy__many_has_current(f, n)) return EDDY_ESTATE;
    if (holds(f, n, mode) || timeout <= 0) return count_done(f, n);
    eddy_future *last;
    rc = eddy__many_wait(site, f, n, modes[mode], false, timeout, &last);
    if (!last && rc != EDDY_ETIMEDOUT) return rc;
    return count_done(f, n);
}

int(eddy_wait)(eddy_future *const f[], size_t n, eddy_wait_mode mode, eddy_time timeout) {
    return eddy__wait(NULL, f, n, mode, timeout);
}
