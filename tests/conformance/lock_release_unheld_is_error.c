/* Nobody can release what he does not hold. */
#include "case.h"

static int body(void *arg) {
    (void)arg;
    eddy_lock lock = {0};
    trace("%s", word(eddy_lock_release(&lock)));
    return 0;
}
