/* many_timers: more deadlines than are kept in the heap, in orders that are good and bad for what holds
 * the others: each fires in its turn (by deadline, then by the order of setting), cancelled and moved
 * ones too, also when memory runs out in between. */
#include "check.h"

#define MOST 50000

typedef struct {
    eddy_time when;
    uint32_t order; /* of setting */
    uint32_t index;
    bool is_set;
} expected;

static expected all[MOST];
static eddy_call calls[MOST];
static uint32_t fired[MOST], fired_count, orders;

static uint64_t next_random(void) { /* xorshift64 */
    static uint64_t state = 88172645463325252u;
    state ^= state << 13;
    state ^= state >> 7;
    return state ^= state << 17;
}

static void fire(void *ctx) {
    fired[fired_count++] = (uint32_t)(uintptr_t)ctx;
}

static int by_deadline(const void *left, const void *right) {
    const expected *a = left, *b = right;
    if (a->is_set != b->is_set) return a->is_set ? -1 : 1;
    if (a->when != b->when) return a->when < b->when ? -1 : 1;
    return a->order < b->order ? -1 : 1;
}

static bool set(uint32_t i, eddy_time when) {
    calls[i] = eddy_call_at(when, fire, (void *)(uintptr_t)i);
    all[i] = (expected){.when = when, .order = orders++, .index = i, .is_set = calls[i].id != 0};
    return all[i].is_set;
}

/* Waits for all that is set and compares. */
static void check_order(uint32_t n, eddy_time last) {
    CHECK(eddy_sleep_until(last + 1) == 0);
    qsort(all, n, sizeof *all, by_deadline);
    uint32_t count = 0;
    while (count < n && all[count].is_set) count++;
    CHECK(fired_count == count);
    uint32_t right = 0;
    while (right < count && fired[right] == all[right].index) right++;
    CHECK(right == count);
    fired_count = 0;
}

enum { RANDOM, RISING, FALLING, EQUAL, CLUSTERS, FAR_FIRST, SHAPES };

static eddy_time shape_of(int shape, uint32_t i, uint32_t n) {
    eddy_time now = eddy_now(), r = (eddy_time)(next_random() >> 1);
    switch (shape) {
    case RISING: return now + i * EDDY_US;
    case FALLING: return now + (n - i) * EDDY_US;
    case EQUAL: return now + EDDY_MS;
    case CLUSTERS: return now + r % 7 * EDDY_S + r / 7 % 3;
    case FAR_FIRST: return now + (i < n / 2 ? 3600 * EDDY_S : 0) + r % EDDY_S;
    default: return now + r % EDDY_S;
    }
}

static void one_round(int shape, uint32_t n, bool cancels) {
    eddy_time last = 0;
    for (uint32_t i = 0; i < n; i++) {
        eddy_time when = shape_of(shape, i, n);
        CHECK(set(i, when));
        if (when > last) last = when;
        /* Some again, later or earlier; some not at all. */
        uint32_t other = (uint32_t)(next_random() % (i + 1));
        if (!cancels || i % 3 || !all[other].is_set) continue;
        CHECK(eddy_call_cancel(calls[other]));
        all[other].is_set = false;
        if (i % 2) continue;
        when = shape_of(shape, other, n);
        CHECK(set(other, when));
        if (when > last) last = when;
    }
    if (cancels) { /* nearly all of them, at last */
        for (uint32_t i = 0; i < n; i++) {
            if (i % 10 == 0 || !all[i].is_set) continue;
            CHECK(eddy_call_cancel(calls[i]));
            all[i].is_set = false;
        }
    }
    check_order(n, last);
}

/* While they fire, others are set: before, between and after those that are there. */
static void set_more(void *ctx) {
    uint32_t i = (uint32_t)(uintptr_t)ctx;
    eddy_time now = eddy_now();
    fired[fired_count++] = i;
    uint32_t left = i * 2 + 1;
    if (left + 1 >= 20000) return;
    for (uint32_t k = left; k <= left + 1; k++) {
        eddy_time when = now + (eddy_time)(next_random() % (20 * EDDY_MS));
        all[k] = (expected){.when = when, .order = orders++, .index = k, .is_set = true};
        CHECK(eddy_call_at(when, set_more, (void *)(uintptr_t)k).id != 0);
    }
}

static int orders_hold(void *arg) {
    (void)arg;
    for (int shape = 0; shape < SHAPES; shape++) {
        one_round(shape, 3000, false);
        one_round(shape, 3000, true);
        one_round(shape, 20000, false);
        one_round(shape, 20000, true);
    }
    one_round(RANDOM, MOST, false);
    all[0] = (expected){.when = eddy_now(), .order = orders++, .is_set = true};
    CHECK(eddy_call_at(all[0].when, set_more, NULL).id != 0);
    check_order(19999, eddy_now() + EDDY_S);
    return 0;
}

/* All that are set are cancelled, the last first: what comes then fires as ever. */
static int emptied(void *arg) {
    (void)arg;
    for (int round = 0; round < 3; round++) {
        eddy_time now = eddy_now();
        for (uint32_t i = 0; i < 9000; i++) CHECK(set(i, now + (i + 1) * EDDY_S));
        for (uint32_t i = 9000; i-- > 0;) CHECK(eddy_call_cancel(calls[round == 1 ? 8999 - i : i]));
        CHECK(eddy_sleep((eddy_time)(round + 1) * 4000 * EDDY_S) == 0);
        CHECK(set(0, eddy_now() + 8500 * EDDY_S));
        CHECK(eddy_sleep(8501 * EDDY_S) == 0);
        CHECK(fired_count == 1);
        fired_count = 0;
    }
    return 0;
}

/* ---- without memory ------------------------------------------------------------------------------- */

static bool enough; /* the allocation that was to fail was not asked for */

static int without_memory(void *arg) {
    long first = *(long *)arg;
    eddy_time last = eddy_now() + EDDY_S;
    check_fail_at(first, true);
    uint32_t n = 0, lost = 0;
    for (; n < 12000; n++) {
        eddy_time when = eddy_now() + (eddy_time)(next_random() % EDDY_S);
        if (!set(n, when)) lost++;
        /* Cancelling needs none, and makes room. */
        if (n % 5 == 4 && all[n - 2].is_set) {
            CHECK(eddy_call_cancel(calls[n - 2]));
            all[n - 2].is_set = false;
        }
    }
    enough = !check_failed_once();
    CHECK(enough == (lost == 0));
    check_fail_at(0, false);
    check_order(n, last);
    return 0;
}

/* A deadline that cannot be moved stays what it was. */
static int moved_without_memory(void *arg) {
    (void)arg;
    eddy_time began = eddy_now();
    EDDY_SCOPE(scope, .timeout = 10 * EDDY_MS);
    for (uint32_t i = 0; i < 9000; i++) CHECK(set(i, began + EDDY_S + i));
    check_fail_at(1, true);
    for (uint32_t i = 0; i < 9000; i++) {
        int rc = eddy_scope_reschedule(&scope, began + 2 * EDDY_S + i * EDDY_US);
        CHECK(rc == 0 || rc == EDDY_ENOMEM);
        CHECK(eddy_scope_reschedule(&scope, began + 10 * EDDY_MS) == 0);
    }
    check_fail_at(0, false);
    CHECK(eddy_sleep(EDDY_S) == EDDY_ECANCELED);
    CHECK(eddy_now() - began == 10 * EDDY_MS);
    CHECK(eddy_scope_end(&scope, EDDY_ECANCELED) == EDDY_ETIMEDOUT);
    check_order(9000, began + 2 * EDDY_S);
    return 0;
}

int main(void) {
    check_begin();
    check_run(orders_hold);
    check_run(emptied);
    for (long first = 1; !enough; first = first * 6 / 5 + 1) {
        CHECK(eddy_run(without_memory, &first) == 0);
        CHECK(check_memory.blocks == 0);
    }
    check_run(moved_without_memory);
    return check_end();
}
