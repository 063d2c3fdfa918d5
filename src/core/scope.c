/* scope.c: deadlines, shields, and the end of a cancellation (R1). */
#include "internal.h"

#define loop eddy__the_loop

/* Takes the task's innermost scope off the chain; what it means for cancellation is the caller's. */
static void close_innermost(eddy__task *task) {
    eddy_scope *s = task->scope;
    task->scope = s->parent;
    eddy__timer_clear(&s->timer);
    eddy__table_remove(&loop.scopes, s->id);
    s->ended = true;
    s->parent = NULL;
    s->task = NULL;
}

static void report_left_open(const eddy__task *task, const eddy_scope *s, const char *how) {
    eddy__line line = {0};
    eddy__line_text(&line, "scope ");
    eddy__line_text(&line, s->name ? s->name : "without a name");
    eddy__line_text(&line, " of task '");
    eddy__line_text(&line, task->name);
    eddy__line_text(&line, "' was left open");
    eddy__line_text(&line, how);
    eddy__report(EDDY_ESTATE, line.bytes, task->name, s->site);
}

void eddy__scopes_prune(eddy__task *task, const char *stack_pointer) {
    if (!task->scope) return;
    const char *low = task->co.block, *high = low + task->co.size;
    bool task_ended = stack_pointer == NULL;
    while (task->scope) {
        const char *at = (const char *)task->scope;
        bool on_stack = at >= low && at < high;
        if (!task_ended && !(on_stack && at < stack_pointer)) return;
        /* Of an ended task only scopes that are not on its dead stack can still be looked at
         * later, but reading them here is safe either way: the block is not yet reused. */
        if (!task_ended || loop.debug)
            report_left_open(task, task->scope,
                             task_ended ? " when its task ended" : " by a jump out of its block");
        close_innermost(task);
        eddy__task_apply_cancel(task);
    }
}

static eddy_time earliest(const eddy_scope_options *options) {
    eddy_time when = EDDY_FOREVER;
    if (options->timeout)
        when = options->timeout < 0 ? EDDY_NOW : eddy__time_add(eddy_now(), options->timeout);
    if (options->deadline && options->deadline < when) when = options->deadline;
    return when;
}

/* A deadline that is not after now is seen at once. */
static int set_deadline(eddy_scope *s, eddy_time when) {
    if (when > eddy_now()) return eddy__timer_set(&s->timer, when);
    eddy__timer_clear(&s->timer);
    if (!s->cancelled) s->cancelled = s->expired = true;
    return 0;
}

int eddy__scope_begin(const char *site, eddy_scope *s, const eddy_scope_options *options) {
    static const eddy_scope_options defaults;
    if (!s) return EDDY_EINVAL;
    if (s->begun) return EDDY_ESTATE;
    if (!options) options = &defaults;
    eddy__task *task = eddy__current;
    s->begun = true;
    s->site = site;
    s->name = options->name;
    s->shield = options->shield;
    s->timer.kind = EDDY__TIMER_SCOPE;
    s->error = task ? set_deadline(s, earliest(options)) : EDDY_ESTATE;
    if (s->error) return s->error;
    s->task = &task->future;
    s->parent = task->scope;
    task->scope = s;
    eddy__task_apply_cancel(task);
    return 0;
}

int eddy_scope_end(eddy_scope *s, int rc) {
    if (!s || !s->begun) return EDDY_ESTATE;
    if (s->ended) return rc;
    if (s->error) {
        s->ended = true;
        return s->error;
    }
    eddy__task *task = eddy__current;
    if (!task || s->task != &task->future) return EDDY_ESTATE;
    while (task->scope != s) {
        if (loop.debug) report_left_open(task, task->scope, " inside one that ended");
        close_innermost(task);
    }
    close_innermost(task);
    eddy__task_apply_cancel(task);
    if (rc != EDDY_ECANCELED || !s->cancelled) return rc;
    if (task->cancelled && !s->shield) return rc;
    task->ignored = 0;
    return s->expired ? EDDY_ETIMEDOUT : 0;
}

void eddy__scope_net(eddy_scope *s) {
    if (!s->begun || s->ended || s->error) return;
    if (loop.debug)
        report_left_open((eddy__task *)s->task, s, ": its block ended without eddy_scope_end");
    (void)eddy_scope_end(s, 0);
}

int eddy_scope_cancel(eddy_scope *s) {
    if (!s) return EDDY_EINVAL;
    if (s->ended || s->error) return EDDY_ESTATE;
    if (s->cancelled) return 0;
    s->cancelled = true;
    eddy__timer_clear(&s->timer);
    if (s->task) eddy__task_apply_cancel((eddy__task *)s->task);
    return 0;
}

int eddy_scope_reschedule(eddy_scope *s, eddy_time deadline) {
    if (!s || !s->task || s->cancelled) return EDDY_ESTATE;
    int rc = set_deadline(s, deadline);
    if (s->cancelled) eddy__task_apply_cancel((eddy__task *)s->task);
    return rc;
}

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
    for (const eddy_scope *s = task->scope; s; s = s->parent) {
        if (s->timer.place && s->timer.when < nearest) nearest = s->timer.when;
        if (s->shield) break;
    }
    return nearest;
}

eddy_scope_ref eddy_scope_share(eddy_scope *s) {
    if (!s || !s->task) return (eddy_scope_ref){0};
    if (!s->id) s->id = eddy__table_add(&loop.scopes, s);
    return (eddy_scope_ref){s->id};
}

int eddy_scope_ref_cancel(eddy_scope_ref ref) {
    eddy_scope *s = eddy__table_get(&loop.scopes, ref.id);
    return s ? eddy_scope_cancel(s) : EDDY_ESTATE;
}

int(eddy_scope_begin)(eddy_scope *s, const eddy_scope_options *options) {
    return eddy__scope_begin(NULL, s, options);
}
