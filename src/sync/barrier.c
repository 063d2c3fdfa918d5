/* barrier.c: a meeting point. The last to come hands an index to each who waits and starts anew. */
#include "../core/internal.h"

static void abandon(eddy__task *task) {
    eddy_barrier *b = task->wait_on;
    b->waiting--;
    eddy__leave_list(task);
}

static const eddy__wait_kind waiting = {.verb = "waits at a barrier", .abandon = abandon};

EDDY__PRIMITIVE int eddy__barrier_wait(const char *site, eddy_barrier *b) {
    EDDY__PRIMITIVE_BEGIN(task, site)
    if (!b || b->parties == 0) return eddy__return_now(task, EDDY_EINVAL);
    if (b->broken) return eddy__return_now(task, EDDY_EBROKEN);
    if (b->waiting + 1 < b->parties) {
        b->waiting++;
        return eddy__park_in(task, &waiting, b, &b->waiters, NULL);
    }
    b->waiting = 0;
    int index = 0;
    while (b->waiters.first) eddy__hand_over(b->waiters.first, index++);
    return eddy__return_now(task, index);
}

int(eddy_barrier_wait)(eddy_barrier *b) {
    return eddy__barrier_wait(NULL, b);
}

static int turn_away(eddy_barrier *b, bool broken) {
    if (!b) return EDDY_EINVAL;
    b->broken = broken;
    b->waiting = 0;
    eddy__hand_over_all(&b->waiters, EDDY_EBROKEN);
    return 0;
}

int eddy_barrier_abort(eddy_barrier *b) {
    return turn_away(b, true);
}

int eddy_barrier_reset(eddy_barrier *b) {
    return turn_away(b, false);
}

size_t eddy_barrier_waiting(const eddy_barrier *b) {
    return b ? b->waiting : 0;
}
