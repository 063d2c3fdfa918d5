/* scope.c: deadlines, shields, and the end of a cancellation (R1). */
#include "internal.h"

#define loop eddy__the_loop

static eddy__pool records = {.size = sizeof(eddy__open_scope), .limit = 4096};

static void open_free(eddy__open_scope *open) {
    eddy__pool_give(&records, open, eddy__may_keep());
}

/* ---- closing ---------------------------------------------------------------------------------------- */

/* Takes the task's innermost scope off the chain; what it means for cancellation is the caller's.
 * `alive`: the object is still there. */
static void close_innermost(eddy__task *task, bool alive) {
    eddy__open_scope *open = task->scope;
    if (open->group) open->group->orphan(open->group, alive);
    task->scope = open->parent;
    eddy__timer_clear(&open->timer);
    if (open->id) eddy__table_remove(&loop.scopes, open->id);
    if (alive) {
        open->scope->ended = true;
        open->scope->open = NULL;
    }
    open_free(open);
}

static EDDY__RARE void report_left_open_rarely(const eddy__open_scope *open, const char *how) {
    eddy__line line = {0};
    eddy__line_text(&line, open->group ? "group " : "scope ");
    eddy__line_text(&line, open->name ? open->name : "without a name");
    eddy__line_text(&line, " of task '");
    eddy__line_text(&line, open->task->co.name);
    eddy__line_text(&line, "' was left open");
    eddy__line_text(&line, how);
    eddy__lint(line.bytes, open->task->co.name, "begun", open->site);
}

void eddy__scope_report_left_open(const eddy__open_scope *open) {
    report_left_open_rarely(open, open->group ? ": its block ended without eddy_group_end"
                                              : ": its block ended without eddy_scope_end");
}

bool eddy__is_gone(const eddy__coroutine *co, const void *object, const char *stack_pointer) {
    const char *at = object;
    bool on_stack = at >= co->block && at < co->block + co->size;
    return on_stack && (!stack_pointer || at < stack_pointer);
}

/* A NULL stack pointer: the task has ended. Otherwise it is that of whoever runs now, and tells
 * nothing about other stacks. */
static bool is_gone(const eddy__open_scope *open, const char *stack_pointer) {
    if (stack_pointer && open->co != eddy__running(open->task)) return false;
    return eddy__is_gone(open->co, open->scope, stack_pointer);
}

void eddy__scopes_prune(eddy__task *task, const char *stack_pointer) {
    bool task_ended = stack_pointer == NULL;
    while (task->scope) {
        bool dead = is_gone(task->scope, stack_pointer);
        if (!task_ended && !dead) return;
        const char *how = task_ended ? " when its task ended" : " by a jump out of its block";
        if (!task_ended || loop.debug) report_left_open_rarely(task->scope, how);
        close_innermost(task, !dead);
        eddy__task_apply_cancel(task);
    }
}

/* ---- deadlines ----------------------------------------------------------------------------------------- */

static eddy_time earliest(const eddy_scope_options *options) {
    eddy_time when = EDDY_FOREVER;
    if (options->timeout)
        when = options->timeout < 0 ? EDDY_NOW : eddy__time_add(eddy_now(), options->timeout);
    if (options->deadline && options->deadline < when) when = options->deadline;
    return when;
}

static void mark_cancelled(eddy__open_scope *open, bool expired) {
    if (open->cancelled) return;
    open->cancelled = open->scope->cancelled = true;
    open->scope->expired = expired;
    if (open->group) open->group->cancel(open->group);
}

/* A deadline that is not after now is seen at once; the clock is not read for what has none. */
static int set_deadline(eddy__open_scope *open, eddy_time when) {
    if (when == EDDY_FOREVER || when > eddy_now()) return eddy__timer_set(&open->timer, when);
    eddy__timer_clear(&open->timer);
    mark_cancelled(open, true);
    return 0;
}

void eddy__scope_expire(eddy__open_scope *open) {
    mark_cancelled(open, true);
    eddy__task_apply_cancel(open->task);
}

/* ---- begin and end --------------------------------------------------------------------------------------- */

static int begin(const char *site, eddy_scope *s, const eddy_scope_options *options) {
    eddy__task *task = eddy__current;
    if (!task) return EDDY_ESTATE;
    eddy__open_scope *open = eddy__pool_take(&records);
    if (!open) return EDDY_ENOMEM;
    *open = (eddy__open_scope){
        .parent = task->scope,
        .scope = s,
        .task = task,
        .co = eddy__running(task),
        .timer.kind = EDDY__TIMER_SCOPE,
        .site = site,
        .name = options->name,
        .shield = options->shield,
        .cancelled = s->cancelled,
    };
    int rc = set_deadline(open, earliest(options));
    if (rc < 0) {
        open_free(open);
        return rc;
    }
    s->open = open;
    task->scope = open;
    eddy__task_apply_cancel(task);
    return 0;
}

int eddy__scope_begin(const char *site, eddy_scope *s, const eddy_scope_options *options) {
    static const eddy_scope_options defaults;
    if (!s) return EDDY_EINVAL;
    if (s->begun) return EDDY_ESTATE;
    s->begun = true;
    s->error = begin(site, s, options ? options : &defaults);
    return s->error;
}

void eddy__scopes_close_inside(eddy__task *task, const eddy__open_scope *around, const char *how) {
    if (task->scope == around) return;
    const eddy__open_scope *s = task->scope;
    while (s && s != around) s = s->parent;
    if (s != around) return; /* it was closed already, and what was inside with it */
    while (task->scope != around) {
        if (loop.debug) report_left_open_rarely(task->scope, how);
        close_innermost(task, !is_gone(task->scope, eddy__stack_pointer()));
    }
    eddy__task_apply_cancel(task);
}

int eddy_scope_end(eddy_scope *s, int rc) {
    if (!s || !s->begun) return EDDY_ESTATE;
    if (s->ended) return rc;
    if (s->error) {
        s->ended = true;
        return s->error;
    }
    eddy__task *task = eddy__current;
    if (!task || s->open->task != task) return EDDY_ESTATE;
    bool shield = s->open->shield;
    eddy__scopes_close_inside(task, s->open, " inside one that ended");
    close_innermost(task, true);
    eddy__task_apply_cancel(task);
    if (rc != EDDY_ECANCELED || !s->cancelled) return rc;
    if (task->cancelled && !shield) return rc;
    task->ignored = 0;
    return s->expired ? EDDY_ETIMEDOUT : 0;
}

void eddy__scope_net(eddy_scope *s) {
    if (!s->open) return;
    if (loop.debug) eddy__scope_report_left_open(s->open);
    (void)eddy_scope_end(s, 0);
}

int eddy_scope_cancel(eddy_scope *s) {
    if (!s) return EDDY_EINVAL;
    if (s->ended || s->error) return EDDY_ESTATE;
    if (s->open) {
        mark_cancelled(s->open, false);
        eddy__timer_clear(&s->open->timer);
        eddy__task_apply_cancel(s->open->task);
    }
    s->cancelled = true;
    return 0;
}

int eddy_scope_reschedule(eddy_scope *s, eddy_time deadline) {
    if (!s || !s->open || s->cancelled) return EDDY_ESTATE;
    int rc = set_deadline(s->open, deadline);
    if (s->cancelled) eddy__task_apply_cancel(s->open->task);
    return rc;
}

/* ---- questions, and references for other tasks ------------------------------------------------------------ */

bool eddy_scope_cancelled(const eddy_scope *s) {
    return s && s->cancelled;
}

bool eddy_scope_expired(const eddy_scope *s) {
    return s && s->expired;
}

eddy_time eddy_deadline(void) {
    const eddy__task *task = eddy__current;
    if (!task) return EDDY_FOREVER;
    if (task->cancelled) return EDDY_NOW;
    eddy_time nearest = EDDY_FOREVER;
    for (const eddy__open_scope *open = task->scope; open; open = open->parent) {
        if (open->timer.slot && open->timer.when < nearest) nearest = open->timer.when;
        if (open->shield) break;
    }
    return nearest;
}

eddy_scope_ref eddy_scope_share(eddy_scope *s) {
    if (!s || !s->open) return (eddy_scope_ref){0};
    if (!s->open->id) s->open->id = eddy__table_add(&loop.scopes, s->open);
    return (eddy_scope_ref){s->open->id};
}

int eddy_scope_ref_cancel(eddy_scope_ref ref) {
    eddy__open_scope *open = eddy__table_get(&loop.scopes, ref.id);
    return open ? eddy_scope_cancel(open->scope) : EDDY_ESTATE;
}

int(eddy_scope_begin)(eddy_scope *s, const eddy_scope_options *options) {
    return eddy__scope_begin(NULL, s, options);
}
