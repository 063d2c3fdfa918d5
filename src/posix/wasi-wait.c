/* posix/wasi-wait.c: a task waits in one of libc's calls, for pollables that are libc's.
 *
 * A wait ends early when the task is cancelled, and when another task closes the descriptor. */
#include "wasi.h"

#include <errno.h>

typedef struct eddy__libc_node {
    eddy__interest interest; /* in a pollable that is libc's */
    eddy__libc_call *owner;
} node;

static void end_interests(eddy__libc_call *call) {
    for (size_t i = 0; i < call->count; i++) {
        eddy__interest *interest = &call->nodes[i].interest;
        if (!interest->place) continue;
        eddy__libc_count_wait(interest->pollable.__handle, -1);
        eddy__interest_remove(interest);
    }
}

static void is_ready(eddy__interest *interest) {
    eddy__libc_call *call = EDDY__OWNER(interest, node, interest)->owner;
    end_interests(call);
    eddy__pending_end(&call->pending, 0, NULL, 0);
}

static void never(eddy__pending *pending) {
    (void)pending; /* there is nothing at the host to be called off */
}

static void abandon(eddy__task *task) {
    eddy__libc_call *call = task->wait_on;
    end_interests(call);
    eddy__op_drop(&call->op);
}

static const char *describe(const eddy__task *task) {
    (void)task;
    return "the host, in a call of libc";
}

static const eddy__wait_kind waiting = {
    .verb = "waits for", .abandon = abandon, .describe = describe};

static bool add_all(eddy__libc_call *call, const int32_t *handles) {
    for (size_t i = 0; i < call->count; i++) {
        if (eddy__interest_add(&call->nodes[i].interest) < 0) return false;
        eddy__libc_count_wait(handles[i], 1);
    }
    return true;
}

static bool begin_wait(eddy__libc_call *call, const int32_t *handles) {
    if (eddy__op_begin(&call->op, "libc") < 0) return false;
    eddy__pending_begin(&call->pending, eddy__op_index(&call->op),
                        eddy__op_generation(&call->op), never);
    call->op.task = eddy__current;
    return add_all(call, handles);
}

static void end_wait(eddy__libc_call *call) {
    end_interests(call);
    eddy__op_drop(&call->op);
    call->count = 0;
}

void eddy__libc_abandon_wait(eddy__libc_call *call) {
    size_t count = call->count;
    end_wait(call);
    if (count > 1) eddy__free(call->nodes, count * sizeof(node)); /* a single one is on the stack */
}

void eddy__libc_break(eddy__libc_call *call, int error) {
    end_interests(call);
    call->error = error;
    eddy__pending_end(&call->pending, 0, NULL, 0);
}

bool eddy__libc_waits_for(const eddy__libc_call *call, int32_t pollable) {
    for (size_t i = 0; i < call->count; i++) {
        const eddy__interest *interest = &call->nodes[i].interest;
        if (interest->place && interest->pollable.__handle == pollable) return true;
    }
    return false;
}

/* Suspends the task until one of them is ready, or the call is to end: see its `error`. False:
 * without memory it has not. */
static bool wait_for_any(const int32_t *handles, uint64_t many) {
    size_t count = (size_t)many;
    eddy__libc_call unnamed = {.fd = -1}, *call = eddy__libc_current;
    bool may_end = call != NULL; /* other functions of libc's have no way out of a wait */
    if (!call) call = &unnamed;
    if (call->error) return true;
    node one;
    call->nodes = count == 1 ? &one : eddy__alloc(count * sizeof(node));
    if (!call->nodes) return false;
    for (size_t i = 0; i < count; i++) {
        call->nodes[i] = (node){.owner = call,
                                .interest = {.pollable.__handle = handles[i], .ready = is_ready}};
    }
    call->count = count;
    if (!call->listed) eddy__libc_list(call);
    bool waits = begin_wait(call, handles);
    if (waits) {
        int before = errno; /* which is one for all tasks: others may fail meanwhile */
        eddy__libc_current = NULL;
        if (eddy__block(NULL, &waiting, call, may_end) == EDDY_ECANCELED && !call->error)
            call->error = ECANCELED;
        if (may_end) eddy__libc_current = call;
        errno = before;
    }
    end_wait(call);
    if (call->nodes != &one) eddy__free(call->nodes, count * sizeof(node));
    call->nodes = NULL;
    if (!may_end) eddy__libc_unlist(call);
    return waits;
}

const eddy__libc_waits eddy__libc_waits_in_tasks = {
    .wait = wait_for_any,
    .break_waits_for = eddy__libc_break_waits_for,
    .linger = eddy__libc_linger,
    .unlist = eddy__libc_unlist,
    .close = eddy__close_descriptor,
};
