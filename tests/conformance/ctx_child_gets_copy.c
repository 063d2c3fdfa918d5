/* A child starts with what its spawner has at that moment; from then on each has its own. */
#include "case.h"

static eddy_local key;
static int one = 1, two = 2, three = 3;

static int value(void) {
    const int *set = eddy_local_get(&key);
    return set ? *set : 0;
}

static int child(void *arg) {
    (void)arg;
    trace("c %d", value());
    int rc = eddy_local_set(&key, &two);
    if (rc == 0) rc = eddy_yield();
    trace("c %d", value());
    return rc;
}

static int body(void *arg) {
    (void)arg;
    int rc = eddy_local_set(&key, &one);
    if (rc < 0) return rc;
    eddy_future *task = eddy_spawn(child, NULL);
    int set = eddy_local_set(&key, &three);
    rc = eddy_await(task);
    if (set < 0) return set;
    trace("p %d", value());
    return rc;
}
