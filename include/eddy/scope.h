/* eddy/scope.h: scopes: deadlines, cancellation, shields. */
#ifndef EDDY_SCOPE_H
#define EDDY_SCOPE_H

#include "task.h"

/* A scope: a stretch of a task's work with a deadline of its own, that can be cancelled by itself,
 * and may hold back cancellation from outside. Caller-allocated, valid when zero-initialised; all
 * fields belong to the runtime. Scopes of one task nest; the object must outlive its end. */
typedef struct eddy_scope {
    struct eddy__open_scope *open; /* the runtime's record of it while it is open, else NULL */
    int error;                     /* why begin failed; end returns it */
    bool begun;                    /* a begin has succeeded or failed */
    bool ended;                    /* end was called, or the net or the runtime closed it */
    bool cancelled;                /* by its deadline or by a call */
    bool expired;                  /* by its deadline: the first cause counts */
} eddy_scope;

/* How a scope is to be. Zero means default. */
typedef struct eddy_scope_options {
    eddy_time timeout;  /* from now; 0 none, EDDY_NOW already over */
    eddy_time deadline; /* on eddy_now's clock; 0 none, EDDY_NOW already over */
    bool shield;        /* hold back cancellation from outside */
    const char *name;   /* for reports; not copied */
} eddy_scope_options;

/* Names a scope to other tasks; a number that never dangles. */
typedef struct eddy_scope_ref {
    uint64_t id; /* 0: none */
} eddy_scope_ref;

EDDY__BEGIN_C

/* Begins a scope of the current task, inside its innermost one. NULL options: no deadline, no
 * shield. A cancellation made before is kept. Of timeout and deadline the nearer one counts; one
 * that is not after now cancels the scope at once. Never blocks.
 * Returns 0; EDDY_ESTATE outside a task or if it has begun before; EDDY_ENOMEM if the deadline
 * could not be set. A begin that fails is remembered: the matching end returns the code.
 * Follows trio's CancelScope. */
int eddy_scope_begin(eddy_scope *s, const eddy_scope_options *options);

/* Ends a scope, and what is still open inside it. `rc` is what the work inside returned:
 * EDDY_ECANCELED stops here if this scope itself was cancelled and, unless it is a shield, no
 * scope around it is: it becomes EDDY_ETIMEDOUT if the deadline was the cause, 0 if
 * eddy_scope_cancel was. Any other rc passes unchanged. A second call returns rc. Never blocks.
 * Returns EDDY_ESTATE for a scope that never began or is another task's. */
int eddy_scope_end(eddy_scope *s, int rc);

/* Cancels a scope, by code that knows it is alive; also before it begins. Returns 0, also if it is
 * cancelled already, or EDDY_ESTATE after its end. Never blocks. */
int eddy_scope_cancel(eddy_scope *s);

/* Moves the deadline to `deadline` on eddy_now's clock; EDDY_FOREVER removes it; one not after now
 * cancels at once. Returns 0; EDDY_ESTATE unless the scope is open and not yet cancelled;
 * EDDY_ENOMEM. Follows asyncio.Timeout.reschedule. */
int eddy_scope_reschedule(eddy_scope *s, eddy_time deadline);

/* Whether the scope was cancelled, by deadline or by call. Also after its end. */
bool eddy_scope_cancelled(const eddy_scope *s);

/* Whether it was the scope's deadline that cancelled it. Also after its end. Follows
 * asyncio.Timeout.expired. */
bool eddy_scope_expired(const eddy_scope *s);

/* The nearest deadline in force for the current task, on eddy_now's clock; EDDY_NOW if it is
 * cancelled already; EDDY_FOREVER if there is none, or outside a task. Follows trio's
 * current_effective_deadline. */
eddy_time eddy_deadline(void);

/* A reference by which another task may cancel the scope. Its id is 0 unless the scope is open, or
 * without memory. Nothing to release. */
eddy_scope_ref eddy_scope_share(eddy_scope *s);

/* Cancels the scope behind a reference. Returns 0, or EDDY_ESTATE once the scope has ended. */
int eddy_scope_ref_cancel(eddy_scope_ref ref);

/* Calls `fn(arg)` in the current task under a deadline `duration` from now; <= 0: `fn` is not
 * called and EDDY_ETIMEDOUT returned. [blocks] Returns fn's result, EDDY_ETIMEDOUT if the deadline
 * stopped it, EDDY_ENOMEM, EDDY_ESTATE outside a task. Follows asyncio.wait_for. */
int eddy_timeout(eddy_time duration, eddy_fn fn, void *arg) EDDY__BLOCKS;

int eddy__scope_begin(const char *site, eddy_scope *s, const eddy_scope_options *options);
void eddy__scope_net(eddy_scope *s);
int eddy__timeout(const char *site, eddy_time duration, eddy_fn fn, void *arg) EDDY__BLOCKS;

EDDY__END_C

#define eddy_scope_begin(...) eddy__scope_begin(EDDY__SITE, __VA_ARGS__)
#define eddy_timeout(...) eddy__timeout(EDDY__SITE, __VA_ARGS__)

#if !defined(__cplusplus) && (defined(__GNUC__) || defined(__clang__))
/* EDDY_SCOPE(limit, .timeout = 5 * EDDY_S); declares and begins scope `limit`. End it with
 * `rc = eddy_scope_end(&limit, rc)`; a block left without that is closed by a net, untranslated. */
#define EDDY_SCOPE(...) EDDY__SCOPE_BEGIN(__VA_ARGS__, .last = 0)
/* EDDY_SHIELD(cleanup, .timeout = 1 * EDDY_S); EDDY_SCOPE that holds back cancellation from
 * outside: for cleanup that must wait. */
#define EDDY_SHIELD(...) EDDY__SHIELD_BEGIN(__VA_ARGS__, .last = 0)
/* What the macros were given. With the last field appended nothing is left out after a comma, which
 * strict C11 forbids. */
typedef union eddy__given_scope {
    struct {
        eddy_time timeout, deadline;
        bool shield;
        const char *name;
        int last;
    };
    eddy_scope_options options;
} eddy__given_scope;
#define EDDY__SHIELD_BEGIN(name, ...) EDDY__SCOPE_BEGIN(name, .shield = true, __VA_ARGS__)
#define EDDY__SCOPE_BEGIN(name, ...)                                                               \
    __attribute__((cleanup(eddy__scope_net))) eddy_scope name = {0};                               \
    (void)eddy__scope_begin(EDDY__SITE, &name, &(eddy__given_scope){__VA_ARGS__}.options)
#endif

#endif
