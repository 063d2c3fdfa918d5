/* A condition is waited for with its lock held. */
#include "case.h"

static int body(void *arg) {
    (void)arg;
    eddy_lock lock = {0};
    eddy_cond changed = {0};
    trace("%s", outcome(eddy_cond_wait(&changed, &lock)));
    return 0;
}
