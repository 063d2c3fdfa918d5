/* call.c: callbacks of the loop itself. */
#include "internal.h"

#define loop eddy__the_loop

static eddy_call call_new(void (*fn)(void *), void *ctx, eddy__call **made) {
    *made = fn ? eddy__alloc(sizeof **made) : NULL;
    if (!*made) return (eddy_call){0};
    **made = (eddy__call){
        .ready.kind = EDDY__READY_CALL, .timer.kind = EDDY__TIMER_CALL, .fn = fn, .ctx = ctx};
    (*made)->id = eddy__table_add(&loop.calls, *made);
    eddy_call handle = {(*made)->id};
    if (!handle.id) {
        eddy__free(*made, sizeof **made);
        *made = NULL;
    }
    return handle;
}

static void call_free(eddy__call *call) {
    eddy__table_remove(&loop.calls, call->id);
    eddy__free(call, sizeof *call);
}

eddy_call eddy_call_soon(void (*fn)(void *ctx), void *ctx) {
    eddy__call *call;
    eddy_call handle = call_new(fn, ctx, &call);
    if (call) eddy__ready_push(&call->ready);
    return handle;
}

eddy_call eddy_call_at(eddy_time when, void (*fn)(void *ctx), void *ctx) {
    eddy__call *call;
    eddy_call handle = call_new(fn, ctx, &call);
    if (!call || eddy__timer_set(&call->timer, when) == 0) return handle;
    call_free(call);
    return (eddy_call){0};
}

eddy_call eddy_call_later(eddy_time delay, void (*fn)(void *ctx), void *ctx) {
    eddy_time now = eddy_now();
    return eddy_call_at(delay <= 0 ? now : eddy__time_add(now, delay), fn, ctx);
}

bool eddy_call_cancel(eddy_call handle) {
    eddy__call *call = eddy__table_get(&loop.calls, handle.id);
    if (!call) return false;
    if (call->timer.slot || call->timer.when == EDDY_FOREVER) {
        eddy__timer_clear(&call->timer);
        call_free(call);
        return true;
    }
    /* In the ready queue, which is singly linked: it runs as nothing, in its turn. */
    eddy__table_remove(&loop.calls, call->id);
    call->id = 0;
    call->fn = NULL;
    return true;
}

void eddy__call_due(eddy__call *call) {
    eddy__ready_push(&call->ready);
}

void eddy__call_run(eddy__call *call) {
    void (*fn)(void *) = call->fn;
    void *ctx = call->ctx;
    call_free(call); /* before the call: it may ask to cancel itself */
    if (fn) fn(ctx);
}

void eddy__calls_drop(void) {
    for (uint32_t i = 0; i < loop.calls.used; i++) {
        eddy__call *call = loop.calls.slots[i].item;
        if (call) (void)eddy_call_cancel((eddy_call){call->id});
    }
}
