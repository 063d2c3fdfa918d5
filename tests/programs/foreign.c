/* foreign.c: an export that JavaScript calls while a task has called that JavaScript: nothing can be
 * suspended there, and the call says so; the task goes on as if nothing had been tried. */
// build: hosts=web
#include "check.h"

#include <emscripten.h>

EM_JS(int, through_javascript, (int ms), { return _naps(ms) });
EM_JS(double, through_wide, (double wide, int ms), { return _naps_wide(wide, ms) });

static eddy_event event;
static bool in_task;

EMSCRIPTEN_KEEPALIVE int naps(int ms);
EMSCRIPTEN_KEEPALIVE double naps_wide(double wide, int ms);

int naps(int ms) {
    int rc = eddy_sleep(ms * EDDY_MS);
    if (rc == EDDY_ESTATE) rc = eddy_event_wait(&event);
    in_task = eddy_current() != NULL;
    eddy_event_set(&event); /* what does not block works */
    return rc;
}

double naps_wide(double wide, int ms) {
    return wide + naps(ms);
}

static int counts(void *arg) {
    int n = 0;
    while (!*(const bool *)arg && n < 100 && eddy_yield() == 0) n++;
    return n;
}

static int body(void *arg) {
    (void)arg;
    bool stop = false;
    eddy_future *other = eddy_spawn(counts, &stop);
    CHECK(eddy_yield() == 0);
    int before = 7;
    eddy_event_clear(&event);
    CHECK(through_javascript(1) == EDDY_ESTATE);
    CHECK(before == 7 && !in_task && eddy_current());
    CHECK(eddy_event_wait(&event) == 0);
    eddy_event_clear(&event);
    CHECK(through_wide(2.5, 1) == 2.5 + (int)EDDY_ESTATE);
    CHECK(eddy_sleep(EDDY_MS) == 0); /* the task itself may */
    CHECK(naps(1) == 0 && in_task); /* and so may the export, called from C */
    stop = true;
    CHECK(eddy_await(other) > 0);
    return 0;
}

int main(void) {
    check_begin();
    CHECK(through_javascript(1) == EDDY_ESTATE);
    check_run(body);
    return check_end();
}
