/* timer.c: timer [TIMERS [IN_ALL]]: nanoseconds to set a timer and to have it fire, TIMERS of them set
 * at once, at times in no order. The times are past, so that nothing but the work is measured. */

#include "measure.h"

static long fired;

static void fire(void *ctx) {
    (void)ctx;
    fired++;
}

/* The same sequence on every host (xorshift64). */
static uint64_t next_random(void) {
    static uint64_t state = 88172645463325252u;
    state ^= state << 13;
    state ^= state >> 7;
    return state ^= state << 17;
}

static int measure(long timers, long rounds, eddy_time *took) {
    eddy_time start = eddy_now();
    for (long round = 0; round < rounds; round++) {
        fired = 0;
        for (long i = 0; i < timers; i++) {
            eddy_time when = start - 1 - (eddy_time)(next_random() % EDDY_S);
            if (!eddy_call_at(when, fire, NULL).id) return EDDY_ENOMEM;
        }
        while (fired < timers) {
            int rc = eddy_yield();
            if (rc < 0) return rc;
        }
    }
    *took = eddy_now() - start;
    return 0;
}

int eddy_main(int argc, char **argv) {
    long timers = bench_number(argc, argv, 1, 1000);
    long rounds = bench_number(argc, argv, 2, 1000000) / timers;
    if (rounds < 1) return EDDY_EINVAL;
    eddy_time took;
    int rc = measure(timers, rounds / 4 + 1, &took); /* lets the engine optimise */
    if (rc == 0) rc = measure(timers, rounds, &took);
    return rc < 0 ? rc : bench_result("timer", (double)took / (double)(timers * rounds));
}
