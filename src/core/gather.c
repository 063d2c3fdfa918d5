/* gather.c: waiting for many futures at once. */
#include "internal.h"

/* The wait is over for its task when `fired`; from then on no future knows of it. */
typedef struct many {
    eddy__task *task;
    size_t pending; /* futures that have not ended */
    bool collect;   /* errors do not end the wait */
    bool fired;
    struct many_node *nodes; /* owned; NULL once the wait is over */
    size_t count;
    size_t seen, seen_at; /* next_pending's last answer: the index asked for, and its place */
} many;

typedef struct many_node {
    eddy__waiter waiter; /* in the future's list until that is done */
    eddy_future *future; /* pinned by the waiter; NULL once it is done */
    many *owner;
} many_node;

/* At once when the wait is over, not when its task resumes: a halted run frees that task's stack,
 * where `m` is, before the other futures end. */
static void leave_all(many *m) {
    for (size_t i = 0; m->pending && i < m->count; i++) {
        many_node *node = &m->nodes[i];
        if (node->future) eddy__future_leave(node->future, &node->waiter);
    }
    eddy__free(m->nodes, m->count * sizeof *m->nodes);
    m->nodes = NULL;
    m->count = 0;
}

static void fire(many *m, int result) {
    m->fired = true;
    leave_all(m);
    eddy__task_wake(m->task, result);
}

void eddy__many_done(eddy__waiter *waiter, eddy_future *f) {
    many_node *node = EDDY__OWNER(waiter, many_node, waiter);
    many *m = node->owner;
    node->future = NULL;
    m->pending--;
    m->seen = m->seen_at = 0;
    if (f->result < 0 && !m->collect) {
        eddy__future_deliver(f, m->task);
        fire(m, f->result);
    } else if (m->pending == 0) {
        fire(m, 0);
    }
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

/* R3: an owner passes its cancellation down and returns after the last child. */
static int cancel_all(const char *site, eddy_future *const f[], size_t n) {
    for (size_t i = 0; i < n; i++) (void)eddy_cancel(f[i]);
    for (size_t i = 0; i < n; i++)
        if (f[i]) (void)eddy__wait_through(site, f[i], EDDY__WAITER_WATCH);
    return EDDY_ECANCELED;
}

/* Counts those that are pending; the first error among the others, in order of the arguments, is
 * the first to have arrived as far as the caller can tell. */
static int look(eddy_future *const f[], size_t n, bool collect, size_t *pending,
                eddy_future **failed) {
    int rc = 0;
    *pending = 0;
    *failed = NULL;
    for (size_t i = 0; i < n; i++) {
        if (!f[i]) {
            if (!collect && rc == 0) rc = EDDY_ENOMEM;
        } else if (f[i] == &eddy__current->future) {
            *failed = NULL;
            return EDDY_ESTATE;
        } else if (f[i]->state == EDDY_PENDING) {
            ++*pending;
        } else if (f[i]->result < 0 && !collect && rc == 0) {
            rc = f[i]->result;
            *failed = f[i];
        }
    }
    return rc;
}

static int wait_for_pending(const char *site, eddy_future *const f[], size_t n, size_t pending,
                            bool collect) {
    many m = {.task = eddy__current, .pending = pending, .collect = collect, .count = pending};
    m.nodes = eddy__alloc(pending * sizeof *m.nodes);
    if (!m.nodes) return EDDY_ENOMEM;
    many_node *node = m.nodes;
    for (size_t i = 0; i < n; i++) {
        if (!f[i] || f[i]->state != EDDY_PENDING) continue;
        *node = (many_node){.future = f[i], .owner = &m};
        eddy__future_wait(f[i], &node->waiter, EDDY__WAITER_MANY);
        node++;
    }
    int rc = eddy__block(site, &gathering, &m, true);
    if (m.nodes) leave_all(&m); /* it was cancelled before it could wait */
    return !m.fired ? cancel_all(site, f, n) : rc;
}

static void fill(eddy_future *const f[], size_t n, int results[], bool collect) {
    if (!results && !collect) return;
    for (size_t i = 0; i < n; i++) {
        if (f[i] && f[i]->state != EDDY_PENDING) eddy__future_read(f[i]);
        if (!results) continue;
        results[i] = !f[i] ? EDDY_ENOMEM
                     : f[i]->state == EDDY_PENDING ? EDDY_ESTATE
                                                   : f[i]->result;
    }
}

static int gather(const char *site, eddy_future *const f[], size_t n, int results[],
                  bool collect) {
    eddy__task *task = eddy__current;
    if (!task) return EDDY_ESTATE;
    if (n && !f) return EDDY_EINVAL;
    size_t pending;
    eddy_future *failed;
    int rc = look(f, n, collect, &pending, &failed);
    if (rc == EDDY_ESTATE && !failed) return rc; /* the caller is among them */
    if (eddy__checkpoint(site) == EDDY_ECANCELED) {
        rc = cancel_all(site, f, n);
    } else {
        rc = look(f, n, collect, &pending, &failed); /* the checkpoint may have given up a pass */
        if (failed)
            eddy__future_deliver(failed, task);
        else if (rc == 0 && pending)
            rc = wait_for_pending(site, f, n, pending, collect);
    }
    fill(f, n, results, collect);
    return rc;
}

int eddy__gather(const char *site, eddy_future *const f[], size_t n, int results[]) {
    return gather(site, f, n, results, false);
}

int eddy__gather_all(const char *site, eddy_future *const f[], size_t n, int results[]) {
    return gather(site, f, n, results, true);
}

int(eddy_gather)(eddy_future *const f[], size_t n, int results[]) {
    return eddy__gather(NULL, f, n, results);
}
int(eddy_gather_all)(eddy_future *const f[], size_t n, int results[]) {
    return eddy__gather_all(NULL, f, n, results);
}
