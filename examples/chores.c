/* chores: an evening at home. The washing machine runs, then the dryer; all the while somebody peels
 * potatoes.
 *
 * Machines are waiting: their task sleeps, which costs nothing. Peeling is work for the processor,
 * and eddy has one thread: a task that computes keeps everyone else from running. So it yields after
 * every potato. Take the eddy_yield out, and nobody ever empties the washing machine. */
#include <eddy.h>
#include <stdio.h>

static int laundry(void *arg) {
    (void)arg;
    puts("Washing machine: washing");
    int rc = eddy_sleep(1 * EDDY_S);
    if (rc < 0) return rc;
    puts("Washing machine: done");

    puts("Dryer: drying");
    rc = eddy_sleep(500 * EDDY_MS);
    if (rc < 0) return rc;
    puts("Dryer: done");
    return 0;
}

/* About a tenth of a millisecond of hard work. */
static void peel(void) {
    static volatile unsigned peelings;
    for (int cut = 0; cut < 100000; cut++) peelings = peelings * 1664525u + 1013904223u;
}

/* Peels until the laundry is done; returns how many potatoes that were. */
static int kitchen(void *arg) {
    eddy_future *washing = arg;
    puts("Kitchen: peeling potatoes until the laundry is dry");
    int potatoes = 0;
    while (!eddy_done(washing)) {
        peel();
        potatoes++;
        int rc = eddy_yield();
        if (rc < 0) return rc;
    }
    puts("Kitchen: the laundry is dry");
    return potatoes;
}

int eddy_main(int argc, char **argv) {
    (void)argc;
    (void)argv;
    /* Both start at the next opportunity; spawning does not wait. */
    eddy_future *washing = eddy_spawn(laundry, NULL);
    eddy_future *peeling = eddy_spawn(kitchen, washing);

    /* A task's result is what its function returned; await also gives the handle back. */
    int potatoes = eddy_await(peeling);
    int rc = eddy_await(washing);
    if (potatoes < 0 || rc < 0) return potatoes < 0 ? potatoes : rc;
    printf("Dinner: %s potatoes\n", potatoes >= 3 ? "plenty of" : "too few");
    return 0;
}
