/* timer.c: the heap of deadlines. Four children a node: half the depth of a binary heap, and the
 * children of one node lie side by side. Equal deadlines fire in the order they were set (R6). */
#include "internal.h"

typedef struct {
    eddy_time when;
    uint64_t serial; /* order of setting */
    eddy__timer *timer;
} entry;

static entry *heap;
static uint32_t count, room;
static uint64_t serial;

eddy_time eddy__time_add(eddy_time base, eddy_time duration) {
    if (duration > 0 && base > EDDY_FOREVER - duration) return EDDY_FOREVER;
    return base + duration;
}

static bool before(const entry *a, const entry *b) {
    return a->when < b->when || (a->when == b->when && a->serial < b->serial);
}

static void place(uint32_t i, entry e) {
    heap[i] = e;
    e.timer->place = i + 1;
}

static void sift_up(uint32_t i, entry e) {
    while (i > 0) {
        uint32_t parent = (i - 1) / 4;
        if (!before(&e, &heap[parent])) break;
        place(i, heap[parent]);
        i = parent;
    }
    place(i, e);
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
        place(i, heap[least]);
        i = least;
    }
    place(i, e);
}

int eddy__timer_set(eddy__timer *timer, eddy_time when) {
    eddy__timer_clear(timer);
    timer->when = when;
    if (when == EDDY_FOREVER) return 0;
    if (count == room) {
        uint32_t more = room ? room * 2 : 16;
        entry *grown = eddy__resize(heap, room * sizeof *heap, more * sizeof *heap);
        if (!grown) return EDDY_ENOMEM;
        heap = grown;
        room = more;
    }
    sift_up(count++, (entry){when, serial++, timer});
    if (timer->place == 1 && !eddy__the_loop.in_pass) eddy__host_wake();
    return 0;
}

void eddy__timer_clear(eddy__timer *timer) {
    if (timer->place == 0) return;
    uint32_t i = timer->place - 1;
    timer->place = 0;
    entry last = heap[--count];
    if (i == count) return;
    if (i > 0 && before(&last, &heap[(i - 1) / 4]))
        sift_up(i, last);
    else
        sift_down(i, last);
}

eddy_time eddy__timers_next(void) {
    return count ? heap[0].when : EDDY_FOREVER;
}

static void fire_task(eddy__task *task) {
    if (task->wait->abandon) task->wait->abandon(task);
    eddy__task_wake(task, task->timer_result);
}

void eddy__timers_fire(eddy_time now) {
    while (count && heap[0].when <= now) {
        eddy__timer *timer = heap[0].timer;
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
    heap = NULL;
    room = 0;
}
