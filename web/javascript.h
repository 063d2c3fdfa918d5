/* javascript.h: what javascript.c and js_call.c share. */
#ifndef EDDY_WEB_JAVASCRIPT_H
#define EDDY_WEB_JAVASCRIPT_H

#include "../src/core/internal.h"

/* JavaScript holds these until it has settled or forgotten them. */
void eddy__lend_futures(const eddy__signature *function, const eddy__slot *slots);

#endif
