/* dom.c: listens to the page for tests/dom.test.mjs, which clicks and types there. */
// build: hosts=web,lean
#include <eddy.h>
#include <stdlib.h>
#include <string.h>

enum { LISTENERS = 4 };
static eddy_js_watcher *listeners[LISTENERS];

EDDY_EXPORT(int, watch, (int which, const char *target, const char *types, int capacity)) {
    return eddy_js_events(&listeners[which], target, types, .capacity = (size_t)capacity);
}

EDDY_EXPORT(int, watch_and_prevent, (int which, const char *target, const char *types)) {
    return eddy_js_events(&listeners[which], target, types, .prevent_default = true,
                          .stop_propagation = true);
}

EDDY_EXPORT(int, watch_value, (int which, eddy_js of, const char *types)) {
    return eddy_js_events(&listeners[which], NULL, types, .of = of);
}

EDDY_EXPORT(int, watch_once, (int which, const char *target, const char *types)) {
    return eddy_js_events(&listeners[which], target, types, .once = true, .capture = true);
}

EDDY_EXPORT(int, watch_keeping, (int which, const char *target, const char *types, int capacity)) {
    return eddy_js_events(&listeners[which], target, types, .capacity = (size_t)capacity,
                          .drop_new = true, .passive = true);
}

EDDY_EXPORT(int, watch_wrongly, (int how)) {
    eddy_js_watcher *listener;
    switch (how) {
    case 0: return eddy_js_events(&listener, "window", NULL);
    case 1: return eddy_js_events(&listener, NULL, "click");
    case 2: return eddy_js_events(&listener, "window", "click", .passive = true, .prevent_default = true);
    case 3: return eddy_js_events(NULL, "window", "click");
    default: return eddy_js_events_with(&listener, "window", NULL);
    }
}

/* "type target key code text x y button shift" */
EDDY_EXPORT_GENERATOR(char *, events, (int which)) {
    eddy_js_event event;
    int rc;
    while ((rc = eddy_recv(eddy_js_watcher_events(listeners[which]), &event)) == 0) {
        char *line = malloc(400);
        if (!line) return EDDY_ENOMEM;
        (void)snprintf(line, 400, "%s|%s|%s|%s|%s|%d|%d|%d|%d", event.type, event.target, event.key,
                       event.code, event.text, (int)event.x, (int)event.y, event.button,
                       event.shift);
        rc = eddy_emit(&line);
        if (rc < 0) return rc;
    }
    return rc == EDDY_ECLOSED ? 0 : rc;
}

EDDY_EXPORT(int, lost, (int which)) {
    return (int)eddy_js_watcher_lost(listeners[which]);
}

EDDY_EXPORT(void, unwatch, (int which)) {
    eddy_js_watcher_close(listeners[which]);
    listeners[which] = NULL;
}
