/* To wait for nothing at all is a mistake. */
#include "case.h"

static int body(void *arg) {
    (void)arg;
    trace("%s", outcome(eddy_wait(NULL, 0, EDDY_ALL_DONE, EDDY_FOREVER)));
    return 0;
}
