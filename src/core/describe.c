/* describe.c: what a task waits for, in words, for people: trees, lists, reports. */
#include "internal.h"

static void describe_future(eddy__line *line, const eddy_future *f) {
    if (!f->is_task) {
        eddy__line_text(line, "a future");
        return;
    }
    eddy__line_text(line, "task '");
    eddy__line_text(line, eddy_name(f));
    eddy__line_text(line, "'");
}

/* "joins task 'parse'", "gathers task 'load' and 2 more". It is WAITING. */
void eddy__describe_wait(eddy__line *line, const eddy__task *task) {
    const eddy__wait_kind *wait = task->wait;
    eddy__line_text(line, wait->verb);
    if (wait->describe) {
        eddy__line_text(line, " ");
        eddy__line_text(line, wait->describe(task));
    }
    eddy_future *first = wait->target ? wait->target(task, 0) : NULL;
    if (!first) return;
    eddy__line_text(line, " ");
    describe_future(line, first);
    long long others = 0;
    while (wait->target(task, (size_t)others + 1)) others++;
    if (!others) return;
    eddy__line_text(line, " and ");
    eddy__line_number(line, others);
    eddy__line_text(line, " more");
}

size_t eddy__task_stack_used(const eddy__task *task) {
    const eddy__watched *w = task->has_rare ? task->rare.watched : NULL;
    size_t used = w && w->painted ? eddy__switch_deepest(&task->co) : 0;
    bool runs = task == eddy__current || task == eddy__written_for;
    size_t now = runs                         ? eddy__switch_used(&task->co, eddy__stack_pointer())
                 : task->state == EDDY__ENDED ? 0
                                              : eddy__switch_used(&task->co, NULL);
    if (w && w->deepest > used) used = w->deepest;
    return now > used ? now : used;
}

/* Milliseconds or, `scale` EDDY_S, seconds, with three decimals. */
void eddy__line_time(eddy__line *line, eddy_time time, eddy_time scale) {
    eddy__line_number(line, time / scale);
    long long thousandths = time % scale / (scale / 1000);
    eddy__line_text(line, thousandths < 10 ? ".00" : thousandths < 100 ? ".0" : ".");
    eddy__line_number(line, thousandths);
}
