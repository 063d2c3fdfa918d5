/* task.c: making, running and ending tasks; their blocks of stack.
 *
 *   NEW --first step--> READY, running --blocks--> WAITING --woken--> READY, in the queue
 *    |                     |   ^------------------- its turn ------------------/
 *    +--cancelled before---+--returns--> ENDED
 */
#include "internal.h"

#define loop eddy__the_loop

eddy__task *eddy__current;
eddy_gen *eddy__generator;

/* ---- memory: during a run, freed tasks and blocks are kept for the next spawn --------------------- */

#define DEFAULT_STACK ((size_t)64 * 1024)
#define SMALLEST_CLASS 9                     /* 512 bytes */
#define CLASSES 12                           /* the largest kept: 1 MiB */
#define KEPT_BYTES ((size_t)64 * 1024 * 1024) /* address space, most of it never touched */

static void *kept_blocks[CLASSES]; /* chained by their first word */
static size_t kept_bytes;
static eddy__pool tasks = {.size = sizeof(eddy__task), .limit = 16384};

static unsigned class_of(size_t size) {
    if (size <= (size_t)1 << SMALLEST_CLASS) return 0;
    if (size > (size_t)1 << (CLASSES - 1 + SMALLEST_CLASS)) return CLASSES;
    return 32u - (unsigned)__builtin_clz((unsigned)size - 1) - SMALLEST_CLASS;
}

char *eddy__block_new(size_t *size) {
    if (*size < eddy__switch_min_size()) *size = eddy__switch_min_size();
    unsigned class = class_of(*size);
    if (class == CLASSES) {
        if (*size > PTRDIFF_MAX - 15) return NULL;
        *size = (*size + 15) & ~(size_t)15;
        return eddy__alloc(*size);
    }
    *size = (size_t)1 << (class + SMALLEST_CLASS);
    char *block = kept_blocks[class];
    if (!block) return eddy__alloc(*size);
    memcpy(&kept_blocks[class], block, sizeof(void *));
    kept_bytes -= *size;
    return block;
}

void eddy__block_free(char *block, size_t size) {
    unsigned class = class_of(size);
    if (class == CLASSES || kept_bytes + size > KEPT_BYTES || !eddy__may_keep()) {
        eddy__free(block, size);
        return;
    }
    memcpy(block, &kept_blocks[class], sizeof(void *));
    kept_blocks[class] = block;
    kept_bytes += size;
}

void eddy__task_free(eddy__task *task) {
    if (task->has_rare) {
        if (task->rare.watched) loop.debug_calls->freed(task);
        eddy__text_release(task->rare.own_name);
    }
    eddy__pool_give(&tasks, task, eddy__may_keep());
}

void eddy__blocks_trim(void) {
    for (unsigned class = 0; class < CLASSES; class ++) {
        while (kept_blocks[class]) {
            char *block = kept_blocks[class];
            memcpy(&kept_blocks[class], block, sizeof(void *));
            eddy__free(block, (size_t)1 << (class + SMALLEST_CLASS));
        }
    }
    kept_bytes = 0;
}

/* ---- spawning ----------------------------------------------------------------------------------------- */

/* Field by field, as in eddy__future_init; the rest is set before it is read. */
static void task_init(eddy__task *task) {
    eddy__future_init(&task->future, true);
    task->ready.kind = EDDY__READY_NEW;
    task->in_a_row = 0;
    task->state = EDDY__NEW;
    task->attention = task->consumes = false;
    task->wait_site = NULL;
    task->timer.kind = EDDY__TIMER_TASK;
    task->timer.slot = 0;
    task->scope = NULL;
    task->root_cancelled = task->cancelled = task->uncancellable = task->leftover = false;
    task->ignored = 0;
    task->detached = task->has_rare = false;
    task->serial = ++loop.last_serial;
    task->born = loop.now;
    task->locals = eddy__current ? eddy__current->locals : NULL;
    if (task->locals) task->locals->references++;
    task->places = NULL;
}

eddy__task_rare *eddy__task_need_rare(eddy__task *task) {
    if (!task->has_rare) {
        task->has_rare = true;
        task->rare = (eddy__task_rare){0};
    }
    return &task->rare;
}

void eddy__call_destructor(void (*destructor)(void *), void *of) {
    eddy__task *outer = eddy__current;
    eddy__current = NULL;
    destructor(of);
    eddy__current = outer;
}

static void start_eagerly(eddy__task *task);

/* What every task has. */
EDDY__FAST eddy__task *make(const char *site, const char *name, eddy_fn fn, void *arg, size_t stack,
                              eddy__group *group) {
    size_t size = stack ? stack : DEFAULT_STACK;
    eddy__task *task = fn ? eddy__pool_take(&tasks) : NULL;
    if (EDDY__UNLIKELY(!task)) return NULL;
    char *block = eddy__block_new(&size);
    if (EDDY__UNLIKELY(!block)) {
        eddy__pool_give(&tasks, task, eddy__may_keep());
        return NULL;
    }
    task_init(task);
    task->group = group;
    eddy__switch_init(&task->co, block, size, fn, arg, name, site);
    eddy__list_append(&loop.tasks, &task->link);
    if (EDDY__UNLIKELY(loop.observed)) eddy__task_observed(task);
    return task;
}

eddy__task *eddy__task_make(const char *site, const char *name, eddy_fn fn, void *arg,
                            eddy__group *group) {
    return make(site, name, fn, arg, 0, group);
}

/* With what few tasks have: a copied argument, its destructor, a name. */
static eddy__task *make_with_rare(const char *site, const char *name, eddy_fn fn,
                                  const eddy_spawn_options *options, eddy__group *group) {
    const size_t arg_size = options->arg ? options->arg_size : 0; /* of NULL there is no copy */
    void *arg = arg_size ? eddy__alloc(arg_size) : options->arg;
    eddy__text *own_name = options->name ? eddy__text_new(options->name, strlen(options->name)) : NULL;
    bool complete = (arg || !arg_size) && (own_name || !options->name);
    if (own_name) name = own_name->bytes;
    eddy__task *task = complete ? make(site, name, fn, arg, options->stack, group) : NULL;
    if (!task) {
        eddy__text_release(own_name);
        if (arg_size) eddy__free(arg, arg_size);
        return NULL;
    }
    if (own_name) eddy__switch_copy_name(&task->co); /* an overflow may reach its memory */
    if (arg_size) memcpy(arg, options->arg, arg_size);
    eddy__task_rare *rare = eddy__task_need_rare(task);
    rare->own_name = own_name;
    rare->arg_size = arg_size;
    rare->arg_free = options->arg_free;
    return task;
}

eddy__task *eddy__task_make_with(const char *site, const char *name, eddy_fn fn,
                                 const eddy_spawn_options *options, eddy__group *group) {
    if (!options->name && !options->arg_size && !options->arg_free)
        return make(site, name, fn, options->arg, options->stack, group);
    eddy__task *task = make_with_rare(site, name, fn, options, group);
    if (!task && options->arg_free) eddy__call_destructor(options->arg_free, options->arg);
    return task;
}

void eddy__task_launch(eddy__task *task, bool eager) {
    if (eager)
        start_eagerly(task);
    else
        eddy__ready_push(&task->ready);
}

eddy_future *eddy__spawn_with(const char *site, const char *name, eddy_fn fn,
                              const eddy_spawn_options *options) {
    static const eddy_spawn_options defaults;
    if (!options) options = &defaults;
    eddy__task *task = eddy__task_make_with(site, name, fn, options, NULL);
    if (!task) return NULL;
    eddy__task_launch(task, options->eager);
    return &task->future;
}

eddy_future *eddy__spawn(const char *site, const char *name, eddy_fn fn, void *arg) {
    eddy__task *task = eddy__task_make(site, name, fn, arg, NULL);
    if (!task) return NULL;
    eddy__ready_push(&task->ready);
    return &task->future;
}

int eddy__go(const char *site, const char *name, eddy_fn fn, void *arg) {
    if (!fn) return EDDY_EINVAL;
    eddy_future *f = eddy__spawn(site, name, fn, arg);
    if (!f) return EDDY_ENOMEM;
    eddy_release(f);
    return 0;
}

eddy_future *(eddy_spawn)(eddy_fn fn, void *arg) {
    return eddy__spawn(NULL, "task", fn, arg);
}
eddy_future *(eddy_spawn_with)(eddy_fn fn, const eddy_spawn_options *options) {
    return eddy__spawn_with(NULL, "task", fn, options);
}
int(eddy_go)(eddy_fn fn, void *arg) {
    return eddy__go(NULL, "task", fn, arg);
}

/* ---- running --------------------------------------------------------------------------------------------- */

void eddy__task_push(eddy__task *task) {
    task->state = EDDY__READY;
    eddy__ready_push(&task->ready);
}

void eddy__task_wake(eddy__task *task, int result) {
    if (task->state != EDDY__WAITING) return;
    eddy__trace(EDDY__TRACE_WAKE, task, result);
    eddy__timer_clear(&task->timer);
    if (result != EDDY_ECANCELED) task->ignored = 0;
    task->resume = result;
    task->uncancellable = false;
    eddy__task_push(task);
}

static void report_overflow(void) {
    const eddy__overflow *overflow = &eddy__switch_overflow;
    bool known = overflow->needed > overflow->has;
    eddy__line line = {0};
    eddy__line_text(&line, "task '");
    eddy__line_text(&line, overflow->name);
    eddy__line_text(&line, known ? "' needs " : "' needs more than ");
    eddy__line_number(&line, (long long)(known ? overflow->needed : overflow->has));
    eddy__line_text(&line, " bytes of stack, has ");
    eddy__line_number(&line, (long long)overflow->has);
    eddy__report(EDDY_EOVERFLOW, line.bytes, overflow->name, overflow->site);
}

void eddy__switch_overflowed(void) {
    report_overflow();
    eddy__host_abort();
}

void eddy__switch_entered_function(void) {
    if (loop.debug && eddy__current) loop.debug_calls->attended(eddy__current, false);
}

/* Whether what the task waits with, or what is to be cleaned up for it, was overwritten. */
static bool is_overwritten(const void *on_stack) {
    const char *at = on_stack;
    return at >= eddy__switch_overflow.from && at < eddy__switch_overflow.end;
}

static bool cannot_be_abandoned(const eddy__task *task) {
    return (task->state == EDDY__WAITING && is_overwritten(task->wait_on)) ||
           (task->has_rare && is_overwritten(task->rare.cleanups));
}

void eddy__task_overflowed(eddy__task *task, eddy__outcome outcome) {
    if (outcome == EDDY__BROKEN || cannot_be_abandoned(task)) eddy__switch_overflowed();
    /* Its frames are lost, so nothing it holds can be cleaned up, and others may point into them. */
    report_overflow();
    eddy__loop_halt(EDDY_EOVERFLOW);
}

/* The first step inside the caller's step. */
static void start_eagerly(eddy__task *task) {
    eddy__task *outer = eddy__current;
    eddy_gen *generator = eddy__generator;
    eddy__generator = NULL;
    eddy__step step;
    bool observed = loop.observed;
    if (EDDY__UNLIKELY(observed)) eddy__step_begin(&step, task);
    eddy__switch_state state = eddy__switch_nest();
    if (eddy__task_begin(task)) eddy__task_step(task);
    eddy__switch_unnest(state);
    if (EDDY__UNLIKELY(observed)) eddy__step_end(&step);
    eddy__generator = generator;
    eddy__current = outer;
}

/* ---- ending ----------------------------------------------------------------------------------------------- */

eddy__text *eddy__task_text(const eddy__task *task, int result) {
    if (result >= 0) return NULL;
    if (!task->has_rare) return NULL;
    const eddy__task_rare *rare = &task->rare;
    if (rare->fail_text && rare->fail_code == result) return eddy__text_retain(rare->fail_text);
    if (rare->last_code == result) return eddy__text_retain(rare->last_text);
    return NULL;
}

/* Places that are not given back are lost: the limiter may be gone, too. */
static void drop_places(eddy__task *task) {
    while (task->places) {
        eddy__place *place = task->places;
        task->places = place->next;
        if (loop.debug) {
            eddy__line line = {0};
            eddy__line_text(&line, "task '");
            eddy__line_text(&line, task->co.name);
            eddy__line_text(&line, "' ended with a place of a limiter");
            eddy__lint(line.bytes, task->co.name, "taken", place->site);
        }
        eddy__free(place, sizeof *place);
    }
}

static void free_arg(eddy__task *task) {
    if (task->rare.arg_free) eddy__call_destructor(task->rare.arg_free, task->co.arg);
    if (task->rare.arg_size) eddy__free(task->co.arg, task->rare.arg_size);
}

/* All but the name, which handles may still ask for. */
static void forget_rare(eddy__task_rare *rare) {
    eddy__text_release(rare->fail_text);
    eddy__text_release(rare->last_text);
    while (rare->kept_groups) rare->kept_groups->forget(rare->kept_groups);
}

/* Whether nothing is to be looked after but what every task has. */
EDDY__INLINE bool is_plain(const eddy__task *task) {
    uintptr_t pointers = (uintptr_t)task->scope | (uintptr_t)task->places | (uintptr_t)task->locals;
    return EDDY__LIKELY(!(pointers | task->has_rare | task->leftover));
}

/* All but what every task has. */
static EDDY__RARE eddy__text *clean_up_rarely(eddy__task *task, int result) {
    if (task->scope) eddy__scopes_prune(task, NULL);
    if (task->places) drop_places(task);
    eddy__locals_release(task->locals);
    if (task->leftover) loop.leftover--;
    if (!task->has_rare) return NULL;
    if (task->rare.watched) loop.debug_calls->ended(task);
    free_arg(task);
    eddy__text *text = eddy__task_text(task, result);
    forget_rare(&task->rare);
    return text;
}

/* Tells who waits for it. Of most tasks nobody but the group, that there is one child less. */
EDDY__INLINE void settle(eddy__task *task, int result, eddy__text *text) {
    eddy_future *f = &task->future;
    bool quietly = result >= 0 && !f->waiters.first;
    if (EDDY__LIKELY(quietly)) {
        f->result = result;
        f->state = EDDY_DONE;
    } else {
        eddy__future_settle(f, result, text);
    }
    eddy__group *group = task->group;
    if (!group) return;
    group->live--;
    if (quietly && group->live && !((uintptr_t)task->starter | task->detached)) return;
    group->child_ended(task);
}

void eddy__task_ended(eddy__task *task, int result) {
    task->state = EDDY__ENDED;
    eddy__trace(EDDY__TRACE_FINISH, task, result);
    eddy__switch_done(&task->co);
    eddy__text *text = is_plain(task) ? NULL : clean_up_rarely(task, result);
    if (EDDY__UNLIKELY(task == loop.main)) { /* leftovers may wait for objects on it */
        loop.main_block = task->co.block;
        loop.main_block_size = task->co.size;
    } else {
        eddy__block_free(task->co.block, task->co.size);
    }
    eddy__list_drop(&task->link);
    loop.ended_tasks++;
    settle(task, result, text);
    eddy__future_unpin(&task->future);
}

void eddy__cleanup_push(eddy__cleanup *cleanup, void (*run)(eddy__cleanup *cleanup)) {
    eddy__task_rare *rare = eddy__task_need_rare(eddy__current);
    cleanup->next = rare->cleanups;
    cleanup->run = run;
    rare->cleanups = cleanup;
}

void eddy__cleanup_pop(void) {
    eddy__task_rare *rare = &eddy__current->rare;
    rare->cleanups = rare->cleanups->next;
}

void eddy__task_leave(eddy__task *task) {
    if (task->state != EDDY__WAITING) return;
    if (task->wait->abandon) task->wait->abandon(task);
    eddy__timer_clear(&task->timer);
    task->state = EDDY__READY; /* nothing wakes it any more */
}

void eddy__task_abandon(eddy__task *task) {
    eddy__task_leave(task);
    if (task->consumes) eddy_release(task->consumed);
    eddy__cleanup *cleanup = task->has_rare ? task->rare.cleanups : NULL;
    for (eddy__cleanup *next; cleanup; cleanup = next) {
        next = cleanup->next;
        cleanup->run(cleanup);
    }
    eddy__task_ended(task, EDDY_ECANCELED);
}

/* ---- errors delivered to and raised by the current task ------------------------------------------------- */

void eddy__task_deliver(eddy__task *task, int code, eddy__text *text) {
    eddy__task_rare *rare = eddy__task_need_rare(task);
    eddy__text_release(rare->last_text);
    rare->last_code = code;
    rare->last_text = text;
}

const char *eddy_last_message(void) {
    const eddy__task *task = eddy__current;
    return task && task->has_rare ? eddy__text_read(task->rare.last_text) : "";
}

void eddy__task_fail(eddy__task *task, int code, eddy__text *text) {
    eddy__task_rare *rare = eddy__task_need_rare(task);
    eddy__text_release(rare->fail_text);
    rare->fail_code = code;
    rare->fail_text = text;
}

int eddy_fail(int code, const char *format, ...) {
    eddy__task *task = eddy__current;
    if (!task || !format) return code;
    va_list arguments;
    va_start(arguments, format);
    eddy__text *text = eddy__text_format(format, arguments);
    va_end(arguments);
    eddy__task_fail(task, code, text);
    return code;
}

int eddy__call_failed(int code, const char *format, ...) {
    if (!eddy__current) return code;
    va_list arguments;
    va_start(arguments, format);
    eddy__task_deliver(eddy__current, code, eddy__text_format_simply(format, arguments));
    va_end(arguments);
    return code;
}

int eddy_set_value(void *value, void (*free_value)(void *)) {
    eddy__task *task = eddy__current;
    if (!task) return EDDY_ESTATE;
    if (task->future.free_value)
        eddy__call_destructor(task->future.free_value, task->future.value);
    task->future.value = value;
    task->future.free_value = free_value;
    return 0;
}

eddy_future *eddy_current(void) {
    return eddy__current ? &eddy__current->future : NULL;
}
