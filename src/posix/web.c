/* posix/web.c: the sleeps of libc and of Emscripten suspend the calling task instead of the page.
 * Outside of a task they keep the thread, as Emscripten's own do. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "../core/internal.h"

#include <errno.h>
#include <time.h>
#include <unistd.h>

void emscripten_sleep(unsigned milliseconds);

/* What was left of it when the task was cancelled; 0: nothing. */
static eddy_time sleep_for(eddy_time duration) {
    eddy_time end = eddy__time_add(eddy_now(), duration);
    int before = errno; /* which is one for all tasks */
    int rc = eddy_sleep(duration);
    errno = before;
    while (rc == EDDY_ESTATE && eddy_now() < end) {}
    if (rc != EDDY_ECANCELED) return 0;
    eddy_time left = end - eddy_now();
    return left > 0 ? left : 1;
}

void emscripten_sleep(unsigned milliseconds) {
    (void)sleep_for(milliseconds * EDDY_MS);
}

unsigned sleep(unsigned seconds) {
    return (unsigned)((sleep_for(seconds * EDDY_S) + EDDY_S - 1) / EDDY_S);
}

int usleep(unsigned microseconds) {
    if (sleep_for(microseconds * EDDY_US) == 0) return 0;
    errno = ECANCELED;
    return -1;
}

int nanosleep(const struct timespec *wanted, struct timespec *left) {
    if (wanted->tv_sec < 0 || wanted->tv_nsec < 0 || wanted->tv_nsec >= EDDY_S) {
        errno = EINVAL;
        return -1;
    }
    /* More seconds than the clock has are for ever. */
    eddy_time duration = wanted->tv_sec >= EDDY_FOREVER / EDDY_S
                             ? EDDY_FOREVER
                             : wanted->tv_sec * EDDY_S + wanted->tv_nsec;
    eddy_time rest = sleep_for(duration);
    if (rest == 0) return 0;
    if (left) {
        left->tv_sec = (time_t)(rest / EDDY_S);
        left->tv_nsec = (long)(rest % EDDY_S);
    }
    errno = ECANCELED;
    return -1;
}
