/* storm.c: everything at once, at random, against a server that stalls, breaks off and dawdles: for
 * tests/storm.test.mjs.
 *
 *     storm URL SEED TASKS STEPS         the tasks of a storm of its own; with 0 tasks it waits for finish()
 *
 * Whatever happens: what is said to have worked has worked, who cancels gets back what it had cancelled
 * only when that has ended, and in the end nothing is left. What is random depends on the seed alone,
 * but for the times of a real clock. */
// build: hosts=native,web,lean,wasip2
#include <eddy.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MS EDDY_MS

/* ---- what is counted ------------------------------------------------------------------------------------ */

static struct {
    long blocks;     /* of the runtime */
    int wrong;       /* things that may not be */
    int inside;      /* tasks in the lock */
    int alive;       /* tasks of ours */
    long put, taken; /* items */
    int done, errors, bodies;
} counts;

static void *count_blocks(void *ctx, void *block, size_t old_size, size_t new_size) {
    (void)ctx;
    (void)old_size;
    void *moved = NULL;
    if (new_size) {
        moved = realloc(block, new_size);
        counts.blocks += moved && !block;
    } else {
        free(block);
        counts.blocks -= block != NULL;
    }
    return moved;
}

static void must(bool holds, const char *what) {
    if (holds) return;
    if (counts.wrong++ < 10) printf("not so: %s\n", what);
}

static void ignore_report(const eddy_report *report, void *ctx) {
    (void)report;
    (void)ctx;
    counts.errors++;
}

/* ---- chance --------------------------------------------------------------------------------------------- */

struct chance {
    uint32_t state;
};

static uint32_t below(struct chance *c, uint32_t n) {
    c->state ^= c->state << 13;
    c->state ^= c->state >> 17;
    c->state ^= c->state << 5;
    return (c->state >> 4) % n;
}

static eddy_time within(struct chance *c, uint32_t milliseconds) {
    return EDDY_IN(below(c, milliseconds) * MS);
}

static struct chance fork_chance(struct chance *c) {
    return (struct chance){c->state * 2654435761u | 1};
}

/* ---- what tasks share ------------------------------------------------------------------------------------ */

static const char *base_url;
static eddy_lock lock;
static eddy_sem places = EDDY_SEM(3);
static eddy_limiter limiter = EDDY_LIMITER(4);
static eddy_queue queue = EDDY_QUEUE(long, 1);
static eddy_cond changed;
static eddy_event bell, finished;
static eddy_scope_ref scopes[16];
static eddy_future *held[16]; /* handles, each may be NULL */

/* ---- requests --------------------------------------------------------------------------------------------- */

/* What the server may do; the first two send no headers, the last two answer well. */
static const char *const kinds[] = {"silent", "reset", "reset-body", "stall-body",
                                    "short",  "slow",  "ok"};
enum { HEADERS = 2, GOOD = 5, KINDS = 7 };

/* Of up to `size` bytes, or until `stop_at`: the close aborts the rest. */
static int read_all(struct chance *c, eddy_response *r, uint32_t size, bool good,
                    uint32_t stop_at) {
    size_t seen = 0;
    eddy_stream *body = eddy_response_body(r);
    for (;;) {
        char part[700];
        int n = eddy_read(body, part, 1 + below(c, sizeof part));
        if (n < 0) return n;
        if (n == 0) break;
        for (int i = 0; i < n; i++)
            must(part[i] == (char)('a' + (seen + (size_t)i) % 26), "a body's bytes are in order");
        seen += (size_t)n;
        if (seen > stop_at) return 0;
    }
    must(good && seen == size, "a body that ended is whole");
    counts.bodies++;
    return 0;
}

static int fetch_one(struct chance *c) {
    static uint32_t number;
    uint32_t kind = below(c, KINDS), size = below(c, 2) ? below(c, 100) : below(c, 40000);
    char url[200];
    snprintf(url, sizeof url, "%s/%s?size=%u&ms=%u&n=%u", base_url, kinds[kind], (unsigned)size,
             (unsigned)below(c, 12), (unsigned)++number);
    eddy_response *r;
    bool posts = below(c, 3) == 0;
    int rc = posts ? eddy_fetch(&r, url, .method = "POST", .body = url) : eddy_fetch(&r, url);
    if (rc < 0) return rc;
    must(kind >= HEADERS, "headers come from those who send some");
    must(eddy_response_status(r) == 200, "the status is the server's");
    uint32_t stop_at = below(c, 4) ? UINT32_MAX : below(c, size + 1);
    rc = read_all(c, r, size, kind >= GOOD, stop_at);
    eddy_response_close(r);
    return rc;
}

/* ---- the steps of a task ------------------------------------------------------------------------------------- */

struct work {
    struct chance chance;
    int depth, steps;
    bool fails;
};

static int works(void *arg);

static eddy_future *spawn_work(struct chance *c, int depth) {
    struct work work = {fork_chance(c), depth + 1, 1 + (int)below(c, 3), below(c, 4) == 0};
    return eddy_spawn_opt(works, .arg = &work, .arg_size = sizeof work, .eager = below(c, 4) == 0);
}

static int nap(struct chance *c) {
    return below(c, 3) ? eddy_sleep(below(c, 4000) * EDDY_US) : eddy_yield();
}

static int in_scope(struct chance *c) {
    EDDY_SCOPE(scope, .timeout = within(c, 80));
    scopes[below(c, 16)] = eddy_scope_share(&scope);
    int rc = below(c, 2) ? fetch_one(c) : nap(c);
    if (rc == EDDY_ECANCELED && below(c, 2)) {
        EDDY_SHIELD(cleanup, .timeout = within(c, 5));
        int cleaned = below(c, 2) ? fetch_one(c) : nap(c);
        (void)eddy_scope_end(&cleanup, cleaned);
    }
    return eddy_scope_end(&scope, rc);
}

static int in_group(struct chance *c, int depth) {
    EDDY_GROUP(group, .timeout = below(c, 3) ? 0 : within(c, 50),
               .supervisor = below(c, 3) == 0);
    int rc = 0;
    for (uint32_t i = below(c, 4); i > 0; i--) {
        struct work work = {fork_chance(c), depth + 1, 1 + (int)below(c, 3), below(c, 3) == 0};
        const eddy_spawn_options options = {
            .arg = &work, .arg_size = sizeof work, .eager = below(c, 4) == 0};
        (void)eddy_group_spawn_with(&group, works, &options);
    }
    if (below(c, 4) == 0) eddy_group_cancel(&group);
    if (below(c, 2)) rc = nap(c);
    if (below(c, 8) == 0) return rc; /* the net does the rest */
    return eddy_group_end(&group, rc);
}

static int combined(struct chance *c, int depth) {
    eddy_future *f[3];
    size_t n = 1 + below(c, 3);
    for (size_t i = 0; i < n; i++) f[i] = spawn_work(c, depth);
    int rc = 0, results[3];
    uint32_t how = below(c, 5);
    switch (how) {
    case 0: rc = eddy_gather(f, n, results); break;
    case 1: rc = eddy_gather_all(f, n, results); break;
    case 2: rc = eddy_race(f, n, NULL); break;
    case 3: rc = eddy_wait(f, n, EDDY_FIRST_ERROR, below(c, 10) * MS); break;
    default: {
        eddy_each each;
        eddy_future *one;
        rc = eddy_each_begin(&each, f, n, below(c, 20) * MS);
        while (rc >= 0 && (rc = eddy_each_next(&each, &one)) == 1)
            must(eddy_done(one), "what came has ended");
        eddy_each_end(&each);
        break;
    }
    }
    for (size_t i = 0; (how == 1 || how == 2) && i < n; i++)
        must(eddy_done(f[i]), "owners wait for the last");
    if (below(c, 2)) {
        for (size_t i = 0; i < n; i++) eddy_cancel(f[i]);
    }
    if (below(c, 2)) {
        EDDY_IGNORE(eddy_stop(f[0]));
        must(eddy_done(f[0]), "stop waits for the end");
    }
    eddy_release_all(f, n);
    return rc > 0 ? 0 : rc;
}

static int locked(struct chance *c) {
    EDDY_SCOPE(scope, .timeout = within(c, 10));
    int rc = eddy_lock_acquire(&lock);
    if (rc == 0) {
        must(++counts.inside == 1, "one is in the lock");
        rc = nap(c);
        if (below(c, 3) == 0) {
            counts.inside--;
            int waited = eddy_cond_wait(&changed, &lock);
            must(++counts.inside == 1, "one is in the lock after a wait for the condition");
            if (rc == 0) rc = waited;
        } else {
            (void)eddy_cond_notify(&changed, 1 + below(c, 2));
        }
        counts.inside--;
        must(eddy_lock_release(&lock) == 0, "who has the lock releases it");
    }
    return eddy_scope_end(&scope, rc);
}

static int queued(struct chance *c) {
    EDDY_SCOPE(scope, .timeout = within(c, 10));
    long item = 7;
    int rc = 0;
    switch (below(c, 4)) {
    case 0:
        rc = eddy_queue_put(&queue, &item);
        if (rc == 0) counts.put++;
        break;
    case 1:
        rc = eddy_queue_get(&queue, &item);
        if (rc == 0) counts.taken++;
        break;
    case 2: {
        eddy_case cases[] = {EDDY_CASE_GET(&queue, &item), EDDY_CASE_EVENT(&bell)};
        rc = eddy_select(cases, 2, below(c, 5) * MS);
        if (rc == 0) counts.taken++;
        if (rc >= 0) rc = cases[rc].result;
        break;
    }
    default: {
        const long out = 8;
        eddy_future *one = held[below(c, 16)];
        eddy_retain(one);
        eddy_case cases[] = {EDDY_CASE_PUT(&queue, &out), EDDY_CASE_JOIN(one)};
        rc = eddy_select(cases, 2, below(c, 5) * MS);
        if (rc == 0) counts.put++;
        rc = 0;
        eddy_release(one);
    }
    }
    return eddy_scope_end(&scope, rc);
}


static int placed(struct chance *c) {
    EDDY_SCOPE(scope, .timeout = within(c, 60));
    bool sem = below(c, 2);
    int rc = sem ? eddy_sem_acquire(&places) : eddy_limiter_acquire(&limiter);
    if (rc == 0) {
        rc = below(c, 2) ? nap(c) : fetch_one(c);
        int given = sem ? eddy_sem_release(&places) : eddy_limiter_release(&limiter);
        must(given == 0, "a place is given back");
    }
    return eddy_scope_end(&scope, rc);
}

static int emits(void *arg) {
    struct chance c = *(struct chance *)arg;
    for (int i = 0; i < 4; i++) {
        int rc = below(&c, 2) ? nap(&c) : in_scope(&c);
        if (rc < 0 && rc != EDDY_ETIMEDOUT) return rc;
        rc = eddy_emit(&i);
        if (rc < 0) return below(&c, 2) ? nap(&c) : rc;
    }
    return 0;
}

static int generated(struct chance *c) {
    struct chance own = fork_chance(c);
    eddy_gen *g = eddy_gen_open(emits, &own, sizeof(int));
    int rc = 1, item = 0;
    for (uint32_t i = 0, n = below(c, 6); i < n && rc == 1; i++) {
        rc = eddy_gen_next(g, &item);
        if (rc == 1) must(item == (int)i, "a generator's items come in order");
    }
    int closed = eddy_gen_close(g);
    return rc < 0 ? rc : closed;
}

/* Outside of tasks: cancels and wakes somebody else. */
static void disturb(void *ctx) {
    struct chance c = {(uint32_t)(uintptr_t)ctx | 1};
    uint32_t which = below(&c, 16);
    switch (below(&c, 5)) {
    case 0: (void)eddy_scope_ref_cancel(scopes[which]); break;
    case 1: (void)eddy_cancel(held[which]); break;
    case 2:
        eddy_event_set(&bell);
        eddy_event_clear(&bell);
        break;
    case 3:
        eddy_release(held[which]);
        held[which] = NULL;
        break;
    default: (void)eddy_cond_notify_all(&changed);
    }
}

static int step(struct chance *c, int depth) {
    uint32_t kinds_of_steps = depth < 3 ? 11 : 8;
    switch (below(c, kinds_of_steps)) {
    case 0: return nap(c);
    case 1: return in_scope(c);
    case 2: return locked(c);
    case 3: return queued(c);
    case 4: return placed(c);
    case 5: return generated(c);
    case 6:
        (void)eddy_call_later(below(c, 10) * MS, disturb, (void *)(uintptr_t)(c->state & 0xffffff));
        return nap(c);
    case 7:
        return eddy_timeout(below(c, 6) * MS, works,
                            &(struct work){fork_chance(c), 3, 2, false});
    case 8: return in_group(c, depth);
    case 9: return combined(c, depth);
    default: {
        uint32_t which = below(c, 16);
        eddy_future *task = spawn_work(c, depth); /* eagerly, it may have got there itself */
        eddy_release(held[which]);                /* detaches who was there */
        held[which] = task;
        return below(c, 2) ? 0 : eddy_join(task);
    }
    }
}

static int works(void *arg) {
    struct work *work = arg;
    counts.alive++;
    int rc = 0;
    for (int i = 0; i < work->steps && rc != EDDY_ECANCELED; i++) {
        rc = step(&work->chance, work->depth);
        counts.done++;
    }
    if (rc == EDDY_ECANCELED && below(&work->chance, 3) == 0) { /* late, and takes its time */
        EDDY_SHIELD(cleanup);
        EDDY_IGNORE(nap(&work->chance));
        (void)eddy_scope_end(&cleanup, 0);
    }
    counts.alive--;
    if (rc == EDDY_ECANCELED) return rc;
    return work->fails ? eddy_fail(EDDY_EUSER - 1, "as it was to") : 0;
}

/* ---- from outside, and as a whole ----------------------------------------------------------------------------- */

EDDY_EXPORT(int, storm, (unsigned seed, int steps)) {
    struct work work = {{seed * 2654435761u | 1}, 0, steps, false};
    return works(&work);
}

EDDY_EXPORT(void, finish, (void)) {
    eddy_event_set(&finished);
}

static struct {
    uint32_t seed;
    int tasks, steps;
} plan;

static int run(void *arg) {
    (void)arg;
    struct chance c = {plan.seed * 2654435761u | 1};
    int rc = 0;
    if (plan.tasks == 0) {
        rc = eddy_event_wait(&finished);
    } else {
        EDDY_GROUP(all, .supervisor = true);
        for (int i = 0; i < plan.tasks; i++) {
            struct work work = {fork_chance(&c), 0, plan.steps, false};
            const eddy_spawn_options options = {.arg = &work, .arg_size = sizeof work};
            (void)eddy_group_spawn_with(&all, works, &options);
        }
        eddy_time end = eddy_now() + 20 * EDDY_S;
        do {
            rc = eddy_sleep(MS);
            disturb((void *)(uintptr_t)below(&c, 1 << 20));
        } while (rc == 0 && counts.alive > plan.tasks / 4 && eddy_now() < end);
        eddy_group_cancel(&all);
        rc = eddy_group_end(&all, rc);
    }
    eddy_response *r; /* after the storm all works as before */
    char url[200];
    snprintf(url, sizeof url, "%s/ok?size=1000&ms=0", base_url);
    if (rc == 0) rc = eddy_fetch(&r, url);
    if (rc == EDDY_ENOSYS) return 0;
    if (rc < 0) return rc;
    rc = read_all(&(struct chance){1}, r, 1000, true, UINT32_MAX);
    eddy_response_close(r);
    return rc;
}

static void run_ended(int result, void *ctx) {
    (void)ctx;
    must(result == 0, "main ends well");
    must(counts.alive == 0, "every task has come to its end");
    must(counts.inside == 0 && !eddy_lock_held(&lock), "nobody is in the lock");
    must(places.permits == 3, "all permits are back");
    must(limiter.used == 0, "all places are back");
    must(counts.put - counts.taken == (long)eddy_queue_len(&queue),
         "no item was lost, none came twice");
    eddy_queue_destroy(&queue);
    eddy_release_all(held, 16);
    must(counts.blocks == 0, "the runtime holds no memory");
    if (counts.wrong) printf("blocks %ld, alive %d\n", counts.blocks, counts.alive);
    printf("%s: %d steps, %d bodies, %d errors\n", counts.wrong ? "wrong" : "ok", counts.done,
           counts.bodies, counts.errors);
    fflush(stdout);
    if (counts.wrong) exit(1);
}

int main(int argc, char **argv) {
    if (argc < 5) return 2;
    base_url = argv[1];
    plan.seed = (uint32_t)strtoul(argv[2], NULL, 10);
    plan.tasks = atoi(argv[3]);
    plan.steps = atoi(argv[4]);
    must(eddy_set_allocator(count_blocks, NULL) == 0, "the allocator is ours");
    eddy_set_report(ignore_report, NULL);
    int rc = eddy_start(run, NULL, run_ended, NULL);
    if (rc == EDDY_ESTATE) run_ended(eddy_run(run, NULL), NULL);
    return 0;
}
