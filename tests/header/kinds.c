/* kinds.c: every type that programs may rely on, filled in field by field in the order they know; every
 * code and constant. In C and in C++. */
#include <eddy.h>

typedef struct objects {
    eddy_scope scope;
    eddy_group group;
    eddy_each each;
    eddy_lock lock;
    eddy_event event;
    eddy_cond cond;
    eddy_sem sem;
    eddy_limiter limiter;
    eddy_barrier barrier;
    eddy_queue queue;
    eddy_local local;
    eddy_interval interval;
    eddy_runner runner;
    eddy_case cases[2];
} objects;

int work(void *arg);
void free_it(void *arg);
int compare(const void *a, const void *b);
int kinds(objects *o, eddy_stream *stream, const char *const headers[]);

int work(void *arg) {
    return arg != NULL;
}
void free_it(void *arg) {
    (void)arg;
}
int compare(const void *a, const void *b) {
    return a < b;
}

int kinds(objects *o, eddy_stream *stream, const char *const headers[]) {
    const eddy_fn fn = work;
    eddy_spawn_options spawn = {o, sizeof *o, free_it, "name", 1024, true};
    eddy_scope_options scope = {EDDY_IN(5), EDDY_AT(7), true, "name"};
    eddy_group_options group = {true, EDDY_NOW, "name"};
    eddy_queue_options queue = {EDDY_PRIORITY, compare, free_it};
    eddy_fetch_options fetch = {"url",  "POST",   headers, "body", 4,
                                stream, "manual", "omit",  "cors", "no-store"};
    const eddy_error error = {EDDY_EUSER, "message", "task"};
    const eddy_report report = {error.code, error.message, error.task, "file", 41};
    eddy_call call = eddy_call_soon(free_it, o);
    eddy_scope_ref ref = eddy_scope_share(&o->scope);
    const uint64_t ids[] = {call.id, ref.id};
    const int64_t times[] = {EDDY_US, EDDY_MS, EDDY_S, EDDY_FOREVER, eddy_now()};
    const eddy_state states[] = {EDDY_PENDING, EDDY_DONE, EDDY_CANCELLED, EDDY_FAILED};
    const eddy_wait_mode modes[] = {EDDY_FIRST_DONE, EDDY_FIRST_ERROR, EDDY_ALL_DONE};
    const eddy_order orders[] = {EDDY_FIFO, EDDY_LIFO, EDDY_PRIORITY};
    const eddy_missed policies[] = {EDDY_BURST, EDDY_DELAY, EDDY_SKIP};
    const int codes[] = {
        EDDY_ECANCELED,   EDDY_ETIMEDOUT, EDDY_ESTATE, EDDY_EINVAL,       EDDY_ENOMEM,
        EDDY_ECLOSED,     EDDY_EEMPTY,    EDDY_EFULL,  EDDY_EBROKEN,      EDDY_EPERM,
        EDDY_EDEADLK,     EDDY_ENOSYS,    EDDY_EHOST,  EDDY_EOVERFLOW,    EDDY_ELAGGED,
        EDDY_ENOENT,      EDDY_EEXIST,    EDDY_EIO,    EDDY_ECONNREFUSED, EDDY_ECONNRESET,
        EDDY_EHOSTNOTFOUND, EDDY_EHTTP,
    };
    eddy_response *response;
    int rc = eddy_scope_begin(&o->scope, &scope) + eddy_group_begin(&o->group, &group) +
             eddy_queue_init(&o->queue, sizeof o, 4, &queue);
    if (rc) rc = eddy_fetch_with(&response, &fetch);
    eddy_release(eddy_spawn_with(fn, &spawn));
    o->cases[0] = EDDY_CASE_EVENT(&o->event);
    rc += eddy_select(o->cases, 2, times[3]) + o->cases[0].result;
    return rc + report.line + codes[0] + (int)ids[0] + (int)times[0] + (int)states[1] + (int)modes[1] +
           (int)orders[1] + (int)policies[1];
}
