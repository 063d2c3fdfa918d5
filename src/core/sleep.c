/* sleep.c: the primitives that wait for a point in time. */
#include "internal.h"

static const eddy__wait_kind sleeping = {.verb = "sleeps"};

/* A macro's work done inline: the park must stand in the primitive itself. */
EDDY__INLINE int sleep_until(eddy__task *task, eddy_time when) {
    if (eddy__timer_set(&task->timer, when) < 0) return eddy__return_now(task, EDDY_ENOMEM);
    task->timer_result = 0;
    return eddy__park_on(task, &sleeping, NULL);
}

EDDY__PRIMITIVE int eddy__sleep(const char *site, eddy_time duration) {
    EDDY__PRIMITIVE_BEGIN(task, site)
    if (duration <= 0) {
        task->resume = 0;
        eddy__task_push(task);
        return eddy__park(task);
    }
    return sleep_until(task, eddy__time_add(eddy_now(), duration));
}

EDDY__PRIMITIVE int eddy__sleep_until(const char *site, eddy_time when) {
    EDDY__PRIMITIVE_BEGIN(task, site)
    if (when <= eddy_now()) {
        task->resume = 0;
        eddy__task_push(task);
        return eddy__park(task);
    }
    return sleep_until(task, when);
}

int(eddy_sleep)(eddy_time duration) {
    return eddy__sleep(NULL, duration);
}
int(eddy_sleep_until)(eddy_time when) {
    return eddy__sleep_until(NULL, when);
}
