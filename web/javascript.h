/* javascript.h: what javascript.c and js_call.c share. */
#ifndef EDDY_WEB_JAVASCRIPT_H
#define EDDY_WEB_JAVASCRIPT_H

#include "../src/core/internal.h"

/* JavaScript holds these until it has settled or forgotten them. */
EDDY__INLINE void eddy__lend_futures(const eddy__signature *function, const eddy__slot *slots) {
    for (size_t i = 1; function->letters[i]; i++) {
        if (function->letters[i] != 'F' || !slots[i].future) continue;
        eddy_retain(slots[i].future);
        eddy__host_hold(1);
    }
}

#endif
