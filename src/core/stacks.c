/* stacks.c: the census of stacks: for each place that spawns tasks, how deep they got. */
#include "internal.h"

#include <stdio.h>

#define loop eddy__the_loop

#define BUCKETS 64

static eddy__birthplace *buckets[BUCKETS];
static eddy__birthplace *first, **end = &first; /* in the order of their first tasks */

eddy__birthplace *eddy__birthplace_of(const eddy__task *task) {
    /* The same function at the same place; a site's text is the compiler's, one for each place. */
    uintptr_t key = (uintptr_t)task->co.site ^ (uintptr_t)task->co.fn;
    eddy__birthplace **at = &buckets[(key ^ key >> 6 ^ key >> 12) % BUCKETS];
    for (; *at; at = &(*at)->next)
        if ((*at)->site == task->co.site && (*at)->fn == task->co.fn) return *at;
    eddy__birthplace *made = eddy__alloc(sizeof *made);
    if (!made) return NULL;
    *made = (eddy__birthplace){.site = task->co.site, .fn = task->co.fn};
    size_t length = strlen(task->co.name);
    if (length >= sizeof made->name) length = sizeof made->name - 1;
    memcpy(made->name, task->co.name, length);
    *at = *end = made;
    end = &made->later;
    return made;
}

void eddy__birthplace_count(eddy__birthplace *place, size_t used, size_t size) {
    if (place->deepest == 0 || used > place->deepest) {
        place->deepest = used;
        place->size = size;
    }
}

void eddy__birthplaces_free(void) {
    while (first) {
        eddy__birthplace *place = first;
        first = place->later;
        eddy__free(place, sizeof *place);
    }
    end = &first;
    memset(buckets, 0, sizeof buckets);
}

/* The tasks there are now; `anew`: they have not been counted at their spawn. */
static int count_tasks(bool anew) {
    for (eddy__link *l = loop.tasks.next; l != &loop.tasks; l = l->next) {
        const eddy__task *task = EDDY__OWNER(l, eddy__task, link);
        eddy__birthplace *place = eddy__birthplace_of(task);
        if (!place) return EDDY_ENOMEM;
        if (anew) place->spawned++;
        eddy__birthplace_count(place, eddy__task_stack_used(task), task->co.size);
    }
    return 0;
}

static int write(FILE *out) {
    int places = 0;
    fprintf(out, "%10s  %10s  %10s  %s\n", "TASKS", "DEEPEST", "OF", "SPAWNED");
    for (const eddy__birthplace *place = first; place; place = place->later, places++)
        fprintf(out, "%10llu  %10zu  %10zu  '%s'%s%s\n", (unsigned long long)place->spawned,
                place->deepest, place->size, place->name, place->site ? " at " : "",
                place->site ? place->site : "");
    return places;
}

int eddy_stacks(FILE *out) {
    if (!out) return EDDY_EINVAL;
    eddy__task *task = eddy__writing_begins();
    int rc = count_tasks(!loop.debug);
    if (rc == 0) rc = write(out);
    eddy__writing_ends(task);
    if (!loop.debug) eddy__birthplaces_free();
    return rc;
}
