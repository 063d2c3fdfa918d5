/* native/watch.c: waiting over poll(2). */
#define _POSIX_C_SOURCE 200809L
#include "watch.h"

#include "../core/internal.h"

#include <poll.h>

/* Kept between the polls. watches[i] belongs to asked[i]. */
static struct {
    struct pollfd *asked;
    eddy__watch **watches;
    uint32_t used, room;
} list;

static void free_list(void) {
    eddy__free(list.asked, list.room * sizeof *list.asked);
    eddy__free(list.watches, list.room * sizeof *list.watches);
}

static int grow(void) {
    uint32_t room = list.room ? list.room * 2 : 16;
    struct pollfd *asked = eddy__alloc(room * sizeof *asked);
    eddy__watch **watches = eddy__alloc(room * sizeof *watches);
    if (!asked || !watches) {
        eddy__free(asked, room * sizeof *asked);
        eddy__free(watches, room * sizeof *watches);
        return EDDY_ENOMEM;
    }
    if (list.used) {
        memcpy(asked, list.asked, list.used * sizeof *asked);
        memcpy(watches, list.watches, list.used * sizeof *watches);
    }
    free_list();
    list.asked = asked;
    list.watches = watches;
    list.room = room;
    return 0;
}

int eddy__watch_add(eddy__watch *watch) {
    if (watch->place) return 0;
    if (list.used == list.room && grow() < 0) return EDDY_ENOMEM;
    list.asked[list.used] = (struct pollfd){watch->fd, watch->output ? POLLOUT : POLLIN, 0};
    list.watches[list.used] = watch;
    watch->place = ++list.used;
    return 0;
}

void eddy__watch_remove(eddy__watch *watch) {
    if (!watch->place) return;
    uint32_t at = watch->place - 1, last = --list.used;
    watch->place = 0;
    if (at != last) {
        list.asked[at] = list.asked[last];
        list.watches[at] = list.watches[last];
        list.watches[at]->place = at + 1;
    }
    if (list.used) return;
    free_list();
    list.asked = NULL;
    list.watches = NULL;
    list.room = 0;
}

static void poll_for(int milliseconds) {
    if (poll(list.asked, list.used, milliseconds) <= 0) return;
    eddy__watch *ready = NULL;
    for (uint32_t i = list.used; i-- > 0;) {
        if (!list.asked[i].revents) continue;
        list.watches[i]->next = ready;
        ready = list.watches[i];
    }
    while (ready) {
        eddy__watch *watch = ready;
        ready = watch->next;
        eddy__watch_remove(watch);
        watch->ready(watch);
    }
}

void eddy__host_look(void) {
    if (list.used) poll_for(0);
}

void eddy__host_wait(eddy_time when) {
    /* A signal between the look and the wait is seen a minute later at the most. */
    eddy_time longest = 60 * EDDY_S;
    eddy_time left = when == EDDY_FOREVER ? longest : when - eddy__host_now();
    if (left > longest) left = longest;
    if (left < 0 || eddy__host_was_interrupted()) left = 0;
    /* The whole milliseconds here, what is left in the next call: poll knows no smaller times, and
     * nobody is to be woken early or a millisecond late. */
    if (list.used && left < EDDY_MS) {
        poll_for(0);
        left = left < 100 * EDDY_US ? left : 100 * EDDY_US;
    } else if (list.used) {
        poll_for((int)(left / EDDY_MS));
        return;
    }
    if (left > 0) eddy__host_pause(left);
}
