/* javascript.c: C calls JavaScript, besides waiting for it (js_call.c). */
#include "javascript.h"

#include <stdlib.h>

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

void eddy_js_release(eddy_js value) {
    if (value.id) eddy_js_drop(value.id);
}

eddy_js eddy_js_retain(eddy_js value) {
    return (eddy_js){value.id ? eddy_js_keep(value.id) : 0};
}
