/* js_back.c: what JavaScript that C has called says later. Whatever calls JavaScript is linked with it, by
 * way of eddy__lend_futures. */
#include "javascript.h"

#include <stdlib.h>

#define loop eddy__the_loop

void eddy__lend_futures(const eddy__signature *function, const eddy__slot *slots) {
    for (size_t i = 1; function->letters[i]; i++) {
        if (function->letters[i] != 'F' || !slots[i].future) continue;
        eddy_retain(slots[i].future);
        eddy__host_hold(1);
    }
}

/* A function's promise has settled; the rest is eddy_tick's. */
EDDY__EXPORT double eddy__js_serve(uint32_t op, uint32_t generation, int result) {
    return eddy__loop_serve(op, generation, result);
}

/* Whether the text of what JavaScript throws has its stack. */
EDDY__EXPORT int eddy__js_debug(void) {
#ifdef NDEBUG
    return loop.debug;
#else
    return true;
#endif
}

/* how: 0 forgotten, 1 resolved, 2 rejected with a text. */
EDDY__EXPORT void eddy__future_from_js(eddy_future *f, int how, int result, char *text) {
    eddy__host_hold(-1);
    if (how == 1) (void)eddy_resolve(f, result);
    if (how == 2) (void)eddy_reject(f, EDDY_EHOST, "%s", text ? text : "");
    free(text);
    eddy_release(f);
    if (!loop.in_pass) eddy__host_wake(); /* if only to find that nobody can resolve it any more */
}
