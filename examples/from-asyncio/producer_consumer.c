#include <eddy.h>
#include <stdio.h>

struct item {
    const char *producer;
    int number;
};

static eddy_queue queue = EDDY_QUEUE(struct item, 2);

struct producer {
    const char *name;
    eddy_time delay;
};

static int produce(void *arg) {
    struct producer *p = arg;
    for (int number = 1; number <= 3; number++) {
        int rc = eddy_sleep(p->delay);
        if (rc < 0) return rc;
        rc = eddy_queue_put(&queue, &(struct item){p->name, number});
        if (rc < 0) return rc;
        printf("%s has put %d\n", p->name, number);
    }
    return 0;
}

static int consume(void *name) {
    struct item item;
    int rc;
    while ((rc = eddy_queue_get(&queue, &item)) == 0) {
        rc = eddy_sleep(5 * EDDY_S);
        if (rc < 0) return rc;
        printf("%s is done with %s's %d\n", (char *)name, item.producer, item.number);
    }
    return rc == EDDY_ECLOSED ? 0 : rc; /* closed, and nothing left: the work is done */
}

int eddy_main(int argc, char **argv) {
    (void)argc, (void)argv;
    eddy_clock_virtual(true);
    struct producer ann = {"ann", 1000 * EDDY_MS}, bob = {"bob", 1600 * EDDY_MS};

    EDDY_GROUP(all);
    eddy_future *producers[] = {eddy_group_spawn(&all, produce, &ann),
                                eddy_group_spawn(&all, produce, &bob)};
    eddy_group_spawn(&all, consume, "xue");
    eddy_group_spawn(&all, consume, "yun");
    int rc = eddy_gather(producers, 2, NULL);
    puts("all is put");
    eddy_queue_shutdown(&queue, false); /* nobody needs to be cancelled */
    rc = eddy_group_end(&all, rc);      /* waits for all four */
    puts("all is done");
    eddy_queue_destroy(&queue);
    return rc;
}
