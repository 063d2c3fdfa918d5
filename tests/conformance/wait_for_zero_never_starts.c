/* With no time left the function is not called at all. */
#include "case.h"

static int child(void *arg) {
    (void)arg;
    trace("BODY");
    return 0;
}

static int body(void *arg) {
    (void)arg;
    trace("%s", outcome(eddy_timeout(0, child, NULL)));
    return 0;
}
