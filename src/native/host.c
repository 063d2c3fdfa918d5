/* native/host.c: the host interface over POSIX, for tests under sanitizers and a debugger. */
#define _POSIX_C_SOURCE 200809L
#include "../host.h"

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

void eddy__host_wait(eddy_time when) {
    /* A signal between the look and the wait is seen a minute later at the most. */
    eddy_time longest = 60 * EDDY_S;
    eddy_time left = when == EDDY_FOREVER ? longest : when - eddy__host_now();
    if (interrupts || left <= 0) return;
    if (left > longest) left = longest;
    struct timespec duration = {(time_t)(left / EDDY_S), (long)(left % EDDY_S)};
    nanosleep(&duration, NULL); /* ends early on a signal, which is what we want */
}

void eddy__host_look(void) {
    /* Nothing here completes beside the program. */
}

_Noreturn void eddy__host_abort(void) {
    abort();
}
