/* queue.c: queues without their waiting: storage, and the calls that never block.
 *
 * Items of a FIFO stand in a ring, those of a LIFO in the same ring, which never turns. Priorities
 * make a binary heap; each item of it is followed by the number of its arrival, so equal ones leave
 * as they came. The memory grows by doubling, up to the capacity. */
#include "queue.h"

const eddy__wait_kind eddy__queue_putting = {
    .verb = "waits for room in a queue", .abandon = eddy__leave_list};
const eddy__wait_kind eddy__queue_getting = {
    .verb = "waits for an item of a queue", .abandon = eddy__leave_list};

/* ---- memory -------------------------------------------------------------------------------------- */

#define FIRST_ROOM 8 /* items, unless they are large */
#define LARGE 256    /* bytes */

static size_t round_up(size_t size, size_t unit) {
    return (size + unit - 1) / unit * unit;
}

/* Where the number stands behind an item of the heap. */
static size_t serial_offset(const eddy_queue *q) {
    return round_up(q->item_size, sizeof(uint64_t));
}

/* Bytes from one stored item to the next. A size is a multiple of its type's alignment, and 16 is
 * the largest that the allocator gives. */
static size_t stride_of(const eddy_queue *q) {
    if (q->options.order != EDDY_PRIORITY) return q->item_size;
    return round_up(serial_offset(q) + sizeof(uint64_t), q->item_size % 16 ? 8 : 16);
}

/* How many items the memory is to hold next; as many as now: there cannot be more. */
static size_t next_room(const eddy_queue *q, size_t stride) {
    size_t most = stride ? PTRDIFF_MAX / stride : PTRDIFF_MAX;
    if (q->capacity && q->capacity < most) most = q->capacity;
    if (stride == 0 || q->room >= most / 2) return most;
    if (q->room) return q->room * 2;
    size_t first = stride < LARGE ? FIRST_ROOM : 1;
    return first < most ? first : most;
}

/* The queue's memory is full. False: there is no more, and nothing has changed. */
static bool grow(eddy_queue *q) {
    static char no_bytes;
    if (q->item_size > PTRDIFF_MAX / 2) return false;
    size_t stride = stride_of(q), room = next_room(q, stride);
    if (room == q->room) return false;
    char *items = stride ? eddy__alloc(room * stride) : &no_bytes; /* tokens take none */
    if (!items) return false;
    if (q->items) { /* the newest stands before the oldest */
        size_t head = q->room - q->first;
        memcpy(items, q->items + q->first * stride, head * stride);
        memcpy(items + head * stride, q->items, q->first * stride);
        eddy__free(q->items, q->room * stride);
    }
    q->items = items;
    q->room = room;
    q->first = 0;
    return true;
}

/* ---- the heap -------------------------------------------------------------------------------------- */

typedef struct heap {
    eddy_queue *queue;
    size_t stride, serial_offset;
    eddy__task *outer; /* `compare` is the application's and cannot block: it runs in no task */
} heap;

static heap enter_heap(eddy_queue *q) {
    heap h = {q, stride_of(q), serial_offset(q), eddy__current};
    eddy__current = NULL;
    return h;
}

static char *at(const heap *h, size_t index) {
    return h->queue->items + index * h->stride;
}

static uint64_t serial_at(const heap *h, size_t index) {
    uint64_t serial;
    memcpy(&serial, at(h, index) + h->serial_offset, sizeof serial);
    return serial;
}

/* Whether an item that came as the `serial`-th leaves before the one at `index`. */
static bool leaves_before(const heap *h, const void *item, uint64_t serial, size_t index) {
    int order = h->queue->options.compare(item, at(h, index));
    return order ? order < 0 : serial < serial_at(h, index);
}

static bool moves_up(const heap *h, size_t index, size_t other) {
    return leaves_before(h, at(h, index), serial_at(h, index), other);
}

static void store_in_heap(eddy_queue *q, const void *item) {
    heap h = enter_heap(q);
    size_t place = q->length++;
    uint64_t serial = q->serial++;
    while (place > 0) {
        size_t parent = (place - 1) / 2;
        if (!leaves_before(&h, item, serial, parent)) break;
        memcpy(at(&h, place), at(&h, parent), h.stride);
        place = parent;
    }
    eddy__copy_item(at(&h, place), item, q->item_size);
    memcpy(at(&h, place) + h.serial_offset, &serial, sizeof serial);
    eddy__current = h.outer;
}

void eddy__take_from_heap(eddy_queue *q, void *item) {
    eddy__copy_item(item, q->items, q->item_size);
    size_t last = --q->length; /* goes down from the root; its bytes stay until it has a place */
    if (last == 0) return;
    heap h = enter_heap(q);
    size_t place = 0;
    for (;;) {
        size_t child = place * 2 + 1;
        if (child >= last) break;
        if (child + 1 < last && moves_up(&h, child + 1, child)) child++;
        if (moves_up(&h, last, child)) break;
        memcpy(at(&h, place), at(&h, child), h.stride);
        place = child;
    }
    memcpy(at(&h, place), at(&h, last), h.stride);
    eddy__current = h.outer;
}

/* ---- put and get ----------------------------------------------------------------------------------- */

int eddy__store_slowly(eddy_queue *q, const void *item) {
    if (q->rendezvous || (q->capacity && q->length == q->capacity)) return EDDY_EFULL;
    if (q->length == q->room && !grow(q)) return EDDY_ENOMEM;
    if (q->options.order != EDDY_PRIORITY) {
        eddy__store_in_ring(q, item);
    } else {
        q->unfinished++;
        store_in_heap(q, item);
    }
    return 0;
}

int eddy__take_from_putter(eddy_queue *q, void *item) {
    eddy__waiter *putter = q->putters.first;
    if (putter) {
        q->unfinished++;
        eddy__copy_item(item, putter->item, q->item_size);
        eddy__hand_over(putter, 0);
        return 0;
    }
    if (!q->closed) return EDDY_EEMPTY;
    return q->error ? q->error : EDDY_ECLOSED;
}

int eddy_queue_try_put(eddy_queue *q, const void *item) {
    return q ? eddy__add_item(q, item) : EDDY_EINVAL;
}

int eddy_queue_try_get(eddy_queue *q, void *item) {
    return q ? eddy__take_item(q, item) : EDDY_EINVAL;
}

size_t eddy_queue_len(const eddy_queue *q) {
    return q ? q->length : 0;
}

bool eddy_queue_full(const eddy_queue *q) {
    return q && q->capacity && q->length == q->capacity;
}

int eddy_queue_task_done(eddy_queue *q) {
    if (!q || q->unfinished == 0) return EDDY_EINVAL;
    if (--q->unfinished == 0) eddy__hand_over_all(&q->joiners, 0);
    return 0;
}

/* ---- beginning and end ----------------------------------------------------------------------------- */

int eddy_queue_init(eddy_queue *q, size_t item_size, size_t capacity,
                    const eddy_queue_options *options) {
    if (!q) return EDDY_EINVAL;
    *q = (eddy_queue){.item_size = item_size, .capacity = capacity};
    if (!options) return 0;
    q->options = *options;
    bool known = options->order == EDDY_FIFO || options->order == EDDY_LIFO ||
                 (options->order == EDDY_PRIORITY && options->compare);
    if (known) return 0;
    q->closed = true;
    return q->error = EDDY_EINVAL;
}

void eddy__close_queue(eddy_queue *q) {
    q->closed = true;
    eddy__hand_over_all(&q->getters, EDDY_ECLOSED);
    eddy__hand_over_all(&q->putters, EDDY_ECLOSED);
}

void eddy__drop_items(eddy_queue *q) {
    eddy_queue old = *q;
    size_t stride = stride_of(q);
    q->items = NULL;
    q->room = q->first = q->length = 0;
    q->unfinished = old.unfinished > old.length ? old.unfinished - old.length : 0;
    if (q->unfinished == 0) eddy__hand_over_all(&q->joiners, 0);

    for (; old.options.free_item && old.length > 0; old.length--) {
        eddy__call_destructor(old.options.free_item, old.items + old.first * stride);
        if (++old.first == old.room) old.first = 0;
    }
    if (stride) eddy__free(old.items, old.room * stride);
}

int eddy_queue_shutdown(eddy_queue *q, bool immediate) {
    if (!q) return EDDY_EINVAL;
    /* asyncio's order: those who join, then getters, then putters. */
    if (immediate && q->unfinished <= q->length) eddy__hand_over_all(&q->joiners, 0);
    eddy__close_queue(q);
    if (immediate) eddy__drop_items(q);
    return 0;
}

void eddy_queue_destroy(eddy_queue *q) {
    if (!q) return;
    eddy__close_queue(q);
    eddy__hand_over_all(&q->joiners, EDDY_ECLOSED);
    q->unfinished = 0;
    eddy__drop_items(q);
}
