/* operations.c: what the operations of the model test's programs do with tasks, futures, callbacks, time
 * and scopes. Each is one call of eddy and one line of the trace. */
#include "interpreter.h"

#define w (&the_world)

/* ---- the trace ------------------------------------------------------------------------------- */

void say(const char *kind, int serial, long result) {
    printf("%s %d %ld %lld\n", kind, serial, result, (long long)(eddy_now() / EDDY_MS));
}

int tell(const context *c, const operation *o, int result) {
    if (!c->quiet) say("=", o->serial, result);
    return result;
}

/* For the end of a block. */
int tell_end(const context *c, const operation *o, int result) {
    if (!c->quiet) say(">", o->serial, result);
    return result;
}

/* ---- blocks ---------------------------------------------------------------------------------- */

/* The last result, or what it was left with. */
static int run_range(context *c, int first, int last) {
    int rc = 0;
    for (int i = first; i < last; i = w->operations[i].next) {
        const operation *o = &w->operations[i];
        rc = o->mean(c, o);
        if (c->leaving) return rc;
        if (o->check && rc < 0) {
            c->leaving = true;
            return rc;
        }
    }
    return rc;
}

int run_block(context *c, const operation *o) {
    return run_range(c, (int)(o - w->operations) + 1, o->next);
}

/* After the end of a block: an error that it changed leaves nothing any more. */
int left_with(context *c, bool leaving, int inner, int rc) {
    c->leaving = leaving && rc == inner;
    return rc;
}

int run_body(void *arg) {
    const struct body *body = arg;
    context c = {0};
    int rc = run_range(&c, body->first, body->last);
    if (body == &w->bodies[0] && w->run_count == 0) w->main_ended = true;
    return c.leaving ? rc : 0;
}

void run_outside(int body) {
    context c = {0};
    (void)run_range(&c, w->bodies[body].first, w->bodies[body].last);
}

static void run_callback(void *arg) {
    const operation *o = arg;
    context c = {0};
    say("@", o->serial, 0);
    (void)run_block(&c, o);
}

static void run_done_callback(eddy_future *f, void *arg) {
    (void)f;
    run_callback(arg);
}

static int do_repeat(context *c, const operation *o) {
    int rc = 0;
    bool quiet = c->quiet;
    for (long i = 0; i < o->argument[0] && !c->leaving; i++) {
        c->quiet = quiet || i < o->argument[0] - 1;
        rc = run_block(c, o);
    }
    c->quiet = quiet;
    return tell_end(c, o, rc);
}

static int do_return(context *c, const operation *o) {
    c->leaving = true;
    return tell(c, o, (int)o->argument[0]);
}

static int do_fail(context *c, const operation *o) {
    c->leaving = true;
    return tell(c, o, eddy_fail((int)o->argument[0], "m%d", o->serial));
}

/* ---- handles --------------------------------------------------------------------------------- */

eddy_future *future_of(const operation *o, int index) {
    return w->slots[o->argument[index]];
}

held *hold(int count, eddy_future *const f[]) {
    held *h = malloc(sizeof *h);
    if (!h) abort();
    h->count = count;
    h->each = (eddy_each){0};
    memcpy(h->future, f, (size_t)count * sizeof *f);
    h->next = &w->held;
    h->prev = w->held.prev;
    h->prev->next = h->next->prev = h;
    return h;
}

void release_held(held *h) {
    eddy_each_end(&h->each);
    eddy_release_all(h->future, (size_t)h->count);
    h->next->prev = h->prev;
    h->prev->next = h->next;
    free(h);
}

/* The futures from an argument on, retained: the call needs them to its end. */
held *hold_from(const operation *o, int first) {
    eddy_future *f[MAX_ARGUMENTS];
    for (int i = first; i < o->count; i++) f[i - first] = eddy_retain(future_of(o, i));
    return hold(o->count - first, f);
}

/* ---- tasks ----------------------------------------------------------------------------------- */

void free_argument(void *body) {
    say("~", 1000 + atoi(((const struct body *)body)->name + 1), 0);
}

/* spawn TASK EAGER OWNED: owned, the argument is copied, and its owner told when it goes */
static int do_spawn(context *c, const operation *o) {
    long body = o->argument[0];
    eddy_spawn_options options = {.arg = &w->bodies[body],
                                  .arg_size = o->argument[2] ? sizeof w->bodies[body] : 0,
                                  .arg_free = o->argument[2] ? free_argument : NULL,
                                  .name = w->bodies[body].name,
                                  .eager = o->argument[1] != 0};
    eddy_future *f = eddy_spawn_with(run_body, &options);
    w->slots[body] = f;
    return tell(c, o, f != NULL);
}

static int do_go(context *c, const operation *o) {
    return tell(c, o, eddy_go(run_body, &w->bodies[o->argument[0]]));
}

static int do_join(context *c, const operation *o) {
    return tell(c, o, eddy_join(future_of(o, 0)));
}

static int do_await(context *c, const operation *o) {
    eddy_future *f = future_of(o, 0);
    if (w->borrowed[o->argument[0]]) return tell(c, o, eddy_join(f));
    w->slots[o->argument[0]] = NULL;
    return tell(c, o, eddy_await(f));
}

static int do_stop(context *c, const operation *o) {
    return tell(c, o, eddy_stop(future_of(o, 0)));
}

static int do_cancel(context *c, const operation *o) {
    return tell(c, o, eddy_cancel(future_of(o, 0)));
}

static int do_cancel_self(context *c, const operation *o) {
    return tell(c, o, eddy_cancel(eddy_current()));
}

static int do_release(context *c, const operation *o) {
    eddy_future *f = future_of(o, 0);
    if (w->borrowed[o->argument[0]]) return tell(c, o, -99);
    w->slots[o->argument[0]] = NULL;
    tell(c, o, 0); /* before a report about it */
    eddy_release(f);
    return 0;
}

static int do_state(context *c, const operation *o) {
    eddy_future *f = future_of(o, 0);
    return tell(c, o, (int)eddy_future_state(f) + 10 * eddy_cancel_requested(f));
}

static int do_result(context *c, const operation *o) {
    return tell(c, o, eddy_result(future_of(o, 0)));
}

static int do_message(context *c, const operation *o) {
    const char *text = eddy_message(future_of(o, 0));
    if (!c->quiet) printf("text %s\n", text);
    return tell(c, o, 0);
}

static int do_last_message(context *c, const operation *o) {
    if (!c->quiet) printf("text %s\n", eddy_last_message());
    return tell(c, o, 0);
}

static int do_resolve(context *c, const operation *o) {
    return tell(c, o, eddy_resolve(future_of(o, 0), (int)o->argument[1]));
}

static int do_reject(context *c, const operation *o) {
    return tell(c, o, eddy_reject(future_of(o, 0), (int)o->argument[1], "m%d", o->serial));
}

/* ---- pointers as results: numbers, which are not freed but said ------------------------------- */

static void free_value(void *value) {
    say("~", 2000 + (int)(intptr_t)value, 0);
}

/* resolve_with FUTURE RESULT: its own line is the value */
static int do_resolve_with(context *c, const operation *o) {
    void *value = (void *)(intptr_t)o->serial;
    return tell(c, o, eddy_resolve_value(future_of(o, 0), (int)o->argument[1], value, free_value));
}

static int do_set_result(context *c, const operation *o) {
    return tell(c, o, eddy_set_value((void *)(intptr_t)o->serial, free_value));
}

static int do_pointer(context *c, const operation *o) {
    return tell(c, o, (int)(intptr_t)eddy_value(future_of(o, 0)));
}

static int do_name(context *c, const operation *o) {
    if (!c->quiet) printf("text %s\n", eddy_name(future_of(o, 0)));
    return tell(c, o, 0);
}

static int do_on_done(context *c, const operation *o) {
    return tell(c, o, eddy_on_done(future_of(o, 0), run_done_callback, (void *)o));
}

/* The operation with a body whose label is the last argument of this one. */
static operation *labelled(const operation *o) {
    static operation none;
    for (int i = 0; i < w->count; i++) {
        operation *at = &w->operations[i];
        if (at->label && at->argument[at->count - 1] == o->argument[o->count - 1]) return at;
    }
    return &none;
}

static int do_off_done(context *c, const operation *o) {
    return tell(c, o, eddy_off_done(future_of(o, 0), run_done_callback, labelled(o)));
}

static eddy_local locals[MAX_OBJECTS];

static int do_set_local(context *c, const operation *o) {
    return tell(c, o, eddy_local_set(&locals[o->argument[0]], (void *)(intptr_t)o->argument[1]));
}

static int do_local(context *c, const operation *o) {
    return tell(c, o, (int)(intptr_t)eddy_local_get(&locals[o->argument[0]]));
}

static int do_interrupt(context *c, const operation *o) {
    return tell(c, o, eddy_interrupt());
}

/* ---- callbacks of the loop, time ------------------------------------------------------------- */

static int do_soon(context *c, const operation *o) {
    eddy_call call = eddy_call_soon(run_callback, (void *)o);
    w->calls[o - w->operations] = call;
    return tell(c, o, call.id != 0);
}

static int do_later(context *c, const operation *o) {
    eddy_call call = eddy_call_later(o->argument[0] * EDDY_MS, run_callback, (void *)o);
    w->calls[o - w->operations] = call;
    return tell(c, o, call.id != 0);
}

static int do_call_at(context *c, const operation *o) {
    eddy_call call = eddy_call_at(o->argument[0] * EDDY_MS, run_callback, (void *)o);
    w->calls[o - w->operations] = call;
    return tell(c, o, call.id != 0);
}

static int do_take_back(context *c, const operation *o) {
    const operation *made = labelled(o);
    eddy_call call = {0};
    if (made->label) call = w->calls[made - w->operations];
    return tell(c, o, eddy_call_cancel(call));
}

static int do_yield(context *c, const operation *o) {
    return tell(c, o, eddy_yield());
}

static int do_sleep(context *c, const operation *o) {
    return tell(c, o, eddy_sleep(o->argument[0] * EDDY_MS));
}

static int do_sleep_forever(context *c, const operation *o) {
    return tell(c, o, eddy_sleep(EDDY_FOREVER));
}

static int do_idle(context *c, const operation *o) {
    return tell(c, o, eddy_idle());
}

static int do_interval(context *c, const operation *o) {
    eddy_interval *i = &w->intervals[o->argument[0]];
    return tell(c, o,
                eddy_interval_begin(i, o->argument[1] * EDDY_MS, (eddy_missed)o->argument[2]));
}

static int do_tick(context *c, const operation *o) {
    return tell(c, o, eddy_interval_next(&w->intervals[o->argument[0]]));
}

static int do_sleep_until(context *c, const operation *o) {
    return tell(c, o, eddy_sleep_until(o->argument[0] * EDDY_MS));
}

static int do_checkpoint(context *c, const operation *o) {
    return tell(c, o, eddy_checkpoint());
}

static int do_advance(context *c, const operation *o) {
    return tell(c, o, eddy_clock_advance(o->argument[0] * EDDY_MS));
}

/* ---- scopes ---------------------------------------------------------------------------------- */

static int do_deadline(context *c, const operation *o) {
    eddy_time when = eddy_deadline();
    int known = when == EDDY_NOW ? -1 : (int)(when / EDDY_MS);
    return tell(c, o, when == EDDY_FOREVER ? 1000000 : known);
}

/* scope K TIMEOUT DEADLINE SHIELD: times in milliseconds, 1000 none, below 1 already over */
eddy_time option_of(long milliseconds) {
    return milliseconds == 1000 ? 0 : EDDY_IN(milliseconds * EDDY_MS);
}

static int do_scope(context *c, const operation *o) {
    eddy_scope *s = &w->scopes[o->argument[0]];
    eddy_scope_options options = {.timeout = option_of(o->argument[1]),
                                  .deadline = option_of(o->argument[2]),
                                  .shield = o->argument[3] != 0};
    tell(c, o, eddy_scope_begin(s, &options));
    w->refs[o->argument[0]] = eddy_scope_share(s);
    int inner = run_block(c, o);
    bool leaving = c->leaving;
    int rc = eddy_scope_end(s, inner);
    return left_with(c, leaving, inner, tell_end(c, o, rc));
}

/* begin K TIMEOUT DEADLINE SHIELD: the same without a block; finish K RESULT ends it anywhere */
static int do_begin(context *c, const operation *o) {
    eddy_scope_options options = {.timeout = option_of(o->argument[1]),
                                  .deadline = option_of(o->argument[2]),
                                  .shield = o->argument[3] != 0};
    int rc = eddy_scope_begin(&w->scopes[o->argument[0]], &options);
    w->refs[o->argument[0]] = eddy_scope_share(&w->scopes[o->argument[0]]);
    return tell(c, o, rc);
}

static int do_finish(context *c, const operation *o) {
    return tell(c, o, eddy_scope_end(&w->scopes[o->argument[0]], (int)o->argument[1]));
}

/* net TIMEOUT SHIELD: a scope on the task's stack, whose end is forgotten */
static int do_net(context *c, const operation *o) {
    int rc;
    {
        EDDY_SCOPE(s, .timeout = option_of(o->argument[0]), .shield = o->argument[1] != 0);
        tell(c, o, 0);
        rc = run_block(c, o);
    }
    return tell_end(c, o, rc);
}

static int do_scope_cancel(context *c, const operation *o) {
    return tell(c, o, eddy_scope_cancel(&w->scopes[o->argument[0]]));
}

static int do_ref_cancel(context *c, const operation *o) {
    return tell(c, o, eddy_scope_ref_cancel(w->refs[o->argument[0]]));
}

static int do_reschedule(context *c, const operation *o) {
    eddy_time when = o->argument[1] == 1000 ? EDDY_FOREVER : o->argument[1] * EDDY_MS;
    return tell(c, o, eddy_scope_reschedule(&w->scopes[o->argument[0]], when));
}

static int do_scope_state(context *c, const operation *o) {
    const eddy_scope *s = &w->scopes[o->argument[0]];
    return tell(c, o, eddy_scope_cancelled(s) + 2 * eddy_scope_expired(s));
}

eddy_time limit_of(long milliseconds) {
    return milliseconds == 1000 ? EDDY_FOREVER : milliseconds * EDDY_MS;
}

typedef struct limited {
    context *c;
    const operation *o;
    int inner;
} limited;

static int run_limited(void *arg) {
    limited *l = arg;
    l->inner = run_block(l->c, l->o);
    return l->inner;
}

static int do_timeout(context *c, const operation *o) {
    limited l = {c, o, 0};
    tell(c, o, 0);
    int rc = eddy_timeout(o->argument[0] * EDDY_MS, run_limited, &l);
    return left_with(c, c->leaving, l.inner, tell_end(c, o, rc));
}

/* ---- the names ------------------------------------------------------------------------------- */

meaning find_meaning(const char *name) {
    static const struct {
        const char *name;
        meaning mean;
    } table[] = {
        {"repeat", do_repeat},
        {"return", do_return},
        {"fail", do_fail},
        {"spawn", do_spawn},
        {"go", do_go},
        {"join", do_join},
        {"await", do_await},
        {"stop", do_stop},
        {"cancel", do_cancel},
        {"cancel_self", do_cancel_self},
        {"release", do_release},
        {"state", do_state},
        {"result", do_result},
        {"message", do_message},
        {"last_message", do_last_message},
        {"resolve", do_resolve},
        {"reject", do_reject},
        {"on_done", do_on_done},
        {"soon", do_soon},
        {"later", do_later},
        {"call_at", do_call_at},
        {"take_back", do_take_back},
        {"resolve_with", do_resolve_with},
        {"set_result", do_set_result},
        {"pointer", do_pointer},
        {"name", do_name},
        {"yield", do_yield},
        {"sleep", do_sleep},
        {"sleep_forever", do_sleep_forever},
        {"sleep_until", do_sleep_until},
        {"idle", do_idle},
        {"interval", do_interval},
        {"tick", do_tick},
        {"interrupt", do_interrupt},
        {"set_local", do_set_local},
        {"local", do_local},
        {"off_done", do_off_done},
        {"checkpoint", do_checkpoint},
        {"advance", do_advance},
        {"deadline", do_deadline},
        {"scope", do_scope},
        {"begin", do_begin},
        {"finish", do_finish},
        {"net", do_net},
        {"scope_cancel", do_scope_cancel},
        {"ref_cancel", do_ref_cancel},
        {"reschedule", do_reschedule},
        {"scope_state", do_scope_state},
        {"timeout", do_timeout},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (strcmp(table[i].name, name) == 0) return table[i].mean;
    return find_combining_meaning(name);
}
