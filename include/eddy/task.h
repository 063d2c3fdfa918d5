/* eddy/task.h: futures and tasks (one handle type), and callbacks of the loop. */
#ifndef EDDY_TASK_H
#define EDDY_TASK_H

#include "base.h"

/* Anything that can be waited for. A task is a future that a function resolves by returning.
 * Handles are owned: whoever got one releases it. Every call takes NULL as a future that has
 * failed with EDDY_ENOMEM, so a failed spawn needs no check of its own. */
typedef struct eddy_future eddy_future;

/* A task's body. Its result is the task's result: >= 0 success, < 0 an error. */
typedef int (*eddy_fn)(void *arg);

/* Where a future stands. */
typedef enum eddy_state {
    EDDY_PENDING,   /* not ended */
    EDDY_DONE,      /* the result is >= 0 */
    EDDY_CANCELLED, /* the result is EDDY_ECANCELED, whoever asked */
    EDDY_FAILED     /* the result is any other error */
} eddy_state;

/* How to spawn. Zero means default; the struct is copied. */
typedef struct eddy_spawn_options {
    void *arg;                   /* handed to the body */
    size_t arg_size;             /* > 0: `arg` is copied; the copy lives as long as the task */
    void (*arg_free)(void *arg); /* called once when the task has ended, also if it never ran */
    const char *name;            /* copied; default: the function's name */
    size_t stack;                /* bytes for saved frames and C stack together; 0 = 64 KiB */
    bool eager;                  /* run the first step inside the caller */
} eddy_spawn_options;

EDDY__BEGIN_C

/* Starts `fn(arg)` as a task; its first step runs in the next pass, after what is ready now.
 * Returns a handle that the caller releases, or NULL without memory. Never blocks.
 * Follows asyncio.create_task. */
eddy_future *eddy_spawn(eddy_fn fn, void *arg);

/* eddy_spawn with options; NULL options mean all defaults. If the spawn fails (NULL is returned)
 * `arg_free` has been called. */
eddy_future *eddy_spawn_with(eddy_fn fn, const eddy_spawn_options *options);

/* Starts a detached task: there is no handle, and an error it ends with is reported.
 * Returns 0, EDDY_EINVAL (fn is NULL) or EDDY_ENOMEM. Never blocks. Follows Go's `go`. */
int eddy_go(eddy_fn fn, void *arg);

/* Waits for `f` and returns its result. The handle stays the caller's; any number of tasks may
 * join, any number of times. A future that is done does not suspend the caller. [blocks]
 * Returns f's result; EDDY_ECANCELED if f's or if the caller was cancelled (eddy_checkpoint()
 * tells), f itself goes on; EDDY_ESTATE outside a task or when a task joins itself.
 * Follows trio's way, not asyncio's: a cancelled joiner leaves `f` alone (R3). */
int eddy_join(eddy_future *f) EDDY__BLOCKS;

/* Joins `f` and releases the handle. [blocks]
 * Returns f's result. If the caller is cancelled while it waits: when it holds the only handle of a
 * task, that task is cancelled and waited for, and its result returned; otherwise EDDY_ECANCELED.
 * EDDY_ESTATE (outside a task, joining itself) releases the handle too.
 * Follows `await task` of asyncio. */
int eddy_await(eddy_future *f) EDDY__BLOCKS;

/* Asks for the cancellation of a task; a plain future is rejected with EDDY_ECANCELED. The task
 * sees it at its next blocking call, or wakes with it from the current one.
 * Returns 1 if requested, 0 if `f` is already done. Never blocks. Follows Task.cancel. */
int eddy_cancel(eddy_future *f);

/* Cancels `f` and waits for its end, also if the caller itself is cancelled. [blocks]
 * Returns f's result, or EDDY_ESTATE outside a task or for the caller itself; keeps the handle. */
int eddy_stop(eddy_future *f) EDDY__BLOCKS;

/* Another handle for the same future, to be released like the first. Returns `f`, also if it is
 * NULL. Never blocks. */
eddy_future *eddy_retain(eddy_future *f);

/* Gives a handle back. The last handle of a running task detaches it: nothing is cancelled. If
 * this was the last handle and the error of `f` was never read, it is reported now (R10). */
void eddy_release(eddy_future *f);

/* Releases the `n` handles in `f`, as eddy_release does each; NULL among them is passed over. */
void eddy_release_all(eddy_future *const f[], size_t n);

/* A future that the program resolves itself. The caller owns the handle; NULL without memory. */
eddy_future *eddy_future_new(void);

/* Ends a plain future with `result` (>= 0 success, < 0 an error). Waiting tasks and callbacks run
 * later, in order, never inside this call. Returns 0; EDDY_ESTATE if it is done or is a task. */
int eddy_resolve(eddy_future *f, int result);

/* eddy_resolve with a pointer besides, which eddy_value() reads. The future owns it: `free_value`
 * (may be NULL) is called when the last handle goes. Returns 0, or EDDY_ESTATE if `f` is done or is
 * a task: then the value stays the caller's. Follows Future.set_result. */
int eddy_resolve_value(eddy_future *f, int result, void *value, void (*free_value)(void *));

/* Ends a plain future with an error and a formatted message (format may be NULL).
 * Returns 0; EDDY_ESTATE if it is done or is a task; EDDY_EINVAL if `code` is not negative. */
int eddy_reject(eddy_future *f, int code, const char *format, ...) EDDY__PRINTF(3, 4);

/* Sets the pointer result of the current task, as eddy_resolve_value does for a future; an earlier
 * one is freed. Returns 0, or EDDY_ESTATE outside a task (the value stays the caller's). */
int eddy_set_value(void *value, void (*free_value)(void *));

/* Where `f` stands; EDDY_FAILED for NULL. Asking reads no error (R10). Never blocks. */
eddy_state eddy_future_state(const eddy_future *f);

/* Whether `f` has ended, by success, error or cancellation; true for NULL. Never blocks.
 * Follows Future.done. */
bool eddy_done(const eddy_future *f);

/* Returns the result of `f`; EDDY_ESTATE while it is pending: ask eddy_done. Counts as reading its
 * error (R10). Never blocks. Follows Future.result. */
int eddy_result(eddy_future *f);

/* The pointer result of `f`, NULL if there is none or while it is pending. `f` keeps owning it. */
void *eddy_value(eddy_future *f);

/* The message of f's error, "" if there is none. Counts as reading it. Valid while the handle is. */
const char *eddy_message(eddy_future *f);

/* The name of a task, "future" for a plain future. Valid while the handle is. */
const char *eddy_name(const eddy_future *f);

/* Whether eddy_cancel was called on `f` while it was pending. A scope's deadline is not that. */
bool eddy_cancel_requested(const eddy_future *f);

/* The current task; NULL outside a task. The handle is borrowed: eddy_retain makes one of the
 * caller's own. Follows asyncio.current_task. */
eddy_future *eddy_current(void);

/* Calls `fn(f, ctx)` from the loop once `f` is done (in the next pass if it is already), after the
 * callbacks added before, never inside the resolver. `f` stays valid during the call.
 * Returns 0, EDDY_EINVAL (fn is NULL) or EDDY_ENOMEM. Follows Future.add_done_callback. */
int eddy_on_done(eddy_future *f, void (*fn)(eddy_future *f, void *ctx), void *ctx);

/* Removes callbacks added with the same `fn` and `ctx` that are not yet due.
 * Returns how many. Follows Future.remove_done_callback. */
int eddy_off_done(eddy_future *f, void (*fn)(eddy_future *f, void *ctx), void *ctx);

/* A callback of the loop: a number, nothing to release. `id` is 0 if it could not be made. */
typedef struct eddy_call {
    uint64_t id; /* 0: none */
} eddy_call;

/* Calls `fn(ctx)` from the loop in the next pass, outside of any task: it cannot block.
 * Without memory, or with fn NULL, the call's id is 0. Follows loop.call_soon. */
eddy_call eddy_call_soon(void (*fn)(void *ctx), void *ctx);

/* Calls `fn(ctx)` from the loop `delay` nanoseconds from now, outside of any task. Otherwise as
 * eddy_call_soon. Follows loop.call_later. */
eddy_call eddy_call_later(eddy_time delay, void (*fn)(void *ctx), void *ctx);

/* Calls `fn(ctx)` from the loop at `when` on eddy_now's clock, outside of any task. Otherwise as
 * eddy_call_soon. Follows loop.call_at. */
eddy_call eddy_call_at(eddy_time when, void (*fn)(void *ctx), void *ctx);

/* Takes a call back. Returns true if that stopped it, false if it ran or was cancelled before. */
bool eddy_call_cancel(eddy_call call);

eddy_future *eddy__future_new(const char *site);
eddy_future *eddy__spawn(const char *site, const char *name, eddy_fn fn, void *arg);
eddy_future *eddy__spawn_with(const char *site, const char *name, eddy_fn fn,
                              const eddy_spawn_options *options);
int eddy__go(const char *site, const char *name, eddy_fn fn, void *arg);
int eddy__join(const char *site, eddy_future *f) EDDY__BLOCKS;
int eddy__await(const char *site, eddy_future *f) EDDY__BLOCKS;
int eddy__stop(const char *site, eddy_future *f) EDDY__BLOCKS;

EDDY__END_C

#define eddy_future_new() eddy__future_new(EDDY__SITE)
#define eddy_spawn(fn, ...) eddy__spawn(EDDY__SITE, #fn, (fn), __VA_ARGS__)
#define eddy_spawn_with(fn, ...) eddy__spawn_with(EDDY__SITE, #fn, (fn), __VA_ARGS__)
#define eddy_go(fn, ...) eddy__go(EDDY__SITE, #fn, (fn), __VA_ARGS__)
#define eddy_join(...) eddy__join(EDDY__SITE, __VA_ARGS__)
#define eddy_await(...) eddy__await(EDDY__SITE, __VA_ARGS__)
#define eddy_stop(...) eddy__stop(EDDY__SITE, __VA_ARGS__)

#ifndef __cplusplus
/* eddy_spawn_opt(work, .arg = &job, .arg_size = sizeof job, .name = "parse"); eddy_spawn_with the
 * options named, the others default. Returns as eddy_spawn. Never blocks. */
#define eddy_spawn_opt(fn, ...) eddy_spawn_with(fn, &(eddy_spawn_options){__VA_ARGS__})
#endif

#endif
