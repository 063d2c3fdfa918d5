/* gather.c: all results, or the first error. */
#include "internal.h"

/* The first error among those that have ended, in order of the arguments: the first to have arrived
 * as far as the caller can tell. 0: none; *failed is NULL for a NULL future. */
static int first_error(eddy_future *const f[], size_t n, bool *pending, eddy_future **failed) {
    int rc = 0;
    *pending = false;
    *failed = NULL;
    for (size_t i = 0; i < n; i++) {
        if (f[i] && f[i]->state == EDDY_PENDING) {
            *pending = true;
        } else if (rc == 0 && (!f[i] || f[i]->result < 0)) {
            rc = f[i] ? f[i]->result : EDDY_ENOMEM;
            *failed = f[i];
        }
    }
    return rc;
}

static void fill(eddy_future *const f[], size_t n, int results[], bool collect) {
    if (!results && !collect) return;
    for (size_t i = 0; i < n; i++) {
        if (f[i] && f[i]->state != EDDY_PENDING) eddy__future_read(f[i]);
        if (!results) continue;
        results[i] = !f[i] ? EDDY_ENOMEM
                     : f[i]->state == EDDY_PENDING ? EDDY_ESTATE
                                                   : f[i]->result;
    }
}

static int wait_for_all(const char *site, eddy_future *const f[], size_t n, bool collect) {
    bool pending;
    eddy_future *failed, *last;
    int rc = first_error(f, n, &pending, &failed);
    if (rc < 0 && !collect) {
        if (failed) eddy__future_deliver(failed, eddy__current);
        return rc;
    }
    if (!pending) return 0;
    eddy__many_mode mode = collect ? EDDY__MANY_ALL : EDDY__MANY_FIRST_BAD;
    rc = eddy__many_wait(site, f, n, mode, true, EDDY_FOREVER, &last);
    if (last) return collect || rc > 0 ? 0 : rc;
    if (rc == EDDY_ECANCELED) eddy__many_stop(site, f, n);
    return rc;
}

static int gather(const char *site, eddy_future *const f[], size_t n, int results[],
                  bool collect) {
    int rc = eddy__checkpoint(site);
    if (rc == EDDY_ESTATE) return rc;
    if (n && !f) return rc < 0 ? rc : EDDY_EINVAL;
    if (eddy__many_has_current(f, n)) return EDDY_ESTATE; /* it could not wait for the last to end */
    if (rc == EDDY_ECANCELED)
        eddy__many_stop(site, f, n);
    else
        rc = wait_for_all(site, f, n, collect);
    fill(f, n, results, collect);
    return rc;
}

int eddy__gather(const char *site, eddy_future *const f[], size_t n, int results[]) {
    return gather(site, f, n, results, false);
}

int eddy__gather_all(const char *site, eddy_future *const f[], size_t n, int results[]) {
    return gather(site, f, n, results, true);
}

int(eddy_gather)(eddy_future *const f[], size_t n, int results[]) {
    return eddy__gather(NULL, f, n, results);
}
int(eddy_gather_all)(eddy_future *const f[], size_t n, int results[]) {
    return eddy__gather_all(NULL, f, n, results);
}
