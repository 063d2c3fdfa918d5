/* timer.c: timer [TIMERS [IN_ALL]]: nanoseconds to set a timer and to have it fire. TIMERS of them are
 * set at once, to times in no order, and fire one by one, each in a pass of its own: on the virtual
 * clock, which waits for nothing. */

#define _POSIX_C_SOURCE 200809L /* clock_gettime */
#include "measure.h"

#include <time.h>

static long timers, in_all, fired;

static double real_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

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

static int measure(long rounds, double *took) {
    double start = real_now();
    for (long round = 0; round < rounds; round++) {
        fired = 0;
        for (long i = 0; i < timers; i++) {
            eddy_time delay = (eddy_time)(next_random() % EDDY_S);
            if (!eddy_call_later(delay, fire, NULL).id) return EDDY_ENOMEM;
        }
        int rc = eddy_sleep(EDDY_S);
        if (rc < 0) return rc;
        if (fired < timers) return EDDY_ESTATE;
    }
    *took = real_now() - start;
    return 0;
}

static int run(void *arg) {
    (void)arg;
    long rounds = in_all / timers;
    if (rounds < 1) return EDDY_EINVAL;
    double took;
    int rc = measure(rounds / 4 + 1, &took); /* lets the engine optimise */
    if (rc == 0) rc = measure(rounds, &took);
    return rc < 0 ? rc : bench_result("timer", took / (double)(timers * rounds));
}

int main(int argc, char **argv) {
    timers = bench_number(argc, argv, 1, 1000);
    in_all = bench_number(argc, argv, 2, 1000000);
    return eddy_clock_virtual(true) < 0 || eddy_run(run, NULL) < 0;
}
