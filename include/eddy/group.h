/* eddy/group.h: groups: tasks that are started together, fail together and end together. */
#ifndef EDDY_GROUP_H
#define EDDY_GROUP_H

#include "scope.h"

/* A group of child tasks that belongs to one stretch of one task's work, its body. Caller-allocated,
 * valid when zero-initialised; all fields belong to the runtime. The object must outlive its end. */
typedef struct eddy_group {
    eddy_scope scope;            /* around the body */
    struct eddy__group *record;  /* the children and errors; NULL before begin, or without memory */
    int error;                   /* why begin failed; end returns it */
    bool begun, ended;
} eddy_group;

/* How a group is to be. Zero means default. */
typedef struct eddy_group_options {
    bool supervisor;  /* a child's error is collected, and cancels nobody */
    eddy_time timeout; /* for body and children together, from now; 0 none, EDDY_NOW already over */
    const char *name; /* for reports; not copied */
} eddy_group_options;

/* One error of a group. The strings are the group's. */
typedef struct eddy_error {
    int code;            /* what that task returned */
    const char *message; /* "" if there is none */
    const char *task;    /* name of the task that ended with it */
} eddy_error;

EDDY__BEGIN_C

/* Begins a group of the current task, which is then its owner: what follows, up to eddy_group_end,
 * is the body. NULL options mean all defaults. A cancellation made before is kept. Never blocks.
 * Returns 0; EDDY_ESTATE outside a task or if it has begun before; EDDY_ENOMEM. A begin that fails
 * is remembered: the matching end returns the code.
 * Follows asyncio.TaskGroup, and trio's nursery. */
int eddy_group_begin(eddy_group *g, const eddy_group_options *options);

/* Starts `fn(arg)` as a child, in the next pass. Any task, and children too, may add children while
 * the group is open. Never blocks.
 * Returns a handle that is borrowed: valid until eddy_group_end returns, not to be released. If the
 * group is closed, failing or cancelled: a future of the runtime's own that has failed with
 * EDDY_ESTATE. NULL without memory, also if begin had none. Follows TaskGroup.create_task. */
eddy_future *eddy_group_spawn(eddy_group *g, eddy_fn fn, void *arg);

/* The same with options; NULL options mean all defaults. When the child could not be started
 * `arg_free` has been called. */
eddy_future *eddy_group_spawn_with(eddy_group *g, eddy_fn fn, const eddy_spawn_options *options);

/* The same without a handle: what the child used is given back when it ends, not at the end of the
 * group. For groups that live long, such as a server's. Returns 0, EDDY_ESTATE (closed, failing or
 * cancelled), EDDY_EINVAL (fn is NULL) or EDDY_ENOMEM. Never blocks. */
int eddy_group_go(eddy_group *g, eddy_fn fn, void *arg);

/* Starts `fn(arg)` as a child and waits until it calls eddy_started(). [blocks]
 * Returns the value given there; if the child ends before, its error (which then is no error of the
 * group), or EDDY_ESTATE if it ended without one; EDDY_ECANCELED if the caller was cancelled: then
 * the child was cancelled as well, and has ended (with an error: that is returned). EDDY_ESTATE as
 * eddy_group_spawn; EDDY_ENOMEM.
 * Follows trio's nursery.start. */
int eddy_group_start(eddy_group *g, eddy_fn fn, void *arg) EDDY__BLOCKS;

/* Tells who started the current task by eddy_group_start that it is ready, with a value >= 0.
 * Never blocks. Returns 0; EDDY_ESTATE if nobody waits for that; EDDY_EINVAL if value < 0. */
int eddy_started(int value);

/* Cancels the children and the body. The group then ends without error. Also before it begins, and
 * from any task. Never blocks. Returns 0, or EDDY_ESTATE after its end.
 * Follows TaskGroup.cancel of CPython 3.15. */
int eddy_group_cancel(eddy_group *g);

/* Ends the body with `rc` and waits for the last child, whatever happens. [blocks]
 * An `rc` < 0 other than EDDY_ECANCELED is an error of the owner; such an rc, and EDDY_ECANCELED,
 * cancel the children. Returns the code of the first error (eddy_group_errors has all of them, and
 * eddy_last_message its text); without errors EDDY_ETIMEDOUT if the group's timeout passed, 0 if
 * eddy_group_cancel was called, EDDY_ECANCELED if the owner was cancelled from outside, else `rc`.
 * A child that ends with EDDY_ECANCELED is no error. A second call returns rc. EDDY_ESTATE for a
 * group that never began or is another task's. */
int eddy_group_end(eddy_group *g, int rc) EDDY__BLOCKS;

/* Copies up to `n` errors, in order of their arrival, to `out`. Returns how many there are in all.
 * Valid after the end, until the object dies or its owner ends (that of a generator's body: until the
 * body ends); so are the strings. */
size_t eddy_group_errors(const eddy_group *g, eddy_error out[], size_t n);

int eddy__group_begin(const char *site, eddy_group *g, const eddy_group_options *options);
eddy_future *eddy__group_spawn(const char *site, const char *name, eddy_group *g, eddy_fn fn,
                               void *arg);
eddy_future *eddy__group_spawn_with(const char *site, const char *name, eddy_group *g, eddy_fn fn,
                                    const eddy_spawn_options *options);
int eddy__group_go(const char *site, const char *name, eddy_group *g, eddy_fn fn, void *arg);
int eddy__group_start(const char *site, const char *name, eddy_group *g, eddy_fn fn,
                      void *arg) EDDY__BLOCKS;
int eddy__group_end(const char *site, eddy_group *g, int rc) EDDY__BLOCKS;
void eddy__group_net(eddy_group *g);

EDDY__END_C

#define eddy_group_begin(...) eddy__group_begin(EDDY__SITE, __VA_ARGS__)
#define eddy_group_spawn(g, fn, ...) eddy__group_spawn(EDDY__SITE, #fn, (g), (fn), __VA_ARGS__)
#define eddy_group_spawn_with(g, fn, ...)                                                          \
    eddy__group_spawn_with(EDDY__SITE, #fn, (g), (fn), __VA_ARGS__)
#define eddy_group_go(g, fn, ...) eddy__group_go(EDDY__SITE, #fn, (g), (fn), __VA_ARGS__)
#define eddy_group_start(g, fn, ...) eddy__group_start(EDDY__SITE, #fn, (g), (fn), __VA_ARGS__)
#define eddy_group_end(...) eddy__group_end(EDDY__SITE, __VA_ARGS__)

/* C++: there is no EDDY_GROUP, and an end is no work for a destructor: it waits, and what runs while an
 * exception is being thrown must not. Catch, end the group, throw again. */
#if !defined(__cplusplus) && (defined(__GNUC__) || defined(__clang__))
/* EDDY_GROUP(g, .timeout = 5 * EDDY_S); declares and begins group `g`. End it with
 * `rc = eddy_group_end(&g, rc)`; a block left without that is closed by a net, which cancels the
 * children and waits for them. */
#define EDDY_GROUP(...) EDDY__GROUP_BEGIN(__VA_ARGS__, .last = 0)
typedef union eddy__given_group {
    struct {
        bool supervisor;
        eddy_time timeout;
        const char *name;
        int last;
    };
    eddy_group_options options;
} eddy__given_group;
#define EDDY__GROUP_BEGIN(name, ...)                                                               \
    __attribute__((cleanup(eddy__group_net))) eddy_group name = {0};                               \
    (void)eddy__group_begin(EDDY__SITE, &name, &(eddy__given_group){__VA_ARGS__}.options)
#endif

#endif
