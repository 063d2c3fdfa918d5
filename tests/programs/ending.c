/* ending.c: a program that leaves everything open and ends, by a trap, exit(), two interrupts or by
 * returning; and calls under which it ends while JavaScript is on the stack. For
 * tests/endings.test.mjs. */
// build: hosts=web,lean
#include <eddy.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int trap(void) {
    __builtin_trap();
}

/* ---- what is left open --------------------------------------------------------------------------- */

/* The ports of what it opens go to stdout. */
static int open_all(const char *server_port) {
    eddy_listener *listener;
    int rc = eddy_listen(&listener, "127.0.0.1", 0);
    if (rc < 0) return rc;
    eddy_udp *udp;
    rc = eddy_udp_open(&udp, "127.0.0.1", 0);
    if (rc < 0) return rc;
    eddy_stream *connection;
    rc = eddy_connect(&connection, "127.0.0.1", (uint16_t)atoi(server_port));
    if (rc < 0) return rc;
    rc = eddy_write(connection, "the last words", 14);
    if (rc < 0) return rc;
    printf("%d %d\n", eddy_listener_port(listener), eddy_udp_port(udp));
    fflush(stdout);
    return 0;
}

static int hold(void *arg) {
    (void)arg;
    EDDY_SHIELD(shield);
    EDDY_IGNORE(eddy_sleep(EDDY_FOREVER));
    return eddy_scope_end(&shield, 0);
}

int eddy_main(int argc, char **argv) {
    const char *how = argc > 1 ? argv[1] : "";
    int rc = argc > 2 ? open_all(argv[2]) : 0;
    if (rc < 0) return rc;
    if (strcmp(how, "serve") == 0) return eddy_sleep(EDDY_FOREVER);
    rc = eddy_sleep(1 * EDDY_MS);
    if (rc < 0) return rc;
    if (strcmp(how, "trap") == 0) return trap();
    if (strcmp(how, "exit") == 0) exit(5);
    if (strcmp(how, "halt") == 0) return hold(NULL);
    return 6;
}

/* ---- ends in the middle ---------------------------------------------------------------------------- */

EDDY_JS(void, js_call_back, (void), { globalThis.eddyCallBack(); })
EDDY_ASYNC_JS(void, js_call_back_later, (void), { globalThis.eddyCallBack(); })
EDDY_JS(void, js_note, (const char *text), { globalThis.eddyNoted.push(text); })

EDDY_EXPORT(int, outer, (bool later)) {
    int rc = later ? js_call_back_later() : js_call_back();
    (void)js_note("it went on");
    return rc;
}

static void ends(void *how) {
    if (how)
        exit(9);
    else
        (void)trap();
}

static char exits;

/* A handle whose destructor ends the program. */
EDDY_EXPORT(eddy_handle, bomb, (bool by_exit)) {
    return eddy_handle_new("bomb", by_exit ? &exits : NULL, ends);
}

EDDY_EXPORT(void, end_now, (bool by_exit)) {
    ends(by_exit ? &exits : NULL);
}

/* The C function itself, as JavaScript has it by a pointer. */
__attribute__((used, visibility("default"))) void exit_now(void) {
    exit(9);
}
