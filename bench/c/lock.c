/* lock.c: lock [PAIRS]: nanoseconds to take a lock that is free and to release it. */

#include "measure.h"

static int measure(long pairs, eddy_time *took) {
    eddy_lock lock = {0};
    eddy_time start = eddy_now();
    for (long i = 0; i < pairs; i++) {
        int rc = eddy_lock_acquire(&lock);
        if (rc == 0) rc = eddy_lock_release(&lock);
        if (rc < 0) return rc;
    }
    *took = eddy_now() - start;
    return 0;
}

int eddy_main(int argc, char **argv) {
    long pairs = bench_number(argc, argv, 1, 1000000);
    eddy_time took;
    int rc = measure(pairs / 4 + 1, &took); /* lets the engine optimise */
    if (rc == 0) rc = measure(pairs, &took);
    return rc < 0 ? rc : bench_result("lock", (double)took / (double)pairs);
}
