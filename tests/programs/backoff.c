/* Delays between attempts: their limits, their jitter, seeds; the waits on the virtual clock. */
#include "check.h"

static void limits(void) {
    /* Over many seeds each delay comes near both ends of what it may be, and never beyond. */
    static const eddy_time limits[] = {100, 200, 400, 800, 1000, 1000, 1000};
    enum { N = sizeof limits / sizeof *limits };
    eddy_time least[N], most[N];
    for (int i = 0; i < N; i++) least[i] = EDDY_FOREVER, most[i] = -1;
    for (uint64_t seed = 1; seed <= 2000; seed++) {
        eddy_backoff b = {.base = 100, .most = 1000, .seed = seed};
        for (int i = 0; i < N; i++) {
            eddy_time delay = eddy_backoff_next(&b);
            if (delay < least[i]) least[i] = delay;
            if (delay > most[i]) most[i] = delay;
        }
    }
    for (int i = 0; i < N; i++) {
        CHECK(least[i] >= 0 && least[i] < limits[i] / 20);
        CHECK(most[i] <= limits[i] && most[i] > limits[i] - limits[i] / 20);
    }
}

static void seeds(void) {
    eddy_backoff a = {.seed = 7}, b = {.seed = 7}, c = {.seed = 8}, d = {0}, e = {0};
    int differ = 0, same = 0, fresh = 0;
    for (int i = 0; i < 20; i++) {
        eddy_time delay = eddy_backoff_next(&a);
        same += delay == eddy_backoff_next(&b);
        differ += delay != eddy_backoff_next(&c);
        fresh += eddy_backoff_next(&d) != eddy_backoff_next(&e);
    }
    CHECK(same == 20 && differ == 20 && fresh > 15);
    CHECK(a.count == 20);
    eddy_backoff_reset(&a);
    CHECK(a.count == 0);
    for (int i = 0; i < 100; i++, eddy_backoff_reset(&a)) CHECK(eddy_backoff_next(&a) <= 100 * EDDY_MS);
    /* Whatever it is given. */
    eddy_backoff odd = {.base = -5, .most = -5};
    for (int i = 0; i < 100; i++) CHECK(eddy_backoff_next(&odd) <= 30 * EDDY_S);
    eddy_backoff huge = {.base = 1, .most = EDDY_FOREVER};
    for (int i = 0; i < 100; i++) CHECK(eddy_backoff_next(&huge) >= 0);
    eddy_backoff upside_down = {.base = 100, .most = 10};
    for (int i = 0; i < 100; i++) CHECK(eddy_backoff_next(&upside_down) <= 10);
    CHECK(eddy_backoff_next(NULL) == 0);
    eddy_backoff_reset(NULL);
}

static int waits(void *arg) {
    (void)arg;
    eddy_backoff a = {.seed = 3}, b = {.seed = 3};
    for (int i = 0; i < 10; i++) {
        eddy_time start = eddy_now(), delay = eddy_backoff_next(&b);
        CHECK(eddy_backoff_wait(&a) == 0);
        CHECK(eddy_now() - start == delay);
    }
    EDDY_SCOPE(limit, .timeout = 1);
    CHECK(eddy_scope_end(&limit, eddy_backoff_wait(&a)) == EDDY_ETIMEDOUT);
    return 0;
}

int main(void) {
    check_begin();
    limits();
    seeds();
    eddy_backoff b = {0};
    CHECK(eddy_backoff_wait(&b) == EDDY_ESTATE);
    check_run(waits);
    return check_end();
}
