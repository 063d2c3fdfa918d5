/* timers: on the real clock, no sleep ends early, and sleeps that began in time end in the order of their
 * deadlines. Prints "ok", or what was wrong. */
#include <eddy.h>
#include <stdio.h>

enum { N = 200 };

static eddy_time deadlines[N], last_deadline;
static int wrong, too_late;

static int sleeper(void *arg) {
    eddy_time deadline = *(eddy_time *)arg;
    bool in_time = eddy_now() < deadline;
    int rc = eddy_sleep_until(deadline);
    if (rc < 0) return rc;
    eddy_time now = eddy_now();
    if (now < deadline) {
        printf("early by %lld ns\n", (long long)(deadline - now));
        wrong++;
    }
    too_late += !in_time;
    if (!in_time) return 0;
    if (deadline < last_deadline) {
        printf("out of order by %lld ns\n", (long long)(last_deadline - deadline));
        wrong++;
    }
    last_deadline = deadline;
    return 0;
}

static int sleep_all(eddy_time lead) {
    eddy_future *tasks[N];
    eddy_time start = eddy_now() + lead;
    last_deadline = too_late = 0;
    /* Every few hundred microseconds one, in no order, so that many are due in a millisecond. */
    for (int i = 0; i < N; i++) {
        deadlines[i] = start + (eddy_time)((i * 7919) % N) * 1234567 + (i % 7) * 111;
        tasks[i] = eddy_spawn_opt(sleeper, .arg = &deadlines[i], .stack = 8192);
    }
    int rc = eddy_gather(tasks, N, NULL);
    eddy_release_all(tasks, N);
    return rc;
}

int eddy_main(int argc, char **argv) {
    (void)argc;
    (void)argv;
    /* A busy machine may need longer to begin them all. */
    int rc = 0;
    eddy_time lead = 50 * EDDY_MS;
    do rc = sleep_all(lead);
    while (rc == 0 && !wrong && too_late > N / 2 && (lead *= 2) < 30 * EDDY_S);
    if (too_late > N / 2) wrong += printf("%d of %d began too late\n", too_late, N);

    /* One after the other, the shortest waits there are. */
    for (int i = 0; i < 50 && rc == 0; i++) {
        eddy_time duration = i < 25 ? i * 100 * EDDY_US : 1 + i;
        eddy_time before = eddy_now();
        rc = eddy_sleep(duration);
        if (eddy_now() - before < duration) {
            printf("a sleep of %lld ns was early\n", (long long)duration);
            wrong++;
        }
    }
    if (rc == 0 && !wrong) puts("ok");
    return rc < 0 ? rc : wrong != 0;
}
