/* timer.c: the deadlines, a heap. Four children a node: half the depth of a binary heap, and the
 * children of one node lie side by side. Equal deadlines fire in the order they were set (R6).
 *
 * An entry of the heap names its timer by a slot, so that moving entries touches nothing but the heap.
 * A timer that is cleared leaves its entry behind, with an empty slot; the least entry is never such
 * a one, and when they are the most the heap is made anew without them. */
#include "internal.h"

typedef struct {
    eddy_time when;
    uint32_t serial; /* order of setting; compared by difference, so it may wrap around */
    uint32_t slot;
} entry;

/* One of each per entry: the timer, NULL once it is cleared; or, of a free one, the next free one. */
typedef union {
    eddy__timer *timer;
    uintptr_t next; /* + 1; 0: the last */
} slot;

static entry *heap;
static slot *slots;
static uint32_t count, room;     /* entries, and room for them */
static uint32_t used, slot_room; /* slots that were ever used, and room for them */
static uint32_t cleared;     /* entries whose timer is gone */
static uintptr_t free_slots; /* + 1 */
static uint32_t serial;

eddy_time eddy__time_add(eddy_time base, eddy_time duration) {
    if (duration > 0 && base > EDDY_FOREVER - duration) return EDDY_FOREVER;
    return base + duration;
}

/* ---- the heap ----------------------------------------------------------------------------------- */

static bool before(const entry *a, const entry *b) {
    return a->when < b->when || (a->when == b->when && (int32_t)(a->serial - b->serial) < 0);
}

static void sift_up(uint32_t i, entry e) {
    while (i > 0) {
        uint32_t parent = (i - 1) / 4;
        if (!before(&e, &heap[parent])) break;
        heap[i] = heap[parent];
        i = parent;
    }
    heap[i] = e;
}

static void sift_down(uint32_t i, entry e) {
    for (;;) {
        uint32_t first = i * 4 + 1, last = first + 4;
        if (first >= count) break;
        if (last > count) last = count;
        uint32_t least = first;
        for (uint32_t c = first + 1; c < last; c++)
            if (before(&heap[c], &heap[least])) least = c;
        if (!before(&heap[least], &e)) break;
        heap[i] = heap[least];
        i = least;
    }
    heap[i] = e;
}

static void free_slot(uint32_t index) {
    slots[index].next = free_slots;
    free_slots = (uintptr_t)index + 1;
}

static void remove_least(void) {
    free_slot(heap[0].slot);
    entry last = heap[--count];
    if (count) sift_down(0, last);
}

static void remove_cleared(void) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (slots[heap[i].slot].timer)
            heap[kept++] = heap[i];
        else
            free_slot(heap[i].slot);
    }
    count = kept;
    cleared = 0;
    for (uint32_t i = count / 4 + 1; i-- > 0;)
        if (i < count) sift_down(i, heap[i]);
}

/* ---- setting and clearing ----------------------------------------------------------------------- */

/* Room for one more, by doubling. NULL without memory: then the old array stays. */
static void *grow(void *array, size_t size, uint32_t *in_array) {
    uint32_t more = *in_array ? *in_array * 2 : 16;
    void *grown = eddy__resize(array, *in_array * size, more * size);
    if (grown) *in_array = more;
    return grown;
}

static bool make_room(void) {
    if (count == room) {
        entry *grown = grow(heap, sizeof *heap, &room);
        if (!grown) return false;
        heap = grown;
    }
    if (!free_slots && used == slot_room) {
        slot *grown = grow(slots, sizeof *slots, &slot_room);
        if (!grown) return false;
        slots = grown;
    }
    return true;
}

int eddy__timer_set(eddy__timer *timer, eddy_time when) {
    eddy__timer_clear(timer);
    timer->when = when;
    if (when == EDDY_FOREVER) return 0;
    if (!make_room()) { /* a timer that is moved needs none: it has left at least its own entry */
        if (!cleared) return EDDY_ENOMEM;
        remove_cleared();
    }
    uint32_t index;
    if (free_slots) {
        index = (uint32_t)free_slots - 1;
        free_slots = slots[index].next;
    } else {
        index = used++;
    }
    slots[index].timer = timer;
    timer->slot = index + 1;
    bool least = count == 0 || when < heap[0].when;
    sift_up(count++, (entry){when, serial++, index});
    if (least && !eddy__the_loop.in_pass) eddy__host_wake();
    return 0;
}

void eddy__timer_clear(eddy__timer *timer) {
    if (timer->slot == 0) return;
    slots[timer->slot - 1].timer = NULL;
    timer->slot = 0;
    cleared++;
    if (cleared > count / 2 && cleared > 64) remove_cleared();
    for (; count && !slots[heap[0].slot].timer; cleared--) remove_least();
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
        eddy__timer_clear(timer);
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
    if (count) return;
    eddy__free(heap, room * sizeof *heap);
    eddy__free(slots, slot_room * sizeof *slots);
    heap = NULL;
    slots = NULL;
    room = used = slot_room = 0;
    free_slots = 0;
}
