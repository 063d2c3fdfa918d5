/* sleep_until.c: the primitive that waits for a point in time. */
#include "internal.h"

EDDY__PRIMITIVE int eddy__sleep_until(const char *site, eddy_time when) {
    EDDY__PRIMITIVE_BEGIN(task, site)
    if (when <= eddy_now()) {
        task->resume = 0;
        eddy__task_push(task);
        return eddy__park(task);
    }
    return eddy__park_until(task, when);
}

int(eddy_sleep_until)(eddy_time when) {
    return eddy__sleep_until(NULL, when);
}
