/* no_dom.c: events of the page, on hosts without JavaScript. */
#include "../core/internal.h"
#include "eddy/dom.h"

int eddy_js_events_with(eddy_js_watcher **watcher, const char *target,
                        const eddy_js_events_options *options) {
    (void)target;
    (void)options;
    if (!watcher) return EDDY_EINVAL;
    *watcher = NULL;
    return eddy__call_failed(EDDY_ENOSYS, "this host has no events of a page");
}

eddy_receiver *eddy_js_watcher_events(eddy_js_watcher *watcher) {
    (void)watcher;
    return NULL;
}

uint64_t eddy_js_watcher_lost(const eddy_js_watcher *watcher) {
    (void)watcher;
    return 0;
}

void eddy_js_watcher_close(eddy_js_watcher *watcher) {
    (void)watcher;
}
