/* Trees of tasks at random: groups, races, gathers, walks, generators, scopes and shields inside
 * one another, cancelled and failing at random moments, in random orders; some runs short of
 * memory, some interrupted. Whatever happens: every run ends, owners return after the last of what
 * they own, no call complains of wrong use, and nothing leaks.
 *
 *     trees [FIRST [RUNS]]    runs with other seeds than the usual 1 to 300 */
#include "check.h"

static uint64_t state;

static unsigned below(unsigned n) {
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(state >> 33) % n;
}

static bool one_in(unsigned n) {
    return below(n) == 0;
}

static bool short_of_memory;
static long nodes_made;

/* A part of the tree. Its owner counts those that run, in its task or in others. */
struct node {
    int depth;
    int *running;
};

static int run_node(int depth);

/* What a call that waits may return here. */
static int seen(int rc) {
    bool expected = rc >= 0 || rc == EDDY_ECANCELED || rc == EDDY_ETIMEDOUT || rc == E1 ||
                    rc == E2 || (rc == EDDY_ENOMEM && short_of_memory);
    if (!CHECK(expected)) printf("    %s\n", eddy_errname(rc));
    return rc;
}

static int node(void *arg) {
    const struct node here = *(struct node *)arg;
    ++*here.running;
    int rc = run_node(here.depth);
    --*here.running;
    return rc;
}

/* Every task that is alive may be cancelled by any other. */
#define MOST 64
static eddy_future *victims[MOST];

static void offer(eddy_future *f) {
    eddy_future **place = &victims[below(MOST)];
    eddy_release(*place);
    *place = f ? eddy_retain(f) : NULL;
}

static void cancel_somebody(void) {
    eddy_future *f = victims[below(MOST)];
    if (f) (void)eddy_cancel(f);
}

/* A run that is interrupted leaves frames and never runs them on: what these hold is kept here. */
enum how { PLAIN, SHORT, INTERRUPTED };
static enum how how;
static eddy_future **held;
static size_t held_count, held_room;

static eddy_future *spawn_node(struct node *from) {
    eddy_spawn_options options = {.arg = from, .arg_size = sizeof *from, .eager = one_in(6)};
    eddy_future *f = eddy_spawn_with(node, &options);
    offer(f);
    if (held_count == held_room) {
        held_room = held_room ? held_room * 2 : 64;
        held = realloc(held, held_room * sizeof *held);
    }
    held[held_count++] = f;
    return f;
}

static void give_back_held(void) {
    for (size_t i = 0; i < held_count; i++) eddy_release(held[i]);
    held_count = 0;
}

static eddy_time some_time(void) {
    return below(5) * EDDY_MS;
}

/* ---- the kinds of nodes ----------------------------------------------------------------------------- */

static int group_node(int depth) {
    int running = 0;
    struct node child = {depth - 1, &running};
    EDDY_GROUP(g, .supervisor = one_in(3), .timeout = one_in(3) ? EDDY_IN(some_time()) : 0);
    unsigned n = 1 + below(3);
    for (unsigned i = 0; i < n; i++) {
        eddy_spawn_options options = {.arg = &child, .arg_size = sizeof child, .eager = one_in(6)};
        if (one_in(5)) {
            int rc = eddy_group_start(&g, node, &child);
            CHECK(rc < 0); /* it never tells that it is ready */
        } else {
            offer(eddy_group_spawn_with(&g, node, &options));
        }
    }
    int rc = run_node(depth - 1);
    if (one_in(8)) (void)eddy_group_cancel(&g);
    if (one_in(8)) return 0; /* by its net */
    rc = eddy_group_end(&g, rc);
    CHECK(running == 0); /* after the last child */
    return rc;
}

/* Several tasks at once, in one way or the other. The handles are kept, so nobody is detached. */
static int tasks_node(int depth) {
    int running = 0;
    struct node child = {depth - 1, &running};
    eddy_future *f[4];
    size_t n = 1 + below(4);
    for (size_t i = 0; i < n; i++) f[i] = spawn_node(&child);
    int rc = 0;
    switch (below(how == INTERRUPTED ? 3 : 4)) { /* a walk's record would be lost with the frame */
    case 0: rc = eddy_gather_all(f, n, NULL); break;
    case 1: rc = eddy_race(f, n, NULL); break;
    case 2: rc = eddy_wait(f, n, (eddy_wait_mode)below(3), some_time()); break;
    default: {
        eddy_each each;
        eddy_future *done;
        (void)eddy_each_begin(&each, f, n, one_in(2) ? EDDY_FOREVER : some_time());
        while ((rc = eddy_each_next(&each, &done)) == 1) {
            if (one_in(5)) break;
        }
        eddy_each_end(&each);
    }
    }
    seen(rc);
    for (size_t i = 0; i < n; i++) {
        EDDY_IGNORE(eddy_stop(f[i]));
        (void)eddy_result(f[i]);
    }
    CHECK(running == 0);
    return rc;
}

static int staggered_node(int depth) {
    static const eddy_fn fns[] = {node, node, node};
    int running = 0;
    struct node child = {depth - 1, &running};
    void *args[] = {&child, &child, &child};
    int rc = eddy_race_staggered(fns, args, 3, some_time(), NULL);
    CHECK(running == 0);
    return rc;
}

static int in_scope(int depth) {
    EDDY_SCOPE(limit, .timeout = EDDY_IN(some_time()), .shield = one_in(5));
    if (one_in(5)) (void)eddy_scope_cancel(&limit);
    int rc = run_node(depth - 1);
    return one_in(8) ? rc : eddy_scope_end(&limit, rc);
}

static int in_timeout(int depth) {
    int running = 0;
    struct node child = {depth - 1, &running};
    return eddy_timeout(some_time(), node, &child);
}

static int emits(void *arg) {
    int depth = *(int *)arg, rc = 0;
    unsigned n = below(5);
    for (unsigned i = 0; i < n && rc >= 0; i++) {
        rc = run_node(depth);
        if (rc >= 0) rc = eddy_emit(&depth);
    }
    return rc == EDDY_ECLOSED ? run_node(depth) : rc;
}

static int generator_node(int depth) {
    int below_it = depth - 1, item = 0, rc;
    eddy_gen *g = eddy_gen_open(emits, &below_it, sizeof(int));
    CHECK(g || short_of_memory);
    while ((rc = seen(eddy_gen_next(g, &item))) == 1) {
        CHECK(item == below_it);
        if (one_in(4)) break;
        rc = run_node(depth - 1);
        if (rc < 0) break;
    }
    int closed = g ? seen(eddy_gen_close(g)) : 0;
    return rc < 0 ? rc : closed;
}

static int run_node(int depth) {
    nodes_made++;
    if (one_in(25)) cancel_somebody();
    if (depth <= 0 || one_in(8)) {
        switch (below(16)) {
        case 0: return eddy_fail(E1, "at depth %d", depth);
        case 1: return E2;
        case 2: return eddy_yield();
        case 3: return (int)below(9);
        default: return seen(eddy_sleep(some_time()));
        }
    }
    switch (below(7)) {
    case 0:
    case 1: return seen(group_node(depth));
    case 2: return seen(tasks_node(depth));
    case 3: return seen(staggered_node(depth));
    case 4: return seen(in_scope(depth));
    case 5: return seen(in_timeout(depth));
    default: return seen(generator_node(depth));
    }
}

/* ---- runs --------------------------------------------------------------------------------------------- */

static void interrupt(void *ctx) {
    (void)ctx;
    CHECK(eddy_interrupt() == 0 && eddy_interrupt() == 0);
}

static int tree(void *arg) {
    (void)arg;
    int running = 0;
    struct node root = {5, &running};
    if (how == INTERRUPTED) (void)eddy_call_later(below(8) * EDDY_MS, interrupt, NULL);
    eddy_future *f = spawn_node(&root);
    int rc = seen(eddy_join(f));
    (void)eddy_result(f);
    CHECK(running == 0);
    return rc == EDDY_ECANCELED ? 0 : rc < 0 && rc != EDDY_ENOMEM ? 0 : rc;
}

static void forget_victims(void) {
    for (int i = 0; i < MOST; i++) {
        eddy_release(victims[i]);
        victims[i] = NULL;
    }
}

static void ignore_report(const eddy_report *report, void *ctx) {
    (void)report;
    (void)ctx;
}

static void run_tree(uint64_t seed) {
    int before = check_failures;
    state = seed * 7919 + 1;
    how = (enum how)(seed % 3);
    short_of_memory = how == SHORT;
    CHECK(eddy_clock_virtual(true) == 0);
    eddy_schedule_seed(seed % 2 ? seed : 0);
    check_fail_at(short_of_memory ? 1 + (long)below(400) : 0, one_in(4));
    int rc = eddy_run(tree, NULL);
    check_fail_at(0, false);
    CHECK(rc >= 0 || (rc == EDDY_ENOMEM && short_of_memory) ||
          (rc == EDDY_ECANCELED && how == INTERRUPTED));
    forget_victims();
    give_back_held();
    CHECK(check_memory.blocks == 0 && check_memory.bytes == 0);
    if (check_failures > before) printf("    in run %u\n", (unsigned)seed);
}

int main(int argc, char **argv) {
    uint64_t first = argc > 1 ? (uint64_t)atol(argv[1]) : 1;
    uint64_t runs = argc > 2 ? (uint64_t)atol(argv[2]) : 300;
    check_begin();
    eddy_set_report(ignore_report, NULL);
    for (uint64_t seed = first; seed < first + runs && check_failures < 20; seed++) run_tree(seed);
    CHECK(nodes_made > (long)runs);
    free(held);
    return check_end();
}
