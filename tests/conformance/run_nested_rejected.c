/* There is one loop: a run inside a run is refused, and disturbs nothing. */
#define CASE_OWN_MAIN
#include "case.h"

static int nothing(void *arg) {
    (void)arg;
    return 0;
}

static int outer(void *arg) {
    (void)arg;
    if (eddy_run(nothing, NULL) == EDDY_ESTATE) trace("nested rejected");
    return 0;
}

int main(void) {
    case_begin();
    int rc = eddy_run(outer, NULL);
    trace("run -> %s", word(rc));
    trace("elapsed %s", now());
    return case_end(rc);
}
