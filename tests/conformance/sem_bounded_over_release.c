/* A bounded semaphore never has more permits than at first. */
#include "case.h"

static int body(void *arg) {
    (void)arg;
    eddy_sem permits = EDDY_SEM_BOUNDED(1);
    trace("%s", word(eddy_sem_release(&permits)));
    return 0;
}
