/* sleep.c: the primitive that waits for a time to pass. */
#include "internal.h"

const eddy__wait_kind eddy__sleeping = {.verb = "sleeps"};

EDDY__PRIMITIVE int eddy__sleep(const char *site, eddy_time duration) {
    EDDY__PRIMITIVE_BEGIN(task, site)
    if (duration <= 0) {
        task->resume = 0;
        eddy__task_push(task);
        return eddy__park(task);
    }
    return eddy__park_until(task, eddy__time_add(eddy_now(), duration));
}

int(eddy_sleep)(eddy_time duration) {
    return eddy__sleep(NULL, duration);
}
