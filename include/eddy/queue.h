/* eddy/queue.h: queues of items by value. */
#ifndef EDDY_QUEUE_H
#define EDDY_QUEUE_H

#include "waiter.h"

/* Which item a get takes. */
typedef enum eddy_order {
    EDDY_FIFO,    /* the oldest */
    EDDY_LIFO,    /* the newest */
    EDDY_PRIORITY /* the least by `compare`, of equal ones the oldest */
} eddy_order;

/* How a queue is to be. Zero means default. */
typedef struct eddy_queue_options {
    eddy_order order; /* which item a get takes */
    int (*compare)(const void *a, const void *b); /* as for qsort; needed by EDDY_PRIORITY */
    void (*free_item)(void *item); /* called for an item that nobody will get: frees what the item
                                      owns, not its bytes */
} eddy_queue_options;

/* A queue. Items are copied in and out. Caller-allocated; all fields belong to the runtime. Zero is
 * an unbounded queue of items without bytes: tokens. It must outlive everyone who waits in it; it
 * may be moved while nobody does.
 *
 * Both callbacks run outside of any task: they cannot block. `free_item` may use the queue,
 * `compare` may not. */
typedef struct eddy_queue {
    size_t item_size;
    size_t capacity;    /* 0 unbounded */
    eddy_queue_options options;
    char *items;        /* a ring, or a heap; owned, unless items have no bytes; NULL until the
                           first is stored */
    size_t room;        /* items that fit */
    size_t first;       /* index of the oldest in the ring */
    size_t length;
    uint64_t unfinished; /* put, and not yet reported by task_done */
    uint64_t serial;     /* of the next to arrive, for priorities */
    bool rendezvous;    /* a channel of capacity 0: an item goes from hand to hand */
    bool closed;
    int error;          /* why init failed; put and get return it */
    eddy__wait_list getters, putters, joiners;
} eddy_queue;

/* A queue's initialiser: `eddy_queue jobs = EDDY_QUEUE(struct job, 64)`. Capacity 0 is unbounded.
 * Constant, so that it may stand at file scope. */
#define EDDY_QUEUE(type, capacity_)                                                                \
    {                                                                                              \
        sizeof(type), (capacity_), {EDDY_FIFO, 0, 0}, 0, 0, 0, 0, 0, 0, false, false, 0, {0, 0},   \
            {0, 0}, {0, 0}                                                                         \
    }

EDDY__BEGIN_C

/* Makes an empty queue of items of `item_size` bytes that holds up to `capacity` (0: any number).
 * NULL options: FIFO. Memory is taken as items come. Never blocks. Returns 0, or EDDY_EINVAL (an
 * unknown order, EDDY_PRIORITY without compare), which put and get then return as well.
 * Follows asyncio.Queue, PriorityQueue and LifoQueue. */
int eddy_queue_init(eddy_queue *q, size_t item_size, size_t capacity,
                    const eddy_queue_options *options);

/* Frees what the queue holds; items left go to free_item; who waits, also in join, gets
 * EDDY_ECLOSED. The queue is closed then; eddy_queue_init makes it a new one. Every queue that has
 * held an item needs it, however it was made. Twice is allowed. Never blocks. */
void eddy_queue_destroy(eddy_queue *q);

/* Adds a copy of *item, waiting in line for room. [blocks] If somebody waits for an item, it is
 * theirs at once. Returns 0; EDDY_ECLOSED after shutdown; EDDY_ECANCELED (it was not added);
 * EDDY_ENOMEM (the same); EDDY_ESTATE outside a task; EDDY_EINVAL (NULL; `item` may be NULL if items
 * have no bytes). Follows Queue.put. */
int eddy_queue_put(eddy_queue *q, const void *item) EDDY__BLOCKS;

/* Takes an item into *item, waiting in line for one. [blocks] If somebody waits for the room, their
 * item takes it at once. Returns 0; EDDY_ECLOSED after shutdown when none is left; EDDY_ECANCELED
 * (nothing was taken); EDDY_ESTATE outside a task; EDDY_EINVAL. Follows Queue.get. */
int eddy_queue_get(eddy_queue *q, void *item) EDDY__BLOCKS;

/* Adds an item if there is room. Returns 0; EDDY_EFULL; EDDY_ECLOSED; EDDY_ENOMEM; EDDY_EINVAL.
 * Never blocks, no checkpoint; also outside of tasks. Follows Queue.put_nowait. */
int eddy_queue_try_put(eddy_queue *q, const void *item);

/* Takes an item if there is one. Returns 0; EDDY_EEMPTY; EDDY_ECLOSED; EDDY_EINVAL. Never blocks, no
 * checkpoint; also outside of tasks. Follows Queue.get_nowait. */
int eddy_queue_try_get(eddy_queue *q, void *item);

/* How many items the queue holds. Never blocks. Follows Queue.qsize. */
size_t eddy_queue_len(const eddy_queue *q);

/* Whether eddy_queue_put would wait for room; never for an unbounded queue. Never blocks.
 * Follows Queue.full. */
bool eddy_queue_full(const eddy_queue *q);

/* Says that the work for one item taken is done. Returns 0, or EDDY_EINVAL if that was said for all
 * items already. Never blocks. Follows Queue.task_done. */
int eddy_queue_task_done(eddy_queue *q);

/* Waits until task_done was called for every item ever put. [blocks] Returns 0; EDDY_ECANCELED;
 * EDDY_ESTATE outside a task; EDDY_EINVAL. Follows Queue.join. */
int eddy_queue_join(eddy_queue *q) EDDY__BLOCKS;

/* Closes the queue: put, and get when it is drained, return EDDY_ECLOSED, also for those who wait
 * now. `immediate` drops the items (free_item, the oldest first, priorities in any order); each
 * counts as done. Twice is allowed. Never blocks. Returns 0 or EDDY_EINVAL.
 * Follows Queue.shutdown. */
int eddy_queue_shutdown(eddy_queue *q, bool immediate);

int eddy__queue_put(const char *site, eddy_queue *q, const void *item) EDDY__BLOCKS;
int eddy__queue_get(const char *site, eddy_queue *q, void *item) EDDY__BLOCKS;
int eddy__queue_join(const char *site, eddy_queue *q) EDDY__BLOCKS;

EDDY__END_C

#define eddy_queue_put(...) eddy__queue_put(EDDY__SITE, __VA_ARGS__)
#define eddy_queue_get(...) eddy__queue_get(EDDY__SITE, __VA_ARGS__)
#define eddy_queue_join(...) eddy__queue_join(EDDY__SITE, __VA_ARGS__)

#endif
