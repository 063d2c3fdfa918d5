/* Whoever waits when an event is set has it, also if it is cleared before he runs. */
#include "case.h"

static eddy_event event;

static int waiter(void *arg) {
    (void)arg;
    int rc = eddy_event_wait(&event);
    if (rc < 0) return rc;
    trace("woke %s", boolean(eddy_event_is_set(&event)));
    return 0;
}

static int body(void *arg) {
    (void)arg;
    event = (eddy_event){0};
    eddy_future *task = eddy_spawn(waiter, NULL);
    int rc = passes(2);
    if (rc < 0) return rc;
    eddy_event_set(&event);
    eddy_event_clear(&event);
    return eddy_await(task);
}
