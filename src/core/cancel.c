/* cancel.c: what cancellation does to a task (R1), and the checkpoint that asks for it. */
#include "internal.h"

static bool effective(const eddy__task *task) {
    for (const eddy__open_scope *s = task->scope; s; s = s->parent) {
        if (s->cancelled) return true;
        if (s->shield) return false;
    }
    return task->root_cancelled;
}

void eddy__task_apply_cancel(eddy__task *task) {
    bool before = task->cancelled;
    task->cancelled = effective(task);
    if (task->cancelled && !before) eddy__trace(EDDY__TRACE_CANCEL, task, 0);
    task->attention = task->cancelled || task->scope || eddy__the_loop.debug;
    if (!task->cancelled || task->state != EDDY__WAITING || task->uncancellable) return;
    bool goes_on = task->wait->cancel != NULL;
    if (goes_on)
        task->wait->cancel(task);
    else if (task->wait->abandon)
        task->wait->abandon(task);
    eddy__task_count_ignored(task);
    if (!goes_on) eddy__task_wake(task, EDDY_ECANCELED);
}

void eddy__leave_list(eddy__task *task) {
    eddy__wait_list_remove(&task->waiter);
}

#define IGNORED_LIMIT 1000

static EDDY__RARE void report_ignored_rarely(const eddy__task *task) {
    eddy__line line = {0};
    eddy__line_text(&line, "task ignores its cancellation: ");
    eddy__line_number(&line, IGNORED_LIMIT);
    eddy__line_text(&line, " calls in a row returned EDDY_ECANCELED, the last at ");
    eddy__line_text(&line, task->wait_site ? task->wait_site : "an unknown place");
    eddy__report(EDDY_ECANCELED, line.bytes, task->co.name, task->co.site);
}

void eddy__task_count_ignored(eddy__task *task) {
    if (task->ignored > IGNORED_LIMIT) return; /* reported already */
    if (++task->ignored > IGNORED_LIMIT) report_ignored_rarely(task);
}

bool eddy__task_attend(eddy__task *task, const char *stack_pointer) {
    if (task->scope) eddy__scopes_prune(task, stack_pointer);
    if (eddy__the_loop.debug) eddy__the_loop.debug_calls->attended(task, true);
    if (task->cancelled) eddy__task_count_ignored(task);
    return task->cancelled;
}

int eddy_checkpoint(void) {
    eddy__task *task = eddy__current;
    if (!task) return EDDY_ESTATE;
    if (task->cancelled) eddy__task_count_ignored(task);
    return task->cancelled ? EDDY_ECANCELED : 0;
}
