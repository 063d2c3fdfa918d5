/* future.c: what can be waited for; handles; delivery of results and errors. */
#include "internal.h"

#define loop eddy__the_loop

eddy_future *eddy__future_new(const char *site) {
    eddy__plain_future *plain = eddy__alloc(sizeof *plain);
    if (!plain) return NULL;
    eddy__future_init(&plain->future, false);
    plain->watched = NULL;
    if (EDDY__UNLIKELY(loop.debug)) loop.debug_calls->made(&plain->future, site);
    return &plain->future;
}

eddy_future *(eddy_future_new)(void) {
    return eddy__future_new(NULL);
}

/* ---- those who wait ----------------------------------------------------------------------------------- */

void eddy__future_wait(eddy_future *f, eddy__waiter *waiter, void (*wake)(eddy__waiter *, int)) {
    waiter->wake = wake;
    eddy__wait_list_append(&f->waiters, waiter);
    f->pins++;
}

void eddy__future_leave(eddy_future *f, eddy__waiter *waiter) {
    eddy__wait_list_remove(waiter);
    eddy__future_unpin(f);
}

void eddy__wake_task(eddy__waiter *waiter, int result) {
    eddy__task_wake(EDDY__OWNER(waiter, eddy__task, waiter), result);
}

void eddy__wake_joiner(eddy__waiter *waiter, int result) {
    eddy__task *task = EDDY__OWNER(waiter, eddy__task, waiter);
    eddy__future_deliver(task->wait_on, task);
    eddy__task_wake(task, result);
}

static void callback_due(eddy__waiter *waiter, int result) {
    (void)result;
    eddy__ready_push(&EDDY__OWNER(waiter, eddy__callback, waiter)->ready);
}

bool eddy__future_is_waited_for(const eddy_future *f) {
    for (const eddy__waiter *waiter = f->waiters.first; waiter; waiter = waiter->next)
        if (waiter->wake != callback_due) return true;
    return false;
}

/* ---- lifetime: until the last handle and the last pin are gone ------------------------------------ */

/* Nobody can resolve a plain future without handles any more: its callbacks will never be due. */
static void drop_callbacks(eddy_future *f) {
    if (f->is_task || f->state != EDDY_PENDING || eddy__future_is_waited_for(f)) return;
    while (f->waiters.first) {
        eddy__waiter *waiter = f->waiters.first;
        eddy__wait_list_remove(waiter);
        eddy__free(EDDY__OWNER(waiter, eddy__callback, waiter), sizeof(eddy__callback));
        f->pins--;
    }
}

static bool is_watched(const eddy_future *f) {
    return !f->is_task && ((const eddy__plain_future *)f)->watched;
}

/* Whether it holds nothing but itself, as most tasks do that have ended. */
static bool is_bare(const eddy_future *f) {
    return f->is_task && !(f->pins | f->unread | (uintptr_t)f->free_value | (uintptr_t)f->text);
}

void eddy__future_unused(eddy_future *f) {
    if (EDDY__LIKELY(is_bare(f))) {
        eddy__task_free((eddy__task *)f);
        return;
    }
    if (EDDY__UNLIKELY(is_watched(f))) loop.debug_calls->dropped(f);
    if (f->pins) drop_callbacks(f);
    if (f->pins) return;
    if (f->unread) eddy__report_future(f);
    if (f->free_value) eddy__call_destructor(f->free_value, f->value);
    if (f->text) eddy__text_release(f->text);
    if (f->is_task)
        eddy__task_free((eddy__task *)f);
    else
        eddy__free(f, sizeof(eddy__plain_future));
}

eddy_future *eddy_retain(eddy_future *f) {
    if (f) f->handles++;
    return f;
}

void eddy_release(eddy_future *f) {
    if (!f) return;
    EDDY_ASSERT(f->handles > 0);
    if (--f->handles == 0) eddy__future_unused(f);
}

void eddy_release_all(eddy_future *const f[], size_t n) {
    for (size_t i = 0; i < n; i++) eddy_release(f[i]);
}

/* ---- the end ------------------------------------------------------------------------------------------ */

static eddy_state state_of(int result) {
    if (result >= 0) return EDDY_DONE;
    return result == EDDY_ECANCELED ? EDDY_CANCELLED : EDDY_FAILED;
}

void eddy__future_settle(eddy_future *f, int result, eddy__text *text) {
    EDDY_ASSERT(f->state == EDDY_PENDING);
    f->result = result;
    f->state = (uint8_t)state_of(result);
    f->text = text;
    if (f->state == EDDY_FAILED) {
        f->unread = true;
        eddy__list_append(&loop.unread, &f->unread_link);
    }
    if (!f->waiters.first) return;
    f->pins++; /* the waiters' pins go one by one */
    while (f->waiters.first) {
        eddy__waiter *waiter = f->waiters.first;
        eddy__wait_list_remove(waiter);
        bool is_callback = waiter->wake == callback_due; /* keeps its pin until it has run */
        waiter->wake(waiter, result);
        if (is_callback) continue;
        f->pins--;
    }
    eddy__future_unpin(f);
}

void eddy__future_read(eddy_future *f) {
    if (!f->unread) return;
    f->unread = false;
    eddy__list_remove(&f->unread_link);
}

void eddy__future_deliver_error(eddy_future *f, eddy__task *task) {
    eddy__future_read(f);
    eddy__task_deliver(task, f->result, eddy__text_retain(f->text));
}

static bool can_settle(const eddy_future *f) {
    return f && !f->is_task && f->state == EDDY_PENDING;
}

int eddy_resolve(eddy_future *f, int result) {
    if (!can_settle(f)) return EDDY_ESTATE;
    eddy__future_settle(f, result, NULL);
    return 0;
}

int eddy_resolve_value(eddy_future *f, int result, void *value, void (*free_value)(void *)) {
    if (!can_settle(f)) return EDDY_ESTATE;
    f->value = value;
    f->free_value = free_value;
    eddy__future_settle(f, result, NULL);
    return 0;
}

int eddy_reject(eddy_future *f, int code, const char *format, ...) {
    if (!can_settle(f)) return EDDY_ESTATE;
    if (code >= 0) return EDDY_EINVAL;
    eddy__text *text = NULL;
    if (format) {
        va_list arguments;
        va_start(arguments, format);
        text = eddy__text_format(format, arguments);
        va_end(arguments);
    }
    eddy__future_settle(f, code, text);
    return 0;
}

int eddy_cancel(eddy_future *f) {
    if (!f || f->state != EDDY_PENDING) return 0;
    f->cancel_requested = true;
    if (f->is_task) {
        eddy__task *task = (eddy__task *)f;
        task->root_cancelled = true;
        eddy__task_apply_cancel(task);
    } else {
        eddy__future_settle(f, EDDY_ECANCELED, NULL);
    }
    return 1;
}

/* ---- questions ------------------------------------------------------------------------------------------- */

eddy_state eddy_future_state(const eddy_future *f) {
    return f ? (eddy_state)f->state : EDDY_FAILED;
}

bool eddy_done(const eddy_future *f) {
    return !f || f->state != EDDY_PENDING;
}

int eddy_result(eddy_future *f) {
    if (!f) return EDDY_ENOMEM;
    if (f->state == EDDY_PENDING) return EDDY_ESTATE;
    eddy__future_read(f);
    return f->result;
}

void *eddy_value(eddy_future *f) {
    return f && f->state != EDDY_PENDING ? f->value : NULL;
}

const char *eddy_message(eddy_future *f) {
    if (!f) return "";
    eddy__future_read(f);
    return eddy__text_read(f->text);
}

const char *eddy_name(const eddy_future *f) {
    return f && f->is_task ? ((const eddy__task *)f)->co.name : "future";
}

bool eddy_cancel_requested(const eddy_future *f) {
    return f && f->cancel_requested;
}

/* ---- callbacks -------------------------------------------------------------------------------------------- */

int eddy_on_done(eddy_future *f, void (*fn)(eddy_future *f, void *ctx), void *ctx) {
    if (!fn) return EDDY_EINVAL;
    eddy__callback *callback = eddy__alloc(sizeof *callback);
    if (!callback) return EDDY_ENOMEM;
    *callback = (eddy__callback){
        .ready.kind = EDDY__READY_CALLBACK, .future = f, .fn = fn, .ctx = ctx};
    if (f && f->state == EDDY_PENDING) {
        eddy__future_wait(f, &callback->waiter, callback_due);
    } else {
        if (f) f->pins++;
        eddy__ready_push(&callback->ready);
    }
    return 0;
}

void eddy__callback_run(eddy__callback *callback) {
    eddy_future *f = callback->future;
    if (callback->fn) callback->fn(f, callback->ctx);
    eddy__free(callback, sizeof *callback);
    if (f) eddy__future_unpin(f);
}

int eddy_off_done(eddy_future *f, void (*fn)(eddy_future *f, void *ctx), void *ctx) {
    if (!f || f->state != EDDY_PENDING) return 0;
    int removed = 0;
    for (eddy__waiter *waiter = f->waiters.first, *next; waiter; waiter = next) {
        next = waiter->next;
        if (waiter->wake != callback_due) continue;
        eddy__callback *callback = EDDY__OWNER(waiter, eddy__callback, waiter);
        if (callback->fn != fn || callback->ctx != ctx) continue;
        eddy__wait_list_remove(waiter);
        f->pins--; /* the caller's handle keeps it */
        eddy__free(callback, sizeof *callback);
        removed++;
    }
    return removed;
}
