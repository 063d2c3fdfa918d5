/* p2.c: the host interface over WASI 0.2: clocks, and the one wasi:io/poll that waits for
 * everything. */
#include "p2.h"

#include <stdlib.h>

/* Hosts start their clock at 0 with the program; programs take a time near 0 for none. */
#define CLOCK_OFFSET (3600 * EDDY_S)

/* How long a wait lasts at most that nothing is known to end. */
#define LONGEST_WAIT (60 * EDDY_S)

/* So many looks that found nothing, a millisecond apart, and the next one waits. */
#define SURE_LOOK_AFTER 32

eddy_time eddy__host_now(void) {
    return (eddy_time)monotonic_clock_now() + CLOCK_OFFSET;
}

/* ---- the list of pollables --------------------------------------------------------------------- */

/* Kept between the polls. handles[0] is the clock's place; interests[i] belongs to handles[i]. */
static poll_borrow_pollable_t first_handles[16];
static eddy__interest *first_interests[16];
static struct {
    poll_borrow_pollable_t *handles;
    eddy__interest **interests;
    uint32_t used, room; /* with the clock's place */
} list = {first_handles, first_interests, 1, 16};

static void free_list(void) {
    if (list.handles == first_handles) return;
    eddy__free(list.handles, list.room * sizeof *list.handles);
    eddy__free(list.interests, list.room * sizeof *list.interests);
}

static int grow(void) {
    uint32_t room = list.room * 2;
    poll_borrow_pollable_t *handles = eddy__alloc(room * sizeof *handles);
    eddy__interest **interests = eddy__alloc(room * sizeof *interests);
    if (!handles || !interests) {
        eddy__free(handles, room * sizeof *handles);
        eddy__free(interests, room * sizeof *interests);
        return EDDY_ENOMEM;
    }
    memcpy(handles, list.handles, list.used * sizeof *handles);
    memcpy(interests, list.interests, list.used * sizeof *interests);
    free_list();
    list.handles = handles;
    list.interests = interests;
    list.room = room;
    return 0;
}

int eddy__interest_add(eddy__interest *interest) {
    if (interest->place) return 0;
    if (list.used == list.room && grow() < 0) return EDDY_ENOMEM;
    interest->place = list.used++;
    list.handles[interest->place] = poll_borrow_pollable(interest->pollable);
    list.interests[interest->place] = interest;
    return 0;
}

/* Who is told may end another that is still to be told. */
static void leave_ready(eddy__interest *interest) {
    if (!interest->before) return;
    *interest->before = interest->next;
    if (interest->next) interest->next->before = interest->before;
    interest->before = NULL;
}

void eddy__interest_remove(eddy__interest *interest) {
    uint32_t place = interest->place;
    if (!place) return;
    leave_ready(interest);
    interest->place = 0;
    uint32_t last = --list.used;
    if (place != last) {
        list.handles[place] = list.handles[last];
        list.interests[place] = list.interests[last];
        list.interests[place]->place = place;
    }
    if (list.used > 1 || list.handles == first_handles) return;
    free_list();
    list.handles = first_handles;
    list.interests = first_interests;
    list.room = 16;
}

void eddy__interest_drop(eddy__interest *interest) {
    eddy__interest_remove(interest);
    if (interest->pollable.__handle) poll_pollable_drop_own(interest->pollable);
    interest->pollable.__handle = 0;
}

/* ---- waiting ------------------------------------------------------------------------------------- */

static uint32_t looked_in_vain; /* since something was ready, or the host waited */

/* Polls all that is in the list and `clock`; only those that are ready are looked at. */
static void eddy__p2_poll_with(poll_own_pollable_t clock) {
    eddy__current = NULL; /* the loop itself waits: see ../src/posix/wasi.c */
    list.handles[0] = poll_borrow_pollable(clock);
    poll_list_borrow_pollable_t all = {list.handles, list.used};
    wasip2_list_u32_t found;
    poll_poll(&all, &found);
    eddy__interest *ready = NULL;
    for (size_t i = found.len; i-- > 0;) {
        eddy__interest *interest = found.ptr[i] ? list.interests[found.ptr[i]] : NULL;
        if (!interest) continue;
        looked_in_vain = 0;
        interest->next = ready;
        interest->before = &ready;
        if (ready) ready->before = &interest->next;
        ready = interest;
    }
    eddy__p2_free(found.ptr, found.len);
    while (ready) {
        eddy__interest *interest = ready;
        leave_ready(interest);
        interest->ready(interest);
    }
}

uint32_t eddy__p2_looks, eddy__p2_waits;

void eddy__host_look(void) {
    static poll_own_pollable_t past; /* a time that is over: makes a poll return at once */
    if (list.used == 1) return;
    if (!past.__handle) past = monotonic_clock_subscribe_duration(0);
    eddy__p2_looks++;
    /* A host on one thread (wasmtime 36) sees to its sockets and timers only while it waits: so now and
     * then one look takes it up to a millisecond. */
    if (looked_in_vain++ < SURE_LOOK_AFTER) {
        eddy__p2_poll_with(past);
        return;
    }
    poll_own_pollable_t soon = monotonic_clock_subscribe_duration(1);
    looked_in_vain = 0;
    eddy__p2_poll_with(soon);
    poll_pollable_drop_own(soon);
}

void eddy__host_wait(eddy_time when) {
    static poll_own_pollable_t clock; /* of `clock_when`; made anew only when that changes */
    static eddy_time clock_when;
    if (when == EDDY_FOREVER) when = eddy__host_now() + LONGEST_WAIT;
    if (!clock.__handle || when != clock_when) {
        if (clock.__handle) poll_pollable_drop_own(clock);
        eddy_time instant = when - CLOCK_OFFSET;
        clock = monotonic_clock_subscribe_instant(instant > 0 ? (uint64_t)instant : 0);
        clock_when = when;
    }
    eddy__p2_waits++;
    looked_in_vain = 0;
    eddy__p2_poll_with(clock);
}

void eddy__host_catch_interrupts(void) {
    /* The host ends the program by itself; there are no signals here. */
}

_Noreturn void eddy__host_abort(void) {
    _Exit(1);
}
