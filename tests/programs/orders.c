/* orders: what eddy_schedule_seed does to a pass, and what it leaves alone. */
#include "check.h"

#define TASKS 8

static char order[64]; /* a letter for each task and call that has run */
static size_t length;

static void note(char letter) {
    if (length < sizeof order - 1) order[length++] = letter;
    order[length] = 0;
}

static int notes(void *arg) {
    note(*(const char *)arg);
    int rc = eddy_yield();
    note(*(const char *)arg);
    return rc;
}

static void notes_call(void *ctx) {
    note(*(const char *)ctx);
}

static const char *letters;

/* Capital letters are tasks, others calls; all are due in the same pass. */
static int runs_letters(void *arg) {
    (void)arg;
    eddy_future *tasks[TASKS];
    size_t count = 0;
    for (const char *letter = letters; *letter; letter++) {
        if (*letter >= 'a')
            CHECK(eddy_call_soon(notes_call, (void *)(uintptr_t)letter).id != 0);
        else
            tasks[count++] = eddy_spawn(notes, (void *)(uintptr_t)letter);
    }
    int rc = eddy_gather(tasks, count, NULL);
    eddy_release_all(tasks, count);
    return rc;
}

/* What one pass and the next make of `text` under a seed. */
static const char *order_of(const char *text, uint64_t seed) {
    letters = text;
    length = 0;
    eddy_schedule_seed(seed);
    check_run(runs_letters);
    return order;
}

static bool is_permutation(const char *text, const char *of, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (!memchr(text, of[i], count)) return false;
    return true;
}

static void fifo_without_seed(void) {
    CHECK(strcmp(order_of("ABaCbD", 0), "ABaCbDABCD") == 0);
}

static void calls_keep_their_places(void) {
    static const char text[] = "ABabCcDEFd";
    for (uint64_t seed = 1; seed <= 50; seed++) {
        const char *got = order_of(text, seed);
        CHECK(strlen(got) == 16);
        CHECK(is_permutation(got, text, 10));
        for (size_t i = 0; i < 10; i++) CHECK(text[i] < 'a' || got[i] == text[i]);
        CHECK(is_permutation(got + 10, "ABCDEF", 6));
    }
}

static void one_task_among_calls(void) {
    CHECK(strcmp(order_of("aAb", 5), "aAbA") == 0);
    CHECK(strcmp(order_of("Aab", 5), "AabA") == 0);
    CHECK(strcmp(order_of("abA", 5), "abAA") == 0);
}

static void seed_determines(void) {
    for (uint64_t seed = 1; seed <= 20; seed++) {
        char first[sizeof order];
        strcpy(first, order_of("ABCDEFGH", seed));
        CHECK(strcmp(order_of("ABCDEFGH", seed), first) == 0);
    }
}

/* Every order of three, about as often: the bounds are ten standard deviations wide. */
static void all_orders_come(void) {
    static const char *const orders[] = {"ABC", "ACB", "BAC", "BCA", "CAB", "CBA"};
    int seen[6] = {0};
    for (uint64_t seed = 1; seed <= 600; seed++) {
        const char *got = order_of("ABC", seed);
        for (int i = 0; i < 6; i++) seen[i] += strncmp(got, orders[i], 3) == 0;
    }
    for (int i = 0; i < 6; i++) CHECK(seen[i] > 10 && seen[i] < 190);
}

int main(void) {
    check_begin();
    fifo_without_seed();
    calls_keep_their_places();
    one_task_among_calls();
    seed_determines();
    all_orders_come();
    fifo_without_seed();
    return check_end();
}
