/* queue.c: queue [ITEMS [CAPACITY]]: nanoseconds per item of 8 bytes that one task puts into a queue
 * and another one gets. */

#include "measure.h"

typedef struct channel {
    eddy_queue queue;
    long items;
    int64_t sum; /* of what was got */
} channel;

static int produce(void *arg) {
    channel *c = arg;
    for (int64_t item = 0; item < c->items; item++) {
        int rc = eddy_queue_put(&c->queue, &item);
        if (rc < 0) return rc;
    }
    return 0;
}

static int consume(void *arg) {
    channel *c = arg;
    for (long i = 0; i < c->items; i++) {
        int64_t item;
        int rc = eddy_queue_get(&c->queue, &item);
        if (rc < 0) return rc;
        c->sum += item;
    }
    return 0;
}

static int measure(long items, size_t capacity, eddy_time *took) {
    channel c = {.items = items};
    int rc = eddy_queue_init(&c.queue, sizeof(int64_t), capacity, NULL);
    if (rc < 0) return rc;
    eddy_time start = eddy_now();
    eddy_future *both[] = {eddy_spawn(produce, &c), eddy_spawn(consume, &c)};
    rc = eddy_gather(both, 2, NULL);
    *took = eddy_now() - start;
    eddy_release_all(both, 2);
    eddy_queue_destroy(&c.queue);
    if (rc == 0 && c.sum != (int64_t)items * (items - 1) / 2) rc = EDDY_EIO;
    return rc;
}

int eddy_main(int argc, char **argv) {
    long items = bench_number(argc, argv, 1, 1000000);
    size_t capacity = (size_t)bench_number(argc, argv, 2, 64);
    eddy_time took;
    int rc = measure(items / 4 + 1, capacity, &took); /* lets the engine optimise */
    if (rc == 0) rc = measure(items, capacity, &took);
    return rc < 0 ? rc : bench_result("queue", (double)took / (double)items);
}
