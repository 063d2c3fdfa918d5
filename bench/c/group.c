/* group.c: group [GROUPS [CHILDREN]]: nanoseconds per group: begin, children that yield once each,
 * end. */

#include "measure.h"

static int yield_once(void *arg) {
    (void)arg;
    return eddy_yield();
}

static int one_group(long children) {
    EDDY_GROUP(g);
    for (long i = 0; i < children; i++) (void)eddy_group_spawn(&g, yield_once, NULL);
    return eddy_group_end(&g, 0);
}

static int measure(long groups, long children, eddy_time *took) {
    eddy_time start = eddy_now();
    for (long i = 0; i < groups; i++) {
        int rc = one_group(children);
        if (rc < 0) return rc;
    }
    *took = eddy_now() - start;
    return 0;
}

int eddy_main(int argc, char **argv) {
    long groups = bench_number(argc, argv, 1, 20000);
    long children = bench_number(argc, argv, 2, 10);
    eddy_time took;
    int rc = measure(groups / 4 + 1, children, &took); /* lets the engine optimise */
    if (rc == 0) rc = measure(groups, children, &took);
    return rc < 0 ? rc : bench_result("group", (double)took / (double)groups);
}
