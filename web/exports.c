/* exports.c: JavaScript calls C. A call is a task; what it returned, or why it failed, is told to the
 * other side (exports.mjs) when its function has returned, or when the task ends without having run. */
#include "exports.h"

#include <stdlib.h>

#define loop eddy__the_loop

void eddy_js_ended(int result);
void eddy_js_drop(uint32_t value);

typedef eddy__export call;

/* Where the other side writes the arguments of the next call. */
static eddy__slot slots[EDDY__MOST_ARGUMENTS];
static call *starting; /* until its task owns it */

/* ---- one call ---------------------------------------------------------------------------------- */

static void tell_failure(call *c, int code, const char *text) {
    uint32_t number = c->number;
    c->number = 0;
    eddy_js_failed(number, code, eddy_errname(code), text, c->function->name, c->function->site);
}

void eddy__export_tell_error(call *c, int code) {
    eddy__text *text = eddy__task_text(eddy__current, code);
    tell_failure(c, code, text ? text->bytes : eddy_strerror(code));
    eddy__text_release(text);
}

void eddy__export_free_result(char letter, const eddy__slot *result) {
    if (letter == 'S') free(result->own_text);
    if (letter == 'A') free(result->buffer.data);
}

const eddy__slot *eddy__call_arguments(void *arg) {
    call *c = arg;
    return c->arguments;
}

/* Its function has returned. What the task then returns is of no meaning. */
int eddy__call_returned(void *arg, const eddy__slot *result) {
    call *c = arg;
    char letter = c->function->letters[0];
    int code = c->thrown;
    if (code == 0 && letter == 'i' && result->i < 0) code = result->i;
    if (code) {
        eddy__export_tell_error(c, code);
    } else {
        uint32_t number = c->number;
        c->number = 0;
        eddy_js_returned(number, letter, result);
    }
    eddy__export_free_result(letter, result);
    return 0;
}

static size_t count_of(const call *c) {
    return strlen(c->function->letters) - 1;
}

static void unpin_handles(call *c, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (c->function->letters[i + 1] == 'h') eddy__handle_unpin(c->arguments[i].handle);
}

/* An argument lives as long as the call. */
static void drop_values(const call *c) {
    for (size_t i = 0; i < count_of(c); i++)
        if (strchr("jntc", c->function->letters[i + 1])) eddy_js_drop(c->arguments[i].js.id);
}

static void call_ended(void *arg) {
    call *c = arg;
    int code = c == starting ? EDDY_ENOMEM : EDDY_ECANCELED;
    if (c->number) tell_failure(c, code, eddy_strerror(code));
    unpin_handles(c, count_of(c));
    drop_values(c);
    free(c->payload);
}

int eddy_throw(int code, const char *format, ...) {
    eddy__task *task = eddy__current;
    if (!task) return code;
    if (task->has_rare && task->rare.arg_free == call_ended) {
        call *c = task->co.arg;
        c->thrown = code;
    }
    va_list arguments;
    va_start(arguments, format);
    eddy__text *text = format ? eddy__text_format(format, arguments) : NULL;
    va_end(arguments);
    if (text) eddy__task_fail(task, code, text);
    return code;
}

/* A call may come at any time: that nothing runs is no deadlock (R7). */
__attribute__((constructor)) static void hold(void) {
    eddy__host_hold(1);
}

/* ---- what the other side calls ------------------------------------------------------------------ */

/* The linker makes these, if there is an export at all. */
extern const eddy__signature __start_eddy_exports[] __attribute__((weak));
extern const eddy__signature __stop_eddy_exports[] __attribute__((weak));

EDDY__EXPORT const eddy__signature *eddy__exports_begin(void) {
    return __start_eddy_exports;
}
EDDY__EXPORT const eddy__signature *eddy__exports_end(void) {
    return __stop_eddy_exports;
}
EDDY__EXPORT eddy__slot *eddy__export_slots(void) {
    return slots;
}

static void library_ended(int result, void *ctx) {
    (void)ctx;
    eddy_js_ended(result);
}

/* Begins the run of a library. Returns 0, or ESTATE: a program's run is under way. */
EDDY__EXPORT int eddy__library_open(void) {
    return eddy__loop_open(library_ended, NULL);
}
EDDY__EXPORT int eddy__library_close(void) {
    return eddy__loop_close();
}

/* Handles stay valid until the call has ended. */
static bool pin_handles(call *c) {
    size_t count = count_of(c);
    for (size_t i = 0; i < count; i++) {
        if (c->function->letters[i + 1] != 'h') continue;
        if (eddy__handle_pin(c->arguments[i].handle)) continue;
        unpin_handles(c, i);
        return false;
    }
    return true;
}

/* Begins a call with the arguments in the slots; `payload` is from eddy__host_alloc and becomes the
 * call's. The first step runs at once, unless JavaScript itself has been called by a task.
 * Returns the task, borrowed until its end is told; NULL: that has been told already. */
EDDY__EXPORT eddy_future *eddy__export_start(const eddy__signature *function, uint32_t number,
                                             void *payload) {
    call c = {.function = function, .number = number, .payload = payload};
    size_t arguments = count_of(&c) * sizeof(eddy__slot);
    memcpy(c.arguments, slots, arguments);
    if (loop.phase != EDDY__RUN || !pin_handles(&c)) {
        if (loop.phase != EDDY__RUN)
            tell_failure(&c, EDDY_ECLOSED, "the program has ended");
        else
            tell_failure(&c, EDDY_EINVAL, "the handle is closed");
        drop_values(&c);
        free(payload);
        return NULL;
    }
    eddy_time next = eddy__timers_next();
    eddy_spawn_options options = {
        .arg = &c,
        .arg_size = offsetof(call, arguments) + arguments,
        .arg_free = call_ended,
        .eager = eddy__loop_enter(),
    };
    eddy__task *outer = eddy__current; /* what it may do is no matter of the caller's */
    eddy__current = NULL;
    starting = &c;
    eddy_future *f = eddy__spawn_with(function->site, function->name, function->run, &options);
    starting = NULL;
    bool running = f && f->state == EDDY_PENDING;
    eddy_release(f);
    if (options.eager) eddy__loop_leave(next);
    eddy__current = outer;
    return running ? f : NULL;
}

EDDY__EXPORT void eddy__export_cancel(eddy_future *task) {
    (void)eddy_cancel(task);
}

/* A generator whose end has not been told yet is asked for its next item, or for its end. */
EDDY__EXPORT void eddy__stream_demand(eddy_future *f, int closing) {
    eddy__task *task = (eddy__task *)f;
    call *c = task->co.arg;
    c->wanted = true;
    c->closing = closing;
    if (c->waits && task->state == EDDY__WAITING) eddy__task_wake(task, 0);
}

EDDY__EXPORT void eddy__handle_drop(uint32_t index, uint32_t serial) {
    eddy_handle_close((eddy_handle){(uint64_t)serial << 32 | index});
}

/* ---- looking inside ------------------------------------------------------------------------------- */

/* Of every task a line of fields between tabs: name, state, what it waits for, where, where spawned, and
 * whether it was cancelled. */
static void report_tasks(void) {
    static const char *const states[] = {"new", "ready", "waiting", "ended"};
    for (eddy__link *l = loop.tasks.next; l != &loop.tasks; l = l->next) {
        const eddy__task *task = EDDY__OWNER(l, eddy__task, link);
        bool waits = task->state == EDDY__WAITING;
        eddy__line line = {0};
        eddy__line_text(&line, task->co.name);
        eddy__line_text(&line, "\t");
        eddy__line_text(&line, states[task->state]);
        eddy__line_text(&line, "\t");
        if (waits) eddy__describe_wait(&line, task);
        eddy__line_text(&line, "\t");
        if (waits && task->wait_site) eddy__line_text(&line, task->wait_site);
        eddy__line_text(&line, "\t");
        if (task->co.site) eddy__line_text(&line, task->co.site);
        if (task->root_cancelled) eddy__line_text(&line, "\tcancelled");
        eddy__host_report(line.bytes, line.length);
    }
}

/* To the one that listens to reports for the moment: the tasks, the tree, the trace; or starts a trace
 * of `events`, 0 stops it. Returns 0 or more, or an error. */
EDDY__EXPORT int eddy__inspect(int what, size_t events) {
    switch (what) {
    case 0: report_tasks(); return 0;
    case 1: eddy__tree_report(); return 0;
    case 2: return eddy__trace_report();
    default: return eddy_trace_start(events);
    }
}
