/* many.c: waiting for several futures at once: what gather, wait and race are made of. */
#include "internal.h"

typedef struct many {
    eddy__task *task;
    eddy__many_mode mode;
    size_t pending; /* futures that have not ended */
    eddy_future *last; /* ended the wait; from then on no future knows of it */
    struct node *nodes; /* owned; NULL once the wait is over */
    size_t count;
    size_t seen, seen_at; /* next_pending's last answer: the index asked for, and its place */
} many;

typedef struct node {
    eddy__waiter waiter; /* in the future's list until that is done */
    eddy_future *future; /* pinned by the waiter; NULL once it is done */
    many *owner;
} node;

/* At once when the wait is over, not when its task resumes: a halted run frees that task's stack,
 * where `m` is, before the other futures end. */
static void leave_all(many *m) {
    for (size_t i = 0; m->pending && i < m->count; i++) {
        node *one = &m->nodes[i];
        if (one->future) eddy__future_leave(one->future, &one->waiter);
    }
    eddy__free(m->nodes, m->count * sizeof *m->nodes);
    m->nodes = NULL;
    m->count = 0;
}

static bool ends_wait(const many *m, int result) {
    switch (m->mode) {
    case EDDY__MANY_ALL: break;
    case EDDY__MANY_FIRST: return true;
    case EDDY__MANY_FIRST_ERROR: return result < 0 && result != EDDY_ECANCELED;
    case EDDY__MANY_FIRST_BAD: return result < 0;
    case EDDY__MANY_FIRST_SUCCESS: return result >= 0;
    }
    return false;
}

static void future_done(eddy__waiter *waiter, int result) {
    node *one = EDDY__OWNER(waiter, node, waiter);
    many *m = one->owner;
    eddy_future *f = one->future;
    one->future = NULL;
    m->pending--;
    m->seen = m->seen_at = 0;
    if (!ends_wait(m, result) && m->pending) return;
    m->last = f;
    if (m->mode == EDDY__MANY_FIRST_BAD || m->mode == EDDY__MANY_FIRST_SUCCESS)
        eddy__future_deliver(f, m->task);
    leave_all(m);
    eddy__task_wake(m->task, result);
}

static void abandon(eddy__task *task) {
    leave_all(task->wait_on);
}

/* Asked for one index after the other, each costs one step. */
static eddy_future *next_pending(const eddy__task *task, size_t index) {
    many *m = task->wait_on;
    if (index < m->seen) m->seen = m->seen_at = 0;
    for (size_t i = m->seen_at, n = m->seen; i < m->count; i++) {
        if (!m->nodes[i].future || n++ < index) continue;
        m->seen = index;
        m->seen_at = i;
        return m->nodes[i].future;
    }
    return NULL;
}

static const eddy__wait_kind gathering = {
    .verb = "gathers", .abandon = abandon, .target = next_pending};
static const eddy__wait_kind waiting = {
    .verb = "waits for", .abandon = abandon, .target = next_pending};
static const eddy__wait_kind racing = {
    .verb = "races", .abandon = abandon, .target = next_pending};

static const eddy__wait_kind *kind_of(eddy__many_mode mode, bool gather) {
    if (gather) return &gathering;
    return mode == EDDY__MANY_FIRST_SUCCESS ? &racing : &waiting;
}

static size_t count_pending(eddy_future *const f[], size_t n) {
    size_t pending = 0;
    for (size_t i = 0; i < n; i++) pending += f[i] && f[i]->state == EDDY_PENDING;
    return pending;
}

int eddy__many_wait(const char *site, eddy_future *const f[], size_t n, eddy__many_mode mode,
                    bool gather, eddy_time timeout, eddy_future **last) {
    eddy__task *task = eddy__current;
    size_t pending = count_pending(f, n);
    many m = {.task = task, .mode = mode, .pending = pending, .count = pending};
    *last = NULL;
    if (timeout != EDDY_FOREVER) {
        eddy_time when = eddy__time_add(eddy_now(), timeout < 0 ? 0 : timeout);
        if (eddy__timer_set(&task->timer, when) < 0) return EDDY_ENOMEM;
        task->timer_result = EDDY_ETIMEDOUT;
    }
    m.nodes = eddy__alloc(pending * sizeof *m.nodes);
    if (!m.nodes) {
        eddy__timer_clear(&task->timer);
        return EDDY_ENOMEM;
    }
    node *one = m.nodes;
    for (size_t i = 0; i < n; i++) {
        if (!f[i] || f[i]->state != EDDY_PENDING) continue;
        one->future = f[i];
        one->owner = &m;
        eddy__future_wait(f[i], &one->waiter, future_done);
        one++;
    }
    int rc = eddy__block(site, kind_of(mode, gather), &m, true);
    if (m.nodes) { /* it was cancelled before it could wait */
        leave_all(&m);
        eddy__timer_clear(&task->timer);
    }
    *last = m.last;
    return rc;
}

void eddy__many_stop(const char *site, eddy_future *const f[], size_t n) {
    for (size_t i = 0; i < n; i++) (void)eddy_cancel(f[i]);
    for (size_t i = 0; i < n; i++)
        if (f[i]) (void)eddy__wait_through(site, f[i], false);
}

bool eddy__many_has_current(eddy_future *const f[], size_t n) {
    for (size_t i = 0; i < n; i++)
        if (f[i] == &eddy__current->future) return true;
    return false;
}
