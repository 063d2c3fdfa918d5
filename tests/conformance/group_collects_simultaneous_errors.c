/* Errors that arrive while the group is ending for the first one are kept as well. */
#include "case.h"

static int bad(void *arg) {
    const int *code = arg;
    int rc = eddy_sleep(10 * EDDY_MS);
    return rc < 0 ? rc : *code;
}

static int body(void *arg) {
    (void)arg;
    int codes[] = {E1, E2, E3};
    EDDY_GROUP(group);
    for (int i = 0; i < 3; i++) eddy_group_spawn(&group, bad, &codes[i]);
    int rc = eddy_group_end(&group, 0);
    trace("%s", group_outcome(&group, rc));
    return rc == E1 || rc == E2 || rc == E3 ? 0 : rc;
}
