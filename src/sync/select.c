/* select.c: waiting for the first of several things.
 *
 * While a task waits here, each case stands in the line of its object like any other waiter, with
 * a waiter of its own, which is the caller's memory. Whoever hands something to one of them (R2)
 * thereby takes the others out of their lines: so exactly one happens, and the others have done
 * nothing. No code of the application runs in between: a future that is left is pending, and such
 * a one has no value to be freed. */
#include "channel.h"

#include <limits.h>

/* ---- each kind of case ------------------------------------------------------------------------------ */

static eddy__wait_list *line_of(const eddy_case *c) {
    switch (c->kind) {
    case EDDY__CASE_GET: return &((eddy_queue *)c->object)->getters;
    case EDDY__CASE_PUT: return &((eddy_queue *)c->object)->putters;
    case EDDY__CASE_RECV: return &((eddy_receiver *)c->object)->channel->queue.getters;
    case EDDY__CASE_SEND: return &((eddy_sender *)c->object)->channel->queue.putters;
    default: return &((eddy_event *)c->object)->waiters;
    }
}

/* 0, or why the whole call is refused. */
static int check(const eddy__task *task, const eddy_case *c) {
    if (c->waiter.list) return EDDY_ESTATE; /* another task waits with it */
    if (c->kind == EDDY__CASE_JOIN) return c->object == &task->future ? EDDY_ESTATE : 0;
    bool known = c->kind >= EDDY__CASE_GET && c->kind <= EDDY__CASE_EVENT;
    return known && c->object ? 0 : EDDY_EINVAL;
}

static bool store(int *result, int rc, int would_wait) {
    *result = rc;
    return rc != would_wait;
}

/* Makes the case's own call. False: it would have to wait, and has done nothing. */
static bool attempt(eddy__task *task, const eddy_case *c, int *result) {
    switch (c->kind) {
    case EDDY__CASE_GET: return store(result, eddy_queue_try_get(c->object, c->item), EDDY_EEMPTY);
    case EDDY__CASE_PUT: return store(result, eddy_queue_try_put(c->object, c->item), EDDY_EFULL);
    case EDDY__CASE_RECV: return store(result, eddy_try_recv(c->object, c->item), EDDY_EEMPTY);
    case EDDY__CASE_SEND: return store(result, eddy_try_send(c->object, c->item), EDDY_EFULL);
    case EDDY__CASE_EVENT: *result = 0; return ((eddy_event *)c->object)->is_set;
    }
    eddy_future *f = c->object;
    if (f && f->state == EDDY_PENDING) return false;
    if (f) eddy__future_deliver(f, task);
    *result = f ? f->result : EDDY_ENOMEM;
    return true;
}

/* ---- all cases ---------------------------------------------------------------------------------------- */

enum { NOTHING_HAPPENED = INT_MIN };

/* The index of the case that has happened, or an error. The first look of each call goes to another
 * place. Steps of the golden section of 2^32 are spread evenly over the cases, also for a caller
 * who makes every second, or third, of all selects; the turn begins anew with each run. */
static int look(eddy__task *task, eddy_case *cases, size_t n) {
    if (n > INT_MAX || (n && !cases)) return EDDY_EINVAL;
    for (size_t i = 0; i < n; i++) {
        int rc = check(task, &cases[i]);
        if (rc < 0) return rc;
    }
    size_t index = (size_t)((uint64_t)eddy__the_loop.select_turn * n >> 32);
    eddy__the_loop.select_turn += 0x9e3779b9;
    for (size_t i = 0; i < n; i++) {
        int result;
        if (attempt(task, &cases[index], &result)) {
            cases[index].result = result;
            return (int)index;
        }
        if (++index == n) index = 0;
    }
    return NOTHING_HAPPENED;
}

static void leave_all(eddy_case *cases, size_t n) {
    for (size_t i = 0; i < n; i++) {
        eddy_case *c = &cases[i];
        if (!c->waiter.list) continue;
        if (c->kind == EDDY__CASE_JOIN)
            eddy__future_leave(c->object, &c->waiter);
        else
            eddy__wait_list_remove(&c->waiter);
    }
}

void eddy__select_done(eddy__waiter *waiter, int result);

void eddy__select_done(eddy__waiter *waiter, int result) {
    eddy_case *c = EDDY__OWNER(waiter, eddy_case, waiter);
    c->result = result;
    if (c->kind == EDDY__CASE_JOIN) eddy__future_deliver(c->object, c->task);
    leave_all(c->cases, c->count);
    eddy__task_wake(c->task, (int)(c - c->cases));
}

static void enter_all(eddy__task *task, eddy_case *cases, size_t n) {
    for (size_t i = 0; i < n; i++) {
        eddy_case *c = &cases[i];
        c->task = task;
        c->cases = cases;
        c->count = n;
        c->waiter.item = c->item;
        c->waiter.wake = eddy__select_done;
        if (c->kind == EDDY__CASE_JOIN)
            eddy__future_wait(c->object, &c->waiter, eddy__select_done);
        else
            eddy__wait_list_append(line_of(c), &c->waiter);
    }
}

/* ---- the wait ------------------------------------------------------------------------------------------ */

static void abandon(eddy__task *task) {
    eddy_case *cases = task->wait_on;
    if (cases) leave_all(cases, cases->count);
}

static eddy_future *joined(const eddy__task *task, size_t index) {
    const eddy_case *cases = task->wait_on;
    for (size_t i = 0; cases && i < cases->count; i++)
        if (cases[i].kind == EDDY__CASE_JOIN && index-- == 0) return cases[i].object;
    return NULL;
}

static const char *describe(const eddy__task *task) {
    if (!task->wait_on) return "for its timeout";
    return joined(task, 0) ? "for" : "for items and events";
}

static const eddy__wait_kind selecting = {
    .verb = "waits in a select", .abandon = abandon, .target = joined, .describe = describe};

EDDY__PRIMITIVE int eddy__select(const char *site, eddy_case *cases, size_t n, eddy_time timeout) {
    EDDY__PRIMITIVE_BEGIN(task, site)
    int rc = look(task, cases, n);
    if (rc != NOTHING_HAPPENED) return eddy__return_now(task, rc);
    if (timeout <= 0) return eddy__return_now(task, EDDY_ETIMEDOUT);
    if (n == 0 && timeout == EDDY_FOREVER) return eddy__return_now(task, EDDY_EINVAL);
    if (timeout != EDDY_FOREVER) {
        eddy_time when = eddy__time_add(eddy_now(), timeout);
        if (eddy__timer_set(&task->timer, when) < 0) return eddy__return_now(task, EDDY_ENOMEM);
        task->timer_result = EDDY_ETIMEDOUT;
    }
    enter_all(task, cases, n);
    return eddy__park_on(task, &selecting, n ? cases : NULL);
}

int(eddy_select)(eddy_case *cases, size_t n, eddy_time timeout) {
    return eddy__select(NULL, cases, n, timeout);
}
