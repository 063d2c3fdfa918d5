/* The main task's error is the run's. */
#define CASE_OWN_MAIN
#include "case.h"

static int failing(void *arg) {
    (void)arg;
    return E1;
}

int main(void) {
    case_begin();
    int rc = eddy_run(failing, NULL);
    trace("run -> %s", word(rc));
    return case_end(rc == E1 ? 0 : rc);
}
