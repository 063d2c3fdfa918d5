/* The end of a group comes after its last child, whose results can be read until then. */
#include "case.h"

struct job {
    eddy_time duration;
    int value;
};

static int work(void *arg) {
    const struct job *job = arg;
    int rc = eddy_sleep(job->duration);
    return rc < 0 ? rc : job->value;
}

static int body(void *arg) {
    (void)arg;
    struct job one = {20 * EDDY_MS, 1}, two = {10 * EDDY_MS, 2};
    EDDY_GROUP(group);
    /* Handles of a group's children are borrowed until its end: these are kept for longer. */
    eddy_future *a = eddy_retain(eddy_group_spawn(&group, work, &one));
    eddy_future *b = eddy_retain(eddy_group_spawn(&group, work, &two));
    int rc = eddy_group_end(&group, 0);
    trace("%s %s %s", word(eddy_result(a)), word(eddy_result(b)), now());
    eddy_release(a);
    eddy_release(b);
    return rc;
}
