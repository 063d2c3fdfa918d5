/* alive WHAT: programs whose process must live exactly as long as there is work. */
#include <eddy.h>
#include <stdio.h>
#include <string.h>

static void late(void *ctx) {
    (void)ctx;
    puts("never");
}

static int long_sleep(void *arg) {
    (void)arg;
    return eddy_sleep(3600 * EDDY_S);
}

static int sleep_a_little(void) {
    int rc = eddy_sleep(500 * EDDY_MS);
    puts("slept");
    return rc;
}

/* The end cancels what is left: neither a task nor a callback an hour away may hold the process. */
static int leave_an_hour_behind(void) {
    eddy_call_later(3600 * EDDY_S, late, NULL);
    int rc = eddy_go(long_sleep, NULL);
    return rc < 0 ? rc : eddy_yield();
}

/* The timer of a cancelled sleep goes too, while the program goes on. */
static int cancel_an_hour(void) {
    eddy_future *task = eddy_spawn(long_sleep, NULL);
    int rc = eddy_yield();
    if (rc < 0) return rc;
    eddy_cancel(task);
    rc = eddy_await(task);
    return rc == EDDY_ECANCELED ? sleep_a_little() : rc;
}

static int wait_for_nothing(void) {
    eddy_future *never = eddy_future_new();
    int rc = eddy_join(never);
    eddy_release(never);
    return rc;
}

/* Many sleeps of many lengths, for those who count the host's timers. */
static int nap(void *arg) {
    return eddy_sleep(*(eddy_time *)arg);
}

static int many_sleeps(void) {
    enum { N = 1000 };
    static eddy_time lengths[N];
    static eddy_future *tasks[N];
    for (int i = 0; i < N; i++) {
        lengths[i] = (i % 97 + 1) * 5 * EDDY_MS;
        tasks[i] = eddy_spawn_opt(nap, .arg = &lengths[i], .stack = 1024);
    }
    int rc = eddy_gather(tasks, N, NULL);
    eddy_release_all(tasks, N);
    return rc;
}

/* Something else than a timer wakes the loop while a timer is set, and then an earlier one is wanted.
 * A data: URL is answered without a network. */
static int earlier_timers(void) {
    int rc = eddy_go(long_sleep, NULL);
    for (int i = 0; i < 5 && rc == 0; i++) {
        eddy_response *r;
        rc = eddy_fetch(&r, "data:,text");
        if (rc < 0) break;
        eddy_response_close(r);
        rc = eddy_sleep(20 * EDDY_MS);
    }
    return rc;
}

int eddy_main(int argc, char **argv) {
    const char *what = argc > 1 ? argv[1] : "";
    if (!strcmp(what, "sleep")) return sleep_a_little();
    if (!strcmp(what, "leftover")) return leave_an_hour_behind();
    if (!strcmp(what, "cancelled")) return cancel_an_hour();
    if (!strcmp(what, "deadlock")) return wait_for_nothing();
    if (!strcmp(what, "many")) return many_sleeps();
    if (!strcmp(what, "earlier")) return earlier_timers();
    if (!strcmp(what, "status")) return 7;
    return eddy_fail(EDDY_EINVAL, "alive: what is \"%s\"?", what);
}
