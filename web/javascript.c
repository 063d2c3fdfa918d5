/* javascript.c: C calls JavaScript, besides waiting for it (js_call.c). */
#include "javascript.h"

#include <stdlib.h>

#define loop eddy__the_loop

char *eddy_js_run(const eddy__signature *function, eddy__slot *slots);
void eddy_js_drop(uint32_t value);
uint32_t eddy_js_keep(uint32_t value);

#define NO_TEXT ((char *)1)

int eddy__js_run(const eddy__signature *function, eddy__slot *slots) {
    eddy__lend_futures(function, slots);
    eddy__task *task = eddy__current;
    eddy__current = NULL;
    char *text = eddy_js_run(function, slots);
    eddy__current = task;
    if (!text) return 0;
    if (text == NO_TEXT) return EDDY_ENOMEM;
    if (task) eddy__task_deliver(task, EDDY_EHOST, eddy__text_new(text, strlen(text)));
    free(text);
    return EDDY_EHOST;
}

/* A function's promise has settled; the rest is eddy_tick's. */
EDDY__EXPORT double eddy__js_serve(uint32_t op, uint32_t generation, int result) {
    return eddy__loop_serve(op, generation, result);
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

void eddy_js_release(eddy_js value) {
    if (value.id) eddy_js_drop(value.id);
}

eddy_js eddy_js_retain(eddy_js value) {
    return (eddy_js){value.id ? eddy_js_keep(value.id) : 0};
}
