/* inspecting WHAT: eddy_ps, eddy_stacks and traces, for the test that reads what they write. */
#include <eddy.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static eddy_future *news;

static int sleeps(void *arg) {
    (void)arg;
    return eddy_sleep(1000 * EDDY_S);
}

static int joins(void *arg) {
    return eddy_join(arg);
}

static int yields(void *arg) {
    (void)arg;
    int rc = 0;
    while (rc == 0) rc = eddy_yield();
    return rc;
}

/* Returns to a shallow stack before it waits: only paint tells how deep it was. */
static int digs(int depth);
static int (*volatile deeper)(int depth) = digs; /* no compiler makes a loop of it */

static int digs(int depth) {
    volatile char here[1000];
    for (int i = 0; i < 1000; i++) here[i] = (char)depth;
    return depth == 0 ? here[7] : deeper(depth - 1) + here[7];
}

static int deep(void *arg) {
    if (digs(*(const int *)arg) < -1000000) return 1;
    return eddy_sleep(1000 * EDDY_S);
}

#define COUNT 6

static int with_tasks(int (*look)(FILE *out), int expected) {
    static int depth = 20;
    eddy_future *tasks[COUNT] = {0};
    news = eddy_future_new();
    tasks[0] = eddy_spawn(sleeps, NULL);
    tasks[1] = eddy_spawn_opt(joins, .arg = tasks[0], .name = "j\"o\\in\xc3\xa9");
    tasks[2] = eddy_spawn(joins, news);
    tasks[3] = eddy_spawn(yields, NULL);
    tasks[4] = eddy_spawn(deep, &depth);
    int rc = eddy_yield();
    tasks[5] = eddy_spawn(sleeps, NULL);
    if (rc == 0 && look(stdout) != expected) rc = EDDY_EUSER;
    for (int i = 0; i < COUNT; i++) eddy_cancel(tasks[i]);
    for (int i = 0; i < COUNT; i++) EDDY_IGNORE(eddy_await(tasks[i]));
    eddy_release(news);
    return rc;
}

int eddy_main(int argc, char **argv) {
    const char *what = argc > 1 ? argv[1] : "";
    if (!strcmp(what, "ps")) return with_tasks(eddy_ps, COUNT + 1);
    if (!strcmp(what, "stacks")) return with_tasks(eddy_stacks, COUNT + 1);
    eddy_debug(true);
    if (!strcmp(what, "debug-ps")) return with_tasks(eddy_ps, COUNT + 1);
    if (!strcmp(what, "debug-stacks")) {
        int rc = with_tasks(eddy_stacks, COUNT + 1);
        return rc ? rc : with_tasks(eddy_stacks, COUNT + 1);
    }
    return eddy_fail(EDDY_EINVAL, "inspecting: what is \"%s\"?", what);
}
