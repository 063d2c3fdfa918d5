/* run.c: the ways to run the loop. */
#include "internal.h"

#define loop eddy__the_loop

/* A guest's loop must not wait, unless waiting is but moving a virtual clock. */
static bool may_drive(void) {
    return !EDDY__GUEST || loop.is_virtual;
}

int eddy_run(eddy_fn fn, void *arg) {
    if (!may_drive() || loop.runner_open) return EDDY_ESTATE;
    int rc = eddy__loop_begin(fn, arg);
    return rc < 0 ? rc : eddy__loop_drive();
}

int eddy_start(eddy_fn fn, void *arg, void (*on_end)(int result, void *ctx), void *ctx) {
    if (!EDDY__GUEST || loop.runner_open) return EDDY_ESTATE;
    int rc = eddy__loop_begin(fn, arg);
    if (rc < 0) return rc;
    loop.on_end = on_end;
    loop.on_end_ctx = ctx;
    return 0;
}

int eddy_runner_open(eddy_runner *r) {
    if (!r) return EDDY_EINVAL;
    if (!may_drive() || loop.runner_open || loop.phase != EDDY__IDLE) return EDDY_ESTATE;
    r->open = loop.runner_open = true;
    return 0;
}

int eddy_runner_run(eddy_runner *r, eddy_fn fn, void *arg) {
    if (!r || !r->open) return EDDY_ESTATE;
    int rc = eddy__loop_begin(fn, arg);
    if (rc < 0) return rc;
    loop.keep_tasks = true;
    return eddy__loop_drive();
}

int eddy_runner_close(eddy_runner *r) {
    if (!r || !r->open || loop.phase != EDDY__IDLE || loop.sync) return EDDY_ESTATE;
    r->open = loop.runner_open = false;
    eddy__loop_begin_end();
    (void)eddy__loop_drive();
    return 0;
}
