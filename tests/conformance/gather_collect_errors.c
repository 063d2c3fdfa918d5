/* The collecting mode waits for all and hands over errors like values, cancellations too. */
#include "case.h"

static int good(void *arg) {
    (void)arg;
    return 1;
}

static int bad(void *arg) {
    (void)arg;
    return E1;
}

static int killer(void *arg) {
    eddy_future *victim = arg;
    eddy_cancel(victim);
    return 2;
}

static int body(void *arg) {
    (void)arg;
    eddy_time duration = 9 * EDDY_S;
    eddy_future *victim = eddy_spawn(sleeper, &duration);
    eddy_future *tasks[] = {
        eddy_spawn(good, NULL),
        eddy_spawn(bad, NULL),
        victim,
        eddy_spawn(killer, victim),
    };
    int r[4];
    int rc = eddy_gather_all(tasks, 4, r);
    eddy_release_all(tasks, 4);
    if (rc == 0) trace("[%s %s %s %s]", word(r[0]), word(r[1]), word(r[2]), word(r[3]));
    return rc;
}
