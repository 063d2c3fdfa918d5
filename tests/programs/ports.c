/* ports.c: a program that is being ported: its sleeps suspend their task only. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "check.h"

#include <errno.h>
#include <time.h>
#include <unistd.h>

#ifdef __EMSCRIPTEN__
void emscripten_sleep(unsigned milliseconds);

static char order[8];
static unsigned unit = 30; /* milliseconds between two ends */

static void mark(char letter) {
    order[strlen(order)] = letter;
}

static int by_emscripten(void *arg) {
    (void)arg;
    emscripten_sleep(3 * unit);
    mark('e');
    return 0;
}

static int by_usleep(void *arg) {
    (void)arg;
    errno = ERANGE; /* one for all tasks: it stays this one's own */
    CHECK(usleep(2000 * unit) == 0 && errno == ERANGE);
    mark('u');
    return 0;
}

static int by_nanosleep(void *arg) {
    (void)arg;
    struct timespec time = {unit / 1000, unit % 1000 * 1000000L};
    errno = EDOM;
    CHECK(nanosleep(&time, NULL) == 0 && errno == EDOM);
    mark('n');
    return 0;
}

static int cancelled_sleep(void *arg) {
    (void)arg;
    struct timespec time = {100, 0}, left = {0};
    CHECK(nanosleep(&time, &left) == -1 && errno == ECANCELED);
    CHECK(left.tv_sec >= 90);
    CHECK(sleep(50) == 50); /* it stays cancelled */
    return eddy_checkpoint();
}

static void checks(void) {
    /* A busy machine may need longer than the first unit to begin all three. */
    for (; unit < 4000 && strcmp(order, "nue") != 0; unit *= 4) {
        memset(order, 0, sizeof order);
        eddy_future *tasks[] = {eddy_spawn(by_emscripten, NULL), eddy_spawn(by_usleep, NULL),
                                eddy_spawn(by_nanosleep, NULL)};
        CHECK(eddy_gather(tasks, 3, NULL) == 0);
        eddy_release_all(tasks, 3);
    }
    CHECK(strcmp(order, "nue") == 0);
    eddy_future *task = eddy_spawn(cancelled_sleep, NULL);
    CHECK(eddy_yield() == 0);
    CHECK(eddy_stop(task) == EDDY_ECANCELED);
    eddy_release(task);
    struct timespec wrong = {0, -1};
    CHECK(nanosleep(&wrong, NULL) == -1 && errno == EINVAL);
}

static void outside(void *ctx) {
    eddy_time began = eddy_now();
    CHECK(usleep(2000) == 0);
    CHECK(eddy_now() - began >= 2 * EDDY_MS);
    (void)eddy_resolve(ctx, 0);
}
#endif

int eddy_main(int argc, char **argv) {
    bool wants_frames = argc > 1 && strcmp(argv[1], "frames") == 0;
    (void)argv;
#ifdef __EMSCRIPTEN__
    checks();
    eddy_future *done = eddy_future_new();
    (void)eddy_call_soon(outside, done);
    CHECK(eddy_await(done) == 0);
#endif
    double first = 0, second = 0;
    int rc = eddy_animation_frame(&first);
    if (!wants_frames) {
        CHECK(rc == EDDY_ENOSYS);
    } else {
        CHECK(rc == 0);
        CHECK(eddy_animation_frame(&second) == 0);
        CHECK(first > 0 && second > first);
    }
    return check_end();
}
