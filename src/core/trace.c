/* trace.c: records what tasks do. Everything else of the runtime comes here by eddy__trace, which is
 * a test of one pointer while nothing is recorded. */
#include "trace.h"

#define loop eddy__the_loop
#define ring eddy__the_trace

eddy__trace_ring eddy__the_trace = {.first = 1, .next = 1};

#ifdef EDDY_NO_TRACE

int eddy_trace_start(size_t events) {
    (void)events;
    return EDDY_ENOSYS;
}

#else

static struct {
    uint32_t length, tasks;
} last_pass; /* a counter holds until it changes */

static eddy__trace_entry *add(eddy__trace_kind kind) {
    eddy__trace_entry *entry = &ring.entries[ring.next % ring.size];
    if (ring.next - ring.first >= ring.size) eddy__text_release(entry->own_name);
    ring.next++;
    *entry = (eddy__trace_entry){.at = eddy__host_now(), .kind = (uint8_t)kind};
    return entry;
}

static void set_task(eddy__trace_entry *entry, const eddy__task *task) {
    entry->number = task->serial;
    entry->name = task->co.name;
    if (task->has_rare) entry->own_name = eddy__text_retain(task->rare.own_name);
}

static void set_wait(eddy__trace_entry *entry, const eddy__task *task) {
    if (task->state != EDDY__WAITING) return;
    entry->what = task->wait->verb;
    entry->site = task->wait_site;
}

static uint64_t current_number(void) {
    return eddy__current ? eddy__current->serial : 0;
}

static void add_step(eddy__step *step) {
    step->entry = ring.next;
    eddy__trace_entry *entry = add(EDDY__TRACE_STEP);
    entry->duration = -1;
    if (step->task)
        set_task(entry, step->task);
    else
        entry->name = "callback";
}

/* The step may have begun before the recording, or its entry be overwritten. */
static void end_step(const eddy__step *step) {
    eddy__trace_entry *entry = eddy__trace_at(step->entry);
    uint64_t number = step->task ? step->task->serial : 0;
    if (!entry || entry->kind != EDDY__TRACE_STEP || entry->number != number) return;
    if (entry->duration < 0) entry->duration = eddy__host_now() - entry->at;
}

static void add_wait(const eddy__task *task) {
    eddy__trace_entry *entry = add(EDDY__TRACE_WAIT);
    set_task(entry, task);
    set_wait(entry, task);
    eddy_future *target = task->wait->target ? task->wait->target(task, 0) : NULL;
    if (target && target->is_task) entry->other = ((eddy__task *)target)->serial;
}

static void add_op(eddy__trace_kind kind, const eddy__op *op, int value) {
    eddy__text *name = eddy__text_new(op->what, strlen(op->what));
    eddy__trace_entry *entry = add(kind);
    entry->number = eddy__trace_op_number(op);
    entry->own_name = name;
    if (name) entry->name = name->bytes;
    entry->other = kind == EDDY__TRACE_OP ? current_number() : 0;
    entry->value = value;
}

static void add_pass(void) {
    uint32_t length = 0;
    for (eddy__ready *element = loop.ready_head; element != &loop.pass_end; element = element->next)
        length++;
    if (length == last_pass.length && eddy__task_count() == last_pass.tasks) return;
    last_pass.length = length;
    last_pass.tasks = eddy__task_count();
    eddy__trace_entry *entry = add(EDDY__TRACE_PASS);
    entry->value = (int)length;
    entry->other = eddy__task_count();
}

static void record(eddy__trace_kind kind, const void *subject, int value) {
    eddy__trace_entry *entry;
    switch (kind) {
    case EDDY__TRACE_STEP: add_step((eddy__step *)(uintptr_t)subject); break;
    case EDDY__TRACE_STEP_END: end_step(subject); break;
    case EDDY__TRACE_WAIT: add_wait(subject); break;
    case EDDY__TRACE_OP:
    case EDDY__TRACE_OP_END: add_op(kind, subject, value); break;
    case EDDY__TRACE_PASS: add_pass(); break;
    default:
        entry = add(kind);
        set_task(entry, subject);
        set_wait(entry, subject);
        if (kind == EDDY__TRACE_SPAWN) entry->site = ((const eddy__task *)subject)->co.site;
        entry->other = current_number();
        entry->value = value;
    }
}

static void stop(void) {
    for (uint64_t number = ring.first; number < ring.next; number++) {
        eddy__trace_entry *entry = eddy__trace_at(number);
        if (entry) eddy__text_release(entry->own_name);
    }
    eddy__free(ring.entries, ring.size * sizeof *ring.entries);
    ring.entries = NULL;
    ring.first = ring.next;
    loop.trace = NULL;
}

int eddy_trace_start(size_t events) {
    eddy__trace_entry *entries = NULL;
    if (events) {
        if (events > PTRDIFF_MAX / sizeof *entries) return EDDY_ENOMEM;
        entries = eddy__alloc(events * sizeof *entries);
        if (!entries) return EDDY_ENOMEM;
    }
    if (ring.entries) stop();
    if (entries) {
        ring.entries = entries;
        ring.size = events;
        ring.began = eddy__host_now();
        last_pass.length = last_pass.tasks = UINT32_MAX;
        loop.trace = record;
        if (eddy__the_step) add_step(eddy__the_step); /* otherwise eddy__observe begins it */
    }
    eddy__observe();
    return 0;
}

#endif
