/* R8: a consumer that never has to wait gives up the pass now and then, and a timer gets its turn. On
 * the real clock, in a run that therefore cannot be repeated. */
#define CASE_OWN_MAIN
#include "case.h"

static int fired;

static void fire(void *ctx) {
    (void)ctx;
    fired = 1;
}

/* Refills the queue as it empties it: there is always something to get. */
static int consume(eddy_queue *queue) {
    while (!fired) {
        int item, rc = eddy_queue_get(queue, &item);
        if (rc == 0) rc = eddy_queue_try_put(queue, &item);
        if (rc < 0) return rc;
    }
    return 0;
}

int eddy_main(int argc, char **argv) {
    (void)argc;
    (void)argv;
    eddy_queue queue = EDDY_QUEUE(int, 4);
    int rc = 0;
    for (int i = 0; i < 4 && rc == 0; i++) rc = eddy_queue_try_put(&queue, &i);
    if (rc == 0 && !eddy_call_later(10 * EDDY_MS, fire, NULL).id) rc = EDDY_ENOMEM;
    if (rc == 0) rc = consume(&queue);
    if (rc == 0) trace("timer fired");
    eddy_queue_destroy(&queue);
    return rc;
}
