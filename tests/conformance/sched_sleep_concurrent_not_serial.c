/* Sleeps of several tasks pass at the same time: the longest is the total. */
#include "case.h"

struct nap {
    const char *name;
    eddy_time duration;
};

static int child(void *arg) {
    const struct nap *nap = arg;
    int rc = eddy_sleep(nap->duration);
    trace("%s %s", nap->name, now());
    return rc;
}

static int body(void *arg) {
    (void)arg;
    struct nap naps[] = {{"a", 30 * EDDY_MS}, {"b", 10 * EDDY_MS}, {"c", 20 * EDDY_MS}};
    eddy_future *tasks[3];
    for (int i = 0; i < 3; i++) tasks[i] = eddy_spawn(child, &naps[i]);
    int rc = 0;
    for (int i = 0; i < 3; i++) {
        int ended = eddy_await(tasks[i]);
        if (ended < 0) rc = ended;
    }
    trace("end %s", now());
    return rc;
}
