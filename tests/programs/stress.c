/* stress [SEED]: tasks that do everything at random, many times, on the virtual clock. There is no
 * trace to compare: what must hold holds whatever happens, nothing crashes, nothing leaks. */
#include "check.h"

enum { HANDLES = 64, MAX_DEPTH = 5, ROUNDS = 60, WORKERS = 12, MAX_ALIVE = 300 };

static uint64_t random_state;
static eddy_future *shared[HANDLES]; /* owned; NULL: free place */
static eddy_scope_ref references[HANDLES];
static int alive, started, ended;

static unsigned pick(unsigned n) {
    random_state = random_state * 6364136223846793005ULL + 1442695040888963407ULL;
    return (unsigned)(random_state >> 33) % n;
}

static eddy_time some_time(void) {
    return (eddy_time)pick(50) * EDDY_MS;
}

static int worker(void *arg);

static eddy_future *spawn_worker(int depth) {
    bool eager = pick(4) == 0;
    return eddy_spawn_opt(worker, .arg = &depth, .arg_size = sizeof depth, .eager = eager,
                          .name = pick(2) ? "named" : NULL,
                          .stack = pick(2) ? 0 : 16 * 1024);
}

/* Puts a handle into the table; the one it replaces is given back. */
static void share(eddy_future *f) {
    eddy_future **place = &shared[pick(HANDLES)];
    eddy_release(*place);
    *place = f;
}

static eddy_future *some_shared(void) {
    return shared[pick(HANDLES)];
}

static void resolve_later(void *ctx) {
    eddy_future *f = ctx;
    (void)eddy_resolve(f, 1);
    eddy_release(f);
}

static void on_done(eddy_future *f, void *ctx) {
    CHECK(eddy_done(f) && eddy_current() == NULL);
    if (ctx && pick(2)) (void)eddy_cancel(some_shared());
}

/* ---- one step of a worker: each returns 0 or EDDY_ECANCELED --------------------------------------- */

static int do_sleep(int depth) {
    (void)depth;
    eddy_time start = eddy_now(), duration = some_time();
    int rc = eddy_sleep(duration);
    CHECK(rc == 0 || rc == EDDY_ECANCELED);
    if (rc == 0) CHECK(eddy_now() >= start + duration);
    return rc;
}

static int do_yield(int depth) {
    (void)depth;
    return eddy_yield();
}

static int do_spawn_and_wait(int depth) {
    eddy_future *child = spawn_worker(depth + 1);
    if (pick(2)) {
        EDDY_IGNORE(eddy_await(child));
    } else {
        EDDY_IGNORE(eddy_stop(child));
        eddy_release(child);
    }
    return eddy_checkpoint();
}

static int do_spawn_and_share(int depth) {
    share(spawn_worker(depth + 1));
    return 0;
}

static int do_join_other(int depth) {
    (void)depth;
    eddy_future *other = eddy_retain(some_shared());
    if (!other || other == eddy_current()) {
        eddy_release(other);
        return 0;
    }
    EDDY_SCOPE(limit, .timeout = EDDY_IN(some_time())); /* or two could wait for one another */
    int rc = eddy_join(other);
    eddy_release(other);
    rc = eddy_scope_end(&limit, rc);
    if (rc == EDDY_ETIMEDOUT) CHECK(eddy_scope_expired(&limit));
    return eddy_checkpoint();
}

static int do_cancel_other(int depth) {
    (void)depth;
    eddy_future *other = some_shared();
    bool done = eddy_done(other);
    CHECK(eddy_cancel(other) == !done);
    return 0;
}

static int do_cancel_scope(int depth) {
    (void)depth;
    int rc = eddy_scope_ref_cancel(references[pick(HANDLES)]);
    CHECK(rc == 0 || rc == EDDY_ESTATE);
    return 0;
}

static int do_gather(int depth) {
    eddy_future *f[4];
    int results[4];
    size_t n = pick(5);
    for (size_t i = 0; i < n; i++) f[i] = spawn_worker(depth + 1);
    int rc = pick(2) ? eddy_gather(f, n, results) : eddy_gather_all(f, n, results);
    if (rc == 0)
        for (size_t i = 0; i < n; i++) CHECK(eddy_done(f[i]) && results[i] == eddy_result(f[i]));
    eddy_release_all(f, n);
    return eddy_checkpoint();
}

static int steps(int depth, unsigned n);

static int do_scope(int depth) {
    EDDY_SCOPE(scope, .timeout = pick(2) ? EDDY_IN(some_time()) : 0, .shield = pick(4) == 0);
    if (pick(2)) references[pick(HANDLES)] = eddy_scope_share(&scope);
    if (pick(8) == 0) (void)eddy_scope_cancel(&scope);
    int rc = steps(depth, 1 + pick(3));
    if (pick(4) == 0) (void)eddy_scope_reschedule(&scope, eddy_now() + some_time());
    if (pick(8) == 0) return eddy_checkpoint(); /* the net closes it */
    rc = eddy_scope_end(&scope, rc);
    CHECK(rc == 0 || rc == EDDY_ECANCELED || rc == EDDY_ETIMEDOUT);
    if (rc == EDDY_ETIMEDOUT) CHECK(eddy_scope_expired(&scope));
    return eddy_checkpoint();
}

static int timed(void *arg) {
    return steps(*(const int *)arg, 1 + pick(3));
}

static int do_timeout(int depth) {
    int rc = eddy_timeout(some_time(), timed, &depth);
    CHECK(rc == 0 || rc == EDDY_ECANCELED || rc == EDDY_ETIMEDOUT);
    return eddy_checkpoint();
}

static int do_future(int depth) {
    (void)depth;
    eddy_future *f = eddy_future_new();
    CHECK(eddy_on_done(f, on_done, pick(2) ? f : NULL) == 0);
    eddy_call call = eddy_call_later(some_time(), resolve_later, eddy_retain(f));
    int rc = eddy_join(f);
    CHECK(rc == 1 || rc == EDDY_ECANCELED);
    if (eddy_call_cancel(call)) eddy_release(f); /* its handle, then ours */
    eddy_release(f);
    return eddy_checkpoint();
}

static int do_call(int depth) {
    (void)depth;
    eddy_future *f = eddy_future_new();
    eddy_call call = eddy_call_later(some_time(), resolve_later, eddy_retain(f));
    int rc = do_sleep(0);
    if (eddy_call_cancel(call)) {
        CHECK(!eddy_done(f));
        eddy_release(f);
    }
    eddy_release(f);
    return rc;
}

static int do_fail(int depth) {
    (void)depth;
    return eddy_fail(E1, "a failure at %lld", (long long)eddy_now());
}

static int steps(int depth, unsigned n) {
    static int (*const all[])(int) = {
        do_sleep, do_sleep, do_yield, do_spawn_and_wait, do_spawn_and_share, do_join_other,
        do_cancel_other, do_cancel_scope, do_gather, do_scope, do_scope, do_timeout, do_future,
        do_call,
    };
    int rc = 0;
    for (unsigned i = 0; i < n && rc == 0; i++) {
        bool may_grow = depth < MAX_DEPTH && alive < MAX_ALIVE;
        rc = may_grow ? all[pick(sizeof all / sizeof *all)](depth) : do_sleep(depth);
    }
    return rc;
}

static int worker(void *arg) {
    int depth = *(int *)arg;
    started++;
    alive++;
    int rc = steps(depth, 1 + pick(6));
    if (rc == 0 && pick(10) == 0) rc = do_fail(depth);
    alive--;
    ended++;
    return rc;
}

static int body(void *arg) {
    (void)arg;
    for (int i = 0; i < WORKERS; i++) share(spawn_worker(0));
    /* Some runs end while much is going on. */
    int rc = eddy_sleep(some_time() * (1 + pick(20)));
    if (pick(2)) {
        for (int i = 0; i < HANDLES; i++) {
            eddy_release(shared[i]);
            shared[i] = NULL;
        }
    }
    return rc;
}

static void ignore_report(const eddy_report *report, void *ctx) {
    (void)ctx;
    CHECK(report->code == E1);
}

int main(int argc, char **argv) {
    uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
    check_begin();
    eddy_set_report(ignore_report, NULL);
    for (int round = 0; round < ROUNDS; round++) {
        random_state = seed * 1000 + (uint64_t)round;
        int before = check_failures, rc = eddy_run(body, NULL);
        CHECK(rc == 0 || rc == EDDY_ECANCELED); /* somebody may have cancelled main */
        for (int i = 0; i < HANDLES; i++) {
            CHECK(eddy_done(shared[i]));
            eddy_release(shared[i]);
            shared[i] = NULL;
        }
        CHECK(alive == 0 && started == ended);
        if (check_failures > before) printf("    in round %d of seed %d\n", round, (int)seed);
    }
    CHECK(started > 1000);
    return check_end();
}
