#include <eddy.h>
#include <stdio.h>

static void say(const char *text) {
    printf("%.1f s: %s\n", (double)eddy_now() / (double)EDDY_S, text);
}

static int download(void *seconds) {
    int rc = eddy_sleep(*(int *)seconds * EDDY_S);
    say("the connection is closed");
    return rc < 0 ? rc : 200;
}

static int save(void) {
    int rc = eddy_sleep(2 * EDDY_S);
    if (rc == 0) say("saved");
    return rc;
}

int eddy_main(int argc, char **argv) {
    (void)argc, (void)argv;
    eddy_clock_virtual(true);

    /* A deadline for a stretch of work. */
    EDDY_SCOPE(stretch, .timeout = 1500 * EDDY_MS);
    int rc = download(&(int){10});
    rc = eddy_scope_end(&stretch, rc);
    if (rc == EDDY_ETIMEDOUT) say("too late");

    /* For one call. */
    rc = eddy_timeout(3 * EDDY_S, download, &(int){1});
    if (rc == 200) say("status 200");

    /* Moved on while there is progress. */
    EDDY_SCOPE(limit, .timeout = 1 * EDDY_S);
    for (int part = 1; part <= 3 && rc >= 0; part++) {
        rc = eddy_sleep(800 * EDDY_MS);
        if (rc == 0) rc = eddy_scope_reschedule(&limit, eddy_now() + 1 * EDDY_S);
    }
    rc = eddy_scope_end(&limit, rc);
    if (rc == 0) say("three parts");

    /* Not for what must be finished: the shield holds the deadline back. */
    EDDY_SCOPE(patience, .timeout = 500 * EDDY_MS);
    EDDY_SHIELD(finish);
    rc = save();
    rc = eddy_scope_end(&finish, rc);
    if (rc == 0) rc = eddy_checkpoint();
    rc = eddy_scope_end(&patience, rc);
    if (rc == EDDY_ETIMEDOUT) say("too late, but saved");
    return 0;
}
