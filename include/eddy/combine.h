/* eddy/combine.h: waiting for several futures at once. */
#ifndef EDDY_COMBINE_H
#define EDDY_COMBINE_H

#include "task.h"

EDDY__BEGIN_C

/* Waits for all `n` futures. results[i] (results may be NULL) gets the result of f[i]; a future may
 * stand twice; handles stay the caller's. [blocks]
 * Returns 0 when all have succeeded (n = 0 is that), or the first error to arrive (a child's
 * EDDY_ECANCELED is one) at once: the others go on, and results[] has EDDY_ESTATE for those that are
 * pending. If the caller is cancelled: cancels all, and returns EDDY_ECANCELED after the last has
 * ended (R3). EDDY_ENOMEM, EDDY_ESTATE (outside a task; the caller is among f) start no wait.
 * Follows asyncio.gather. */
int eddy_gather(eddy_future *const f[], size_t n, int results[]) EDDY__BLOCKS;

/* The same, but collects errors into results[] instead of stopping at the first; they count as
 * read. [blocks] Returns 0, or as above if the caller is cancelled or nothing could be waited for.
 * Follows asyncio.gather(return_exceptions=True). */
int eddy_gather_all(eddy_future *const f[], size_t n, int results[]) EDDY__BLOCKS;

int eddy__gather(const char *site, eddy_future *const f[], size_t n, int results[]) EDDY__BLOCKS;
int eddy__gather_all(const char *site, eddy_future *const f[], size_t n,
                     int results[]) EDDY__BLOCKS;

EDDY__END_C

#define eddy_gather(...) eddy__gather(EDDY__SITE, __VA_ARGS__)
#define eddy_gather_all(...) eddy__gather_all(EDDY__SITE, __VA_ARGS__)

#endif
