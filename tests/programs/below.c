/* below.c: imports of the program's own, by eddy's own loader: what JavaScript that a task has called calls
 * in turn, by an export or by the table, cannot suspend the task. Run by ../loader.test.mjs. */
// build: hosts=lean
#include "check.h"

#define IMPORT(from, name) __attribute__((import_module(from), import_name(name)))
#define EXPORT(name) __attribute__((export_name(#name))) name

typedef int tried(void);
IMPORT("env", "through") int through(tried *f, int a, int b, int c, int d, int e);
IMPORT("page", "call") int through_page(tried *f);

static eddy_future *answer;

int EXPORT(tries)(void) {
    int rc = eddy_sleep(EDDY_MS);
    CHECK(eddy_yield() == rc && !eddy_current());
    if (!eddy_done(answer)) CHECK(eddy_resolve(answer, 7) == 0);
    return rc;
}

static int by_printing(void) {
    puts("call"); /* who prints it calls `tries` */
    fflush(stdout);
    return EDDY_ESTATE;
}

static int by_env(void) {
    return through(tries, 1, 2, 3, 4, 5);
}

static int by_page(void) {
    return through_page(tries);
}

int eddy_main(int argc, char **argv) {
    (void)argc, (void)argv;
    CHECK(eddy_sleep(EDDY_MS) == 0); /* until load() has returned */
    tried *const ways[] = {by_env, by_page, by_printing};
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        answer = eddy_future_new();
        CHECK(ways[i]() == EDDY_ESTATE && eddy_current());
        CHECK(eddy_done(answer) && eddy_result(answer) == 7);
        eddy_release(answer);
        CHECK(eddy_sleep(EDDY_MS) == 0);
        void *large = malloc(8 << 20); /* memory grows */
        CHECK(large);
        free(large);
    }
    return check_end();
}
