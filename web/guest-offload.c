/* guest-offload.c: workers: both ends of a job, the one that has it done and, in the worker's own
 * instance, the one that does it. The other side is offload.mjs. */
#include "../src/core/internal.h"

#include <stdio.h>
#include <stdlib.h>

int eddy_js_offload(uint32_t op, uint32_t generation, eddy_fn fn, const void *arg, size_t arg_size,
                    void *result, size_t result_size);
int eddy_js_offload_limit(size_t workers);
void eddy_js_offload_end(void);
void eddy_js_offloaded(int result, const char *text);

/* ---- the one that has it done -------------------------------------------------------------------- */

int eddy__host_offload(uint32_t op, uint32_t generation, const eddy__offload_job *job) {
    eddy__the_loop.end_workers = eddy_js_offload_end;
    return eddy_js_offload(op, generation, job->fn, job->arg, job->arg_size, job->result,
                           job->result_size);
}

int eddy__host_offload_limit(size_t workers) {
    return eddy_js_offload_limit(workers);
}

/* ---- the worker ------------------------------------------------------------------------------------ */

static void *block; /* of the job that runs; owned, by malloc */

static void ended(int result, void *ctx) {
    (void)ctx;
    fflush(NULL);
    eddy_js_offloaded(result, eddy__the_loop.result_text);
    free(block);
    block = NULL;
}

/* Runs a job as the main task of a run; eddy_js_offloaded tells its end, when what the function left is
 * still in the block, which is from eddy__host_alloc and becomes ours. What is behind `arg_size` is
 * cleared. -> 0, or why it does not run */
EDDY__EXPORT int eddy__offload_run(eddy_fn fn, char *given, size_t arg_size, size_t size) {
    if (size > arg_size) memset(given + arg_size, 0, size - arg_size);
    int rc = eddy_start(fn, given, ended, NULL);
    if (rc == 0)
        block = given;
    else
        free(given);
    return rc;
}
