// matrix.c: one program for every way to link: tasks, timers, both ways between C and JavaScript, jumps,
// pointers of every kind that crosses. Prints "ok" when all has held.
#include <eddy.h>

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int failures;
#define CHECK(condition)                                                                           \
    ((condition) ? (void)0 : (void)(failures++, printf("line %d: %s\n", __LINE__, #condition)))

EDDY_ASYNC_JS(char *, greet, (const char *name, eddy_bytes bytes), {
    await new Promise((done) => setTimeout(done, 1));
    const braces = { a: { b: { c: bytes.length } } };
    return 'hello ' + name + ' ' + braces.a.b.c + ' ' + bytes[bytes.length - 1];
})
EDDY_ASYNC_JS(int, refuse, (void), { throw new Error('refused'); })
EDDY_JS(void, resolve_later, (eddy_future *f), { setTimeout(() => f.resolve(5), 2); })

EDDY_EXPORT(char *, shout, (const char *text, eddy_bytes tail)) {
    int rc = eddy_sleep(2 * EDDY_MS);
    if (rc < 0) return eddy_throw(rc, NULL), NULL;
    size_t length = strlen(text);
    char *out = malloc(length + tail.size + 1);
    if (!out) return eddy_throw(EDDY_ENOMEM, NULL), NULL;
    memcpy(out, text, length);
    memcpy(out + length, tail.data, tail.size);
    out[length + tail.size] = 0;
    return out;
}

EDDY_EXPORT(int64_t, wide, (int64_t a, double b)) { return a + (int64_t)b; }

static eddy_event finished; // when it has been called twice
static int finishes;

EDDY_EXPORT(int, finish, (void)) {
    if (++finishes == 2) eddy_event_set(&finished);
    return eddy_emit(NULL) == EDDY_ESTATE ? 7 : 0;
}

struct shared {
    eddy_lock lock;
    int value;
};

static int adds(void *arg) {
    struct shared *shared = arg;
    for (int i = 0; i < 20; i++) {
        int rc = eddy_lock_acquire(&shared->lock);
        if (rc < 0) return rc;
        int value = shared->value;
        if (i % 5 == 0) rc = eddy_yield();
        shared->value = value + 1;
        int released = eddy_lock_release(&shared->lock);
        if (rc == 0) rc = released;
        if (rc < 0) return rc;
    }
    return 0;
}

static int deep(int depth, double sum) {
    char name[32];
    (void)snprintf(name, sizeof name, "%d", depth);
    int rc = depth ? deep(depth - 1, sum + 0.5) : eddy_sleep(EDDY_MS);
    CHECK(atoi(name) == depth);
    return rc < 0 ? rc : (int)(sum * 2) == (20 - depth) ? 0 : EDDY_EUSER;
}

static int deep_task(void *arg) {
    (void)arg;
    return deep(20, 0);
}

#ifndef NO_JUMPS
static jmp_buf back;

static int jumps(void *arg) {
    int *count = arg;
    if (setjmp(back) == 0) {
        int rc = eddy_sleep(EDDY_MS); /* between the set and the jump the task is suspended */
        if (rc < 0) return rc;
        ++*count;
        longjmp(back, 1);
    }
    return ++*count;
}
#endif

static int counts(void *arg) {
    (void)arg;
    for (int i = 0; i < 3; i++) {
        int rc = eddy_emit(&i);
        if (rc < 0) return rc;
    }
    return 0;
}

static void called(void *ctx) {
    *(int *)ctx = 9;
}

static int checks(void) {
    struct shared shared = {0};
    eddy_future *tasks[6];
    for (int i = 0; i < 5; i++) tasks[i] = eddy_spawn(adds, &shared);
    tasks[5] = eddy_spawn(deep_task, NULL);
    CHECK(eddy_gather(tasks, 6, NULL) == 0);
    eddy_release_all(tasks, 6);
    CHECK(shared.value == 100);

    EDDY_SCOPE(limit, .timeout = 5 * EDDY_MS);
    CHECK(eddy_scope_end(&limit, eddy_sleep(10 * EDDY_S)) == EDDY_ETIMEDOUT);

    char *text = NULL;
    unsigned char bytes[] = {1, 2, 200};
    CHECK(greet(&text, "you", (eddy_bytes){bytes, 3}) == 0);
    CHECK(text && strcmp(text, "hello you 3 200") == 0);
    free(text);
    CHECK(refuse() == EDDY_EHOST && strncmp(eddy_last_message(), "refused", 7) == 0);

    eddy_future *f = eddy_future_new();
    CHECK(resolve_later(f) == 0);
    CHECK(eddy_await(f) == 5);

#ifndef NO_JUMPS
    int count = 0;
    CHECK(eddy_await(eddy_spawn(jumps, &count)) == 2 && count == 2);
#endif

    eddy_gen *gen = eddy_gen_open(counts, NULL, sizeof(int));
    int item, sum = 0;
    while (eddy_gen_next(gen, &item) == 1) sum += item;
    CHECK(sum == 3);
    CHECK(eddy_gen_close(gen) == 0);

    int called_with = 0;
    (void)eddy_call_soon(called, &called_with);
    CHECK(eddy_yield() == 0 && eddy_yield() == 0);
    CHECK(called_with == 9);

    char *large = malloc(40 << 20); /* more memory than there is at first */
    CHECK(large != NULL);
    if (large) memset(large, 1, 40 << 20);
    CHECK(eddy_sleep(EDDY_MS) == 0);
    free(large);
    return 0;
}

int eddy_main(int argc, char **argv) {
    CHECK(argc >= 1 && argv[argc] == NULL);
#ifdef ABOVE_2GB
    CHECK((unsigned long)&argc > 1ul << 31 && (unsigned long)&failures > 1ul << 31);
#endif
    (void)checks();
    if (argc > 1) CHECK(eddy_event_wait(&finished) == 0); // JavaScript calls, and says when it is done
    if (failures == 0) puts("ok");
    return failures != 0;
}
