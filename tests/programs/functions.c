/* functions.c: C calls JavaScript, for tests/web/functions-cases.mjs, which calls the exports. */
// build: hosts=web,lean
#include <eddy.h>
#include <stdlib.h>
#include <string.h>

/* ---- types ------------------------------------------------------------------------------------- */

EDDY_ASYNC_JS(int, js_add, (int a, int b), {
    await null;
    return a + b;
})
EDDY_ASYNC_JS(double, js_half, (double value), { return value / 2; })
EDDY_ASYNC_JS(int64_t, js_next, (int64_t value), { return value + 1n; })
EDDY_ASYNC_JS(bool, js_not, (bool value), { return value === true ? false : true; })
EDDY_ASYNC_JS(char *, js_upper, (const char *text), { return text.toUpperCase() + "\"\\'\n"; })
EDDY_ASYNC_JS(eddy_buffer, js_reversed, (eddy_bytes bytes), { return bytes.reverse(); })
EDDY_ASYNC_JS(unsigned, js_length, (const char *a, eddy_bytes b, float c, long d),
              { return a.length + b.length + c + d; })
EDDY_ASYNC_JS(void, js_nothing, (void), { await 1; })
EDDY_ASYNC_JS(int32_t, js_negative, (void), { return -5; })
EDDY_ASYNC_JS(int, js_error_code, (void), { return -5; })

EDDY_EXPORT(int, types, (void)) {
    int rc = js_add(3, 4);
    if (rc != 7) return -1001;
    double half;
    if (js_half(&half, 5) != 0 || half != 2.5) return -1002;
    int64_t next;
    if (js_next(&next, INT64_MAX - 1) != 0 || next != INT64_MAX) return -1003;
    bool inverted;
    if (js_not(&inverted, true) != 0 || inverted) return -1004;
    char *text;
    if (js_upper(&text, "grüße") != 0 || strcmp(text, "GRÜSSE\"\\'\n") != 0) return -1005;
    free(text);
    eddy_buffer reversed;
    if (js_reversed(&reversed, (eddy_bytes){"abc", 3}) != 0 || reversed.size != 3 ||
        memcmp(reversed.data, "cba", 4) != 0)
        return -1006;
    free(reversed.data);
    unsigned length;
    if (js_length(&length, "ab", (eddy_bytes){"xyz", 3}, 4, 5) != 0 || length != 14) return -1007;
    if (js_nothing() != 0) return -1008;
    int negative;
    if (js_negative(&negative) != 0 || negative != -5) return -1009;
    if (js_error_code() != EDDY_EHOST) return -1010;
    if (js_upper(&text, "\xef\xbb\xbf-") != 0 || strcmp(text, "\xef\xbb\xbf-\"\\'\n") != 0) return -1011;
    free(text);
    return 0;
}

/* ---- errors ------------------------------------------------------------------------------------ */

EDDY_ASYNC_JS(int, js_rejects, (const char *text), { throw new RangeError(text); })
EDDY_ASYNC_JS(int, js_wrong_type, (void), { return 'seven'; })
EDDY_ASYNC_JS(int, js_throws_a_string, (void), { throw 'a string'; })
EDDY_JS(int, js_throws, (void), { throw new Error('not now'); })

EDDY_EXPORT(int, rejects, (const char *text)) {
    return js_rejects(text);
}
EDDY_EXPORT(int, rejects_debugged, (const char *text)) {
    eddy_debug(true);
    int rc = js_rejects(text);
    eddy_debug(false);
    return rc;
}
EDDY_EXPORT(int, throws_debugged, (void)) {
    eddy_debug(true);
    int rc = js_throws();
    eddy_debug(false);
    return rc;
}
EDDY_EXPORT(int, wrong_type, (void)) {
    return js_wrong_type();
}
EDDY_EXPORT(int, throws_a_string, (void)) {
    return js_throws_a_string();
}

/* ---- many, cancelled, late ------------------------------------------------------------------------ */

EDDY_ASYNC_JS(int, js_after, (int ms, int value), {
    await new Promise((done) => setTimeout(done, ms));
    return value;
})

static int one_of_many(void *arg) {
    int i = *(int *)arg;
    int rc = js_after(i % 7, i);
    return rc < 0 ? rc : rc == i ? 1 : -1001;
}

EDDY_EXPORT(int, many, (int count)) {
    eddy_future **tasks = calloc((size_t)count, sizeof *tasks);
    if (!tasks) return EDDY_ENOMEM;
    for (int i = 0; i < count; i++)
        tasks[i] = eddy_spawn_opt(one_of_many, .arg = &i, .arg_size = sizeof i);
    int *results = calloc((size_t)count, sizeof *results), sum = 0;
    int rc = eddy_gather_all(tasks, (size_t)count, results);
    for (int i = 0; i < count; i++) sum += results[i];
    eddy_release_all(tasks, (size_t)count);
    free(tasks);
    free(results);
    return rc < 0 ? rc : sum;
}

EDDY_ASYNC_JS(int, js_until_aborted, (void), {
    globalThis.eddyAborted = 0;
    await new Promise((done) => signal.addEventListener('abort', done));
    globalThis.eddyAborted = 1;
    return 1;
})
EDDY_ASYNC_JS(int, js_never, (void), { await new Promise(() => {}); })

EDDY_EXPORT(int, aborts, (int ms)) {
    EDDY_SCOPE(limit, .timeout = ms * EDDY_MS);
    return eddy_scope_end(&limit, js_until_aborted());
}

/* The result comes when the task has long gone on, with other things on its stack. */
EDDY_EXPORT(int, late, (int ms)) {
    EDDY_SCOPE(limit, .timeout = EDDY_MS);
    int rc = eddy_scope_end(&limit, js_after(ms, 7));
    if (rc != EDDY_ETIMEDOUT) return rc < 0 ? rc : -1001;
    /* It comes amid another wait, which has taken the first one's place in the table. */
    if (js_after(2 * ms, 8) != 8) return -1003;
    char text[64];
    memset(text, 'x', sizeof text);
    rc = eddy_sleep(3 * ms * EDDY_MS);
    for (size_t i = 0; i < sizeof text; i++)
        if (text[i] != 'x') return -1002;
    return rc;
}

EDDY_EXPORT(int, never, (void)) {
    return js_never();
}

EDDY_EXPORT(int, grows_meanwhile, (unsigned mib)) {
    int i = 5;
    eddy_future *task = eddy_spawn_opt(one_of_many, .arg = &i, .arg_size = sizeof i);
    int rc = eddy_yield();
    void *block = malloc((size_t)mib << 20);
    if (block) memset(block, 1, (size_t)mib << 20);
    int got = eddy_await(task);
    free(block);
    return rc < 0 ? rc : got;
}

/* ---- at once ------------------------------------------------------------------------------------- */

EDDY_JS(int, js_now, (const char *name), { return globalThis[name] ?? 0; })
EDDY_JS(char *, js_type_of, (eddy_js value), { return typeof value; })

EDDY_EXPORT(int, at_once, (const char *name)) {
    return js_now(name);
}
EDDY_EXPORT(char *, type_of, (eddy_js value)) {
    char *type = NULL;
    if (js_type_of(&type, value) < 0) return NULL;
    return type;
}
EDDY_ASYNC_JS(void, js_resolved, (void), {})

EDDY_EXPORT(int, in_turn, (int count)) {
    int rc = 0;
    for (int i = 0; rc == 0 && i < count; i++) rc = js_resolved();
    return rc < 0 ? rc : count;
}

EDDY_JS(int, js_throws_trouble, (void), { throw { toString() { throw new Error('no text'); } }; })
EDDY_ASYNC_JS(int, js_rejects_trouble, (void), { throw Object.create(null); })

EDDY_EXPORT(int, throws_trouble, (bool later)) {
    return later ? js_rejects_trouble() : js_throws_trouble();
}

EDDY_EXPORT(int, throws, (void)) {
    return js_throws();
}

/* ---- promises and futures --------------------------------------------------------------------------- */

EDDY_EXPORT(eddy_js, settled, (eddy_js promise)) {
    eddy_js value = {0};
    int rc = eddy_js_promise(&value, promise);
    if (rc < 0) (void)eddy_throw(rc, NULL);
    return value;
}

EDDY_JS(void, js_keep, (eddy_future *future), { globalThis.eddyFuture = future; })

EDDY_EXPORT(int, resolved_by_js, (void)) {
    eddy_future *future = eddy_future_new();
    int rc = js_keep(future);
    if (rc == 0) rc = eddy_join(future);
    eddy_release(future);
    return rc;
}

/* ---- JavaScript in between ----------------------------------------------------------------------------- */

EDDY_JS(void, js_call_back, (int what), { globalThis.eddyCallBack(what); })

static int nothing(void *arg) {
    (void)arg;
    return 0;
}

/* Called by JavaScript that a task has called. */
EDDY_EXPORT(int, inner, (int value)) {
    int rc = eddy_yield();
    return rc < 0 ? rc : value + 1;
}
EDDY_EXPORT(int, outer, (int value)) {
    int rc = js_call_back(value);
    if (rc < 0) return rc;
    rc = eddy_sleep(5 * EDDY_MS);
    return rc < 0 ? rc : value;
}

/* The C function itself, without a task: a callback that JavaScript got as a pointer. */
__attribute__((used, visibility("default"))) int try_to_block(void) {
    int blocked = eddy_sleep(EDDY_MS);
    return eddy_go(nothing, NULL) < 0 ? -1001 : blocked;
}
