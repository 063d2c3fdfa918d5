/* order.h: who got what in which order, and passes that go by. */
#ifndef ORDER_H
#define ORDER_H

#include "check.h"

static char order[64]; /* of the notes since the last order_was */

static inline void note(char name) {
    size_t length = strlen(order);
    if (length + 1 < sizeof order) memcpy(order + length, (char[]){name, 0}, 2);
}

/* Whether that was the order; from then on a new one is kept. */
static inline bool order_was(const char *expected) {
    bool same = strcmp(order, expected) == 0;
    if (!same) printf("the order was %s instead of %s\n", order, expected);
    order[0] = 0;
    return same;
}

static inline int passes(int n) {
    int rc = 0;
    while (n-- > 0 && rc == 0) rc = eddy_yield();
    return rc;
}

#endif
