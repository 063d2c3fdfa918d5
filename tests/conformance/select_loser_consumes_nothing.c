/* A select takes one item; what the other cases could have taken stays. */
#include "case.h"

static eddy_queue queues[2];

static int select_once(void) {
    int items[2];
    eddy_case cases[] = {EDDY_CASE_GET(&queues[0], &items[0]), EDDY_CASE_GET(&queues[1], &items[1])};
    return eddy_select(cases, 2, EDDY_FOREVER);
}

static int body(void *arg) {
    (void)arg;
    int item = 1, rc = 0;
    for (int i = 0; i < 2; i++) {
        queues[i] = (eddy_queue)EDDY_QUEUE(int, 0);
        if (rc == 0) rc = eddy_queue_try_put(&queues[i], &item);
    }
    if (rc == 0) rc = select_once();
    if (rc >= 0) trace("%zu", eddy_queue_len(&queues[0]) + eddy_queue_len(&queues[1]));
    for (int i = 0; i < 2; i++) eddy_queue_destroy(&queues[i]);
    return rc < 0 ? rc : 0;
}
