/* each.c: futures in the order in which they end. */
#include "internal.h"

typedef struct node {
    eddy__waiter waiter; /* in the future's list until that is done */
    eddy_future *future; /* may be NULL */
    struct eddy__each *owner;
    struct node *next; /* of those done and not yet handed out */
} node;

struct eddy__each {
    node *first, *last; /* done and not yet handed out */
    eddy__task *task;   /* waits in next */
    size_t count, left; /* futures in all; not yet handed out */
    eddy_time deadline;
    node nodes[];
};

static size_t size_of(size_t n) {
    return sizeof(struct eddy__each) + n * sizeof(node);
}

static void append_done(struct eddy__each *e, node *one) {
    one->next = NULL;
    if (e->first)
        e->last->next = one;
    else
        e->first = one;
    e->last = one;
}

static void future_done(eddy__waiter *waiter, int result) {
    (void)result;
    node *one = EDDY__OWNER(waiter, node, waiter);
    struct eddy__each *e = one->owner;
    append_done(e, one);
    eddy__task *task = e->task;
    e->task = NULL;
    if (task) eddy__task_wake(task, 1);
}

int eddy_each_begin(eddy_each *e, eddy_future *const f[], size_t n, eddy_time timeout) {
    if (!e) return EDDY_EINVAL;
    *e = (eddy_each){0};
    if ((n && !f) || n > (SIZE_MAX - sizeof(struct eddy__each)) / sizeof(node))
        return e->error = EDDY_EINVAL;
    struct eddy__each *record = eddy__alloc(size_of(n));
    if (!record) return e->error = EDDY_ENOMEM;
    record->first = record->last = NULL;
    record->task = NULL;
    record->count = record->left = n;
    record->deadline = eddy__time_add(eddy_now(), timeout < 0 ? 0 : timeout);
    for (size_t i = 0; i < n; i++) {
        node *one = &record->nodes[i];
        one->future = f[i];
        one->owner = record;
        one->waiter.list = NULL;
        if (eddy_done(f[i]))
            append_done(record, one);
        else
            eddy__future_wait(f[i], &one->waiter, future_done);
    }
    e->record = record;
    return 0;
}

static void abandon(eddy__task *task) {
    struct eddy__each *e = task->wait_on;
    e->task = NULL;
}

static eddy_future *next_pending(const eddy__task *task, size_t index) {
    const struct eddy__each *e = task->wait_on;
    for (size_t i = 0; i < e->count; i++)
        if (e->nodes[i].waiter.list && index-- == 0) return e->nodes[i].future;
    return NULL;
}

static const eddy__wait_kind walking = {
    .verb = "waits for the next of", .abandon = abandon, .target = next_pending};

static int wait_for_one(const char *site, eddy_each *each) {
    struct eddy__each *e = each->record;
    eddy__task *task = eddy__current;
    if (e->deadline != EDDY_FOREVER) {
        if (e->deadline <= eddy_now()) return EDDY_ETIMEDOUT;
        if (eddy__timer_set(&task->timer, e->deadline) < 0) return EDDY_ENOMEM;
        task->timer_result = EDDY_ETIMEDOUT;
    }
    e->task = task;
    int rc = eddy__block(site, &walking, e, true);
    if (each->record != e) return EDDY_ESTATE; /* ended meanwhile */
    if (rc < 0) { /* perhaps it was cancelled before it could wait */
        e->task = NULL;
        eddy__timer_clear(&task->timer);
    }
    return rc;
}

int eddy__each_next(const char *site, eddy_each *e, eddy_future **done) {
    int rc = eddy__checkpoint(site);
    if (rc < 0) return rc;
    if (!e) return EDDY_EINVAL;
    if (e->error) return e->error;
    struct eddy__each *record = e->record;
    if (!record || record->task) return EDDY_ESTATE;
    if (!record->left) return 0;
    if (!record->first) rc = wait_for_one(site, e);
    if (rc < 0) return rc;
    node *one = record->first;
    record->first = one->next;
    record->left--;
    if (done) *done = one->future;
    return 1;
}

void eddy_each_end(eddy_each *e) {
    if (!e || !e->record) return;
    struct eddy__each *record = e->record;
    e->record = NULL;
    if (record->task) eddy__task_wake(record->task, EDDY_ESTATE);
    for (size_t i = 0; i < record->count; i++) {
        node *one = &record->nodes[i];
        if (one->waiter.list) eddy__future_leave(one->future, &one->waiter);
    }
    eddy__free(record, size_of(record->count));
}

int(eddy_each_next)(eddy_each *e, eddy_future **done) {
    return eddy__each_next(NULL, e, done);
}
