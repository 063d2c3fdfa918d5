/* Orders other than first in, first out. */
#include "case.h"

static int compare(const void *a, const void *b) {
    int left = *(const int *)a, right = *(const int *)b;
    return (left > right) - (left < right);
}

static int fill(eddy_queue *q) {
    static const int items[] = {1, 3, 2};
    int rc = 0;
    for (int i = 0; rc == 0 && i < 3; i++) rc = eddy_queue_try_put(q, &items[i]);
    return rc;
}

static const char *drain(eddy_queue *q) {
    int items[3] = {0};
    for (int i = 0; i < 3; i++) (void)eddy_queue_try_get(q, &items[i]);
    return text("[%d %d %d]", items[0], items[1], items[2]);
}

static int body(void *arg) {
    (void)arg;
    eddy_queue priority, lifo;
    int rc = eddy_queue_init(&priority, sizeof(int), 0,
                             &(eddy_queue_options){.order = EDDY_PRIORITY, .compare = compare});
    if (rc < 0) return rc;
    rc = eddy_queue_init(&lifo, sizeof(int), 0, &(eddy_queue_options){.order = EDDY_LIFO});
    if (rc < 0) return rc;
    rc = fill(&priority);
    if (rc == 0) rc = fill(&lifo);
    if (rc == 0) {
        const char *first = drain(&priority);
        trace("%s %s", first, drain(&lifo));
    }
    eddy_queue_destroy(&priority);
    eddy_queue_destroy(&lifo);
    return rc;
}
