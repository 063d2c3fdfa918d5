/* absent-offload.c: the host calls of workers on hosts that have none. */
#include "../host.h"

int eddy__host_offload(uint32_t op, uint32_t generation, const eddy__offload_job *job) {
    (void)op;
    (void)generation;
    (void)job;
    return EDDY_ENOSYS;
}

int eddy__host_offload_limit(size_t workers) {
    (void)workers;
    return EDDY_ENOSYS;
}
