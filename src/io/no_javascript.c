/* no_javascript.c: what eddy/js.h promises, on hosts without JavaScript. */
#include "../core/internal.h"

static int absent(const eddy__signature *function) {
    return eddy__call_failed(EDDY_ENOSYS, "this host has no JavaScript for %s", function->name);
}

int eddy__js_call(const eddy__signature *function, eddy__slot *slots, eddy__slot *room) {
    (void)slots;
    (void)room;
    int rc = eddy__checkpoint(function->site);
    return rc < 0 ? rc : absent(function);
}

int eddy__js_run(const eddy__signature *function, eddy__slot *slots) {
    (void)slots;
    return absent(function);
}

int eddy_js_promise(eddy_js *result, eddy_js promise) {
    static const eddy__signature function = {.name = "eddy_js_promise"};
    (void)result;
    (void)promise;
    return eddy__js_call(&function, NULL, NULL);
}

int eddy_animation_frame(double *milliseconds) {
    static const eddy__signature function = {.name = "eddy_animation_frame"};
    (void)milliseconds;
    return eddy__js_call(&function, NULL, NULL);
}

void eddy_js_release(eddy_js value) {
    (void)value;
}

eddy_js eddy_js_retain(eddy_js value) {
    return value;
}

int eddy_throw(int code, const char *format, ...) {
    eddy__task *task = eddy__current;
    if (!task || !format) return code;
    va_list arguments;
    va_start(arguments, format);
    eddy__task_fail(task, code, eddy__text_format(format, arguments));
    va_end(arguments);
    return code;
}
