/* crossing.c: a library: calls from JavaScript and waits for its promises. */
// build: hosts=web,lean
#include <eddy.h>
#include <stdlib.h>

EDDY_ASYNC_JS(void, js_resolved, (void), {})

EDDY_EXPORT(int, add, (int a, int b)) {
    return a + b;
}

EDDY_EXPORT(int, twice, (int value)) {
    int rc = js_resolved();
    if (rc == 0) rc = js_resolved();
    return rc < 0 ? rc : value;
}

static int once(void *arg) {
    (void)arg;
    return js_resolved();
}

/* As many tasks at a time, each waits for one promise. */
EDDY_EXPORT(int, many, (int tasks)) {
    eddy_future **all = malloc((size_t)tasks * sizeof *all);
    if (!all) return EDDY_ENOMEM;
    for (int i = 0; i < tasks; i++) all[i] = eddy_spawn(once, NULL);
    int rc = eddy_gather(all, (size_t)tasks, NULL);
    eddy_release_all(all, (size_t)tasks);
    free(all);
    return rc;
}

EDDY_EXPORT(int, in_turn, (int waits)) {
    for (int i = 0; i < waits; i++) {
        int rc = js_resolved();
        if (rc < 0) return rc;
    }
    return 0;
}
