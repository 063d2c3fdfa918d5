/* limiter.c: a number of places, each held by one task. While somebody waits none is free.
 *
 * Who holds a place has a record of it in its task's list; made before the wait, so that whoever is
 * handed a place can take it without memory. */
#include "../core/internal.h"

static eddy__place **find(eddy__task *task, const eddy_limiter *l) {
    eddy__place **at = &task->places;
    while (*at && (*at)->limiter != l) at = &(*at)->next;
    return at;
}

static void take(eddy__task *task, eddy_limiter *l, eddy__place *place) {
    l->used++;
    place->next = task->places;
    task->places = place;
}

static void entered(eddy__waiter *waiter, int result) {
    eddy__task *task = EDDY__OWNER(waiter, eddy__task, waiter);
    take(task, task->wait_on, waiter->item);
    eddy__task_wake(task, result);
}

static void abandon(eddy__task *task) {
    eddy__leave_list(task);
    eddy__free(task->waiter.item, sizeof(eddy__place));
}

static const eddy__wait_kind waiting = {.verb = "waits for a place", .abandon = abandon};

static void let_in(eddy_limiter *l) {
    while (l->waiters.first && l->used < l->total) eddy__hand_over(l->waiters.first, 0);
}

EDDY__PRIMITIVE int eddy__limiter_acquire(const char *site, eddy_limiter *l) {
    EDDY__PRIMITIVE_BEGIN(task, site)
    if (!l) return eddy__return_now(task, EDDY_EINVAL);
    if (*find(task, l)) return eddy__return_now(task, EDDY_ESTATE);
    eddy__place *place = eddy__alloc(sizeof *place);
    if (!place) return eddy__return_now(task, EDDY_ENOMEM);
    place->limiter = l;
    place->site = site;
    if (l->used < l->total) {
        take(task, l, place);
        return eddy__return_now(task, 0);
    }
    eddy__wait_list_append(&l->waiters, &task->waiter);
    task->waiter.wake = entered;
    task->waiter.item = place;
    return eddy__park_on(task, &waiting, l);
}

int(eddy_limiter_acquire)(eddy_limiter *l) {
    return eddy__limiter_acquire(NULL, l);
}

int eddy_limiter_release(eddy_limiter *l) {
    eddy__task *task = eddy__current;
    if (!l) return EDDY_EINVAL;
    if (!task) return EDDY_ESTATE;
    eddy__place **at = find(task, l), *place = *at;
    if (!place) return EDDY_ESTATE;
    *at = place->next;
    eddy__free(place, sizeof *place);
    l->used--;
    let_in(l);
    return 0;
}

int eddy_limiter_resize(eddy_limiter *l, size_t total) {
    if (!l) return EDDY_EINVAL;
    l->total = total;
    let_in(l);
    return 0;
}
