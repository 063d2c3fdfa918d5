/* javascript.c: C calls JavaScript. An asynchronous function is an operation of the host's, as a
 * request is; functions.mjs writes its result into the first slot before it completes it. */
#include "../src/core/internal.h"

#include <stdlib.h>

#define loop eddy__the_loop

void eddy_js_start(uint32_t op, uint32_t generation, const eddy__signature *function,
                   eddy__slot *slots);
char *eddy_js_run(const eddy__signature *function, eddy__slot *slots);
void eddy_js_drop(uint32_t value);
uint32_t eddy_js_keep(uint32_t value);

#define NO_TEXT ((char *)1)

/* JavaScript holds these until it has settled or forgotten them. */
static void lend_futures(const eddy__signature *function, const eddy__slot *slots) {
    for (size_t i = 1; function->letters[i]; i++) {
        if (function->letters[i] != 'F' || !slots[i].future) continue;
        eddy_retain(slots[i].future);
        eddy__host_hold(1);
    }
}

static int status_of(const eddy__signature *function, const eddy__slot *slots) {
    if (!function->is_status || slots->i >= 0) return 0;
    return eddy_fail(EDDY_EHOST, "%s gave %d: below 0 a result is an error; use another type",
                     function->name, slots->i);
}

int eddy__js_call(const eddy__signature *function, eddy__slot *slots) {
    int rc = eddy__checkpoint(function->site);
    if (rc < 0) return rc;
    eddy__op op;
    rc = eddy__op_begin(&op, function->name);
    if (rc < 0) return rc;
    lend_futures(function, slots);
    eddy__task *task = eddy__current;
    eddy__current = NULL; /* what JavaScript calls from inside cannot block */
    eddy_js_start(eddy__op_index(&op), eddy__op_generation(&op), function, slots);
    eddy__current = task;
    rc = eddy__op_wait(function->site, &op);
    return rc < 0 ? rc : status_of(function, slots);
}

int eddy__js_run(const eddy__signature *function, eddy__slot *slots) {
    lend_futures(function, slots);
    eddy__task *task = eddy__current;
    eddy__current = NULL;
    char *text = eddy_js_run(function, slots);
    eddy__current = task;
    if (!text) return status_of(function, slots);
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
