/* eddy/local.h: task locals, and intervals. */
#ifndef EDDY_LOCAL_H
#define EDDY_LOCAL_H

#include "base.h"

/* A key for a pointer that every task has its own of. A zero-initialised static object. */
typedef struct eddy_local {
    uint32_t index; /* given at the first set, + 1; for the life of the process */
} eddy_local;

/* What to do about ticks that were missed because the task was busy. */
typedef enum eddy_missed {
    EDDY_BURST, /* make up for them, one right after the other */
    EDDY_DELAY, /* the next one a whole period after the late one */
    EDDY_SKIP   /* leave them out, stay on the multiples of the period */
} eddy_missed;

/* A clock that ticks every period. Caller-allocated; all fields belong to the runtime. */
typedef struct eddy_interval {
    eddy_time period, next;
    eddy_missed policy;
} eddy_interval;

EDDY__BEGIN_C

/* Sets the current task's pointer for `key`. Tasks that it spawns from now on start with a copy of
 * all its pointers. The runtime does not own what they point to. Never blocks. Returns 0; EDDY_ENOMEM
 * (the old pointer stays); EDDY_ESTATE outside a task; EDDY_EINVAL. Follows contextvars. */
int eddy_local_set(eddy_local *key, void *value);

/* The current task's pointer for `key`; NULL if it has none, and outside a task. */
void *eddy_local_get(const eddy_local *key);

/* Begins an interval whose first tick is `period` nanoseconds from now. Never blocks. Returns 0, or
 * EDDY_EINVAL unless the period is > 0. Follows tokio::time::interval_at. */
int eddy_interval_begin(eddy_interval *i, eddy_time period, eddy_missed policy);

/* Waits for the next tick; a tick that is past yields once. [blocks] Returns 0; EDDY_ECANCELED (the
 * tick is not used up); EDDY_ENOMEM; EDDY_ESTATE outside a task; EDDY_EINVAL before begin. */
int eddy_interval_next(eddy_interval *i) EDDY__BLOCKS;

int eddy__interval_next(const char *site, eddy_interval *i) EDDY__BLOCKS;

EDDY__END_C

#define eddy_interval_next(...) eddy__interval_next(EDDY__SITE, __VA_ARGS__)

#endif
