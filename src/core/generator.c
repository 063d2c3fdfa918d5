/* generator.c: a body on a stack of its own that runs in the name of who asks it for items (R13).
 *
 * next enters the body's coroutine from the consumer's step. What comes back is an item (emit has
 * suspended the body), the end, or a body that waits: its primitive has put the task into that wait,
 * and next suspends the consumer, too. When the task goes on, next is the first to resume and enters
 * the body again: from the outermost generator to the innermost, whose primitive then returns. */
#include "internal.h"

#define loop eddy__the_loop

#define STACK ((size_t)64 * 1024)

/* ---- opening and freeing --------------------------------------------------------------------------- */

/* The body is at its end, or will never run. */
void eddy__gen_finish(eddy_gen *g) {
    if (g->finished) return;
    g->finished = true;
    while (g->kept_groups) g->kept_groups->forget(g->kept_groups);
    eddy__switch_done(&g->co);
    eddy__block_free(g->co.block, g->co.size);
}

static void destroy(eddy_gen *g) {
    eddy__gen_finish(g);
    eddy__list_remove(&g->link);
    eddy__free(g, sizeof *g);
}

static void drop_all(void) {
    while (!eddy__list_empty(&loop.generators))
        destroy(EDDY__OWNER(loop.generators.next, eddy_gen, link));
}

/* The first that no task is in; NULL: there is a task in each. */
static eddy_gen *first_free(void) {
    for (eddy__link *l = loop.generators.next; l != &loop.generators; l = l->next) {
        eddy_gen *g = EDDY__OWNER(l, eddy_gen, link);
        if (!g->task) return g;
    }
    return NULL;
}

/* A task that the cleanup of another body has started is in it: that one must leave first. */
static void wait_for_user(eddy_gen *g) {
    eddy_future *user = &g->task->future; /* it has not ended; what waits for it keeps it */
    (void)eddy_cancel(user);
    (void)eddy__wait_through(NULL, user, false);
}

static int close_all(void *arg) {
    (void)arg;
    while (!eddy__list_empty(&loop.generators)) {
        eddy_gen *g = first_free();
        if (!g) {
            wait_for_user(EDDY__OWNER(loop.generators.next, eddy_gen, link));
            continue;
        }
        const char *name = g->co.name, *site = g->co.site;
        int rc = eddy__gen_close(NULL, g);
        if (rc < 0 && rc != EDDY_ECANCELED)
            eddy__report(rc, eddy_last_message(), name, site);
    }
    return 0;
}

eddy_gen *eddy__gen_open(const char *site, const char *name, eddy_fn fn, void *arg,
                         size_t item_size) {
    if (!fn) return NULL;
    eddy_gen *g = eddy__alloc(sizeof *g);
    if (!g) return NULL;
    size_t size = STACK;
    char *block = eddy__block_new(&size);
    if (!block) {
        eddy__free(g, sizeof *g);
        return NULL;
    }
    *g = (eddy_gen){.item_size = item_size};
    eddy__switch_init(&g->co, block, size, fn, arg, name, site);
    eddy__list_append(&loop.generators, &g->link);
    loop.close_generators = close_all;
    loop.drop_generators = drop_all;
    return g;
}

eddy_gen *(eddy_gen_open)(eddy_fn fn, void *arg, size_t item_size) {
    return eddy__gen_open(NULL, "generator", fn, arg, item_size);
}

/* ---- running the body ------------------------------------------------------------------------------- */

/* Its result is told once, by next or by close. False: its frames are lost, and the task may stand in
 * lists with what lies among them. So the consumer does not go on either, and the block stays until
 * the run, which ends now, has abandoned the task. */
bool eddy__gen_finished(eddy_gen *g, eddy__task *task, eddy__outcome outcome) {
    if (outcome == EDDY__FINISHED) {
        eddy__scopes_close_inside(task, g->base, " when the generator ended that began it");
        if (g->co.result < 0) g->error = g->co.result;
        eddy__gen_finish(g);
        return true;
    }
    eddy__task_overflowed(task, outcome); /* ends the run, or the program */
    return false;
}

/* The error to be told now, or 0. */
int eddy__gen_take_error(eddy_gen *g, eddy__task *task) {
    int rc = g->error;
    g->error = 0;
    if (rc < 0) eddy__task_deliver(task, rc, eddy__task_text(task, rc));
    return rc;
}

/* Compound: next, as long as the body says anything but its end. */
int eddy__gen_close(const char *site, eddy_gen *g) {
    if (!g) return EDDY_ENOMEM;
    eddy__task *task = eddy__current;
    if (!task || g->task) return EDDY_ESTATE;
    if (task->scope) eddy__scopes_prune(task, eddy__stack_pointer());
    g->closing = true;
    if (!g->co.started) eddy__gen_finish(g);
    int rc = eddy__gen_next(site, g, NULL);
    destroy(g);
    return rc == EDDY_ECLOSED ? 0 : rc;
}

int(eddy_gen_next)(eddy_gen *g, void *item) {
    return eddy__gen_next(NULL, g, item);
}
int(eddy_gen_close)(eddy_gen *g) {
    return eddy__gen_close(NULL, g);
}
