/* idle.c: the primitive that waits until all others wait. The loop wakes it when nothing is ready,
 * before a virtual clock jumps. */
#include "internal.h"

static const eddy__wait_kind idling = {.verb = "waits until all others wait",
                                       .abandon = eddy__leave_list};

EDDY__PRIMITIVE int eddy__idle(const char *site) {
    EDDY__PRIMITIVE_BEGIN(task, site)
    return eddy__park_in(task, &idling, NULL, &eddy__the_loop.idlers, NULL);
}

int(eddy_idle)(void) {
    return eddy__idle(NULL);
}
