/* Who waits for the first of two finds both done if both were resolved before it runs again. */
#include "case.h"

static int waiting(void *arg) {
    eddy_future **futures = arg;
    return eddy_wait(futures, 2, EDDY_FIRST_DONE, EDDY_FOREVER);
}

static int body(void *arg) {
    (void)arg;
    eddy_future *futures[] = {eddy_future_new(), eddy_future_new()};
    eddy_future *task = eddy_spawn(waiting, futures);
    int rc = passes(2);
    if (rc < 0) return rc;
    for (int i = 0; i < 2; i++) eddy_resolve(futures[i], 0);
    int done = eddy_await(task);
    if (done < 0)
        trace("%s", word(done));
    else
        trace("%d %d", done, 2 - done);
    eddy_release_all(futures, 2);
    return 0;
}
