/* group.c: groups (R12).
 *
 *   OPEN --error, cancel, timeout, owner cancelled--> REFUSES (children cancelled)
 *     |                                                  |
 *     +------- owner in end, last child has ended -------+--> ENDED, kept while it has errors
 *
 * A group's children are in its record's list `children`, those that have failed in `errors`. Ended
 * ones stay until the end, because somebody may hold a borrowed handle, if there is one. */
#include "internal.h"

#define loop eddy__the_loop

static eddy__pool records = {.size = sizeof(eddy__group), .limit = 1024};

static eddy__task *task_of(const eddy__link *sibling) {
    return EDDY__OWNER(sibling, eddy__task, sibling);
}

/* ---- children ---------------------------------------------------------------------------------- */

static void cancel_children(eddy__group *group) {
    group->refuses = true;
    for (eddy__link *l = group->children.next; l != &group->children; l = l->next)
        (void)eddy_cancel(&task_of(l)->future);
}

/* Who started it by eddy_group_start gets its end, instead of the group. */
static void tell_starter(eddy__task *child) {
    eddy_future *starter = child->starter, *f = &child->future;
    child->starter = NULL;
    eddy__future_read(f);
    eddy__future_settle(starter, f->result < 0 ? f->result : EDDY_ESTATE,
                        eddy__text_retain(f->text));
    eddy_release(starter);
}

static void add_error(eddy__group *group, eddy__task *child) {
    eddy__future_read(&child->future);
    eddy__list_append(&group->errors, &child->sibling);
    /* Children first, in order of spawning, then the body (R6): the scope tells `cancel`. */
    if (!group->supervisor) (void)eddy_scope_cancel(&group->object->scope);
}

static void child_ended(eddy__task *child) {
    eddy__group *group = child->group;
    bool failed = child->future.state == EDDY_FAILED && !child->starter;
    if (EDDY__UNLIKELY(child->starter != NULL)) tell_starter(child);
    if (EDDY__UNLIKELY(failed || child->detached)) {
        if (group->seen == &child->sibling) group->seen = NULL;
        eddy__list_remove(&child->sibling);
        if (failed) add_error(group, child);
        else child->future.handles--; /* its own pin still holds it */
    }
    if (group->live || !group->waiting) return;
    group->waiting = false;
    eddy__task_wake(group->owner, 0);
}

/* ---- the record --------------------------------------------------------------------------------- */

/* All in it have ended. */
static void release_list(eddy__link *list, bool unread) {
    for (eddy__link *l = list->next, *next; l != list; l = next) {
        next = l->next;
        eddy__task *child = task_of(l);
        if (unread) eddy__report_future(&child->future);
        eddy_release(&child->future);
    }
    eddy__list_init(list);
}

static void report_body_error(const eddy__group *group) {
    const eddy__coroutine *co = &group->owner->co;
    eddy__report(group->body_code, eddy__text_read(group->body_text), co->name, co->site);
}

static void forget_errors(eddy__group *group, bool unread) {
    if (group->body_code) {
        eddy__list_remove(&group->body_error);
        if (unread) report_body_error(group);
        eddy__text_release(group->body_text);
    }
    release_list(&group->errors, unread);
}

/* Where groups that end on the current stack are kept. A generator's body may go on under another
 * task after the owner's end, and still ask. */
static eddy__group **kept_groups(eddy__task *task) {
    return eddy__generator ? &eddy__generator->kept_groups
                           : &eddy__task_need_rare(task)->kept_groups;
}

static void keep(eddy__group *group) {
    group->kept_in = kept_groups(group->owner);
    group->next_kept = *group->kept_in;
    *group->kept_in = group;
    group->owner->future.pins++;
}

/* After its end, when nobody can ask for its errors any more. */
static void forget(eddy__group *group) {
    eddy__task *owner = group->owner;
    eddy__group **at = group->kept_in;
    while (*at != group) at = &(*at)->next_kept;
    *at = group->next_kept;
    forget_errors(group, false);
    eddy__pool_give(&records, group, eddy__may_keep());
    eddy__future_unpin(&owner->future);
}

/* Its object has died, or its end was forgotten: the children go on by themselves, cancelled, and
 * errors that nobody read are reported. */
static void orphan(eddy__group *group, bool alive) {
    if (alive) {
        group->object->record = NULL;
        group->object->ended = true;
    }
    cancel_children(group);
    for (eddy__link *l = group->children.next, *next; l != &group->children; l = next) {
        next = l->next;
        eddy__task *child = task_of(l);
        if (child->starter) {
            eddy__future_settle(child->starter, EDDY_ECANCELED, NULL);
            eddy_release(child->starter);
        }
        child->group = NULL;
        eddy_release(&child->future);
    }
    forget_errors(group, true);
    eddy__pool_give(&records, group, eddy__may_keep());
}

/* ---- begin -------------------------------------------------------------------------------------- */

/* Of earlier groups with errors, those whose object has been left, or is this one. */
static void forget_gone(eddy__task *task, const eddy_group *g, const char *stack_pointer) {
    const eddy__coroutine *co = eddy__running(task);
    for (eddy__group *group = *kept_groups(task), *next; group; group = next) {
        next = group->next_kept;
        if (group->object == g || eddy__is_gone(co, group->object, stack_pointer)) forget(group);
    }
}

static int begin(const char *site, eddy_group *g, const eddy_group_options *options) {
    eddy__task *task = eddy__current;
    if (!task) return EDDY_ESTATE;
    if (task->has_rare || eddy__generator) forget_gone(task, g, eddy__stack_pointer());
    eddy__group *group = eddy__pool_take(&records);
    if (!group) return EDDY_ENOMEM;
    eddy_scope_options scope = {.timeout = options->timeout, .name = options->name};
    int rc = eddy__scope_begin(site, &g->scope, &scope);
    if (rc < 0) {
        eddy__pool_give(&records, group, eddy__may_keep());
        return rc;
    }
    *group = (eddy__group){
        .child_ended = child_ended,
        .cancel = cancel_children,
        .orphan = orphan,
        .forget = forget,
        .object = g,
        .owner = task,
        .supervisor = options->supervisor,
        .refuses = g->scope.cancelled,
    };
    eddy__list_init(&group->children);
    eddy__list_init(&group->errors);
    g->scope.open->group = group;
    g->record = group;
    return 0;
}

int eddy__group_begin(const char *site, eddy_group *g, const eddy_group_options *options) {
    static const eddy_group_options defaults;
    if (!g) return EDDY_EINVAL;
    if (g->begun) return EDDY_ESTATE;
    g->begun = true;
    g->record = NULL;
    g->error = begin(site, g, options ? options : &defaults);
    return g->error;
}

/* ---- adding children ---------------------------------------------------------------------------- */

/* 0, or why the group takes no child. */
static int refusal(const eddy_group *g) {
    if (g && !g->ended && g->record && !g->record->refuses) return 0;
    return g && g->error == EDDY_ENOMEM ? EDDY_ENOMEM : EDDY_ESTATE;
}

static void adopt(eddy__group *group, eddy__task *child, eddy_future *starter, bool detached) {
    child->starter = starter;
    if (detached) child->detached = true;
    eddy__list_append(&group->children, &child->sibling);
    group->live++;
}

/* NULL without memory. */
static eddy__task *add(const char *site, const char *name, eddy_group *g, eddy_fn fn, void *arg,
                       eddy_future *starter, bool detached) {
    eddy__task *child = eddy__task_make(site, name, fn, arg, g->record);
    if (!child) return NULL;
    adopt(g->record, child, starter, detached);
    eddy__ready_push(&child->ready);
    return child;
}

/* Never pending, and its pin is never given back. */
static eddy_future refused = {
    .handles = 1, .pins = 1, .result = EDDY_ESTATE, .state = EDDY_FAILED};

eddy_future *eddy__group_spawn_with(const char *site, const char *name, eddy_group *g, eddy_fn fn,
                                    const eddy_spawn_options *options) {
    static const eddy_spawn_options defaults;
    if (!options) options = &defaults;
    int why = refusal(g);
    if (why) {
        if (options->arg_free) eddy__call_destructor(options->arg_free, options->arg);
        return why == EDDY_ENOMEM ? NULL : &refused;
    }
    eddy__task *child = eddy__task_make_with(site, name, fn, options, g->record);
    if (!child) return NULL;
    adopt(g->record, child, NULL, false);
    eddy__task_launch(child, options->eager);
    return &child->future;
}

eddy_future *eddy__group_spawn(const char *site, const char *name, eddy_group *g, eddy_fn fn,
                               void *arg) {
    int why = refusal(g);
    if (EDDY__UNLIKELY(why)) return why == EDDY_ENOMEM ? NULL : &refused;
    eddy__task *child = add(site, name, g, fn, arg, NULL, false);
    return child ? &child->future : NULL;
}

int eddy__group_go(const char *site, const char *name, eddy_group *g, eddy_fn fn, void *arg) {
    if (!fn) return EDDY_EINVAL;
    int why = refusal(g);
    if (why) return why;
    return add(site, name, g, fn, arg, NULL, true) ? 0 : EDDY_ENOMEM;
}

/* ---- children that tell when they are ready ------------------------------------------------------- */

typedef struct {
    eddy__cleanup cleanup;
    eddy_future *child, *ready; /* handles */
} starting;

static void let_go(eddy__cleanup *cleanup) {
    starting *s = EDDY__OWNER(cleanup, starting, cleanup);
    eddy_release(s->child);
    eddy_release(s->ready);
}

/* The caller was cancelled. A child that is ready all the same, or has failed, is not lost; else nothing has
 * happened. */
static int start_cancelled(const char *site, eddy__task *child, eddy_future *ready) {
    eddy_future *f = &child->future;
    if (!eddy_done(ready)) {
        (void)eddy_cancel(f);
        (void)eddy__wait_through(site, f, false);
    } else if (ready->result >= 0) { /* after the cancel, before this: completion wins (R2) */
        return ready->result;
    }
    if (f->state == EDDY_FAILED && ready->result == f->result) {
        eddy__future_deliver(ready, eddy__current);
        return f->result;
    }
    eddy__future_read(ready);
    return EDDY_ECANCELED;
}

int eddy__group_start(const char *site, const char *name, eddy_group *g, eddy_fn fn, void *arg) {
    int rc = eddy__checkpoint(site);
    if (rc < 0) return rc;
    if (!fn) return EDDY_EINVAL;
    rc = refusal(g);
    if (rc < 0) return rc;
    eddy_future *ready = (eddy_future_new)();
    if (!ready) return EDDY_ENOMEM;
    /* Detached: nobody gets a handle, and the group may live long. */
    eddy__task *child = add(site, name, g, fn, arg, eddy_retain(ready), true);
    if (!child) {
        eddy_release_all((eddy_future *[]){ready, ready}, 2);
        return EDDY_ENOMEM;
    }
    /* A handle of its own: the group may be orphaned meanwhile. */
    starting s = {.child = eddy_retain(&child->future), .ready = ready};
    eddy__cleanup_push(&s.cleanup, let_go);
    rc = eddy__join(site, ready);
    if (!eddy_done(ready) || rc != ready->result) rc = start_cancelled(site, child, ready);
    eddy__cleanup_run(&s.cleanup, let_go);
    return rc;
}

int eddy_started(int value) {
    eddy__task *task = eddy__current;
    if (!task || !task->group || !task->starter) return EDDY_ESTATE;
    if (value < 0) return EDDY_EINVAL;
    eddy_future *starter = task->starter;
    task->starter = NULL;
    eddy__future_settle(starter, value, NULL);
    eddy_release(starter);
    return 0;
}

/* ---- cancel and end ------------------------------------------------------------------------------- */

int eddy_group_cancel(eddy_group *g) {
    if (!g) return EDDY_EINVAL;
    return g->ended || g->error ? EDDY_ESTATE : eddy_scope_cancel(&g->scope);
}

static void leave_end(eddy__task *task) {
    eddy__group *group = task->wait_on;
    group->waiting = false;
}

static const eddy__link *next_live(const eddy__group *group, const eddy__link *l) {
    do l = l->next;
    while (l != &group->children && eddy_done(&task_of(l)->future));
    return l;
}

/* Asked for one index after the other, each costs about one step. */
static eddy_future *next_child(const eddy__task *task, size_t index) {
    eddy__group *group = task->wait_on;
    if (!group->seen || index < group->seen_index) {
        group->seen = next_live(group, &group->children);
        group->seen_index = 0;
    }
    while (group->seen != &group->children && group->seen_index < index) {
        group->seen = next_live(group, group->seen);
        group->seen_index++;
    }
    if (group->seen != &group->children) return &task_of(group->seen)->future;
    group->seen = NULL;
    return NULL;
}

static const eddy__wait_kind ending = {
    .verb = "waits for its group:", .abandon = leave_end, .target = next_child};

static void add_body_error(eddy__group *group, int code) {
    eddy__task *task = group->owner;
    group->body_code = code;
    group->body_text = eddy__task_text(task, code);
    eddy__list_append(&group->errors, &group->body_error);
}

/* The first error, delivered to the owner. */
static int first_error(const eddy__group *group) {
    const eddy__link *first = group->errors.next;
    if (first == &group->errors) return 0;
    if (first == &group->body_error) {
        eddy__task_deliver(group->owner, group->body_code, eddy__text_retain(group->body_text));
        return group->body_code;
    }
    eddy__future_deliver(&task_of(first)->future, group->owner);
    return task_of(first)->future.result;
}

/* What comes before the wait for the children, and what after it. Apart from the wait, which then has
 * little to save. */
static __attribute__((noinline)) void end_body(eddy_group *g, int rc) {
    eddy__group *group = g->record;
    eddy__scopes_close_inside(group->owner, g->scope.open, " inside a group that ended");
    if (rc < 0 && rc != EDDY_ECANCELED) add_body_error(group, rc);
    if (rc < 0) cancel_children(group);
}

static __attribute__((noinline)) int end_all(eddy_group *g, int rc) {
    eddy__group *group = g->record;
    group->refuses = true;
    g->ended = true;
    g->scope.open->group = NULL;
    rc = eddy_scope_end(&g->scope, rc);
    release_list(&group->children, false);
    if (eddy__list_empty(&group->errors)) {
        g->record = NULL;
        eddy__pool_give(&records, group, eddy__may_keep());
        return rc;
    }
    keep(group);
    return first_error(group);
}

int eddy__group_end(const char *site, eddy_group *g, int rc) {
    if (!g || !g->begun) return EDDY_ESTATE;
    if (g->ended) return rc;
    if (g->error) {
        g->ended = true;
        return g->error;
    }
    if (!g->record || g->record->owner != eddy__current || g->record->waiting) return EDDY_ESTATE;
    end_body(g, rc);
    bool cancelled = !g->record->live && eddy__checkpoint(site) == EDDY_ECANCELED;
    while (g->record->live) {
        g->record->waiting = true;
        if (eddy__block(site, &ending, g->record, !cancelled) == 0) continue;
        cancelled = true;
        g->record->waiting = false;
        cancel_children(g->record);
    }
    return end_all(g, cancelled ? EDDY_ECANCELED : rc);
}

/* An exception must not be held up by a wait: the runtime of C++, where there is one, tells. */
extern unsigned __cxa_uncaught_exceptions(void) __attribute__((weak));

void eddy__group_net(eddy_group *g) {
    if (g->record && !g->ended && g->record->owner == eddy__current) {
        bool unwinding = __cxa_uncaught_exceptions && __cxa_uncaught_exceptions() > 0;
        if (loop.debug) eddy__scope_report_left_open(g->scope.open);
        if (unwinding)
            (void)eddy_scope_end(&g->scope, 0);
        else
            EDDY_IGNORE(eddy__group_end(g->record->owner->wait_site, g, EDDY_ECANCELED));
        if (g->record) { /* errors that nobody was told of */
            eddy__group *group = g->record;
            for (eddy__link *l = group->errors.next; l != &group->errors; l = l->next) {
                if (l == &group->body_error) report_body_error(group);
                else eddy__report_future(&task_of(l)->future);
            }
        }
    }
    if (g->record) g->record->forget(g->record);
    g->record = NULL;
}

size_t eddy_group_errors(const eddy_group *g, eddy_error out[], size_t n) {
    size_t count = 0;
    const eddy__group *group = g ? g->record : NULL;
    if (!group) return 0;
    for (const eddy__link *l = group->errors.next; l != &group->errors; l = l->next, count++) {
        if (count >= n || !out) continue;
        const eddy__task *owner = group->owner;
        bool body = l == &group->body_error;
        const eddy_future *f = &task_of(l)->future;
        out[count] = body ? (eddy_error){group->body_code, eddy__text_read(group->body_text),
                                         owner->co.name}
                          : (eddy_error){f->result, eddy__text_read(f->text), eddy_name(f)};
    }
    return count;
}

/* ---- without sites ---------------------------------------------------------------------------------- */

int(eddy_group_begin)(eddy_group *g, const eddy_group_options *options) {
    return eddy__group_begin(NULL, g, options);
}
eddy_future *(eddy_group_spawn)(eddy_group *g, eddy_fn fn, void *arg) {
    return eddy__group_spawn(NULL, "task", g, fn, arg);
}
eddy_future *(eddy_group_spawn_with)(eddy_group *g, eddy_fn fn, const eddy_spawn_options *options) {
    return eddy__group_spawn_with(NULL, "task", g, fn, options);
}
int(eddy_group_go)(eddy_group *g, eddy_fn fn, void *arg) {
    return eddy__group_go(NULL, "task", g, fn, arg);
}
int(eddy_group_start)(eddy_group *g, eddy_fn fn, void *arg) {
    return eddy__group_start(NULL, "task", g, fn, arg);
}
int(eddy_group_end)(eddy_group *g, int rc) {
    return eddy__group_end(NULL, g, rc);
}
