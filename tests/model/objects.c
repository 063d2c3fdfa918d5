/* objects.c: what the operations of the model test's programs do with locks, events, conditions,
 * semaphores, limiters, barriers, queues and select. */
#include "interpreter.h"

#define w (&the_world)

void item_dropped(void *item) {
    say("~", *(const int *)item, 0);
}

void destroy_objects(void) {
    for (int i = 0; i < MAX_OBJECTS; i++) eddy_queue_destroy(&w->queues[i]);
    for (int i = 0; i < MAX_HANDLES; i++) {
        eddy_sender_close(w->senders[i]);
        eddy_receiver_close(w->receivers[i]);
    }
    destroy_feeds();
}

/* The object that an argument names. */
#define OF(array, index) (&w->array[o->argument[index]])

/* ---- locks, events, conditions --------------------------------------------------------------- */

static int do_acquire(context *c, const operation *o) {
    return tell(c, o, eddy_lock_acquire(OF(locks, 0)));
}

static int do_try(context *c, const operation *o) {
    return tell(c, o, eddy_lock_try(OF(locks, 0)));
}

static int do_unlock(context *c, const operation *o) {
    return tell(c, o, eddy_lock_release(OF(locks, 0)));
}

static int do_held(context *c, const operation *o) {
    return tell(c, o, eddy_lock_held(OF(locks, 0)));
}

static int do_event(context *c, const operation *o) {
    return tell(c, o, eddy_event_wait(OF(events, 0)));
}

static int do_set(context *c, const operation *o) {
    eddy_event_set(OF(events, 0));
    return tell(c, o, eddy_event_is_set(OF(events, 0)));
}

static int do_clear(context *c, const operation *o) {
    eddy_event_clear(OF(events, 0));
    return tell(c, o, eddy_event_is_set(OF(events, 0)));
}

static int do_cond(context *c, const operation *o) {
    return tell(c, o, eddy_cond_wait(OF(conds, 0), OF(locks, 1)));
}

static bool is_set(void *event) {
    return eddy_event_is_set(event);
}

/* cond_for CONDITION LOCK EVENT */
static int do_cond_for(context *c, const operation *o) {
    return tell(c, o, eddy_cond_wait_for(OF(conds, 0), OF(locks, 1), is_set, OF(events, 2)));
}

static int do_notify(context *c, const operation *o) {
    return tell(c, o, eddy_cond_notify(OF(conds, 0), (size_t)o->argument[1]));
}

static int do_notify_all(context *c, const operation *o) {
    return tell(c, o, eddy_cond_notify_all(OF(conds, 0)));
}

/* ---- semaphores, limiters, barriers ---------------------------------------------------------- */

static int do_sem(context *c, const operation *o) {
    return tell(c, o, eddy_sem_acquire(OF(sems, 0)));
}

static int do_sem_try(context *c, const operation *o) {
    return tell(c, o, eddy_sem_try(OF(sems, 0)));
}

static int do_sem_release(context *c, const operation *o) {
    int rc = eddy_sem_release(OF(sems, 0));
    return tell(c, o, rc < 0 ? rc : eddy_sem_locked(OF(sems, 0)));
}

static int do_enter(context *c, const operation *o) {
    return tell(c, o, eddy_limiter_acquire(OF(limiters, 0)));
}

static int do_leave(context *c, const operation *o) {
    return tell(c, o, eddy_limiter_release(OF(limiters, 0)));
}

static int do_resize(context *c, const operation *o) {
    return tell(c, o, eddy_limiter_resize(OF(limiters, 0), (size_t)o->argument[1]));
}

static int do_barrier(context *c, const operation *o) {
    return tell(c, o, eddy_barrier_wait(OF(barriers, 0)));
}

static int do_abort(context *c, const operation *o) {
    return tell(c, o, eddy_barrier_abort(OF(barriers, 0)));
}

static int do_reset(context *c, const operation *o) {
    return tell(c, o, eddy_barrier_reset(OF(barriers, 0)));
}

static int do_waiting(context *c, const operation *o) {
    return tell(c, o, (int)eddy_barrier_waiting(OF(barriers, 0)));
}

/* ---- queues ---------------------------------------------------------------------------------- */

/* An item where it was taken, else the error. */
static int item_or(int rc, int item) {
    return rc < 0 ? rc : item;
}

static int do_put(context *c, const operation *o) {
    int item = (int)o->argument[1];
    return tell(c, o, eddy_queue_put(OF(queues, 0), &item));
}

static int do_get(context *c, const operation *o) {
    int item = -88;
    int rc = eddy_queue_get(OF(queues, 0), &item);
    return tell(c, o, item_or(rc, item));
}

static int do_try_put(context *c, const operation *o) {
    int item = (int)o->argument[1];
    return tell(c, o, eddy_queue_try_put(OF(queues, 0), &item));
}

static int do_try_get(context *c, const operation *o) {
    int item = -88;
    int rc = eddy_queue_try_get(OF(queues, 0), &item);
    return tell(c, o, item_or(rc, item));
}

static int do_len(context *c, const operation *o) {
    return tell(c, o, (int)eddy_queue_len(OF(queues, 0)) + 100 * eddy_queue_full(OF(queues, 0)));
}

static int do_task_done(context *c, const operation *o) {
    return tell(c, o, eddy_queue_task_done(OF(queues, 0)));
}

static int do_queue_join(context *c, const operation *o) {
    return tell(c, o, eddy_queue_join(OF(queues, 0)));
}

static int do_shutdown(context *c, const operation *o) {
    return tell(c, o, eddy_queue_shutdown(OF(queues, 0), o->argument[1] != 0));
}

/* ---- channels: h12 is the handle 2 of channel 1 ---------------------------------------------- */

static int do_send(context *c, const operation *o) {
    int item = (int)o->argument[1];
    return tell(c, o, eddy_send(w->senders[o->argument[0]], &item));
}

static int do_recv(context *c, const operation *o) {
    int item = -88;
    int rc = eddy_recv(w->receivers[o->argument[0]], &item);
    return tell(c, o, item_or(rc, item));
}

static int do_try_send(context *c, const operation *o) {
    int item = (int)o->argument[1];
    return tell(c, o, eddy_try_send(w->senders[o->argument[0]], &item));
}

static int do_try_recv(context *c, const operation *o) {
    int item = -88;
    int rc = eddy_try_recv(w->receivers[o->argument[0]], &item);
    return tell(c, o, item_or(rc, item));
}

/* clone_sender HANDLE HANDLE: into a place that is free */
static int do_clone_sender(context *c, const operation *o) {
    eddy_sender **to = &w->senders[o->argument[1]];
    if (!*to) *to = eddy_sender_clone(w->senders[o->argument[0]]);
    return tell(c, o, *to != NULL);
}

static int do_clone_receiver(context *c, const operation *o) {
    eddy_receiver **to = &w->receivers[o->argument[1]];
    if (!*to) *to = eddy_receiver_clone(w->receivers[o->argument[0]]);
    return tell(c, o, *to != NULL);
}

static int do_close_sender(context *c, const operation *o) {
    eddy_sender_close(w->senders[o->argument[0]]);
    w->senders[o->argument[0]] = NULL;
    return tell(c, o, 0);
}

static int do_close_receiver(context *c, const operation *o) {
    eddy_receiver_close(w->receivers[o->argument[0]]);
    w->receivers[o->argument[0]] = NULL;
    return tell(c, o, 0);
}

/* ---- select ---------------------------------------------------------------------------------- */

enum { CASE_GET, CASE_PUT, CASE_JOIN, CASE_EVENT, CASE_RECV, CASE_SEND };

/* select TIMEOUT (KIND OBJECT ITEM)…, the kind as above */
static int do_select(context *c, const operation *o) {
    eddy_case cases[MAX_ARGUMENTS / 3];
    int items[MAX_ARGUMENTS / 3];
    eddy_future *futures[MAX_ARGUMENTS / 3];
    int n = (o->count - 1) / 3, joined = 0;
    for (int i = 0; i < n; i++) { /* a handle that is closed makes no case */
        const long *argument = &o->argument[1 + 3 * i];
        if (argument[0] == CASE_RECV && !w->receivers[argument[1]]) return tell(c, o, -99);
        if (argument[0] == CASE_SEND && !w->senders[argument[1]]) return tell(c, o, -99);
    }
    for (int i = 0; i < n; i++) {
        const long *argument = &o->argument[1 + 3 * i];
        long object = argument[1];
        bool gives = argument[0] == CASE_PUT || argument[0] == CASE_SEND;
        items[i] = gives ? (int)argument[2] : -88;
        switch (argument[0]) {
        case CASE_GET: cases[i] = EDDY_CASE_GET(&w->queues[object], &items[i]); break;
        case CASE_PUT: cases[i] = EDDY_CASE_PUT(&w->queues[object], &items[i]); break;
        case CASE_RECV: cases[i] = EDDY_CASE_RECV(w->receivers[object], &items[i]); break;
        case CASE_SEND: cases[i] = EDDY_CASE_SEND(w->senders[object], &items[i]); break;
        case CASE_EVENT: cases[i] = EDDY_CASE_EVENT(&w->events[object]); break;
        default:
            futures[joined] = eddy_retain(w->slots[object]);
            cases[i] = EDDY_CASE_JOIN(futures[joined++]);
        }
    }
    held *h = hold(joined, futures);
    int rc = eddy_select(cases, (size_t)n, limit_of(o->argument[0]));
    if (!c->quiet && rc >= 0) printf("list %d %d %d\n", rc, cases[rc].result, items[rc]);
    tell(c, o, rc);
    release_held(h);
    return rc;
}

/* ---- generators ------------------------------------------------------------------------------ */

/* ESTATE is what is said of a call that the generator did not see. */
static int run_generator(void *body) {
    int rc = run_body(body);
    return rc == EDDY_ESTATE ? EDDY_EUSER - 9 : rc;
}

/* generator Y TASK: the task's operations are its body */
static int do_generator(context *c, const operation *o) {
    eddy_gen **g = &w->generators[o->argument[0]];
    if (*g || w->main_ended) return tell(c, o, -99);
    *g = eddy_gen_open(run_generator, &w->bodies[o->argument[1]], sizeof(int));
    return tell(c, o, *g != NULL);
}

static int do_emit(context *c, const operation *o) {
    int item = (int)o->argument[0];
    return tell(c, o, eddy_emit(&item));
}

static int do_next(context *c, const operation *o) {
    if (w->main_ended) return tell(c, o, -99);
    int item = -88;
    int rc = eddy_gen_next(w->generators[o->argument[0]], &item);
    if (!c->quiet) printf("list %d\n", item);
    return tell(c, o, rc);
}

static int do_close(context *c, const operation *o) {
    eddy_gen **g = &w->generators[o->argument[0]];
    if (w->main_ended) return tell(c, o, -99);
    int rc = eddy_gen_close(*g);
    if (rc != EDDY_ESTATE) *g = NULL;
    return tell(c, o, rc);
}

/* ---- the names ------------------------------------------------------------------------------- */

meaning find_object_meaning(const char *name) {
    static const struct {
        const char *name;
        meaning mean;
    } table[] = {
        {"acquire", do_acquire},
        {"try", do_try},
        {"unlock", do_unlock},
        {"held", do_held},
        {"event", do_event},
        {"set", do_set},
        {"clear", do_clear},
        {"cond", do_cond},
        {"cond_for", do_cond_for},
        {"notify", do_notify},
        {"notify_all", do_notify_all},
        {"sem", do_sem},
        {"sem_try", do_sem_try},
        {"sem_release", do_sem_release},
        {"enter", do_enter},
        {"leave", do_leave},
        {"resize", do_resize},
        {"barrier", do_barrier},
        {"abort", do_abort},
        {"reset", do_reset},
        {"waiting", do_waiting},
        {"put", do_put},
        {"get", do_get},
        {"try_put", do_try_put},
        {"try_get", do_try_get},
        {"len", do_len},
        {"task_done", do_task_done},
        {"queue_join", do_queue_join},
        {"shutdown", do_shutdown},
        {"select", do_select},
        {"generator", do_generator},
        {"emit", do_emit},
        {"next", do_next},
        {"close", do_close},
        {"send", do_send},
        {"recv", do_recv},
        {"try_send", do_try_send},
        {"try_recv", do_try_recv},
        {"clone_sender", do_clone_sender},
        {"clone_receiver", do_clone_receiver},
        {"close_sender", do_close_sender},
        {"close_receiver", do_close_receiver},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (strcmp(table[i].name, name) == 0) return table[i].mean;
    return find_feed_meaning(name);
}
