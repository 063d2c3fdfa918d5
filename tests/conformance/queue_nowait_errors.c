/* The calls that do not wait say why they would have to. */
#include "case.h"

static int body(void *arg) {
    (void)arg;
    eddy_queue queue = EDDY_QUEUE(int, 1);
    int item = 1;
    trace("%s", word(eddy_queue_try_get(&queue, &item)));
    int rc = eddy_queue_try_put(&queue, &item);
    if (rc == 0) trace("%s", word(eddy_queue_try_put(&queue, &item)));
    eddy_queue_destroy(&queue);
    return rc;
}
