/* offloading [WHAT]: functions in workers; checks itself. With WHAT only that: "pending" leaves jobs
 * behind at its end, "ticks" tells how often it got its turn during a job, "ends" has workers end,
 * "requests URL" makes one itself and one in a worker. */
#include "check.h"

#include <stdint.h>

enum { BIG = 16 << 20 };

/* ---- what runs in the workers ------------------------------------------------------------------------ */

static int calls; /* of this instance */

static int square(void *arg) {
    int *n = arg;
    *n *= *n;
    return *n % 100;
}

static int adds_bytes(void *arg) {
    struct block {
        uint32_t size;
        unsigned char bytes[];
    } *block = arg;
    uint64_t sum = 0;
    for (uint32_t i = 0; i < block->size; i++) sum += block->bytes[i];
    memcpy(arg, &sum, sizeof sum);
    return 0;
}

static int fills(void *arg) {
    uint32_t size = *(uint32_t *)arg;
    memset(arg, 7, size);
    return 1;
}

static int requests(void *arg) {
    eddy_response *r;
    int rc = eddy_fetch(&r, arg);
    if (rc == 0) rc = eddy_response_status(r);
    eddy_response_close(r);
    return rc;
}

static int is_null(void *arg) {
    return arg == NULL;
}

static int is_zero_behind(void *arg) {
    char *bytes = arg;
    int wrong = bytes[0] != 1;
    for (int i = 1; i < 1000; i++) wrong |= bytes[i];
    bytes[0] = 9;
    return wrong ? E3 : 0;
}

static int spins(void *arg) {
    (void)arg;
    for (volatile unsigned i = 0;; i++) {}
    return 0;
}

static int spins_until(void *arg) {
    eddy_time end = eddy_now() + *(eddy_time *)arg;
    while (eddy_now() < end) {}
    return 0;
}

static int traps(void *arg) {
    (void)arg;
    __builtin_trap();
}

static int recurse(volatile int *depth) {
    volatile int here = *depth + 1;
    if (here < 0) return 0;
    return recurse(&here) + here;
}

static int overflows(void *arg) {
    (void)arg;
    volatile int depth = 0;
    return recurse(&depth);
}

static int leaves(void *arg) {
    (void)arg;
    exit(3);
}

static int fails(void *arg) {
    *(int *)arg = 5;
    return eddy_fail(E1, "no luck with %s", "this");
}

static int fails_without_text(void *arg) {
    (void)arg;
    return E2;
}

static int naps(void *arg) {
    return eddy_sleep(*(eddy_time *)arg);
}

/* All memory of the instance, but for small pieces. */
static int hoards(void *arg) {
    void *volatile piece = arg; /* volatile: or compilers know better than to allocate */
    for (size_t size = 256 << 20; size > 4096; size /= 2) {
        do piece = malloc(size);
        while (piece);
    }
    return 1;
}

/* It is the main task of a run: it may do all that tasks do. */
static int waits(void *arg) {
    eddy_time nap = 5 * EDDY_MS;
    eddy_future *naps_of_own[] = {eddy_spawn(naps, &nap), eddy_spawn(naps, &nap), eddy_spawn(naps, &nap)};
    int rc = eddy_gather(naps_of_own, 3, NULL);
    eddy_release_all(naps_of_own, 3);
    if (rc < 0) return rc;
    EDDY_SCOPE(limit, .timeout = 5 * EDDY_MS);
    rc = eddy_scope_end(&limit, eddy_sleep(EDDY_FOREVER));
    *(int *)arg = rc == EDDY_ETIMEDOUT;
    return 0;
}

static int offloads(void *arg) {
    int rc = eddy_offload(square, arg, sizeof(int), arg, sizeof(int));
    return rc < 0 ? eddy_fail(rc, "%s", eddy_last_message()) : rc;
}

static int count_calls(void *arg) {
    (void)arg;
    return ++calls;
}

static int prints(void *arg) {
    printf("printed by %s\n", (char *)arg);
    return 0;
}

static bool has_left;

static void note_exit(void) {
    has_left = true;
}

/* Whether the exit handlers have run of this instance, whose worker is to live on. */
static int registers(void *arg) {
    (void)arg;
    if (!has_left) (void)atexit(note_exit);
    return has_left;
}

/* ---- results ----------------------------------------------------------------------------------------------- */

static int squares(void *arg) {
    int n = (int)(intptr_t)arg, result = -1;
    CHECK(eddy_offload(square, &n, sizeof n, &result, sizeof result) == n * n % 100);
    CHECK(result == n * n);
    return 0;
}

/* Many calls at a time, more than there are workers. */
static void check_many(int count) {
    eddy_future *all[100];
    for (int i = 0; i < count; i++) all[i] = eddy_spawn(squares, (void *)(intptr_t)i);
    CHECK(eddy_gather(all, (size_t)count, NULL) == 0);
    eddy_release_all(all, (size_t)count);
}

static void check_sizes(void) {
    CHECK(eddy_offload(is_null, NULL, 0, NULL, 0) == 1);
    char in[7] = {1}, out[1000] = {0};
    CHECK(eddy_offload(is_zero_behind, in, 1, out, sizeof out) == 0);
    CHECK(out[0] == 9 && in[0] == 1);
    int n = 6;
    CHECK(eddy_offload(square, &n, sizeof n, NULL, 0) == 36 && n == 6);
    CHECK(eddy_offload(square, &n, sizeof n, &n, sizeof n) == 36 && n == 36); /* its own result */
    unsigned char byte = 0;
    n = 7;
    CHECK(eddy_offload(square, &n, sizeof n, &byte, 1) == 49 && byte == 49);

    unsigned char *big = malloc(BIG);
    memset(big, 3, BIG);
    *(uint32_t *)(void *)big = BIG - 4;
    uint64_t sum = 0;
    CHECK(eddy_offload(adds_bytes, big, BIG, &sum, sizeof sum) == 0 && sum == 3ull * (BIG - 4));
    uint32_t size = BIG;
    CHECK(eddy_offload(fills, &size, sizeof size, big, BIG) == 1);
    size_t wrong = 0;
    for (size_t i = 0; i < BIG; i++) wrong += big[i] != 7;
    CHECK(wrong == 0);
    free(big);
}

static void check_wrong_use(void) {
    int n = 1;
    CHECK(eddy_offload(NULL, &n, sizeof n, &n, sizeof n) == EDDY_EINVAL);
    CHECK(eddy_offload(square, NULL, 4, &n, sizeof n) == EDDY_EINVAL);
    CHECK(eddy_offload(square, &n, sizeof n, NULL, 4) == EDDY_EINVAL);
    CHECK(eddy_offload(offloads, &n, sizeof n, NULL, 0) == EDDY_ESTATE);
    CHECK(strstr(eddy_last_message(), "no workers of its own"));
}

static void check_errors(void) {
    int n = 2;
    CHECK(eddy_offload(fails, &n, sizeof n, &n, sizeof n) == E1);
    CHECK(strcmp(eddy_last_message(), "no luck with this") == 0);
    CHECK(n == 2); /* it has no result */
    CHECK(eddy_offload(fails_without_text, NULL, 0, NULL, 0) == E2);
    CHECK(strcmp(eddy_last_message(), eddy_strerror(E2)) == 0 || !*eddy_last_message());
}

static void check_own_instance(void) {
    calls = 1000;
    (void)eddy_offload_limit(1);
    int first = eddy_offload(count_calls, NULL, 0, NULL, 0);
    CHECK(first >= 1 && first < 100);
    CHECK(eddy_offload(count_calls, NULL, 0, NULL, 0) == first + 1); /* the same worker */
    CHECK(calls == 1000);
    CHECK(eddy_offload_limit(0) == 0);
}

static void check_waiting(void) {
    int ok = 0;
    CHECK(eddy_offload(waits, &ok, sizeof ok, &ok, sizeof ok) == 0 && ok == 1);
}

/* ---- workers that end ---------------------------------------------------------------------------------------- */

static void check_ends(eddy_fn fn, const char *text) {
    CHECK(eddy_offload(fn, NULL, 0, NULL, 0) == EDDY_EHOST);
    if (!CHECK(strstr(eddy_last_message(), text))) printf("    it was: %s\n", eddy_last_message());
    int n = 3; /* the next one has a worker all the same */
    CHECK(eddy_offload(square, &n, sizeof n, &n, sizeof n) == 9);
}

static void check_deadline(void) {
    EDDY_SCOPE(limit, .timeout = 50 * EDDY_MS);
    CHECK(eddy_scope_end(&limit, eddy_offload(spins, NULL, 0, NULL, 0)) == EDDY_ETIMEDOUT);
}

static int spins_for_ever(void *arg) {
    (void)arg;
    return eddy_offload(spins, NULL, 0, NULL, 0);
}

/* In line for the only worker: whoever is cancelled there leaves the line, at work it makes room. */
static void check_line(void) {
    CHECK(eddy_offload_limit(1) == 0);
    eddy_future *first = eddy_spawn(spins_for_ever, NULL), *second = eddy_spawn(spins_for_ever, NULL),
                *third = eddy_spawn(squares, (void *)8);
    EDDY_IGNORE(eddy_sleep(20 * EDDY_MS));
    CHECK(!eddy_done(third));
    CHECK(eddy_stop(second) == EDDY_ECANCELED);
    CHECK(!eddy_done(third));
    CHECK(eddy_stop(first) == EDDY_ECANCELED);
    CHECK(eddy_join(third) == 0);
    eddy_release(first);
    eddy_release(second);
    eddy_release(third);
    CHECK(eddy_offload_limit(0) == 0);
}

static int check_cancelled_before(void *arg) {
    (void)arg;
    CHECK(eddy_sleep(EDDY_FOREVER) == EDDY_ECANCELED);
    int n = 3;
    CHECK(eddy_offload(square, &n, sizeof n, &n, sizeof n) == EDDY_ECANCELED && n == 3);
    return 0;
}

static int squares_it(void *arg) {
    return eddy_offload(square, arg, sizeof(int), arg, sizeof(int));
}

static void check_cancellations(void) {
    eddy_future *f = eddy_spawn(check_cancelled_before, NULL);
    CHECK(eddy_yield() == 0);
    CHECK(eddy_stop(f) == 0);
    eddy_release(f);
    for (int i = 0; i < 8; i++) { /* at any point of a job's life */
        int n = 5;
        eddy_future *job = eddy_spawn(squares_it, &n);
        if (i < 4)
            for (int j = 0; j < i; j++) EDDY_IGNORE(eddy_yield());
        else
            EDDY_IGNORE(eddy_sleep(i * EDDY_MS));
        int rc = eddy_stop(job);
        CHECK((rc == 25 && n == 25) || (rc == EDDY_ECANCELED && n == 5));
        eddy_release(job);
    }
}

/* ---- whole programs -------------------------------------------------------------------------------- */

static bool done;
static int ticks;

static int counts_ticks(void *arg) {
    (void)arg;
    for (; !done; ticks++) {
        int rc = eddy_sleep(10 * EDDY_MS);
        if (rc < 0) return rc;
    }
    return 0;
}

/* A busy machine may need a longer job; a loop that waits for it never has more than one tick. */
static int tick_beside_a_job(void) {
    eddy_future *ticker = eddy_spawn(counts_ticks, NULL);
    int rc = 0, most = 0;
    for (eddy_time length = EDDY_S; rc == 0 && most < 5 && length <= 16 * EDDY_S; length *= 4) {
        ticks = 0;
        rc = eddy_offload(spins_until, &length, sizeof length, NULL, 0);
        most = ticks;
    }
    printf("%d ticks\n", most);
    done = true;
    EDDY_IGNORE(eddy_await(ticker));
    return rc;
}

static int leave_jobs_behind(void) {
    CHECK(eddy_offload_limit(2) == 0);
    for (int i = 0; i < 5; i++) eddy_go(spins_for_ever, NULL);
    int rc = eddy_sleep(50 * EDDY_MS);
    puts("left");
    return rc;
}

static int no_workers(void) {
    int n = 3;
    CHECK(eddy_offload(square, &n, sizeof n, &n, sizeof n) == EDDY_ENOSYS && n == 3);
    CHECK(strstr(eddy_last_message(), "no workers"));
    CHECK(eddy_offload_limit(3) == EDDY_ENOSYS);
    puts("no workers");
    return check_failures != 0;
}

int eddy_main(int argc, char **argv) {
    const char *what = argc > 1 ? argv[1] : "";
    if (strcmp(what, "ticks") == 0) return tick_beside_a_job();
    if (strcmp(what, "pending") == 0) return leave_jobs_behind();
    if (eddy_offload_limit(0) == EDDY_ENOSYS) return no_workers();
    if (strcmp(what, "requests") == 0 && argc > 2) {
        CHECK(requests(argv[2]) == 200);
        CHECK(eddy_offload(requests, argv[2], strlen(argv[2]) + 1, NULL, 0) == 200);
        return check_end();
    }
    if (strcmp(what, "print") == 0) {
        for (int i = 0; i < 3; i++) {
            char text[] = "job 0";
            text[4] = (char)('0' + i);
            CHECK(eddy_offload(prints, text, sizeof text, NULL, 0) == 0);
            puts("and then");
            fflush(stdout);
        }
        return 0;
    }
    if (strcmp(what, "stays") == 0) {
        (void)eddy_offload_limit(1);
        for (int i = 0; i < 3; i++) {
            CHECK(eddy_offload(registers, NULL, 0, NULL, 0) == 0);
            CHECK(eddy_sleep(5 * EDDY_MS) == 0);
        }
        return check_end();
    }
    if (strcmp(what, "memory") == 0) {
        (void)eddy_offload_limit(1);
        static char big[1 << 20];
        CHECK(eddy_offload(hoards, NULL, 0, NULL, 0) == 1);
        CHECK(eddy_offload(square, big, sizeof big, NULL, 0) == EDDY_ENOMEM);
        return check_end();
    }
    if (strcmp(what, "ends") == 0) {
        check_ends(traps, "trap");
        check_ends(overflows, "");
        check_ends(leaves, "exit(3)");
        return check_end();
    }
    check_many(100);
    check_sizes();
    check_wrong_use();
    check_errors();
    check_own_instance();
    check_waiting();
    check_deadline();
    check_line();
    check_cancellations();
    return check_end();
}
