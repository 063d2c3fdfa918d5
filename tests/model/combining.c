/* combining.c: what the operations of the model test's programs do with several futures at once, and
 * with groups. */
#include "interpreter.h"

#define w (&the_world)

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

meaning find_combining_meaning(const char *name) {
    static const struct {
        const char *name;
        meaning mean;
    } table[] = {
        {"gather", do_gather},
        {"gather_quietly", do_gather_quietly},
        {"gather_all", do_gather_all},
        {"wait", do_wait},
        {"race", do_race},
        {"stagger", do_stagger},
        {"each", do_each},
        {"group", do_group},
        {"group_net", do_group_net},
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
