/* offload.c: functions that run in workers: checks here, the workers at the host. */
#include "../core/internal.h"

int eddy__offload(const char *site, eddy_fn fn, const void *arg, size_t arg_size, void *result,
                  size_t result_size) {
    int rc = eddy__checkpoint(site);
    if (rc < 0) return rc;
    if (!fn) return eddy__call_failed(EDDY_EINVAL, "eddy_offload: no function");
    if ((!arg && arg_size) || (!result && result_size))
        return eddy__call_failed(EDDY_EINVAL, "eddy_offload: a NULL that has a size");
    eddy__op op;
    rc = eddy__op_begin(&op, "a worker");
    if (rc < 0) return rc;
    eddy__offload_job job = {fn, arg, arg_size, result, result_size};
    rc = eddy__host_offload(eddy__op_index(&op), eddy__op_generation(&op), &job);
    if (rc < 0) {
        if (rc == EDDY_ESTATE)
            eddy__call_failed(rc, "eddy_offload: a worker has no workers of its own");
        return eddy__op_refused(&op, rc, "workers", "eddy_offload: call the function itself");
    }
    return eddy__op_wait(site, &op);
}

int(eddy_offload)(eddy_fn fn, const void *arg, size_t arg_size, void *result, size_t result_size) {
    return eddy__offload(NULL, fn, arg, arg_size, result, result_size);
}

int eddy_offload_limit(size_t workers) {
    return eddy__host_offload_limit(workers);
}
