/* eddy/run.h: starting and ending the loop; reports; memory. */
#ifndef EDDY_RUN_H
#define EDDY_RUN_H

#include "task.h"

EDDY__BEGIN_C

/* The application's main task, written by the application. eddy supplies main() in an object of
 * its own, which runs it on every host; a program may define main() instead and call eddy_run. The
 * exit status is its result: 0 to 255, or 1 with the error on stderr if it is negative. */
int eddy_main(int argc, char **argv);

/* Runs `fn(arg)` as the main task to the end (R11): when it returns, leftover tasks are cancelled in
 * spawn order and waited for, errors nobody read are reported. What they wait for may stand on the
 * stack of `fn`, which is kept as long. For hosts whose loop owns the thread (WASI, native), and for
 * any host on the virtual clock.
 * Returns fn's result; EDDY_EDEADLK (R7); EDDY_ENOMEM; EDDY_ESTATE on a guest host's real clock, and
 * when a run is under way. Follows asyncio.run. */
int eddy_run(eddy_fn fn, void *arg);

/* Starts `fn(arg)` as the main task and returns at once; the host drives the loop from then on. At
 * the end (R11) `on_end(result, ctx)` is called from the loop, if not NULL. For guest hosts (web).
 * Returns 0; EDDY_EINVAL; EDDY_ENOMEM; EDDY_ESTATE on an owning host or when a run is under way.
 * Follows trio's guest mode. */
int eddy_start(eddy_fn fn, void *arg, void (*on_end)(int result, void *ctx), void *ctx);

/* Several runs over one loop: tasks live on between them. Zero-initialised; fields belong to the
 * runtime. */
typedef struct eddy_runner {
    bool open;
} eddy_runner;

/* Opens a runner. Returns 0, or EDDY_ESTATE where eddy_run would and if another is open. */
int eddy_runner_open(eddy_runner *r);

/* Runs `fn(arg)` until it returns; other tasks stay and go on in the next run. Returns as eddy_run;
 * EDDY_ESTATE if the runner is not open. Follows asyncio.Runner.run. */
int eddy_runner_run(eddy_runner *r, eddy_fn fn, void *arg);

/* Ends what is left (R11) and closes the runner. Handles stay their owners'. Returns 0, or
 * EDDY_ESTATE if it is not open or a run is under way. */
int eddy_runner_close(eddy_runner *r);

/* What Ctrl-C does: the first call cancels the main task, the second ends the run at once, without
 * further cleanup. Returns 0, or EDDY_ESTATE if nothing runs. */
int eddy_interrupt(void);

/* An error that nobody read, or a lint. `task` may be NULL; all strings are valid during the call. */
typedef struct eddy_report {
    int code;            /* what went wrong; EDDY_ESTATE for a lint */
    const char *message; /* "" if there is none */
    const char *task;    /* name of the task */
    const char *file;    /* where it was spawned; "" if unknown */
    int line;            /* its line, or 0 */
} eddy_report;

/* Sends reports to `fn` instead of stderr; NULL restores that. Acts on the process. */
void eddy_set_report(void (*fn)(const eddy_report *report, void *ctx), void *ctx);

/* Replaces the allocator of everything the runtime allocates for itself: `block` NULL allocates,
 * `new_size` 0 frees (result ignored), both resize; alignment as malloc. Buffers that a call hands
 * to the caller come from malloc all the same. NULL restores realloc and free.
 * Returns 0, or EDDY_ESTATE while the runtime holds memory of the allocator before. */
int eddy_set_allocator(void *(*reallocate)(void *ctx, void *block, size_t old_size,
                                           size_t new_size),
                       void *ctx);

EDDY__END_C

#endif
