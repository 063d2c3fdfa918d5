/* interval.c: the primitive that waits for a clock's next tick. */
#include "internal.h"

int eddy_interval_begin(eddy_interval *i, eddy_time period, eddy_missed policy) {
    if (!i || period <= 0 || policy > EDDY_SKIP) return EDDY_EINVAL;
    i->period = period;
    i->policy = policy;
    i->next = eddy__time_add(eddy_now(), period);
    return 0;
}

/* The first multiple of the period that is not before now. */
static void skip_missed(eddy_interval *i, eddy_time now) {
    if (i->next >= now) return;
    eddy_time since_tick = (now - i->next) % i->period;
    i->next = since_tick ? eddy__time_add(now, i->period - since_tick) : now;
}

/* The tick is taken, `now`. One that comes late, though its task was waiting for it, moves those
 * after it only if it came later than the next one was due: hosts' timers are never exact. */
static void take(eddy_interval *i, eddy_time now, bool waited) {
    bool late = i->policy == EDDY_DELAY && (!waited || now - i->next >= i->period);
    i->next = eddy__time_add(late ? now : i->next, i->period);
}

/* The wait is over. A timer that has fired is set no more: otherwise the tick is not used up. */
static void end_wait(eddy__task *task) {
    eddy_interval *i = task->wait_on;
    if (task->timer.slot == 0 && i->next != EDDY_FOREVER) take(i, eddy__the_loop.now, true);
}

static const eddy__wait_kind ticking = {.verb = "waits for a tick", .abandon = end_wait};

EDDY__PRIMITIVE int eddy__interval_next(const char *site, eddy_interval *i) {
    EDDY__PRIMITIVE_BEGIN(task, site)
    if (!i || i->period <= 0) return eddy__return_now(task, EDDY_EINVAL);
    eddy_time now = eddy_now();
    if (i->policy == EDDY_SKIP) skip_missed(i, now);
    if (i->next <= now) {
        take(i, now, false);
        task->resume = 0;
        eddy__task_push(task);
        return eddy__park(task);
    }
    if (eddy__timer_set(&task->timer, i->next) < 0) return eddy__return_now(task, EDDY_ENOMEM);
    task->timer_result = 0;
    return eddy__park_on(task, &ticking, i);
}

int(eddy_interval_next)(eddy_interval *i) {
    return eddy__interval_next(NULL, i);
}
