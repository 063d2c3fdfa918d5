/* tree.c: who waits for whom. A task that nobody waits for is a root; below it stands what it waits
 * for, once: where many wait for the same, the later ones say that it stands above. A ring of tasks
 * has no root: its first task is taken for one. */
#include "internal.h"

#include <stdio.h>

#define loop eddy__the_loop

eddy__task *eddy__written_for;

#define DEEPEST 64

typedef struct {
    void (*write)(const char *text, size_t length, void *ctx);
    void *ctx;
    uint32_t lines_left;
    uint32_t left_out;
    eddy__task *path[DEEPEST]; /* from the root to the line being written */
} tree;

enum { WRITTEN = 1, WAITED_FOR = 2 }; /* in task->tree_marks, which are of no meaning elsewhere */

static bool take_mark(eddy__task *task) {
    if (task->state != EDDY__WAITING || task->tree_marks & WRITTEN) return false;
    task->tree_marks |= WRITTEN;
    return true;
}

static void describe_task(eddy__line *line, const eddy__task *task) {
    static const char *const states[] = {"is about to start", "is ready", "", "has ended"};
    eddy__line_text(line, "task '");
    eddy__line_text(line, task->co.name);
    eddy__line_text(line, "'");
    if (task->co.site) {
        eddy__line_text(line, " (spawned at ");
        eddy__line_text(line, task->co.site);
        eddy__line_text(line, ")");
    }
    eddy__line_text(line, " ");
    if (task->state != EDDY__WAITING) {
        eddy__line_text(line, task == eddy__written_for ? "runs" : states[task->state]);
        return;
    }
    eddy__describe_wait(line, task);
    if (task->wait_site) {
        eddy__line_text(line, " at ");
        eddy__line_text(line, task->wait_site);
    }
}

static void write_line(tree *t, unsigned depth, const eddy__task *task, const char *suffix) {
    if (t->lines_left == 0) {
        t->left_out++;
        return;
    }
    t->lines_left--;
    eddy__line line = {0};
    for (unsigned i = 0; i <= depth; i++) eddy__line_text(&line, "  ");
    describe_task(&line, task);
    eddy__line_text(&line, suffix);
    line.bytes[line.length++] = '\n';
    t->write(line.bytes, line.length, t->ctx);
}

static void write_from(tree *t, unsigned depth, eddy__task *task) {
    for (unsigned i = 0; i < depth; i++) {
        if (t->path[i] != task) continue;
        write_line(t, depth, task, " (a ring)");
        return;
    }
    bool goes_on = task->state == EDDY__WAITING && task->wait->target &&
                   task->wait->target(task, 0) && task->wait->target(task, 0)->is_task;
    bool first_time = take_mark(task);
    write_line(t, depth, task, goes_on && !first_time ? " (see above)" : "");
    if (!first_time || depth + 1 == DEEPEST || !task->wait->target) return;
    t->path[depth] = task;
    eddy_future *f;
    for (size_t i = 0; (f = task->wait->target(task, i)); i++)
        if (f->is_task) write_from(t, depth + 1, (eddy__task *)f);
}

static void mark_targets(const eddy__task *task) {
    if (task->state != EDDY__WAITING || !task->wait->target) return;
    eddy_future *f;
    for (size_t i = 0; (f = task->wait->target(task, i)); i++)
        if (f->is_task) ((eddy__task *)f)->tree_marks |= WAITED_FOR;
}

static uint32_t write_all(tree *t) {
    for (eddy__link *l = loop.tasks.next; l != &loop.tasks; l = l->next)
        EDDY__OWNER(l, eddy__task, link)->tree_marks = 0;
    for (eddy__link *l = loop.tasks.next; l != &loop.tasks; l = l->next)
        mark_targets(EDDY__OWNER(l, eddy__task, link));
    for (eddy__link *l = loop.tasks.next; l != &loop.tasks; l = l->next) {
        eddy__task *task = EDDY__OWNER(l, eddy__task, link);
        if (!(task->tree_marks & WAITED_FOR)) write_from(t, 0, task);
    }
    /* What no root leads to: rings, and what is deeper than a line is long. */
    for (eddy__link *l = loop.tasks.next; l != &loop.tasks; l = l->next) {
        eddy__task *task = EDDY__OWNER(l, eddy__task, link);
        if (task->state == EDDY__WAITING && !(task->tree_marks & WRITTEN)) write_from(t, 0, task);
    }
    if (t->left_out) {
        eddy__line line = {0};
        eddy__line_text(&line, "  … and ");
        eddy__line_number(&line, t->left_out);
        eddy__line_text(&line, " lines more\n");
        t->write(line.bytes, line.length, t->ctx);
    }
    return eddy__task_count();
}

static void write_report(const char *text, size_t length, void *ctx) {
    (void)ctx;
    eddy__host_report(text, length);
}

void eddy__report_tree(void) {
    eddy__line line = {0};
    eddy__line_text(&line, "eddy: deadlock: ");
    eddy__line_number(&line, eddy__task_count());
    eddy__line_text(&line, eddy__task_count() == 1 ? " task waits" : " tasks wait");
    eddy__line_text(&line, " and nothing can wake one");
    if (loop.seed) {
        eddy__line_text(&line, ", in the order of seed ");
        eddy__line_number(&line, (long long)loop.seed);
    }
    eddy__line_text(&line, ":\n");
    eddy__host_report(line.bytes, line.length);
    tree t = {.write = write_report, .lines_left = 100};
    (void)write_all(&t);
}

void eddy__tree_report(void) {
    tree t = {.write = write_report, .lines_left = UINT32_MAX};
    eddy__task *task = eddy__writing_begins();
    (void)write_all(&t);
    eddy__writing_ends(task);
}

static void write_file(const char *text, size_t length, void *ctx) {
    (void)fwrite(text, 1, length, ctx);
}

int eddy_tree(FILE *out) {
    if (!out) return EDDY_EINVAL;
    tree t = {.write = write_file, .ctx = out, .lines_left = UINT32_MAX};
    eddy__task *task = eddy__writing_begins();
    uint32_t count = write_all(&t);
    eddy__writing_ends(task);
    return (int)count;
}
