/* eddy/base.h: time, call sites and the attributes every other header uses. */
#ifndef EDDY_BASE_H
#define EDDY_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#if defined(__EMSCRIPTEN_PTHREADS__) || defined(__EMSCRIPTEN_SHARED_MEMORY__)
#error "eddy: all tasks run on one thread: compile and link without -pthread"
#elif defined(__wasm64__)
#error "eddy: pointers have 32 bits: compile and link without -m64 and -sMEMORY64"
#endif

#ifdef __cplusplus
#define EDDY__BEGIN_C extern "C" {
#define EDDY__END_C }
#else
#define EDDY__BEGIN_C
#define EDDY__END_C
#endif

#if defined(__GNUC__) || defined(__clang__)
#define EDDY__BLOCKS __attribute__((warn_unused_result))
#define EDDY__PRINTF(string, first) __attribute__((format(printf, string, first)))
#else
#define EDDY__BLOCKS
#define EDDY__PRINTF(string, first)
#endif

/* A call site travels as one string constant, "file.c:41": one argument, no code to build it. */
#define EDDY__TEXT2(x) #x
#define EDDY__TEXT(x) EDDY__TEXT2(x)
#ifdef EDDY_NO_SITES
#define EDDY__SITE ((const char *)0)
#else
#define EDDY__SITE (__FILE__ ":" EDDY__TEXT(__LINE__))
#endif

/* Says that a blocking call's result is ignored on purpose. Such a call also ignores cancellation. */
#define EDDY_IGNORE(call) ((void)!(call))

/* ---- time -------------------------------------------------------------------------------- */

/* A point in time or a duration, in nanoseconds. */
typedef int64_t eddy_time;

/* A microsecond, a millisecond, a second: `500 * EDDY_MS`. */
#define EDDY_US 1000LL
#define EDDY_MS 1000000LL
#define EDDY_S 1000000000LL
/* No limit, as a duration and as a point in time. */
#define EDDY_FOREVER INT64_MAX
/* Already over, in option structs, where 0 means "none". */
#define EDDY_NOW INT64_MIN
/* For option structs, where 0 means "none": a duration <= 0 becomes "already over". */
#define EDDY_IN(d) EDDY__LATER(d)
/* EDDY_IN for points in time: one that is not after 0 becomes "already over". */
#define EDDY_AT(t) EDDY__LATER(t)

/* A constant where `t` is one, for initialisers; otherwise `t` is computed once. */
#ifdef __cplusplus
constexpr
#else
static
#endif
    inline eddy_time
    eddy__later(eddy_time t) {
    return t > 0 ? t : EDDY_NOW;
}
#ifdef __cplusplus
#define EDDY__LATER(t) eddy__later((eddy_time)(t))
#elif defined(__GNUC__) || defined(__clang__)
#define EDDY__LATER(t)                                                                             \
    __builtin_choose_expr(__builtin_constant_p(t), (t) > 0 ? (eddy_time)(t) : EDDY_NOW,            \
                          eddy__later((eddy_time)(t)))
#else
#define EDDY__LATER(t) ((t) > 0 ? (eddy_time)(t) : EDDY_NOW)
#endif

EDDY__BEGIN_C

/* The time now, in nanoseconds, on a clock that never goes backwards. Its zero is the host's
 * choice; the virtual clock's is 0. Works at any time, inside and outside of a run. Never blocks.
 * Follows asyncio's loop.time(), but is not frozen during a step of the real clock. */
eddy_time eddy_now(void);

/* Suspends the calling task for `duration` nanoseconds; <= 0 gives up the rest of the pass once,
 * EDDY_FOREVER sleeps until cancelled. [blocks]
 * Returns 0; EDDY_ECANCELED; EDDY_ENOMEM if no timer could be set; EDDY_ESTATE outside a task.
 * Follows asyncio.sleep. */
int eddy_sleep(eddy_time duration) EDDY__BLOCKS;

/* Suspends the calling task until `when` on eddy_now's clock; a time that is past yields once.
 * [blocks] Results as eddy_sleep. Follows trio.sleep_until. */
int eddy_sleep_until(eddy_time when) EDDY__BLOCKS;

/* Gives up the rest of the pass: every task and callback that is ready now runs before the caller
 * goes on. [blocks] Returns 0; EDDY_ECANCELED; EDDY_ESTATE outside a task.
 * Follows asyncio.sleep(0). */
int eddy_yield(void) EDDY__BLOCKS;

/* Asks whether the calling task is cancelled, without ever suspending.
 * Returns 0, EDDY_ECANCELED, or EDDY_ESTATE outside a task. Follows trio's
 * checkpoint_if_cancelled. */
int eddy_checkpoint(void);

int eddy__sleep(const char *site, eddy_time duration) EDDY__BLOCKS;
int eddy__sleep_until(const char *site, eddy_time when) EDDY__BLOCKS;
int eddy__yield(const char *site) EDDY__BLOCKS;

EDDY__END_C

#define eddy_sleep(...) eddy__sleep(EDDY__SITE, __VA_ARGS__)
#define eddy_sleep_until(...) eddy__sleep_until(EDDY__SITE, __VA_ARGS__)
#define eddy_yield() eddy__yield(EDDY__SITE)

#endif
