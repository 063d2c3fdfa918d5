/* eddy/inspect.h: looking inside; and what tests need: the virtual clock, scheduling orders. */
#ifndef EDDY_INSPECT_H
#define EDDY_INSPECT_H

#include "task.h"

EDDY__BEGIN_C

/* What writes here does so outside of tasks: a call that would wait in a file of the program's own
 * (fopencookie) fails there with EDDY_ESTATE. */

/* Writes one line per task to `out`: its name, state, what it waits for and where, where it was
 * spawned, its age in seconds, its time of running in milliseconds (measured in debug mode only,
 * else "-") and the stack in use, of how much; in debug mode the most it has used. Returns the number
 * of tasks, or EDDY_EINVAL. Never blocks. Follows ps. */
int eddy_ps(FILE *out);

/* Writes the tree of who waits for what to `out`; rings are marked. Returns the number of tasks, or
 * EDDY_EINVAL. Never blocks. Follows asyncio's `pstree`. */
int eddy_tree(FILE *out);

/* Writes for each place that spawns tasks how many it has spawned and the deepest stack one of them
 * used, of how much. Counted in debug mode, until the run ends; otherwise of the tasks there are now,
 * and what they use now. Returns the number of places, EDDY_ENOMEM or EDDY_EINVAL. Never blocks. */
int eddy_stacks(FILE *out);

/* Switches debug mode. On, what looks like a mistake is reported, with the code EDDY_ESTATE: a step
 * that ran longer than 100 ms without waiting (in a debug build for wasm one that goes on for longer
 * than 1 s is named while it runs), a handle that is still held at the end of the run, a future whose
 * last handle goes before it is resolved (unless a cancelled task cleans up), a scope or group left
 * open, a limiter's place lost. Costs some memory and time for each task. Off at first. Acts on the
 * process, at once. Follows asyncio's debug mode. */
void eddy_debug(bool on);

/* Starts recording what tasks do into a ring of `events` entries: the oldest are overwritten. 0
 * stops and frees it, which nothing else does; another number begins anew. Times are the host's,
 * also on the virtual clock. Acts on the process, at once. Returns 0, EDDY_ENOMEM, or EDDY_ENOSYS if
 * the runtime was built with EDDY_NO_TRACE. Never blocks. */
int eddy_trace_start(size_t events);

/* Writes what was recorded to `out` as a Chrome trace, which Perfetto and the DevTools performance
 * panel open: tasks as asynchronous events, wake-ups as flows, the ready queue as a counter.
 * Recording goes on. Returns the number of events written; EDDY_ESTATE if there is no recording;
 * EDDY_EIO; EDDY_ENOMEM; EDDY_EINVAL; EDDY_ENOSYS. Never blocks. */
int eddy_trace_write(FILE *out);

/* Switches to the virtual clock (true) or the real one, before the first task sleeps. The virtual
 * clock starts at 0 and jumps to the next deadline when nothing is runnable and no host operation is
 * pending. Returns 0, or EDDY_ESTATE while a timer is set. Follows trio's MockClock. */
int eddy_clock_virtual(bool on);

/* Moves the virtual clock on by `by` nanoseconds; eddy_now moves at once, deadlines are seen at the
 * next pass. Returns 0, EDDY_EINVAL if `by` is negative, EDDY_ESTATE on the real clock. */
int eddy_clock_advance(eddy_time by);

/* Runs the tasks that are ready in a pass in an order that `seed` determines, instead of that of
 * their waking; 0 restores that. Callbacks keep their order. Acts on the process. A deadlock report
 * names the seed. For tests that must not depend on the order. */
void eddy_schedule_seed(uint64_t seed);

/* Waits until every other task waits and nothing is ready, before a virtual clock jumps. [blocks]
 * Returns 0; EDDY_ECANCELED; EDDY_ESTATE outside a task. Follows trio's wait_all_tasks_blocked. */
int eddy_idle(void) EDDY__BLOCKS;

int eddy__idle(const char *site) EDDY__BLOCKS;

EDDY__END_C

#define eddy_idle() eddy__idle(EDDY__SITE)

#endif
