/* Each who meets at a barrier gets another index, and it can be used again at once. */
#include "case.h"

static eddy_barrier barrier;
static int indices[3], arrived;

static int party(void *arg) {
    (void)arg;
    int rc = eddy_barrier_wait(&barrier);
    if (rc < 0) return rc;
    indices[arrived++] = rc;
    rc = eddy_barrier_wait(&barrier);
    return rc < 0 ? rc : 1;
}

static int ascending(const void *a, const void *b) {
    return *(const int *)a - *(const int *)b;
}

static int body(void *arg) {
    (void)arg;
    barrier = (eddy_barrier)EDDY_BARRIER(3);
    arrived = 0;
    eddy_future *tasks[3];
    for (int i = 0; i < 3; i++) tasks[i] = eddy_spawn(party, NULL);
    int rc = eddy_gather(tasks, 3, NULL);
    qsort(indices, 3, sizeof indices[0], ascending);
    trace("[%d %d %d] %zu", indices[0], indices[1], indices[2], eddy_barrier_waiting(&barrier));
    eddy_release_all(tasks, 3);
    return rc;
}
