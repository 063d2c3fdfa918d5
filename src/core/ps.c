/* ps.c: one line per task. */
#include "internal.h"

#include <stdio.h>

#define loop eddy__the_loop

enum { NAME, STATE, WAITS_FOR, AT, SPAWNED_AT, AGE, RAN, STACK, COLUMNS };

static const char *const titles[] = {"TASK",       "STATE", "WAITS FOR", "AT",
                                     "SPAWNED AT", "AGE s", "RAN ms",    "STACK"};

static const char *state_of(const eddy__task *task) {
    if (task == eddy__written_for) return "runs";
    switch (task->state) {
    case EDDY__NEW: return "new";
    case EDDY__READY: return "ready";
    default: return task->cancelled ? "waits, cancelled" : "waits";
    }
}

static void stack_of(eddy__line *line, const eddy__task *task) {
    size_t used = eddy__task_stack_used(task);
    if (used)
        eddy__line_number(line, (long long)used);
    else
        eddy__line_text(line, task->co.started ? "?" : "0");
    eddy__line_text(line, "/");
    eddy__line_number(line, (long long)task->co.size);
}

static void fill(eddy__line *cell, const eddy__task *task, unsigned column, eddy_time now) {
    cell->length = 0;
    cell->bytes[0] = 0;
    switch (column) {
    case NAME: eddy__line_text(cell, task->co.name); break;
    case STATE: eddy__line_text(cell, state_of(task)); break;
    case WAITS_FOR:
        if (task->state == EDDY__WAITING) eddy__describe_wait(cell, task);
        break;
    case AT:
        if (task->wait_site) eddy__line_text(cell, task->wait_site);
        break;
    case SPAWNED_AT:
        if (task->co.site) eddy__line_text(cell, task->co.site);
        break;
    case AGE: eddy__line_time(cell, now - task->born, EDDY_S); break;
    case RAN:
        if (task->has_rare && task->rare.watched)
            eddy__line_time(cell, task->rare.watched->ran, EDDY_MS);
        break;
    case STACK: stack_of(cell, task); break;
    }
    if (cell->length == 0) eddy__line_text(cell, "-");
}

/* In characters, which may be several bytes of UTF-8 each. */
static unsigned width_of(const char *text) {
    unsigned width = 0;
    for (; *text; text++) width += (*text & 0xc0) != 0x80;
    return width;
}

static void write_cell(FILE *out, const char *text, unsigned column, unsigned width) {
    bool is_last = column == COLUMNS - 1, is_number = column == AGE || column == RAN;
    int padding = is_last ? 0 : (int)(width - width_of(text));
    fprintf(out, "%*s%s%*s%s", is_number ? padding : 0, "", text, is_number ? 0 : padding, "",
            is_last ? "\n" : "  ");
}

static void write_table(FILE *out) {
    unsigned widths[COLUMNS];
    eddy__line cell;
    eddy_time now = eddy_now(); /* the same for both walks: widths must hold */
    for (unsigned column = 0; column < COLUMNS; column++) widths[column] = width_of(titles[column]);
    for (eddy__link *l = loop.tasks.next; l != &loop.tasks; l = l->next) {
        for (unsigned column = 0; column < COLUMNS; column++) {
            fill(&cell, EDDY__OWNER(l, eddy__task, link), column, now);
            if (width_of(cell.bytes) > widths[column]) widths[column] = width_of(cell.bytes);
        }
    }
    for (unsigned column = 0; column < COLUMNS; column++)
        write_cell(out, titles[column], column, widths[column]);
    for (eddy__link *l = loop.tasks.next; l != &loop.tasks; l = l->next) {
        for (unsigned column = 0; column < COLUMNS; column++) {
            fill(&cell, EDDY__OWNER(l, eddy__task, link), column, now);
            write_cell(out, cell.bytes, column, widths[column]);
        }
    }
}

int eddy_ps(FILE *out) {
    if (!out) return EDDY_EINVAL;
    eddy__task *task = eddy__writing_begins();
    write_table(out);
    eddy__writing_ends(task);
    return (int)eddy__task_count();
}
