/* event.c: a flag to wait for. */
#include "../core/internal.h"

static const eddy__wait_kind waiting = {.verb = "waits for an event", .abandon = eddy__leave_list};

EDDY__PRIMITIVE int eddy__event_wait(const char *site, eddy_event *e) {
    EDDY__PRIMITIVE_BEGIN(task, site)
    if (!e) return eddy__return_now(task, EDDY_EINVAL);
    if (e->is_set) return eddy__return_now(task, 0);
    return eddy__park_in(task, &waiting, e, &e->waiters, NULL);
}

int(eddy_event_wait)(eddy_event *e) {
    return eddy__event_wait(NULL, e);
}

void eddy_event_set(eddy_event *e) {
    if (!e) return;
    e->is_set = true;
    eddy__hand_over_all(&e->waiters, 0);
}

void eddy_event_clear(eddy_event *e) {
    if (e) e->is_set = false;
}

bool eddy_event_is_set(const eddy_event *e) {
    return e && e->is_set;
}
