/* p1.c: the host interface over WASI 0.1, inside the subset of poll_oneoff on which all hosts agree:
 * one relative monotonic clock of at least 1 ns, one descriptor to read from, everything zeroed
 * before, the clock looked at again after. */
#include "../src/native/watch.h"

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

/* ---- waiting: for a point in time, for stdin, or for both --------------------------------------------- */

static eddy__watch *input; /* waits to read; NULL: none does */

int eddy__watch_add(eddy__watch *watch) {
    if (watch->output) return EDDY_ENOSYS;
    input = watch;
    watch->place = 1;
    return 0;
}

void eddy__watch_remove(eddy__watch *watch) {
    if (!watch->place) return;
    watch->place = 0;
    input = NULL;
}

/* node:wasi cuts a time to whole milliseconds, and for 0 it does not look at descriptors: beside tasks
 * that never wait longer stdin would not be seen. So now and then a wait lasts a millisecond. */
#define SURE_LOOK_EVERY (50 * EDDY_MS)

static eddy_time sure_enough(eddy_time left) {
    static eddy_time next;
    if (!input) return left;
    eddy_time now = eddy__host_now();
    if (left < EDDY_MS && now < next) return left;
    next = now + SURE_LOOK_EVERY;
    return left < EDDY_MS ? EDDY_MS : left;
}

static void poll_for(eddy_time left) {
    left = sure_enough(left);
    __wasi_subscription_t asked[2];
    __wasi_event_t events[2];
    memset(asked, 0, sizeof asked);
    memset(events, 0, sizeof events);
    __wasi_size_t count = 0, happened = 0;
    if (left != EDDY_FOREVER) {
        asked[count].u.tag = __WASI_EVENTTYPE_CLOCK;
        asked[count].u.u.clock.id = __WASI_CLOCKID_MONOTONIC;
        asked[count++].u.u.clock.timeout = (__wasi_timestamp_t)left;
    }
    if (input) {
        asked[count].userdata = 1;
        asked[count].u.tag = __WASI_EVENTTYPE_FD_READ;
        asked[count++].u.u.fd_read.file_descriptor = (__wasi_fd_t)input->fd;
    }
    if (__wasi_poll_oneoff(asked, events, count, &happened) != 0) {
        happened = 1; /* it cannot be waited for: reading will tell */
        events[0].userdata = 1;
    }
    for (__wasi_size_t i = 0; i < happened; i++) {
        eddy__watch *watch = events[i].userdata ? input : NULL;
        if (!watch) continue;
        eddy__watch_remove(watch);
        watch->ready(watch);
    }
}

void eddy__host_wait(eddy_time when) {
    /* Without a deadline and stdin there is nothing to wait for on this host: the loop reports a
     * deadlock before it comes here. */
    if (when == EDDY_FOREVER && !input) return;
    eddy_time left = when == EDDY_FOREVER ? when : when - eddy__host_now();
    if (left > 0) poll_for(left);
}

void eddy__host_look(void) {
    if (input) poll_for(1);
}

void eddy__host_catch_interrupts(void) {
    /* The host ends the program by itself; there are no signals here. */
}

_Noreturn void eddy__host_abort(void) {
    _Exit(1); /* hosts refuse the 134 of a shell's abort */
}
