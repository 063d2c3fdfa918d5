/* block.c: the general primitive under compound calls. */
#include "internal.h"

EDDY__PRIMITIVE int eddy__block(const char *site, const eddy__wait_kind *wait, void *on,
                                bool cancellable) {
    if (eddy__switch_resuming()) return eddy__resumed();
    eddy__task *task = eddy__current;
    task->wait_site = site;
    if (cancellable && task->cancelled) {
        eddy__task_count_ignored(task);
        return eddy__return_now(task, EDDY_ECANCELED);
    }
    task->uncancellable = !cancellable;
    return eddy__park_on(task, wait, on);
}
