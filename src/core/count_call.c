/* count_call.c: the primitive that only keeps the budget (R8). */
#include "internal.h"

EDDY__PRIMITIVE void eddy__count_call(const char *site) {
    if (eddy__switch_resuming()) {
        (void)eddy__resumed();
        return;
    }
    eddy__task *task = eddy__current;
    task->wait_site = site;
    (void)eddy__return_now(task, 0);
}
