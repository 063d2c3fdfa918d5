/* gen_next.c: the primitive that runs a generator's body up to its next item, or its end. */
#include "internal.h"

/* One stretch of the body. True: it has handed out an item, or is at its end. */
EDDY__INLINE bool run(eddy_gen *g, eddy__task *task) {
    g->outer = eddy__generator;
    eddy__generator = g;
    eddy__switch_state state = eddy__switch_nest();
    eddy__outcome outcome = eddy__switch_enter(&g->co);
    eddy__switch_unnest(state);
    eddy__generator = g->outer;
    if (outcome != EDDY__SUSPENDED) return eddy__gen_finished(g, task, outcome);
    return g->emitted;
}

EDDY__PRIMITIVE int eddy__gen_next(const char *site, eddy_gen *g, void *item) {
    eddy__task *task = eddy__current;
    if (eddy__switch_resuming()) {
        eddy__switch_resume();
        g = task->suspended_in;
        if (!g) return task->resume; /* it had given up the pass, with its result (R8) */
        task->suspended_in = g->inner;
    } else {
        if (!task) return EDDY_ESTATE;
        task->wait_site = site;
        task->suspended_in = NULL; /* the task runs: it is suspended in none */
        bool look = task->attention && !(g && g->closing);
        if (look && eddy__task_attend(task, eddy__stack_pointer()))
            return eddy__return_now(task, EDDY_ECANCELED);
        if (!g) return eddy__return_now(task, EDDY_ENOMEM);
        if (g->task) return eddy__return_now(task, EDDY_ESTATE);
        /* A close keeps the generator to its end, for it may give up the pass before it frees it. */
        if (g->closing || !g->finished) g->task = task;
        if (g->finished) return eddy__return_now(task, eddy__gen_take_error(g, task));
        g->base = task->scope;
        g->item = item;
    }
    while (!run(g, task)) {
        g->inner = task->suspended_in;
        task->suspended_in = g;
        eddy__switch_suspend();
        if (!EDDY__SWITCH_RETURNS) return 0;
        task->suspended_in = g->inner;
    }
    if (!g->closing) g->task = NULL;
    if (!g->emitted) return eddy__return_now(task, eddy__gen_take_error(g, task));
    g->emitted = false;
    return eddy__return_now(task, 1);
}
