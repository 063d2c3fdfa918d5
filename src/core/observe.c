/* observe.c: what debug mode and traces are told of each step. The loop comes here only while one of
 * them is on: it has two instances of its innermost loop. */
#include "internal.h"

#define loop eddy__the_loop

eddy__step *eddy__the_step;

void eddy__task_observed(eddy__task *task) {
    if (loop.debug) loop.debug_calls->made(&task->future, task->co.site);
    eddy__trace(EDDY__TRACE_SPAWN, task, 0);
}

void eddy__step_begin(eddy__step *step, eddy__task *task) {
    *step = (eddy__step){
        .task = task,
        .outer = eddy__the_step,
        .began = eddy__host_now(),
        .site = task && task->co.started ? task->wait_site : NULL,
    };
    if (task) task->future.pins++; /* it may end, and all handles go */
    eddy__the_step = step;
    eddy__trace(EDDY__TRACE_STEP, step, 0);
}

void eddy__step_end(eddy__step *step) {
    eddy__task *task = step->task;
    if (task && task->state == EDDY__WAITING) eddy__trace(EDDY__TRACE_WAIT, task, 0);
    eddy__trace(EDDY__TRACE_STEP_END, step, 0);
    if (loop.debug) loop.debug_calls->step_ended(step, eddy__host_now() - step->began);
    eddy__the_step = step->outer;
    if (task) eddy__future_unpin(&task->future);
}

/* ---- beginning within a step --------------------------------------------------------------------- */

static eddy__step begun_within;
static eddy__ready mark = {.kind = EDDY__READY_OBSERVE};
static bool mark_queued;

/* The loop changes to the other instance when it comes to the mark: right after this step, the rest
 * of which counts as one. */
void eddy__observe(void) {
    bool observed = loop.debug || loop.trace;
    if (observed == loop.observed) return;
    loop.observed = observed;
    if (!loop.in_pass) return;
    if (observed && eddy__current && !eddy__the_step)
        eddy__step_begin(&begun_within, eddy__current);
    if (mark_queued) return;
    mark_queued = true;
    if (!eddy__current) {
        eddy__ready_append(&mark);
        return;
    }
    mark.next = loop.ready_head;
    loop.ready_head = &mark;
}

void eddy__observe_marked(void) {
    mark_queued = false;
    if (eddy__the_step == &begun_within) eddy__step_end(&begun_within);
}
