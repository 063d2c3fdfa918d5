/* native/host.c: the host interface over POSIX, for tests under sanitizers and a debugger. */
#define _POSIX_C_SOURCE 200809L
#include "watch.h"

#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

eddy_time eddy__host_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (eddy_time)now.tv_sec * EDDY_S + now.tv_nsec;
}

static volatile sig_atomic_t interrupts;

static void on_interrupt(int number) {
    (void)number;
    if (interrupts) _exit(130); /* the loop has not come to look at the first */
    interrupts = 1;
}

void eddy__host_catch_interrupts(void) {
    struct sigaction action = {.sa_handler = on_interrupt};
    sigaction(SIGINT, &action, NULL);
}

bool eddy__host_interrupted(void) {
    if (!interrupts) return false;
    interrupts = 0;
    return true;
}

bool eddy__host_was_interrupted(void) {
    return interrupts != 0;
}

void eddy__host_pause(eddy_time duration) {
    struct timespec time = {(time_t)(duration / EDDY_S), (long)(duration % EDDY_S)};
    nanosleep(&time, NULL); /* ends early on a signal, which is what we want */
}

_Noreturn void eddy__host_abort(void) {
    abort();
}
