/* pipe_wait.c: the primitive under reads from a pipe and writes to it. */
#include "pipe.h"

static const eddy__wait_kind waiting = {.verb = "waits for a pipe", .abandon = eddy__leave_list};

EDDY__PRIMITIVE int eddy__pipe_wait(const char *site, eddy__wait_list *list) {
    EDDY__PRIMITIVE_BEGIN(task, site)
    return eddy__park_in(task, &waiting, list, list, NULL);
}
