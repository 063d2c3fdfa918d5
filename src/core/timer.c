/* timer.c: the deadlines, the nearest of them in a heap; for the others see far_timers.c. Four children
 * a node: half the depth of a binary heap, and the children of one node lie side by side. Equal
 * deadlines fire in the order they were set (R6).
 *
 * An entry names its timer by a slot, so that moving entries touches nothing but the heap. A timer that
 * is cleared leaves its entry behind, with an empty slot; the least entry is never such a one, and when
 * they are the most, all are made anew without them. */
#include "internal.h"

/* One of each per entry: the timer, NULL once it is cleared; or, of a free one, the next free one. */
typedef union {
    eddy__timer *timer;
    uintptr_t next; /* + 1; 0: the last */
} slot;

/* More entries than this are not in the heap, which then stays in the first cache: far_timers.c. */
#ifdef EDDY__SMALL
#define NEAR_LIMIT UINT32_MAX
#else
#define NEAR_LIMIT 2048
#endif

static eddy__deadline *heap;
static slot *slots;
static uint32_t count, room;     /* entries of the heap, and room for them */
static uint32_t in_all;          /* entries, also far ones */
static uint32_t used, slot_room; /* slots that were ever used, and room for them */
static uint32_t cleared;         /* entries whose timer is gone */
static uintptr_t free_slots;     /* + 1 */
static uint32_t serial;

eddy_time eddy__time_add(eddy_time base, eddy_time duration) {
    if (duration > 0 && base > EDDY_FOREVER - duration) return EDDY_FOREVER;
    return base + duration;
}

/* ---- the heap ----------------------------------------------------------------------------------- */

static void sift_up(uint32_t i, eddy__deadline e) {
    while (i > 0) {
        uint32_t parent = (i - 1) / 4;
        if (!eddy__deadline_before(&e, &heap[parent])) break;
        heap[i] = heap[parent];
        i = parent;
    }
    heap[i] = e;
}

static void sift_down(uint32_t i, eddy__deadline e) {
    for (;;) {
        uint32_t first = i * 4 + 1, last = first + 4;
        if (first >= count) break;
        if (last > count) last = count;
        uint32_t least = first;
        for (uint32_t c = first + 1; c < last; c++)
            if (eddy__deadline_before(&heap[c], &heap[least])) least = c;
        if (!eddy__deadline_before(&heap[least], &e)) break;
        heap[i] = heap[least];
        i = least;
    }
    heap[i] = e;
}

static void free_slot(uint32_t index) {
    slots[index].next = free_slots;
    free_slots = (uintptr_t)index + 1;
}

static void make_heap(void) {
    for (uint32_t i = count / 4 + 1; i-- > 0;)
        if (i < count) sift_down(i, heap[i]);
}

/* Brings what is due next into the cache: here the reads do not wait for each other, as they will when
 * one timer fires after the other. */
static void touch_all(void) {
    for (uint32_t i = 0; i < count; i++) {
        const eddy__timer *timer = slots[heap[i].slot].timer;
        if (!timer) continue;
        (void)*(const volatile eddy_time *)&timer->when;
        if (timer->kind == EDDY__TIMER_CALL) {
            const eddy__call *call = EDDY__OWNER(timer, eddy__call, timer);
            (void)*(eddy__ready *const volatile *)&call->ready.next;
            (void)*(void *const volatile *)&call->ctx;
        }
    }
}

/* The free slots of a million timers that fired in no order are in no order either, and cost a miss
 * each to set as many again. So when the last entries are in the heap, they get the first slots, and
 * those behind are as if they never were used. Without memory that is for another time. */
static void renumber(void) {
    eddy__timer **timers = eddy__alloc(count * sizeof *timers);
    if (!timers) return;
    for (uint32_t i = 0; i < count; i++) timers[i] = slots[heap[i].slot].timer;
    for (uint32_t i = 0; i < count; i++) {
        slots[i].timer = timers[i];
        heap[i].slot = i;
        if (timers[i]) timers[i]->slot = i + 1;
    }
    used = count;
    free_slots = 0;
    eddy__free(timers, count * sizeof *timers);
}

/* The heap is empty only if there is no entry at all. */
static void refill(void) {
    if (count) return;
    count = eddy__far_load(heap, NEAR_LIMIT / 2); /* with none left it forgets where others began */
    if (!count) return;
    if (count == in_all && count < used / 2) renumber();
    touch_all();
    make_heap();
}

static void remove_least(void) {
    free_slot(heap[0].slot);
    eddy__deadline last = heap[--count];
    in_all--;
    if (count) sift_down(0, last);
    else refill();
}

bool eddy__deadline_is_gone(const eddy__deadline *e) {
    if (slots[e->slot].timer) return false;
    free_slot(e->slot);
    in_all--;
    return true;
}

static void remove_cleared(void) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count; i++)
        if (!eddy__deadline_is_gone(&heap[i])) heap[kept++] = heap[i];
    count = kept;
    eddy__far_remove_gone();
    cleared = 0;
    make_heap();
    refill();
}

/* ---- setting and clearing ----------------------------------------------------------------------- */

/* Room for one more, by doubling. NULL without memory: then the old array stays. */
static void *grow(void *array, size_t size, uint32_t *in_array) {
    uint32_t more = *in_array ? *in_array * 2 : 16;
    void *grown = eddy__resize(array, *in_array * size, more * size);
    if (grown) *in_array = more;
    return grown;
}

/* A slot without a timer, + 1; 0 without memory. */
static uint32_t new_slot(void) {
    if (free_slots) {
        uint32_t index = (uint32_t)free_slots - 1;
        free_slots = slots[index].next;
        return index + 1;
    }
    if (used == slot_room) {
        slot *grown = grow(slots, sizeof *slots, &slot_room);
        if (!grown) return 0;
        slots = grown;
    }
    return ++used;
}

static bool add_entry(eddy__deadline e) {
    if (count == NEAR_LIMIT && !eddy__far_begins_before(&e)) {
        if (!eddy__far_take_half(heap, &count)) return false;
        make_heap();
    }
    if (eddy__far_begins_before(&e)) return eddy__far_add(e);
    if (count == room) {
        eddy__deadline *grown = grow(heap, sizeof *heap, &room);
        if (!grown) return false;
        heap = grown;
    }
    sift_up(count++, e);
    return true;
}

/* Does not look at what the timer was set to. */
static bool enter(eddy__timer *timer, eddy_time when) {
    uint32_t index = new_slot();
    if (!index) return false;
    if (!add_entry((eddy__deadline){when, serial, index - 1})) {
        free_slot(index - 1);
        return false;
    }
    serial++;
    in_all++;
    slots[index - 1].timer = timer;
    timer->slot = index;
    timer->when = when;
    return true;
}

int eddy__timer_set(eddy__timer *timer, eddy_time when) {
    eddy_time old = timer->when;
    bool moved = timer->slot != 0, least = in_all == 0 || when < heap[0].when;
    eddy__timer_clear(timer);
    timer->when = when;
    if (when == EDDY_FOREVER) return 0;
    bool entered = enter(timer, when);
    if (EDDY__UNLIKELY(!entered && cleared)) {
        remove_cleared();
        entered = enter(timer, when);
    }
    if (EDDY__UNLIKELY(!entered)) {
        if (moved) (void)enter(timer, old); /* there is room where it was */
        return EDDY_ENOMEM;
    }
    if (least && !eddy__the_loop.in_pass) eddy__host_wake();
    return 0;
}

void eddy__timer_take_out(eddy__timer *timer) {
    slots[timer->slot - 1].timer = NULL;
    timer->slot = 0;
    cleared++;
    if (cleared > in_all / 2 && cleared > 64) remove_cleared();
    for (; in_all && !slots[heap[0].slot].timer; cleared--) remove_least();
}

eddy_time eddy__timers_next(void) {
    return count ? heap[0].when : EDDY_FOREVER;
}

/* ---- firing --------------------------------------------------------------------------------------- */

static void fire_task(eddy__task *task) {
    if (task->wait->abandon) task->wait->abandon(task);
    eddy__task_wake(task, task->timer_result);
}

void eddy__timers_fire(eddy_time now) {
    while (count && heap[0].when <= now) {
        eddy__timer *timer = slots[heap[0].slot].timer;
        eddy__timer_take_out(timer);
        switch (timer->kind) {
        case EDDY__TIMER_TASK:
            fire_task(EDDY__OWNER(timer, eddy__task, timer));
            break;
        case EDDY__TIMER_CALL:
            eddy__call_due(EDDY__OWNER(timer, eddy__call, timer));
            break;
        case EDDY__TIMER_SCOPE:
            eddy__scope_expire(EDDY__OWNER(timer, eddy__open_scope, timer));
            break;
        }
    }
}

void eddy__timers_trim(void) {
    if (in_all) return;
    eddy__far_trim();
    eddy__free(heap, room * sizeof *heap);
    eddy__free(slots, slot_room * sizeof *slots);
    heap = NULL;
    slots = NULL;
    room = used = slot_room = 0;
    free_slots = 0;
}
