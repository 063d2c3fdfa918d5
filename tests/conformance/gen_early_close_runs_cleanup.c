/* A consumer that has enough closes the generator, which then cleans up, and may wait for that. */
#include "case.h"

static int counting(void *arg) {
    (void)arg;
    int rc = 0;
    for (int i = 0; i < 9 && rc == 0; i++) {
        rc = eddy_emit(&i);
        if (rc == 0) rc = eddy_sleep(10 * EDDY_MS);
    }
    int waited = eddy_sleep(10 * EDDY_MS);
    trace("gen-cleanup %s", now());
    return waited < 0 ? waited : rc;
}

static int body(void *arg) {
    (void)arg;
    eddy_gen *numbers = eddy_gen_open(counting, NULL, sizeof(int));
    int value = 0, rc;
    while ((rc = eddy_gen_next(numbers, &value)) == 1) {
        trace("%d", value);
        if (value == 2) break;
    }
    int closed = eddy_gen_close(numbers);
    trace("closed %s", now());
    return rc < 0 ? rc : closed;
}
