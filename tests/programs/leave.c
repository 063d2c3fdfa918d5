/* leave WHAT: unusual ways to the end of a program. */
#include <eddy.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Waits to be interrupted; the first interrupt cancels main, which cleans up for so long, the
 * second ends at once. */
static int until_interrupted(eddy_time cleanup_time) {
    puts("ready");
    fflush(stdout);
    int rc = eddy_sleep(100 * EDDY_S);
    puts(rc == EDDY_ECANCELED ? "cancelled" : "slept");
    fflush(stdout);
    EDDY_SHIELD(cleanup, .timeout = 2 * cleanup_time);
    EDDY_IGNORE(eddy_scope_end(&cleanup, eddy_sleep(cleanup_time)));
    puts("clean");
    return rc;
}

static int exits(void *arg) {
    int rc = eddy_sleep(EDDY_MS);
    if (rc < 0) return rc;
    puts("exits");
    exit(*(const int *)arg);
}

static void exits_as_callback(void *ctx) {
    exit(*(const int *)ctx);
}

int eddy_main(int argc, char **argv) {
    const char *what = argc > 1 ? argv[1] : "";
    static int three = 3;
    static eddy_time hour = 3600 * EDDY_S;
    if (!strcmp(what, "interrupt")) return until_interrupted(500 * EDDY_MS);
    if (!strcmp(what, "interrupt-twice")) return until_interrupted(hour);
    if (!strcmp(what, "exit-in-task")) {
        EDDY_IGNORE(eddy_await(eddy_spawn(exits, &three)));
    } else if (!strcmp(what, "exit-in-main")) {
        exit(three);
    } else if (!strcmp(what, "exit-in-callback")) {
        eddy_call_later(EDDY_MS, exits_as_callback, &three);
        EDDY_IGNORE(eddy_sleep(hour));
    }
    puts("not reached");
    return 0;
}
