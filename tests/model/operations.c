/* operations.c: what the operations of the model test's programs do with tasks, futures, scopes and
 * groups. Each is one call of eddy and one line of the trace. */
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
static int tell_end(const context *c, const operation *o, int result) {
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

static int run_block(context *c, const operation *o) {
    return run_range(c, (int)(o - w->operations) + 1, o->next);
}

/* After the end of a block: an error that it changed leaves nothing any more. */
static int left_with(context *c, bool leaving, int inner, int rc) {
    c->leaving = leaving && rc == inner;
    return rc;
}

int run_body(void *arg) {
    const struct body *body = arg;
    context c = {0};
    int rc = run_range(&c, body->first, body->last);
    if (body == &w->bodies[0]) w->main_ended = true;
    return c.leaving ? rc : 0;
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

static eddy_future *future_of(const operation *o, int index) {
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

void forget_held(held *h) {
    h->next->prev = h->prev;
    h->prev->next = h->next;
    free(h);
}

void release_held(held *h) {
    eddy_each_end(&h->each);
    eddy_release_all(h->future, (size_t)h->count);
    forget_held(h);
}

/* The futures from an argument on, retained: the call needs them to its end. */
static held *hold_from(const operation *o, int first) {
    eddy_future *f[MAX_ARGUMENTS];
    for (int i = first; i < o->count; i++) f[i - first] = eddy_retain(future_of(o, i));
    return hold(o->count - first, f);
}

/* ---- tasks ----------------------------------------------------------------------------------- */

static int do_spawn(context *c, const operation *o) {
    long body = o->argument[0];
    eddy_spawn_options options = {
        .arg = &w->bodies[body], .name = w->bodies[body].name, .eager = o->argument[1] != 0};
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
    held *h = hold(1, &f);
    int rc = eddy_await(f);
    forget_held(h);
    return tell(c, o, rc);
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

static int do_on_done(context *c, const operation *o) {
    return tell(c, o, eddy_on_done(future_of(o, 0), run_done_callback, (void *)o));
}

/* Takes the callback back that the operation of that serial added. */
static int do_off_done(context *c, const operation *o) {
    for (int i = 0; i < w->count; i++)
        if (w->operations[i].serial == o->argument[1])
            return tell(c, o, eddy_off_done(future_of(o, 0), run_done_callback, &w->operations[i]));
    return tell(c, o, -99);
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

/* Takes the call back that the operation of that serial made. */
static int do_take_back(context *c, const operation *o) {
    for (int i = 0; i < w->count; i++)
        if (w->operations[i].serial == o->argument[0])
            return tell(c, o, eddy_call_cancel(w->calls[i]));
    return tell(c, o, -99);
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
static eddy_time option_of(long milliseconds) {
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

/* ---- several futures ------------------------------------------------------------------------- */

static int gathered(context *c, const operation *o, bool collect, bool results) {
    held *h = hold_from(o, 0);
    int result[MAX_ARGUMENTS];
    for (int i = 0; i < h->count; i++) result[i] = -77; /* not written */
    int (*call)(eddy_future *const[], size_t, int[]) = collect ? (eddy_gather_all) : (eddy_gather);
    int rc = call(h->future, (size_t)h->count, results ? result : NULL);
    if (!c->quiet && results) {
        printf("list");
        for (int i = 0; i < h->count; i++) printf(" %d", result[i]);
        puts("");
    }
    tell(c, o, rc);
    release_held(h);
    return rc;
}

static int do_gather(context *c, const operation *o) {
    return gathered(c, o, false, true);
}
static int do_gather_quietly(context *c, const operation *o) {
    return gathered(c, o, false, false);
}
static int do_gather_all(context *c, const operation *o) {
    return gathered(c, o, true, true);
}

eddy_time limit_of(long milliseconds) {
    return milliseconds == 1000 ? EDDY_FOREVER : milliseconds * EDDY_MS;
}

/* wait MODE TIMEOUT FUTURE… */
static int do_wait(context *c, const operation *o) {
    held *h = hold_from(o, 2);
    int rc = eddy_wait(h->future, (size_t)h->count, (eddy_wait_mode)o->argument[0],
                       limit_of(o->argument[1]));
    tell(c, o, rc);
    release_held(h);
    return rc;
}

static int do_race(context *c, const operation *o) {
    held *h = hold_from(o, 0);
    size_t winner = 77;
    int rc = eddy_race(h->future, (size_t)h->count, &winner);
    if (!c->quiet) printf("list %zu\n", winner);
    tell(c, o, rc);
    release_held(h);
    return rc;
}

/* stagger DELAY TASK… */
static int do_stagger(context *c, const operation *o) {
    eddy_fn fns[MAX_ARGUMENTS];
    void *args[MAX_ARGUMENTS];
    int n = o->count - 1;
    for (int i = 0; i < n; i++) {
        fns[i] = run_body;
        args[i] = &w->bodies[o->argument[i + 1]];
    }
    size_t winner = 77;
    int rc = eddy_race_staggered(fns, args, (size_t)n, limit_of(o->argument[0]), &winner);
    if (!c->quiet) printf("list %zu\n", winner);
    return tell(c, o, rc);
}

/* each TURNS TIMEOUT FUTURE…: up to so many turns of a walk */
static int do_each(context *c, const operation *o) {
    held *h = hold_from(o, 2);
    eddy_each *e = &h->each;
    int rc = eddy_each_begin(e, h->future, (size_t)h->count, limit_of(o->argument[1]));
    for (long i = 0; i < o->argument[0]; i++) {
        eddy_future *done = NULL;
        rc = eddy_each_next(e, &done);
        int index = 0;
        while (index < h->count && (rc != 1 || h->future[index] != done)) index++;
        if (!c->quiet) printf("list %d\n", index);
        tell(c, o, rc);
        if (rc != 1) break;
    }
    release_held(h);
    return rc;
}

/* ---- groups ---------------------------------------------------------------------------------- */

/* Borrowed handles end with their group. */
static void forget_borrowed(int owner) {
    for (int i = 0; i < MAX_SLOTS; i++) {
        if (w->borrowed[i] != owner) continue;
        w->slots[i] = NULL;
        w->borrowed[i] = 0;
    }
}

static eddy_group *group_of(const operation *o) {
    long index = o->argument[0];
    return w->nets[index] ? w->nets[index] : &w->groups[index];
}

/* group G SUPERVISOR TIMEOUT */
static int do_group(context *c, const operation *o) {
    eddy_group *g = &w->groups[o->argument[0]];
    eddy_group_options options = {.supervisor = o->argument[1] != 0,
                                  .timeout = option_of(o->argument[2])};
    tell(c, o, eddy_group_begin(g, &options));
    int inner = run_block(c, o);
    bool leaving = c->leaving;
    c->leaving = false;
    int rc = eddy_group_end(g, inner);
    forget_borrowed((int)o->argument[0] + 1);
    eddy_error errors[MAX_BODIES];
    size_t n = eddy_group_errors(g, errors, MAX_BODIES);
    for (size_t i = 0; i < n && !c->quiet; i++)
        printf("error %d %s %s\n", errors[i].code, errors[i].task, errors[i].message);
    return left_with(c, leaving, inner, tell_end(c, o, rc));
}

/* group_net G SUPERVISOR: a group on the task's stack, whose end is forgotten */
static int do_group_net(context *c, const operation *o) {
    int rc;
    {
        EDDY_GROUP(g, .supervisor = o->argument[1] != 0);
        w->nets[o->argument[0]] = &g;
        tell(c, o, 0);
        rc = run_block(c, o);
    }
    w->nets[o->argument[0]] = NULL;
    forget_borrowed((int)o->argument[0] + 1);
    return tell_end(c, o, rc);
}

/* group_spawn G TASK EAGER */
static int do_group_spawn(context *c, const operation *o) {
    long body = o->argument[1];
    eddy_spawn_options options = {
        .arg = &w->bodies[body], .name = w->bodies[body].name, .eager = o->argument[2] != 0};
    w->borrowed[body] = (int)o->argument[0] + 1;
    eddy_future *f = eddy_group_spawn_with(group_of(o), run_body, &options);
    w->slots[body] = f;
    /* A child made where its group's end is over already is none. */
    return tell(c, o, f ? (int)eddy_future_state(f) : -1);
}

static int do_group_go(context *c, const operation *o) {
    return tell(c, o,
                eddy_group_go(group_of(o), run_body, &w->bodies[o->argument[1]]));
}

static int do_group_start(context *c, const operation *o) {
    return tell(c, o,
                eddy_group_start(group_of(o), run_body, &w->bodies[o->argument[1]]));
}

static int do_started(context *c, const operation *o) {
    return tell(c, o, eddy_started((int)o->argument[0]));
}

static int do_group_cancel(context *c, const operation *o) {
    return tell(c, o, eddy_group_cancel(group_of(o)));
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
        {"take_back", do_take_back},
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
        {"group_net", do_group_net},
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
        {"gather", do_gather},
        {"gather_quietly", do_gather_quietly},
        {"gather_all", do_gather_all},
        {"wait", do_wait},
        {"race", do_race},
        {"stagger", do_stagger},
        {"each", do_each},
        {"group", do_group},
        {"group_spawn", do_group_spawn},
        {"group_go", do_group_go},
        {"group_start", do_group_start},
        {"started", do_started},
        {"group_cancel", do_group_cancel},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (strcmp(table[i].name, name) == 0) return table[i].mean;
    return find_object_meaning(name);
}
