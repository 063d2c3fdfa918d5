/* called.c: a program with a main and exports, for tests/web/called-cases.mjs. */
#include <eddy.h>

static eddy_event enough;
static int calls;

EDDY_EXPORT(int, call, (int ms)) {
    int rc = eddy_sleep(ms * EDDY_MS);
    if (rc == 0) calls++;
    return rc < 0 ? rc : calls;
}

EDDY_EXPORT(void, finish, (void)) {
    eddy_event_set(&enough);
}

/* Waits for nothing but what JavaScript may call: that is no deadlock. */
int eddy_main(int argc, char **argv) {
    (void)argc;
    (void)argv;
    int rc = eddy_event_wait(&enough);
    return rc < 0 ? rc : 40 + calls;
}
