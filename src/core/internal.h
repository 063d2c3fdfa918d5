/* internal.h: the core's data structures. Read loop.c beside it: that is the scheduler. */
#ifndef EDDY_INTERNAL_H
#define EDDY_INTERNAL_H

#include "../host.h"
#include "eddy/js.h"
#include "../switch/switch.h"

#include <assert.h>
#include <stdarg.h>
#include <string.h>

#ifdef NDEBUG
#define EDDY_ASSERT(condition) ((void)0)
#else
#define EDDY_ASSERT(condition) assert(condition)
#endif
#define EDDY__LIKELY(x) __builtin_expect(!!(x), 1)
#define EDDY__UNLIKELY(x) __builtin_expect(!!(x), 0)
/* A part of a function that is fast without it. Its name ends in _rarely, by which wasm-opt knows it
 * (tools/flags.mjs). */
#define EDDY__RARE __attribute__((noinline, cold))
/* Inlined where code is to be fast, and not where it is to be small. */
#ifdef EDDY__SMALL
#define EDDY__FAST static
#else
#define EDDY__FAST EDDY__INLINE
#endif
#define EDDY__OWNER(pointer, type, member) ((type *)(void *)((char *)(pointer)-offsetof(type, member)))

/* ---- lists ---------------------------------------------------------------------------------- */

/* A doubly linked ring. An element that is in no list points to itself or to NULL. */
typedef struct eddy__link {
    struct eddy__link *next, *prev;
} eddy__link;

EDDY__INLINE void eddy__list_init(eddy__link *list) {
    list->next = list->prev = list;
}
EDDY__INLINE bool eddy__list_empty(const eddy__link *list) {
    return list->next == list;
}
EDDY__INLINE void eddy__list_append(eddy__link *list, eddy__link *link) {
    link->prev = list->prev;
    link->next = list;
    list->prev->next = link;
    list->prev = link;
}
/* For good: what the link says then is of no meaning. */
EDDY__INLINE void eddy__list_drop(eddy__link *link) {
    link->prev->next = link->next;
    link->next->prev = link->prev;
}
EDDY__INLINE void eddy__list_remove(eddy__link *link) {
    eddy__list_drop(link);
    link->next = link->prev = link;
}

/* ---- wait lists ------------------------------------------------------------------------------ */

/* Futures and the objects of ../sync keep those who wait for them in the one kind of list
 * (eddy/waiter.h). Who leaves early takes itself out; everyone else leaves by eddy__hand_over. */
EDDY__INLINE void eddy__wait_list_append(eddy__wait_list *list, eddy__waiter *waiter) {
    waiter->list = list;
    waiter->next = NULL;
    waiter->prev = list->last;
    if (list->last)
        list->last->next = waiter;
    else
        list->first = waiter;
    list->last = waiter;
}
/* The waiter is in a list. */
EDDY__INLINE void eddy__wait_list_remove(eddy__waiter *waiter) {
    eddy__wait_list *list = waiter->list;
    if (waiter->prev)
        waiter->prev->next = waiter->next;
    else
        list->first = waiter->next;
    if (waiter->next)
        waiter->next->prev = waiter->prev;
    else
        list->last = waiter->prev;
    waiter->list = NULL;
}

/* Gives the waiter what it waits for (R2); its blocking call returns `result`. */
EDDY__INLINE void eddy__hand_over(eddy__waiter *waiter, int result) {
    eddy__wait_list_remove(waiter);
    waiter->wake(waiter, result);
}
EDDY__INLINE void eddy__hand_over_all(eddy__wait_list *list, int result) {
    while (list->first) eddy__hand_over(list->first, result);
}

/* ---- memory, texts, tables -------------------------------------------------------------------- */

void *eddy__alloc(size_t size);
void *eddy__resize(void *block, size_t old_size, size_t new_size);
void eddy__free(void *block, size_t size);

/* Pieces of one size that come and go: during a run up to `limit` freed ones are kept, chained by
 * their first word. */
typedef struct eddy__pool {
    size_t size;
    uint32_t limit, count;
    void *kept;
    struct eddy__pool *next; /* in the list of those to be trimmed */
    bool listed;
} eddy__pool;
void eddy__pool_give_slowly(eddy__pool *pool, void *piece);
void eddy__pools_trim(void);

EDDY__INLINE void *eddy__pool_take(eddy__pool *pool) {
    void *piece = pool->kept;
    if (EDDY__UNLIKELY(!piece)) return eddy__alloc(pool->size);
    memcpy(&pool->kept, piece, sizeof piece);
    pool->count--;
    return piece;
}
EDDY__INLINE void eddy__pool_give(eddy__pool *pool, void *piece, bool keep) {
    if (EDDY__UNLIKELY(!keep || !pool->listed || pool->count == pool->limit)) {
        keep ? eddy__pool_give_slowly(pool, piece) : eddy__free(piece, pool->size);
        return;
    }
    memcpy(piece, &pool->kept, sizeof piece);
    pool->kept = piece;
    pool->count++;
}

/* A message, shared by everyone who may still read it. */
typedef struct eddy__text {
    uint32_t references;
    uint32_t length;
    char bytes[]; /* zero-terminated */
} eddy__text;
eddy__text *eddy__text_new(const char *bytes, size_t length); /* NULL without memory */
eddy__text *eddy__text_format(const char *format, va_list arguments);
/* The same for messages of the runtime itself, without the code of printf, which is as large as all of
 * the scheduler: %s, %d, %zu and %%. */
eddy__text *eddy__text_format_simply(const char *format, va_list arguments);
eddy__text *eddy__text_retain(eddy__text *text); /* NULL is allowed, here and below */
void eddy__text_release(eddy__text *text);
const char *eddy__text_read(const eddy__text *text);

/* A table of things that outsiders name by a number that never dangles. Numbers are unique for the
 * life of the process; they hold the index below and a serial number above. */
typedef struct eddy__table {
    struct eddy__table_slot {
        void *item;      /* NULL: the slot is free */
        uint32_t serial; /* of the item, or of the last one */
        uint32_t next;   /* free list: index + 1 */
    } *slots;
    uint32_t size, used, free; /* slots, of them ever used; head of the free list */
    uint32_t count;            /* items now */
} eddy__table;
uint64_t eddy__table_add(eddy__table *table, void *item); /* 0 without memory */
void *eddy__table_get(const eddy__table *table, uint64_t id);
void eddy__table_remove(eddy__table *table, uint64_t id);
void eddy__table_trim(eddy__table *table); /* frees the slots if there is no item */

/* ---- ready queue and timers --------------------------------------------------------------------- */

/* What can be run in a pass. Every element is in the ready queue at most once. */
typedef struct eddy__ready {
    struct eddy__ready *next;
    enum {
        EDDY__READY_TASK, /* goes on */
        EDDY__READY_NEW,  /* a task before its first step */
        EDDY__READY_CALL,
        EDDY__READY_CALLBACK,
        EDDY__READY_PASS_END, /* the loop's own mark between two passes */
        EDDY__READY_OBSERVE,  /* the same: see observe.c */
    } kind;
    uint32_t tasks_before; /* of no meaning outside of shuffle.c */
} eddy__ready;

/* A place in the heap of deadlines, embedded in what owns the deadline. */
typedef struct eddy__timer {
    uint32_t slot; /* in timer.c, + 1; 0 while it is not set */
    enum { EDDY__TIMER_TASK, EDDY__TIMER_CALL, EDDY__TIMER_SCOPE } kind;
    eddy_time when;
} eddy__timer;

/* Moves it if it is set. 0, or ENOMEM: then it is set to what it was. */
int eddy__timer_set(eddy__timer *timer, eddy_time when);
void eddy__timer_take_out(eddy__timer *timer);
EDDY__INLINE void eddy__timer_clear(eddy__timer *timer) {
    if (EDDY__UNLIKELY(timer->slot)) eddy__timer_take_out(timer);
}
eddy_time eddy__timers_next(void); /* EDDY_FOREVER: there is none */
void eddy__timers_fire(eddy_time now);
void eddy__timers_trim(void);
eddy_time eddy__time_add(eddy_time base, eddy_time duration); /* saturates */

/* What stands for a timer where it has its place in time. No two are equal. */
typedef struct {
    eddy_time when;
    uint32_t serial; /* order of setting; compared by difference, so it may wrap around */
    uint32_t slot;   /* of the timer, in timer.c */
} eddy__deadline;

/* Without branches: their order is as random as times are. */
EDDY__INLINE bool eddy__deadline_before(const eddy__deadline *a, const eddy__deadline *b) {
    return (a->when < b->when) |
           ((a->when == b->when) & ((int32_t)(a->serial - b->serial) < 0));
}

bool eddy__deadline_is_gone(const eddy__deadline *e); /* its timer was cleared: it is forgotten */

/* far_timers.c: those that are not in the heap. Where code is to be small, all are. */
#ifndef EDDY__SMALL
bool eddy__far_begins_before(const eddy__deadline *e); /* or with it: it belongs there */
bool eddy__far_add(eddy__deadline e);                  /* false without memory, here and below */
bool eddy__far_take_half(eddy__deadline *heap, uint32_t *count); /* the later ones; order is lost */
uint32_t eddy__far_load(eddy__deadline *heap, uint32_t limit); /* the nearest, in no order; how many */
void eddy__far_remove_gone(void);
void eddy__far_trim(void); /* there is nothing in it */
#else
EDDY__INLINE bool eddy__far_begins_before(const eddy__deadline *e) {
    (void)e;
    return false;
}
EDDY__INLINE bool eddy__far_add(eddy__deadline e) {
    (void)e;
    return false;
}
EDDY__INLINE bool eddy__far_take_half(eddy__deadline *heap, uint32_t *count) {
    (void)heap, (void)count;
    return true;
}
EDDY__INLINE uint32_t eddy__far_load(eddy__deadline *heap, uint32_t limit) {
    (void)heap, (void)limit;
    return 0;
}
EDDY__INLINE void eddy__far_remove_gone(void) {}
EDDY__INLINE void eddy__far_trim(void) {}
#endif

/* ---- futures ---------------------------------------------------------------------------------- */

struct eddy__task;

struct eddy_future {
    uint32_t handles; /* owned by callers */
    uint32_t pins;    /* the runtime's reasons to keep it: it runs, someone waits, a callback is due */
    int result;       /* valid once done */
    uint8_t state;    /* eddy_state */
    bool is_task;
    bool cancel_requested;
    bool unread;         /* holds an error that nobody read: it is in loop.unread */
    eddy__wait_list waiters;
    eddy__link unread_link;
    void *value; /* owned; freed by free_value with the future */
    void (*free_value)(void *);
    eddy__text *text; /* of the error */
};

/* Field by field: a call of memset, or the instruction a compiler makes of it, costs more than all
 * these stores. */
EDDY__INLINE void eddy__future_init(eddy_future *f, bool is_task) {
    f->handles = 1;
    f->pins = is_task; /* until it has ended */
    f->state = EDDY_PENDING;
    f->is_task = is_task;
    f->cancel_requested = f->unread = false;
    f->waiters = (eddy__wait_list){NULL, NULL};
    f->value = NULL;
    f->free_value = NULL;
    f->text = NULL;
}
void eddy__future_settle(eddy_future *f, int result, eddy__text *text); /* takes over the text */
void eddy__future_read(eddy_future *f);                                 /* R10 */
void eddy__future_deliver_error(eddy_future *f, struct eddy__task *task);
EDDY__INLINE void eddy__future_deliver(eddy_future *f, struct eddy__task *task) {
    if (EDDY__UNLIKELY(f->result < 0)) eddy__future_deliver_error(f, task);
}
void eddy__future_unused(eddy_future *f); /* no handles any more: frees it, unless it is pinned */
EDDY__INLINE void eddy__future_unpin(eddy_future *f) {
    EDDY_ASSERT(f->pins > 0);
    f->pins--;
    if (EDDY__UNLIKELY(!f->handles)) eddy__future_unused(f);
}
/* Appends and pins. */
void eddy__future_wait(eddy_future *f, eddy__waiter *waiter, void (*wake)(eddy__waiter *, int));
void eddy__future_leave(eddy_future *f, eddy__waiter *waiter);
bool eddy__future_is_waited_for(const eddy_future *f); /* by more than callbacks */

/* ---- tasks -------------------------------------------------------------------------------------- */

typedef struct eddy__task eddy__task;

/* What the runtime knows of an open scope. Apart from the eddy_scope, because that may be gone
 * already when a jump has left its block: only if it is in a living frame may `scope` be followed. */
typedef struct eddy__open_scope {
    struct eddy__open_scope *parent; /* the one around it; NULL: the task's root */
    eddy_scope *scope;
    eddy__task *task;
    const eddy__coroutine *co;  /* on whose stack it was begun: the task's, or a generator's */
    struct eddy__group *group;  /* if it is a group's: told of its cancellation and closing */
    uint64_t id; /* what eddy_scope_share handed out; 0 if it never did */
    eddy__timer timer;
    const char *site, *name;
    bool shield, cancelled;
} eddy__open_scope;

/* What the runtime knows of a group, apart from the eddy_group for the same reason. It lives from
 * begin to end, and with errors until nobody can ask for them any more. What the rest of the core
 * calls, it calls by pointers, so that a program without groups links none of it. */
typedef struct eddy__group {
    void (*child_ended)(eddy__task *child); /* it was the last, or is more than one child less */
    void (*cancel)(struct eddy__group *group);          /* its scope was cancelled */
    void (*orphan)(struct eddy__group *group, bool alive); /* its scope was closed under it; the
                                                           object is alive, or gone */
    void (*forget)(struct eddy__group *group);          /* its stack is gone: nobody can ask */
    eddy_group *object;
    eddy__task *owner;
    eddy__link children; /* by task->sibling, in order of spawning; also ended ones with handles */
    eddy__link errors;   /* the same, failed, and body_error, in order of arrival */
    size_t live;         /* children that have not ended */
    /* After its end, with errors: in the list of the stack it was on, its owner's or a generator's. */
    struct eddy__group *next_kept, **kept_in;
    eddy__link body_error;
    int body_code;
    eddy__text *body_text;
    const eddy__link *seen; /* the tree's place in children, and its index */
    size_t seen_index;
    bool supervisor;
    bool refuses; /* failing, cancelled or closed: no more children */
    bool waiting; /* the owner waits for the last child */
} eddy__group;

/* One way to wait: a constant per blocking primitive. */
typedef struct eddy__wait_kind {
    const char *verb; /* for the tree: "sleeps", "joins" */
    /* On cancellation or time-out: leaves whatever lists it is in. NULL: there is nothing. */
    void (*abandon)(eddy__task *task);
    /* On cancellation, in place of `abandon` and the wake-up, where the wait cannot end at once: it
     * goes on, uncancellable, to an end of its own. Mostly NULL. */
    void (*cancel)(eddy__task *task);
    /* For the tree: the index-th future it waits for, NULL past the last. May be NULL itself. */
    eddy_future *(*target)(const eddy__task *task, size_t index);
    /* For the tree: what it waits for, in words. May be NULL. */
    const char *(*describe)(const eddy__task *task);
} eddy__wait_kind;

/* What eddy_local_set has set, shared by tasks until one of them changes it. */
typedef struct eddy__locals {
    uint32_t references, count;
    void *values[]; /* by eddy_local's index - 1 */
} eddy__locals;

EDDY__INLINE size_t eddy__locals_size(uint32_t count) {
    return sizeof(eddy__locals) + count * sizeof(void *);
}
/* NULL is allowed. */
EDDY__INLINE void eddy__locals_release(eddy__locals *locals) {
    if (locals && --locals->references == 0) eddy__free(locals, eddy__locals_size(locals->count));
}

/* A place of a limiter that a task holds. */
typedef struct eddy__place {
    struct eddy__place *next;
    const void *limiter; /* may be gone: only to be compared */
    const char *site;    /* where it was taken */
} eddy__place;

/* What a call under way owns, when a run is broken off and its frames are lost: a node in the call's
 * own frame. */
typedef struct eddy__cleanup {
    struct eddy__cleanup *next;
    void (*run)(struct eddy__cleanup *cleanup);
} eddy__cleanup;

/* What most tasks never have. eddy__task_need_rare sets it at the first use. */
typedef struct eddy__task_rare {
    eddy__text *own_name; /* what co.name points into, if it is not static */
    size_t arg_size;      /* > 0: co.arg is a copy of ours */
    void (*arg_free)(void *arg);
    int fail_code; /* what eddy_fail attached */
    int last_code; /* the error last delivered to it */
    eddy__text *fail_text, *last_text;
    eddy__group *kept_groups; /* ended ones on its stack, with errors */
    struct eddy__watched *watched; /* owned; NULL without debug mode */
    eddy__cleanup *cleanups;  /* the last call's first */
} eddy__task_rare;

/* In order of use: what every switch touches, what every spawn sets (task_init), and what is valid
 * only in certain states: a short life touches three cache lines instead of four. */
struct eddy__task {
    eddy_future future; /* first: a task is a future */
    eddy__ready ready;
    int resume;            /* what the blocking call returns when it resumes */
    uint32_t in_a_row;     /* calls that did not suspend (R8) */
    uint8_t state;         /* one of the enum below */
    bool attention;        /* cancelled, or some scope is open: primitives look closer */
    uint8_t tree_marks;    /* of no meaning outside of tree.c */
    bool consumes;         /* it is in eddy_await: `consumed` is its to release */
    const char *wait_site; /* of the last blocking call */
    eddy__coroutine co;

    eddy__open_scope *scope; /* the innermost; NULL: only the root scope */
    bool root_cancelled;     /* the root scope */
    bool cancelled;          /* effective(innermost scope): every blocking call returns ECANCELED */
    bool uncancellable;      /* the current wait goes on although the task is cancelled */
    bool leftover;           /* told to end at the end of the run */
    uint16_t ignored;        /* cancellations delivered in a row */
    bool detached;           /* a child without a handle: eddy_group_go, _start */
    bool has_rare;           /* `rare` is set */
    eddy__group *group;       /* whose child it is; NULL: nobody's */
    eddy__link link;          /* in loop.tasks, in order of spawning */
    uint64_t serial;      /* > 0; never given twice */
    eddy_time born;       /* loop.now at its spawn */
    eddy__locals *locals; /* shared; NULL: it has none */
    eddy__place *places;  /* owned */
    eddy__timer timer; /* of the current wait */

    const eddy__wait_kind *wait; /* how it waits, and for what; valid while WAITING */
    void *wait_on;
    eddy__waiter waiter; /* in a list only while WAITING */
    int timer_result;    /* what the wait returns if the timer ends it */
    eddy__link sibling;             /* with a group: in one of its lists */
    eddy_future *starter;           /* with a group: told when it is ready; a handle of its own */
    eddy_future *consumed;          /* with `consumes` */
    struct eddy_gen *suspended_in;  /* while it waits inside of generators: the outermost */
    eddy__task_rare rare;
};

/* READY holds while it runs as well. */
enum { EDDY__NEW, EDDY__READY, EDDY__WAITING, EDDY__ENDED };

extern eddy__task *eddy__current; /* NULL outside of a task's step */

/* The application's destructors run outside of any task: they cannot block. */
void eddy__call_destructor(void (*destructor)(void *), void *of);
void eddy__task_push(eddy__task *task);             /* into the ready queue */
void eddy__task_wake(eddy__task *task, int result); /* it waits; this is what the call returns */
void eddy__task_apply_cancel(eddy__task *task);     /* after a scope of it has changed */
void eddy__task_deliver(eddy__task *task, int code, eddy__text *text);
/* A call of the current task, if there is one, fails with a text (of eddy__text_format_simply): returns
 * the code. */
int eddy__call_failed(int code, const char *format, ...) EDDY__PRINTF(2, 3);
/* What the task has to say about an error it ends with: attached, or delivered to it before. */
eddy__text *eddy__task_text(const eddy__task *task, int result);
eddy__task_rare *eddy__task_need_rare(eddy__task *task);
/* Of the current task, in pairs around what a call does. */
void eddy__cleanup_push(eddy__cleanup *cleanup, void (*run)(eddy__cleanup *cleanup));
void eddy__cleanup_pop(void);
/* The call is over: the same is done as when the run is broken off. */
EDDY__INLINE void eddy__cleanup_run(eddy__cleanup *cleanup, void (*run)(eddy__cleanup *cleanup)) {
    eddy__cleanup_pop();
    run(cleanup); /* known where this is inlined: no call through a pointer, which could suspend */
}
void eddy__task_fail(eddy__task *task, int code, eddy__text *text); /* takes over the text */
void eddy__task_ended(eddy__task *task, int result);
void eddy__task_free(eddy__task *task);    /* the last handle and pin are gone */
void eddy__task_leave(eddy__task *task);   /* ends its wait, if it waits; it is to be abandoned */
void eddy__task_abandon(eddy__task *task); /* ends it without running its cleanup */
void eddy__task_count_ignored(eddy__task *task);
bool eddy__task_attend(eddy__task *task, const char *stack_pointer); /* true: it is cancelled */
/* Its step has ended by neither suspending nor returning. */
void eddy__task_overflowed(eddy__task *task, eddy__outcome outcome);
/* One step; the first one after eddy__task_begin. */
EDDY__INLINE void eddy__task_step(eddy__task *task) {
    eddy__current = task;
    eddy__outcome outcome = eddy__switch_enter(&task->co);
    if (outcome == EDDY__SUSPENDED) return;
    eddy__current = NULL;
    if (EDDY__LIKELY(outcome == EDDY__FINISHED))
        eddy__task_ended(task, task->co.result);
    else
        eddy__task_overflowed(task, outcome);
}
/* False: there is no first step (R5). */
EDDY__INLINE bool eddy__task_begin(eddy__task *task) {
    task->ready.kind = EDDY__READY_TASK;
    task->state = EDDY__READY;
    if (EDDY__LIKELY(!task->cancelled)) return true;
    eddy__current = NULL;
    eddy__task_ended(task, EDDY_ECANCELED);
    return false;
}
char *eddy__block_new(size_t *size); /* at least that many bytes; NULL without memory */
void eddy__block_free(char *block, size_t size);
void eddy__blocks_trim(void);
/* A task that is not started yet; `group` may be NULL. NULL: without memory, or fn is NULL; arg_free
 * has been called then. */
eddy__task *eddy__task_make(const char *site, const char *name, eddy_fn fn, void *arg,
                            eddy__group *group);
eddy__task *eddy__task_make_with(const char *site, const char *name, eddy_fn fn,
                                 const eddy_spawn_options *options, eddy__group *group);
void eddy__task_launch(eddy__task *task, bool eager);
void eddy__scopes_prune(eddy__task *task, const char *stack_pointer); /* NULL: it has ended */
void eddy__scope_expire(eddy__open_scope *open);
void eddy__scopes_close_inside(eddy__task *task, const eddy__open_scope *around, const char *how);
/* Whether an object on the stack `co` was in a frame that has been left since. */
bool eddy__is_gone(const eddy__coroutine *co, const void *object, const char *stack_pointer);
void eddy__scope_report_left_open(const eddy__open_scope *open); /* its block has ended */

void eddy__wake_task(eddy__waiter *waiter, int result); /* of a task's own waiter */
void eddy__wake_joiner(eddy__waiter *waiter, int result); /* the same, and delivers the error */
void eddy__leave_list(eddy__task *task); /* an eddy__wait_kind's abandon, for objects of ../sync */

/* What primitives are made of; see switch.h for their shape. */
EDDY__INLINE int eddy__resumed(void) {
    eddy__switch_resume();
    return eddy__current->resume;
}
EDDY__INLINE int eddy__suspend(eddy__task *task) {
    eddy__switch_suspend();
    return EDDY__SWITCH_RETURNS ? task->resume : 0;
}
EDDY__INLINE int eddy__park(eddy__task *task) {
    task->in_a_row = 0;
    return eddy__suspend(task);
}
/* Returns `rc` without suspending, but gives up the pass after 256 such calls in a row (R8). */
EDDY__INLINE int eddy__return_now(eddy__task *task, int rc) {
    if (EDDY__LIKELY(++task->in_a_row < 256)) return rc;
    task->resume = rc;
    eddy__task_push(task);
    return eddy__park(task);
}
EDDY__INLINE int eddy__park_on(eddy__task *task, const eddy__wait_kind *wait, void *on) {
    task->wait = wait;
    task->wait_on = on;
    task->state = EDDY__WAITING;
    return eddy__park(task);
}
/* Waits in an object's list until eddy__hand_over; `kind` leaves by eddy__leave_list. */
EDDY__INLINE int eddy__park_in(eddy__task *task, const eddy__wait_kind *kind, void *on,
                               eddy__wait_list *list, void *item) {
    task->waiter.wake = eddy__wake_task;
    task->waiter.item = item;
    eddy__wait_list_append(list, &task->waiter);
    return eddy__park_on(task, kind, on);
}
extern const eddy__wait_kind eddy__sleeping;
EDDY__INLINE int eddy__park_until(eddy__task *task, eddy_time when) {
    if (eddy__timer_set(&task->timer, when) < 0) return eddy__return_now(task, EDDY_ENOMEM);
    task->timer_result = 0;
    return eddy__park_on(task, &eddy__sleeping, NULL);
}
/* The head of every primitive: R8's look for cancellation. */
#define EDDY__PRIMITIVE_BEGIN(task, site)                                                          \
    if (eddy__switch_resuming()) return eddy__resumed();                                           \
    eddy__task *task = eddy__current;                                                              \
    if (EDDY__UNLIKELY(!task)) return EDDY_ESTATE;                                                 \
    task->wait_site = (site);                                                                      \
    if (EDDY__UNLIKELY(task->attention) && eddy__task_attend(task, eddy__stack_pointer()))         \
        return eddy__return_now(task, EDDY_ECANCELED);

/* A checkpoint that counts in R8's budget: 0 or ECANCELED. What compound calls begin with. */
int eddy__checkpoint(const char *site);
/* Counts in R8's budget without looking for cancellation: for calls that cancellation does not stop. */
void eddy__count_call(const char *site);
/* Parks the current task until eddy__task_wake. With `cancellable` it is a checkpoint, and then the
 * caller leaves its lists itself; without, the wait goes on although the task is cancelled. */
int eddy__block(const char *site, const eddy__wait_kind *wait, void *on, bool cancellable);
/* Waits for the end of `f`, another task or future, whatever happens to the caller. With `deliver`
 * its error counts as delivered. */
int eddy__wait_through(const char *site, eddy_future *f, bool deliver);
extern const eddy__wait_kind eddy__joining; /* task->waiter is in the list of the future in wait_on */

/* ---- combining: many.c ------------------------------------------------------------------------ */

/* When a wait for several futures is over, besides when all have ended. */
typedef enum {
    EDDY__MANY_ALL,
    EDDY__MANY_FIRST,
    EDDY__MANY_FIRST_ERROR,   /* ECANCELED is none */
    EDDY__MANY_FIRST_BAD,     /* any result < 0; it is delivered */
    EDDY__MANY_FIRST_SUCCESS, /* of failures the last is delivered */
} eddy__many_mode;

/* Waits for those of `f` that are pending (there is one); `gather` is for the tree. Returns the
 * result of the future that ended the wait, which is in *last; NULL there: ECANCELED, ETIMEDOUT or
 * ENOMEM did. */
int eddy__many_wait(const char *site, eddy_future *const f[], size_t n, eddy__many_mode mode,
                    bool gather, eddy_time timeout, eddy_future **last);
/* R3: an owner passes its cancellation down and returns after the last child. */
void eddy__many_stop(const char *site, eddy_future *const f[], size_t n);
/* Whether the current task is among them. */
bool eddy__many_has_current(eddy_future *const f[], size_t n);

/* ---- callbacks ------------------------------------------------------------------------------------ */

typedef struct eddy__call {
    eddy__ready ready;
    eddy__timer timer;
    uint64_t id;           /* the handle's; 0 of a free place */
    void (*fn)(void *ctx); /* NULL once cancelled while in the ready queue */
    void *ctx;
} eddy__call;

typedef struct eddy__callback {
    eddy__ready ready;
    eddy__waiter waiter; /* in the future's list until it is done */
    eddy_future *future; /* pinned while the callback exists; may be NULL */
    void (*fn)(eddy_future *f, void *ctx);
    void *ctx;
} eddy__callback;

void eddy__call_due(eddy__call *call);
void eddy__call_run(eddy__call *call);
void eddy__callback_run(eddy__callback *callback);
void eddy__calls_drop(void); /* at the end of a run */
void eddy__calls_trim(void); /* frees the memory for calls if there is none */

/* ---- generators --------------------------------------------------------------------------------- */

struct eddy_gen {
    eddy__coroutine co;     /* first: see eddy__running */
    eddy__link link;        /* in loop.generators, in order of opening */
    eddy__task *task;       /* who is in next or close now, or NULL */
    struct eddy_gen *outer; /* while its body runs: the generator whose body called next */
    struct eddy_gen *inner; /* while its task waits inside: the generator whose next its body called */
    const eddy__open_scope *base; /* the consumer's innermost scope */
    void *item;                   /* where the item goes; NULL: nowhere */
    size_t item_size;
    bool emitted;  /* the body has handed out an item, and is suspended by that */
    bool finished; /* its body has returned or will never run: there is no block any more */
    bool closing;
    int error; /* of the body, not yet told */
    eddy__group *kept_groups; /* ended ones of the body, with errors; they pin their owners */
};

void eddy__gen_finish(eddy_gen *g);
bool eddy__gen_finished(eddy_gen *g, eddy__task *task, eddy__outcome outcome);
int eddy__gen_take_error(eddy_gen *g, eddy__task *task);
extern eddy_gen *eddy__generator; /* whose body runs, the innermost; NULL: the task itself runs */
EDDY__INLINE const eddy__coroutine *eddy__running(const eddy__task *task) {
    return eddy__generator ? (const eddy__coroutine *)eddy__generator : &task->co;
}

/* ---- host operations ---------------------------------------------------------------------------- */

/* One operation under way at the host. Made before it is started, gone after it was waited for. */
typedef struct eddy__op {
    uint64_t id;
    const char *what; /* for the tree: "fetch http://…" ; owned by the caller */
    eddy__task *task; /* who waits for it; NULL before */
    bool done;
    bool taken; /* when it is done, by the completion: whoever waits has nothing left to do */
    int result;
    void *data; /* from the host; the waiter takes it over and frees it by free() */
    size_t size;
    void *host; /* what a host in C keeps of it (../io/pending.c) */
    /* Set by who begins it, if the result is a number of the host's: lets that go when nobody is there
     * any more to take it. */
    void (*let_go)(int result);
} eddy__op;
int eddy__op_begin(eddy__op *op, const char *what); /* 0, ENOMEM, or ESTATE where nobody could wait */
int eddy__op_wait(const char *site, eddy__op *op);  /* the result; ECANCELED has cancelled it */
int eddy__op_take(eddy__op *op, eddy__task *task);  /* it is done: the result, with its text */
extern const eddy__wait_kind eddy__op_waiting;      /* on the operation in wait_on */
void eddy__op_drop(eddy__op *op);                   /* never started, or not wanted any more */
/* The host's call has returned rc < 0 and nothing has begun. -> rc; ENOSYS with a text that says which
 * thing the host lacks, and what for. */
int eddy__op_refused(eddy__op *op, int rc, const char *lacks, const char *what);
EDDY__INLINE uint32_t eddy__op_index(const eddy__op *op) {
    return (uint32_t)op->id;
}
EDDY__INLINE uint32_t eddy__op_generation(const eddy__op *op) {
    return (uint32_t)(op->id >> 32);
}

/* ---- debug mode: debug.c, stacks.c, observe.c -------------------------------------------------- */

/* What is made by eddy_future_new; all others are tasks. */
typedef struct eddy__plain_future {
    eddy_future future;             /* first */
    struct eddy__watched *watched; /* owned; NULL without debug mode */
} eddy__plain_future;

/* A place in the program that spawns tasks. */
typedef struct eddy__birthplace {
    struct eddy__birthplace *next, *later;
    const char *site; /* NULL: unknown */
    eddy_fn fn;
    uint64_t spawned;
    size_t deepest, size; /* the most that one task has used, of how much */
    char name[40];        /* of the first; may be cut */
} eddy__birthplace;
eddy__birthplace *eddy__birthplace_of(const eddy__task *task); /* NULL without memory */
void eddy__birthplace_count(eddy__birthplace *place, size_t used, size_t size);
void eddy__birthplaces_free(void);

/* What debug mode knows of a future that was made while it was on. */
typedef struct eddy__watched {
    eddy__link link;
    eddy_future *future;
    const char *site; /* where it was made */
    /* Of a task: */
    eddy__birthplace *birthplace; /* until it has ended; NULL: unknown */
    eddy_time ran;
    size_t deepest; /* stack used at suspensions */
    bool painted;   /* its block was, so that it shows how deep the task got */
} eddy__watched;

/* One step of a task, or a callback, while it is observed. In the frame of who runs it. */
typedef struct eddy__step {
    eddy__task *task;         /* pinned; NULL: a callback */
    struct eddy__step *outer; /* in which a task is started eagerly */
    eddy_time began;          /* on the host's clock */
    const char *site;         /* of the wait that it goes on from; NULL: there was none */
    bool told;                /* its length was reported */
    uint64_t entry;           /* of the trace; see trace.c */
} eddy__step;
extern eddy__step *eddy__the_step; /* the innermost; NULL: not observed */

void eddy__task_observed(eddy__task *task); /* it has been made */
void eddy__step_begin(eddy__step *step, eddy__task *task);
void eddy__step_end(eddy__step *step);
void eddy__observe(void); /* debug mode or a trace has begun or ended */
void eddy__observe_marked(void);

/* What traces are told of. The subject is a task, or what stands there. */
typedef enum {
    EDDY__TRACE_SPAWN,
    EDDY__TRACE_STEP, /* an eddy__step begins */
    EDDY__TRACE_STEP_END,
    EDDY__TRACE_WAIT,
    EDDY__TRACE_WAKE,     /* value: its result */
    EDDY__TRACE_CANCEL,   /* it is cancelled from now on */
    EDDY__TRACE_FINISH,   /* value: its result */
    EDDY__TRACE_OP,       /* an eddy__op begins */
    EDDY__TRACE_OP_END,   /* value: its result */
    EDDY__TRACE_PASS,     /* NULL */
} eddy__trace_kind;

/* What debug mode is told; by pointers, so that only programs that use it link it. */
typedef struct eddy__debug_calls {
    void (*made)(eddy_future *f, const char *site);
    void (*dropped)(eddy_future *f);  /* plain and watched, by its last handle */
    void (*ended)(eddy__task *task);  /* its block is still there */
    void (*freed)(eddy__task *task);
    void (*attended)(eddy__task *task, bool by_runtime); /* amid a step */
    void (*step_ended)(eddy__step *step, eddy_time took);
    void (*run_ended)(void);
} eddy__debug_calls;
/* ---- handles that outsiders hold -------------------------------------------------------------------- */

bool eddy__handle_pin(eddy_handle handle); /* false: it is closed */
void eddy__handle_unpin(eddy_handle handle);

/* ---- reports -------------------------------------------------------------------------------------- */

void eddy__report(int code, const char *message, const char *task, const char *site);
/* A mistake: EDDY_ESTATE. `how` says what happened at the site: "spawned", "begun", "made", "taken". */
void eddy__lint(const char *message, const char *task, const char *how, const char *site);
void eddy__report_future(eddy_future *f); /* once; marks it read */
void eddy__report_tree(void);
void eddy__tree_report(void); /* the tree alone, line by line to eddy__host_report */

/* A line of text built without stdio. What does not fit is cut. */
typedef struct eddy__line {
    size_t length;
    char bytes[512];
} eddy__line;
void eddy__line_text(eddy__line *line, const char *text);
void eddy__line_number(eddy__line *line, long long number);
void eddy__line_time(eddy__line *line, eddy_time time, eddy_time scale);
/* The task that runs, while something is written for it: that is done outside of tasks, for what it is
 * written to may be the program's own (fopencookie), which cannot suspend in there. NULL: nothing is. */
extern eddy__task *eddy__written_for;
/* In pairs; the first returns what the second wants. */
EDDY__INLINE eddy__task *eddy__writing_begins(void) {
    eddy__task *task = eddy__current;
    if (task) eddy__written_for = task;
    eddy__current = NULL;
    return task;
}
EDDY__INLINE void eddy__writing_ends(eddy__task *task) {
    if (task) eddy__written_for = NULL;
    eddy__current = task;
}
void eddy__describe_wait(eddy__line *line, const eddy__task *task); /* it is WAITING */
size_t eddy__task_stack_used(const eddy__task *task); /* the most that is known; 0: unknown */

/* ---- the loop -------------------------------------------------------------------------------------- */

/* The one loop of this instance. A run is: RUNNING until main has ended, then ENDING (R11). */
typedef struct eddy__loop {
    eddy__ready *ready_head, *ready_last; /* the queue; never empty, because of the mark */
    eddy__ready pass_end;                 /* the mark: what is before it belongs to this pass */
    bool in_pass;                         /* steps are being run: wake-ups need not wake the host */
    bool sync;                            /* driven by eddy_run or a runner: nobody else drives it */

    eddy_time now;          /* as last read from the clock */
    uint32_t look_interval; /* steps between two looks at the clock */
    bool is_virtual;
    eddy_time virtual_now;
    eddy_time host_look; /* owning hosts: when to look for completions although tasks are ready */
    uint32_t looks;      /* at the clock, since the last such look */

    eddy__link tasks; /* all that have not ended, in order of spawning */
    uint64_t last_serial; /* of the tasks; never reset */
    uint64_t ended_tasks; /* nor is this: see eddy__task_count */
    eddy__link unread; /* futures that hold an error nobody read */
    eddy__link generators; /* open ones, in order of opening */
    eddy_fn close_generators;        /* the body of a task; set with the first generator */
    void (*drop_generators)(void);   /* without running their bodies */
    eddy__table ops, scopes;
    void (*drop_ops)(void); /* those that are done but not taken; set with the first operation */
    void (*end_workers)(void); /* those of ended runs that are idle; set with the first one */
    int outside; /* see eddy__host_hold */

    enum { EDDY__IDLE, EDDY__RUN, EDDY__ENDING } phase;
    bool runner_open;
    bool keep_tasks;   /* this run is a runner's: no ENDING after it */
    bool deadlocked;   /* R7 has happened in this run */
    bool interrupted;  /* once */
    bool halted;       /* end at once: second interrupt, or an overflowed stack */
    eddy__task *main;  /* a handle of the loop's own; NULL between runs, and in a library's */
    char *main_block;  /* its stack, from its end to that of the run; else NULL */
    size_t main_block_size;
    bool closing;      /* a library's host has asked for its end */
    int result;        /* of the run; valid once main has ended */
    char result_text[256]; /* its message, for eddy's own main() */
    uint32_t leftover; /* tasks told to end that have not */
    void (*on_end)(int result, void *ctx);
    void *on_end_ctx;
    bool debug;
    const eddy__debug_calls *debug_calls; /* while it is on */
    void (*trace)(eddy__trace_kind kind, const void *subject, int value); /* NULL: none is on */
    bool observed; /* debug mode is on, or a trace */
    eddy__wait_list idlers;  /* tasks in eddy_idle */
    uint32_t select_turn;    /* which case a select looks at first (../sync/select.c) */
    uint64_t seed;           /* of the order of tasks in a pass; 0: that of their waking */
    void (*shuffle)(void);   /* set with the seed */
} eddy__loop;

extern eddy__loop eddy__the_loop;

EDDY__INLINE uint32_t eddy__task_count(void) {
    return (uint32_t)(eddy__the_loop.last_serial - eddy__the_loop.ended_tasks);
}

void eddy__ready_push(eddy__ready *element);
/* The same for what a task does during its step, when the host needs no waking. */
EDDY__INLINE void eddy__ready_append(eddy__ready *element) {
    element->next = NULL;
    eddy__the_loop.ready_last->next = element;
    eddy__the_loop.ready_last = element;
}
/* Outside of a run memory goes back at once; in debug builds always, so that sanitizers see what is
 * used after it. */
EDDY__INLINE bool eddy__may_keep(void) {
#ifdef NDEBUG
    return eddy__the_loop.phase != EDDY__IDLE;
#else
    return false;
#endif
}

/* ---- traces: trace.c --------------------------------------------------------------------------- */

EDDY__INLINE void eddy__trace(eddy__trace_kind kind, const void *subject, int value) {
#ifdef EDDY_NO_TRACE
    (void)kind, (void)subject, (void)value;
#else
    if (EDDY__UNLIKELY(eddy__the_loop.trace != NULL)) eddy__the_loop.trace(kind, subject, value);
#endif
}

int eddy__loop_begin(eddy_fn fn, void *arg);
void eddy__loop_begin_end(void); /* a run of R11's end alone; the loop is idle */
/* The run of a library, which has no main: until its host closes it. */
int eddy__loop_open(void (*on_end)(int result, void *ctx), void *ctx);
int eddy__loop_close(void); /* of a program: an interrupt */
/* Between the two a host's call may run a task's first step. False: not now, steps are being run. */
bool eddy__loop_enter(void);
void eddy__loop_leave(eddy_time next_before); /* eddy__timers_next() from before */
/* Guest hosts: a completion without data, and eddy_tick for what it wakes, by the clock as it was. */
double eddy__loop_serve(uint32_t op, uint32_t generation, int result);
/* Runs passes until nothing is ready or the clock says `until`. True: there is more to run now. The
 * clock has been looked at. */
bool eddy__loop_turn(eddy_time until);
/* Nothing is ready. True: that changed something, go on; false: the run is over, or waits. */
bool eddy__loop_idle(void);
bool eddy__loop_over(void); /* the run has ended; loop.result holds */
int eddy__loop_drive(void); /* an owning host's loop, until the run is over */
void eddy__loop_halt(int result);

#endif
