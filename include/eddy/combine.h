/* eddy/combine.h: waiting for several futures at once. */
#ifndef EDDY_COMBINE_H
#define EDDY_COMBINE_H

#include "task.h"

/* What eddy_wait waits for. */
typedef enum eddy_wait_mode {
    EDDY_FIRST_DONE,  /* any future has ended */
    EDDY_FIRST_ERROR, /* any has failed, other than with EDDY_ECANCELED; or all have ended */
    EDDY_ALL_DONE     /* all have ended */
} eddy_wait_mode;

/* A walk over futures in the order in which they end. Caller-allocated; all fields belong to the
 * runtime. */
typedef struct eddy_each {
    struct eddy__each *record; /* NULL before begin, after end, or if begin failed */
    int error;                 /* why begin failed; next returns it */
} eddy_each;

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

/* Waits until `mode` holds for the `n` futures or `timeout` nanoseconds have passed (EDDY_FOREVER:
 * no limit). Cancels nobody and reads no error (R10); handles stay the caller's. [blocks]
 * Returns how many of them are done, also after the time-out; EDDY_EINVAL for n = 0 or a wrong mode;
 * EDDY_ECANCELED, which leaves the futures alone; EDDY_ENOMEM; EDDY_ESTATE outside a task or if the
 * caller is among f. Follows asyncio.wait. */
int eddy_wait(eddy_future *const f[], size_t n, eddy_wait_mode mode, eddy_time timeout) EDDY__BLOCKS;

/* Begins a walk over the `n` futures, all together within `timeout` nanoseconds from now
 * (EDDY_FOREVER: no limit). Handles stay the caller's, and must be kept until the end of the walk.
 * Never blocks. Returns 0, EDDY_EINVAL or EDDY_ENOMEM; the first eddy_each_next returns it as well.
 * Follows asyncio.as_completed. */
int eddy_each_begin(eddy_each *e, eddy_future *const f[], size_t n, eddy_time timeout);

/* Waits for the next future to end; *done gets it, still the caller's. Futures that had ended before
 * come first, in the order of the arguments. [blocks]
 * Returns 1; 0 when all have come; EDDY_ETIMEDOUT when the time is over and none is done;
 * EDDY_ECANCELED, which loses nothing; the code of a begin that failed; EDDY_ESTATE outside a task,
 * before begin or while another task is in it. Reads no error: ask eddy_result(*done). */
int eddy_each_next(eddy_each *e, eddy_future **done) EDDY__BLOCKS;

/* Ends the walk, cancels nobody. Also after an error, and twice. Never blocks. */
void eddy_each_end(eddy_each *e);

/* Waits for the first of `n` futures to succeed, cancels the others and waits for them; *winner
 * (may be NULL) gets its index. Handles stay the caller's; errors of the others count as read.
 * [blocks] Returns the winner's result; if all failed the error that came last, and its message;
 * EDDY_EINVAL for n = 0; EDDY_ECANCELED if the caller was cancelled: then all were, and have ended
 * (R3). EDDY_ENOMEM, EDDY_ESTATE (outside a task; the caller is among f) start no wait.
 * Follows Promise.any, and anyio's recipes for a race. */
int eddy_race(eddy_future *const f[], size_t n, size_t *winner) EDDY__BLOCKS;

/* Starts fns[0](args[0]) (args may be NULL), and each next one `delay` nanoseconds after the one
 * before, or as soon as that has failed; ends as eddy_race: "happy eyeballs". [blocks]
 * Results as eddy_race. Follows asyncio.staggered.staggered_race. */
int eddy_race_staggered(const eddy_fn fns[], void *const args[], size_t n, eddy_time delay,
                        size_t *winner) EDDY__BLOCKS;

int eddy__gather(const char *site, eddy_future *const f[], size_t n, int results[]) EDDY__BLOCKS;
int eddy__gather_all(const char *site, eddy_future *const f[], size_t n,
                     int results[]) EDDY__BLOCKS;
int eddy__wait(const char *site, eddy_future *const f[], size_t n, eddy_wait_mode mode,
               eddy_time timeout) EDDY__BLOCKS;
int eddy__each_next(const char *site, eddy_each *e, eddy_future **done) EDDY__BLOCKS;
int eddy__race(const char *site, eddy_future *const f[], size_t n, size_t *winner) EDDY__BLOCKS;
int eddy__race_staggered(const char *site, const eddy_fn fns[], void *const args[], size_t n,
                         eddy_time delay, size_t *winner) EDDY__BLOCKS;

EDDY__END_C

#define eddy_gather(...) eddy__gather(EDDY__SITE, __VA_ARGS__)
#define eddy_gather_all(...) eddy__gather_all(EDDY__SITE, __VA_ARGS__)
#define eddy_wait(...) eddy__wait(EDDY__SITE, __VA_ARGS__)
#define eddy_each_next(...) eddy__each_next(EDDY__SITE, __VA_ARGS__)
#define eddy_race(...) eddy__race(EDDY__SITE, __VA_ARGS__)
#define eddy_race_staggered(...) eddy__race_staggered(EDDY__SITE, __VA_ARGS__)

#endif
