/* eddy/inspect.h: looking inside, and the virtual clock for tests. */
#ifndef EDDY_INSPECT_H
#define EDDY_INSPECT_H

#include "task.h"

EDDY__BEGIN_C

/* Writes the tree of who waits for what to `out`. Returns the number of tasks, or EDDY_EINVAL.
 * Follows asyncio's `pstree`. */
int eddy_tree(FILE *out);

/* Switches debug mode: lints are reported, such as a scope left open. Off at first. */
void eddy_debug(bool on);

/* Switches to the virtual clock (true) or the real one, before the first task sleeps. The virtual
 * clock starts at 0 and jumps to the next deadline when nothing is runnable and no host operation is
 * pending. Returns 0, or EDDY_ESTATE while a timer is set. Follows trio's MockClock. */
int eddy_clock_virtual(bool on);

/* Moves the virtual clock on by `by` nanoseconds; eddy_now moves at once, deadlines are seen at the
 * next pass. Returns 0, EDDY_EINVAL if `by` is negative, EDDY_ESTATE on the real clock. */
int eddy_clock_advance(eddy_time by);

EDDY__END_C

#endif
