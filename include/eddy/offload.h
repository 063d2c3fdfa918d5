/* eddy/offload.h: work that would keep the loop busy goes to workers. */
#ifndef EDDY_OFFLOAD_H
#define EDDY_OFFLOAD_H

#include "task.h"

EDDY__BEGIN_C

/* Runs a function in a worker: another instance of the same program, with memory of its own, while
 * this one goes on. [blocks] For what computes longer than a page may stand still:
 *
 *     struct primes { int from, to, count; } p = {.from = 0, .to = 1000000};
 *     int rc = eddy_offload(count_primes, &p, sizeof p, &p, sizeof p);
 *
 * `fn` gets a block of the greater of both sizes, aligned as by malloc: first a copy of the `arg_size`
 * bytes at `arg`, then zeros. When it has returned 0 or more, the first `result_size` bytes of the
 * block are copied to `result`, else `result` is left as it was. So `fn` does the same when it is called
 * directly, and an argument may be its own result. A size may be 0, and then the pointer NULL; if both
 * are, `fn` gets NULL. What stands at `arg` must not change until the call has returned.
 *
 * Pointers in the argument or the result mean nothing on the other side, nor do handles. Static
 * variables are the worker's own: as at the start of a program whose constructors have run and whose
 * main has not, or as earlier jobs of this worker have left them. `fn` runs as the main task of a run
 * of its own (R11, with a stack of 256 KiB): it may wait, spawn and fetch, but not offload. What it
 * prints comes out where this program's output does, by lines.
 *
 * As many functions run at a time as eddy_offload_limit says; others wait their turn, in the order of
 * the calls. Cancelled, the worker is ended wherever it is, and nothing of it is seen again.
 * Returns what `fn` returns, an error with the message that `fn` gave it; EDDY_EHOST with a text if the
 * worker trapped, left by exit() or could not be started (the next job gets a new one);
 * EDDY_ECANCELED; EDDY_EINVAL; EDDY_ENOMEM, also if the worker has none for the block; EDDY_ESTATE
 * outside a task and in a worker; EDDY_ENOSYS where the host has no workers (WASI, workerd): call
 * `fn` itself there. Follows asyncio.to_thread and loop.run_in_executor. */
int eddy_offload(eddy_fn fn, const void *arg, size_t arg_size, void *result,
                 size_t result_size) EDDY__BLOCKS;

/* Sets how many workers there may be at a time; 0, the default: as many as the machine runs threads at
 * once. Those beyond it that are at work finish it. Workers start when they are needed, and end when
 * they have had nothing to do for some seconds (natively when the run ends), at the latest with the run.
 * Never blocks. Acts on the process. Returns 0; EDDY_ENOSYS where the host has no workers. */
int eddy_offload_limit(size_t workers);

int eddy__offload(const char *site, eddy_fn fn, const void *arg, size_t arg_size, void *result,
                  size_t result_size) EDDY__BLOCKS;

EDDY__END_C

#define eddy_offload(...) eddy__offload(EDDY__SITE, __VA_ARGS__)

#endif
