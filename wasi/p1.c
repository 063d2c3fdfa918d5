/* p1.c: the host interface over WASI 0.1, inside the subset of poll_oneoff on which all hosts agree:
 * one relative monotonic clock of at least 1 ns, everything zeroed before, the clock looked at again
 * after. */
#include "../src/host.h"

#include <stdlib.h>
#include <string.h>
#include <wasi/api.h>

/* Hosts start their clock at 0 with the program; programs take a time near 0 for none. */
#define CLOCK_OFFSET (3600 * EDDY_S)

eddy_time eddy__host_now(void) {
    __wasi_timestamp_t now = 0;
    (void)__wasi_clock_time_get(__WASI_CLOCKID_MONOTONIC, 1, &now);
    return (eddy_time)now + CLOCK_OFFSET;
}

void eddy__host_wait(eddy_time when) {
    /* Without a deadline there is nothing to wait for on this host: the loop reports a deadlock
     * before it comes here. */
    if (when == EDDY_FOREVER) return;
    eddy_time left = when - eddy__host_now();
    if (left <= 0) return;
    __wasi_subscription_t subscription;
    memset(&subscription, 0, sizeof subscription);
    subscription.u.tag = __WASI_EVENTTYPE_CLOCK;
    subscription.u.u.clock.id = __WASI_CLOCKID_MONOTONIC;
    subscription.u.u.clock.timeout = (__wasi_timestamp_t)left;
    __wasi_event_t event;
    memset(&event, 0, sizeof event);
    __wasi_size_t events = 0;
    (void)__wasi_poll_oneoff(&subscription, &event, 1, &events);
}

void eddy__host_look(void) {
    /* Nothing here completes beside the program. */
}

void eddy__host_catch_interrupts(void) {
    /* The host ends the program by itself; there are no signals here. */
}

_Noreturn void eddy__host_abort(void) {
    _Exit(1); /* hosts refuse the 134 of a shell's abort */
}
