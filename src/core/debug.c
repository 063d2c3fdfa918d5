/* debug.c: debug mode: what looks like a mistake is reported. Everything else of the runtime calls
 * in here by loop.debug_calls, so that a program that never asks for it links none of it. */
#include "internal.h"

#define loop eddy__the_loop

/* A step longer than this is told of once, at its end or at its next call of the runtime. */
#define SLOW (100 * EDDY_MS)
/* And one that does not even call the runtime, in debug builds, after this. */
#define NEVER_YIELDS (1 * EDDY_S)

#define LEAKS_TOLD 10

/* Of a plain future, or a task. */
static eddy__link watched = {&watched, &watched}; /* in order of making */

static eddy__watched *watched_of(const eddy_future *f) {
    if (!f->is_task) return ((const eddy__plain_future *)f)->watched;
    const eddy__task *task = (const eddy__task *)f;
    return task->has_rare ? task->rare.watched : NULL;
}

static void set_watched(eddy_future *f, eddy__watched *w) {
    if (f->is_task)
        eddy__task_need_rare((eddy__task *)f)->watched = w;
    else
        ((eddy__plain_future *)f)->watched = w;
}

static void forget(eddy_future *f) {
    eddy__watched *w = watched_of(f);
    if (!w) return;
    set_watched(f, NULL);
    eddy__list_remove(&w->link);
    eddy__free(w, sizeof *w);
}

static void add_task(eddy__task *task, eddy__watched *w) {
    w->site = task->co.site;
    w->birthplace = eddy__birthplace_of(task);
    if (w->birthplace) w->birthplace->spawned++;
    if (task->co.started) return;
    eddy__switch_paint(&task->co);
    w->painted = true;
}

/* Without memory it just is not watched. */
static void made(eddy_future *f, const char *site) {
    eddy__watched *w = eddy__alloc(sizeof *w);
    set_watched(f, w);
    if (w) {
        *w = (eddy__watched){.future = f, .site = site};
        eddy__list_append(&watched, &w->link);
    }
    if (!f->is_task) return;
    eddy__task *task = (eddy__task *)f;
    task->attention = true; /* primitives come by `attended` */
    if (w) add_task(task, w);
}

/* ---- lints --------------------------------------------------------------------------------------- */

static void dropped(eddy_future *f) {
    const char *site = watched_of(f)->site;
    forget(f);
    bool cleans_up = eddy__current && eddy__current->cancelled;
    if (f->state != EDDY_PENDING || cleans_up) return;
    f->pins++; /* those who wait for it may leave it meanwhile */
    eddy__lint("a future was dropped unresolved: nobody can resolve it any more", NULL, "made",
               site);
    f->pins--;
}

static void describe_leak(eddy__line *line, const eddy_future *f) {
    if (f->handles > 1) {
        eddy__line_number(line, f->handles);
        eddy__line_text(line, " handles of ");
    } else {
        eddy__line_text(line, "a handle of ");
    }
    eddy__line_text(line, f->is_task ? "task '" : "a future");
    if (f->is_task) {
        eddy__line_text(line, eddy_name(f));
        eddy__line_text(line, "'");
    }
    eddy__line_text(line, f->handles > 1 ? " were" : " was");
    eddy__line_text(line, " never released");
}

static void report_leaks(void) {
    uint32_t leaks = 0;
    while (!eddy__list_empty(&watched)) {
        eddy__watched *w = EDDY__OWNER(watched.next, eddy__watched, link);
        eddy_future *f = w->future;
        const char *site = w->site;
        forget(f); /* before the report: that may release it */
        if (f->handles == 0 || ++leaks > LEAKS_TOLD) continue;
        eddy__line line = {0};
        describe_leak(&line, f);
        eddy__lint(line.bytes, f->is_task ? eddy_name(f) : NULL, f->is_task ? "spawned" : "made",
                   site);
    }
    if (leaks <= LEAKS_TOLD) return;
    eddy__line line = {0};
    eddy__line_text(&line, "handles of ");
    eddy__line_number(&line, leaks - LEAKS_TOLD);
    eddy__line_text(&line, " more tasks and futures were never released");
    eddy__lint(line.bytes, NULL, "made", NULL);
}

static void run_ended(void) {
    report_leaks();
    eddy__birthplaces_free();
}

/* ---- steps ---------------------------------------------------------------------------------------- */

/* No part of its callers' frames, which every primitive calls in a task. */
__attribute__((noinline)) static void report_step(eddy__step *step, eddy_time took,
                                                  const char *until, const char *remark) {
    step->told = true;
    const eddy__task *task = step->task;
    eddy__line line = {0};
    if (task) {
        eddy__line_text(&line, "task '");
        eddy__line_text(&line, task->co.name);
        eddy__line_text(&line, "'");
    } else {
        eddy__line_text(&line, "a callback");
    }
    eddy__line_text(&line, " ran for ");
    eddy__line_number(&line, took / EDDY_MS);
    eddy__line_text(&line, " ms without waiting");
    if (step->site) {
        eddy__line_text(&line, ", since it waited at ");
        eddy__line_text(&line, step->site);
    }
    if (until) {
        eddy__line_text(&line, ", until ");
        eddy__line_text(&line, until);
    }
    eddy__line_text(&line, remark);
    if (task)
        eddy__lint(line.bytes, task->co.name, "spawned", task->co.site);
    else
        eddy__lint(line.bytes, NULL, "called", NULL);
}

static void step_ended(eddy__step *step, eddy_time took) {
    eddy__task *task = step->task;
    if (took > SLOW && !step->told) report_step(step, took, NULL, "");
    eddy__watched *w = task ? watched_of(&task->future) : NULL;
    if (!w) return;
    w->ran += took;
    if (task->state == EDDY__ENDED) return;
    size_t used = eddy__switch_used(&task->co, NULL);
    if (used > w->deepest) w->deepest = used;
}

/* The step still goes on: a report is written on the task's own stack. */
#define ROOM_FOR_REPORT 4096

static void attended(eddy__task *task, bool by_runtime) {
    eddy__step *step = eddy__the_step;
    if (!step || step->task != task || step->told) return;
    const char *stack_pointer = eddy__stack_pointer(), *low = eddy__running(task)->block;
    if (stack_pointer < low + ROOM_FOR_REPORT) return;
    eddy_time took = eddy__host_now() - step->began;
    if (took <= (by_runtime ? SLOW : NEVER_YIELDS)) return;
    if (by_runtime)
        report_step(step, took, task->wait_site ? task->wait_site : "a call of the runtime", "");
    else
        report_step(step, took, NULL, ", and goes on: a task that never yields");
}

/* ---- tasks ---------------------------------------------------------------------------------------- */

static void ended(eddy__task *task) {
    eddy__watched *w = watched_of(&task->future);
    if (!w || !w->birthplace) return;
    eddy__birthplace_count(w->birthplace, eddy__task_stack_used(task), task->co.size);
    w->birthplace = NULL;
    w->painted = false;
}

static void freed(eddy__task *task) {
    forget(&task->future);
}

/* ---- on and off ------------------------------------------------------------------------------------ */

static const eddy__debug_calls calls = {
    .made = made,
    .dropped = dropped,
    .ended = ended,
    .freed = freed,
    .attended = attended,
    .step_ended = step_ended,
    .run_ended = run_ended,
};

void eddy_debug(bool on) {
    if (on == loop.debug) return;
    loop.debug = on;
    loop.debug_calls = &calls;
    for (eddy__link *l = loop.tasks.next; l != &loop.tasks; l = l->next) {
        eddy__task *task = EDDY__OWNER(l, eddy__task, link);
        task->attention = on || task->cancelled || task->scope;
        if (on) made(&task->future, task->co.site);
    }
    if (!on) {
        while (!eddy__list_empty(&watched))
            forget(EDDY__OWNER(watched.next, eddy__watched, link)->future);
        eddy__birthplaces_free();
    }
    eddy__observe();
}
