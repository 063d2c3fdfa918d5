/* loop.c: the scheduler: passes, the end of a run, deadlock.
 *
 *               begin                  main has ended              the last task has ended
 *        IDLE ---------> RUN (passes) ----------------> ENDING ------------------------> IDLE
 *                          |      a runner's run: back to IDLE, tasks stay                ^
 *                          |      (a library has no main: its host closes it)          ^
 *                          +--- halted (second interrupt, stack overflow): abandon all ---+
 *
 * One pass: every due timer takes effect; then as many elements of the ready queue are run as were
 * in it at that moment. What becomes ready meanwhile runs in the next pass, so a task that yields
 * for ever starves neither timers nor host operations. */
#include "internal.h"

eddy__loop eddy__the_loop = {
    .ready_head = &eddy__the_loop.pass_end,
    .ready_last = &eddy__the_loop.pass_end,
    .pass_end.kind = EDDY__READY_PASS_END,
    .tasks = {&eddy__the_loop.tasks, &eddy__the_loop.tasks},
    .unread = {&eddy__the_loop.unread, &eddy__the_loop.unread},
    .generators = {&eddy__the_loop.generators, &eddy__the_loop.generators},
    .look_interval = 1,
};

#define loop eddy__the_loop

/* A guest gives the host's events a turn after this long. */
#define TICK_BUDGET (8 * EDDY_MS)

/* ---- clock ------------------------------------------------------------------------------------ */

eddy_time eddy_now(void) {
    return loop.is_virtual ? loop.virtual_now : eddy__host_now();
}

int eddy_clock_virtual(bool on) {
    if (eddy__timers_next() != EDDY_FOREVER) return EDDY_ESTATE;
    loop.is_virtual = on;
    loop.virtual_now = 0;
    loop.now = eddy_now();
    return 0;
}

int eddy_clock_advance(eddy_time by) {
    if (!loop.is_virtual) return EDDY_ESTATE;
    if (by < 0) return EDDY_EINVAL;
    loop.virtual_now = eddy__time_add(loop.virtual_now, by);
    if (loop.virtual_now == EDDY_FOREVER) loop.virtual_now--; /* no clock gets there */
    return 0;
}

#if EDDY__GUEST
static void look_at_host(void) {}
#else
/* While tasks are ready the host is asked for completions each millisecond, so that operations
 * neither starve nor take over; by looks at the clock where that is virtual and stands still. */
static void look_at_host(void) {
    if (loop.ops.count == 0 || (loop.now < loop.host_look && ++loop.looks < 64)) return;
    loop.looks = 0;
    loop.host_look = loop.now + EDDY_MS;
    eddy__host_look();
}
#endif

/* Reading the host's clock costs more than a step of a small task, so it is read about every 50 us
 * and at least every 64 steps. Returns how many steps to run before the next look. */
static uint32_t look_at_clock(void) {
    eddy_time before = loop.now;
    loop.now = eddy_now();
    eddy_time passed = loop.now - before;
    if (passed < 25 * EDDY_US) {
        if (loop.look_interval < 64) loop.look_interval *= 2;
    } else if (passed > EDDY_MS) {
        loop.look_interval = 1;
    } else if (passed > 100 * EDDY_US && loop.look_interval > 1) {
        loop.look_interval /= 2;
    }
    if (eddy__host_interrupted()) (void)eddy_interrupt();
    look_at_host();
    return loop.look_interval;
}

/* ---- ready queue -------------------------------------------------------------------------------- */

void eddy__ready_push(eddy__ready *element) {
    eddy__ready_append(element);
    if (EDDY__UNLIKELY(!loop.in_pass)) eddy__host_wake();
}

static bool nothing_ready(void) {
    return loop.ready_head == loop.ready_last; /* the mark alone */
}

/* Empties the ready queue without running anything. Tasks are still in loop.tasks. */
static void drop_ready(void) {
    /* Taken off first: a destructor may make something ready anew. */
    eddy__ready *element = loop.ready_head, *next, *behind_mark = loop.pass_end.next;
    loop.ready_head = loop.ready_last = &loop.pass_end;
    loop.pass_end.next = NULL;
    for (; element; element = next) {
        next = element == &loop.pass_end ? behind_mark : element->next;
        if (element->kind == EDDY__READY_OBSERVE) eddy__observe_marked();
        if (element->kind == EDDY__READY_CALLBACK) {
            eddy__callback *callback = EDDY__OWNER(element, eddy__callback, ready);
            callback->fn = NULL;
            eddy__callback_run(callback);
        } else if (element->kind == EDDY__READY_CALL) {
            eddy__call *call = EDDY__OWNER(element, eddy__call, ready);
            call->fn = NULL;
            eddy__call_run(call);
        }
    }
}

/* ---- the end of a run --------------------------------------------------------------------------- */

static void cancel_leftovers(void) {
    for (eddy__link *l = loop.tasks.next; l != &loop.tasks; l = l->next) {
        eddy__task *task = EDDY__OWNER(l, eddy__task, link);
        if (task->leftover) continue;
        task->leftover = true;
        loop.leftover++;
        (void)eddy_cancel(&task->future);
    }
}

static void abandon_all(void) {
    drop_ready();
    /* All before the first stack is freed: what others wait for may lie there. */
    for (eddy__link *l = loop.tasks.next; l != &loop.tasks; l = l->next)
        eddy__task_leave(EDDY__OWNER(l, eddy__task, link));
    /* Operations lie on stacks, too. Last, because one that is cancelled may complete others. */
    if (loop.drop_ops) loop.drop_ops();
    while (!eddy__list_empty(&loop.tasks)) {
        eddy__task_abandon(EDDY__OWNER(loop.tasks.next, eddy__task, link));
        drop_ready(); /* who joined it has woken, and is abandoned next */
    }
}

static void release_main(void) {
    if (!loop.main) return;
    eddy_future *main_future = &loop.main->future;
    loop.main = NULL;
    const char *text = eddy_message(main_future);
    size_t length = strlen(text);
    if (length >= sizeof loop.result_text) length = sizeof loop.result_text - 1;
    memcpy(loop.result_text, text, length);
    loop.result_text[length] = 0;
    eddy_release(main_future);
}

/* R13: by a task of the runtime's own, which is no leftover to be cancelled. */
static bool start_closing_generators(void) {
    if (eddy__list_empty(&loop.generators)) return false;
    eddy__task *closer =
        loop.halted ? NULL : eddy__task_make(NULL, "generators", loop.close_generators, NULL, NULL);
    if (!closer) {
        loop.drop_generators();
        return false;
    }
    closer->leftover = true;
    loop.leftover++;
    eddy__task_launch(closer, false);
    eddy_release(&closer->future);
    return true;
}

/* Reports and drops what is left when no task is. False: a report or a destructor of the
 * application has added to it. */
static bool nothing_is_left(void) {
    while (!eddy__list_empty(&loop.unread))
        eddy__report_future(EDDY__OWNER(loop.unread.next, eddy_future, unread_link));
    eddy__calls_drop();
    if (eddy__task_count() || start_closing_generators()) return false;
    drop_ready();
    if (loop.debug) loop.debug_calls->run_ended();
    return !eddy__task_count() && nothing_ready();
}

static void finish_run(void) {
    release_main();
    if (loop.halted) {
        do abandon_all();
        while (!nothing_is_left());
    } else if (!loop.keep_tasks && !nothing_is_left()) {
        loop.phase = EDDY__ENDING;
        cancel_leftovers();
        return;
    }
    if (loop.main_block) eddy__block_free(loop.main_block, loop.main_block_size);
    loop.main_block = NULL;
    bool tasks_stay = loop.keep_tasks && !loop.halted;
    loop.phase = EDDY__IDLE;
    loop.halted = loop.interrupted = false;
    if (!tasks_stay) {
        eddy__timers_trim();
        eddy__calls_trim();
        eddy__table_trim(&loop.ops);
        eddy__table_trim(&loop.scopes);
        eddy__blocks_trim();
        eddy__pools_trim();
        if (loop.end_workers) loop.end_workers();
    }
    void (*on_end)(int, void *) = loop.on_end;
    loop.on_end = NULL;
    if (on_end) on_end(loop.result, loop.on_end_ctx);
}

void eddy__loop_halt(int result) {
    static eddy__ready mark = {.kind = EDDY__READY_PASS_END};
    loop.result = result;
    if (loop.halted) return;
    loop.halted = true;
    mark.next = loop.ready_head; /* the pass ends here and now */
    loop.ready_head = &mark;
}

/* Between two passes: is the run over, or at the next stage of its end? */
static void advance_phase(void) {
    if (loop.halted) {
        finish_run();
        return;
    }
    if (loop.phase == EDDY__RUN && (loop.main ? eddy_done(&loop.main->future) : loop.closing)) {
        loop.result = loop.main ? loop.main->future.result : 0;
        if (loop.deadlocked) loop.result = EDDY_EDEADLK;
        if (loop.keep_tasks) {
            finish_run();
            return;
        }
        loop.phase = EDDY__ENDING;
        cancel_leftovers();
    }
    if (loop.phase == EDDY__ENDING && loop.leftover == 0) {
        if (eddy__task_count() == 0)
            finish_run();
        else
            cancel_leftovers(); /* spawned by the cleanup of others */
    }
}

bool eddy__loop_over(void) {
    return loop.phase == EDDY__IDLE;
}

/* ---- deadlock (R7) -------------------------------------------------------------------------------- */

static bool break_deadlock(void) {
    bool first = !loop.deadlocked;
    loop.deadlocked = true;
    eddy__report_tree();
    if (first && loop.phase == EDDY__RUN) {
        if (loop.main) (void)eddy_cancel(&loop.main->future);
        if (!nothing_ready()) return true;
    }
    /* Cancelling has not helped: what is left waits inside shields or for one another's end. */
    eddy__loop_halt(EDDY_EDEADLK);
    return true;
}

/* ---- driving ----------------------------------------------------------------------------------------- */

/* Between two passes. False: there is nothing to run. */
static bool begin_pass(void) {
    if (loop.phase != EDDY__IDLE || loop.halted) {
        advance_phase();
        if (loop.phase == EDDY__IDLE && loop.sync) return false;
    }
    if (loop.is_virtual) loop.now = loop.virtual_now;
    eddy__timers_fire(loop.now);
    if (nothing_ready()) return false;
    loop.ready_head = loop.pass_end.next;
    eddy__ready_append(&loop.pass_end);
    if (EDDY__UNLIKELY(loop.shuffle != NULL)) loop.shuffle();
    eddy__trace(EDDY__TRACE_PASS, NULL, 0);
    return true;
}

static bool instance_over; /* of the innermost loop: the other one is to go on */

EDDY__INLINE void run_task(eddy__ready *element, bool is_new, bool observed) {
    eddy__step step;
    eddy__task *task = EDDY__OWNER(element, eddy__task, ready);
    loop.ready_head = element->next;
    if (observed) eddy__step_begin(&step, task);
    if (!is_new || eddy__task_begin(task)) eddy__task_step(task);
    if (observed) eddy__step_end(&step);
}

/* Runs the first element of the queue. False: it was the mark, and there is nothing behind it; or
 * the other instance must go on. */
EDDY__INLINE bool run_next(bool observed) {
    eddy__ready *element = loop.ready_head;
    if (EDDY__LIKELY(element->kind == EDDY__READY_TASK)) {
        run_task(element, false, observed);
        return true;
    }
    if (element->kind == EDDY__READY_NEW) {
        run_task(element, true, observed);
        return true;
    }
    eddy__current = NULL;
    if (element->kind == EDDY__READY_PASS_END) return begin_pass();
    loop.ready_head = element->next;
    if (element->kind == EDDY__READY_OBSERVE) {
        eddy__observe_marked();
        instance_over = observed != loop.observed;
        return !instance_over;
    }
    eddy__step step;
    if (observed) eddy__step_begin(&step, NULL);
    if (element->kind == EDDY__READY_CALL)
        eddy__call_run(EDDY__OWNER(element, eddy__call, ready));
    else
        eddy__callback_run(EDDY__OWNER(element, eddy__callback, ready));
    if (observed) eddy__step_end(&step);
    return true;
}

/* One instance does nothing besides, the other lets debug mode and traces see each step. */
EDDY__INLINE bool run_until(eddy_time until, bool observed) {
    bool more = false;
    uint32_t steps = loop.look_interval;
    do {
        if (EDDY__UNLIKELY(--steps == 0)) {
            steps = look_at_clock();
            more = loop.now >= until;
        }
    } while (EDDY__LIKELY(!more) && run_next(observed));
    return more;
}

bool eddy__loop_turn(eddy_time until) {
    bool more;
    loop.in_pass = true;
    do {
        instance_over = false;
        more = loop.observed ? run_until(until, true) : run_until(until, false);
    } while (instance_over);
    eddy__current = NULL;
    loop.in_pass = false;
    return more;
}

bool eddy__loop_idle(void) {
    if (loop.halted) return true;
    if (loop.idlers.first) {
        eddy__hand_over_all(&loop.idlers, 0);
        return true;
    }
    eddy_time next = eddy__timers_next();
    if (next != EDDY_FOREVER) {
        if (!loop.is_virtual || loop.ops.count > 0) return false;
        if (next > loop.virtual_now) loop.virtual_now = next;
        return true;
    }
    if (loop.phase == EDDY__IDLE) return false;
    bool guest_cannot_wait = EDDY__GUEST && loop.sync;
    if (!guest_cannot_wait && (loop.ops.count > 0 || loop.outside > 0)) return false;
    return break_deadlock();
}

int eddy__loop_drive(void) {
    loop.sync = true;
    for (;;) {
        (void)look_at_clock();
        (void)eddy__loop_turn(EDDY_FOREVER);
        if (eddy__loop_over()) break;
        if (eddy__loop_idle()) continue;
#if !EDDY__GUEST
        eddy__host_wait(eddy__timers_next());
        loop.host_look = eddy_now() + EDDY_MS;
#endif
    }
    loop.sync = false;
    return loop.result;
}

static double tick(bool looks) {
    eddy_time until = EDDY_FOREVER;
    bool is_exact = looks; /* the budget, which may have begun by an old clock */
    do {
        if (looks) (void)look_at_clock();
        if (until == EDDY_FOREVER && !loop.is_virtual) until = loop.now + TICK_BUDGET;
        if (eddy__loop_turn(until)) {
            if (is_exact || eddy__loop_turn(loop.now + TICK_BUDGET)) return 0;
        }
        is_exact = looks = true;
    } while (eddy__loop_idle());
    eddy_time next = eddy__timers_next();
    if (next == EDDY_FOREVER || loop.is_virtual) return -1;
    eddy_time delay = next - eddy__host_now();
    return delay <= 0 ? 0 : (double)delay / (double)EDDY_MS;
}

EDDY__EXPORT double eddy_tick(void) {
    if (loop.in_pass || loop.sync) return -1;
    return tick(true);
}

#if EDDY__GUEST
/* Since the last pass nothing has come up that a pass would have to look at. */
EDDY__INLINE bool is_quiet(void) {
    bool is_plain = !loop.observed && !loop.halted && loop.phase == EDDY__RUN && !loop.is_virtual;
    bool is_ending = loop.main ? loop.main->future.state != EDDY_PENDING : loop.closing;
    return is_plain && !is_ending && nothing_ready() && eddy__timers_next() == EDDY_FOREVER;
}

/* What eddy__host_complete and a pass do, where one task alone goes on. */
EDDY__INLINE bool serve_alone(uint32_t index, uint32_t generation, int result) {
    eddy__op *op = eddy__table_get(&loop.ops, (uint64_t)generation << 32 | index);
    if (!op || !op->taken || result < 0 || !is_quiet() || loop.shuffle) return false;
    eddy__task *task = op->task;
    eddy__table_remove(&loop.ops, op->id);
    op->id = 0;
    task->state = EDDY__READY;
    task->ignored = 0;
    task->uncancellable = false;
    task->resume = result;
    loop.in_pass = true;
    eddy__task_step(task);
    eddy__current = NULL;
    loop.in_pass = false;
    return true;
}

double eddy__loop_serve(uint32_t op, uint32_t generation, int result) {
    bool may = !loop.in_pass && !loop.sync;
    if (may && serve_alone(op, generation, result)) {
        if (is_quiet() && !loop.idlers.first && loop.ops.count) return -1;
    } else {
        loop.in_pass |= may;
        eddy__host_complete(op, generation, result, NULL, 0);
        if (!may) return -1;
        loop.in_pass = false;
    }
    return tick(false);
}
#endif

static void begin_phase(bool ending) {
    loop.phase = ending ? EDDY__ENDING : EDDY__RUN;
    loop.deadlocked = loop.interrupted = loop.halted = loop.keep_tasks = false;
    loop.closing = false;
    loop.leftover = 0;
}

void eddy__loop_begin_end(void) {
    begin_phase(true);
    loop.result = 0;
    cancel_leftovers();
}

int eddy__loop_begin(eddy_fn fn, void *arg) {
    if (loop.phase != EDDY__IDLE || loop.sync) return EDDY_ESTATE;
    if (!fn) return EDDY_EINVAL;
    loop.now = eddy_now();
    loop.select_turn = 0;
    /* The main task's stack is four times the default: programs being ported keep buffers there. */
    eddy_spawn_options options = {.arg = arg, .name = "main", .stack = (size_t)256 * 1024};
    eddy_future *main_task = eddy__spawn_with(NULL, "main", fn, &options);
    if (!main_task) return EDDY_ENOMEM;
    loop.main = (eddy__task *)main_task;
    begin_phase(false);
    return 0;
}

int eddy__loop_open(void (*on_end)(int result, void *ctx), void *ctx) {
    if (loop.phase != EDDY__IDLE || loop.sync || loop.runner_open) return EDDY_ESTATE;
    begin_phase(false);
    loop.on_end = on_end;
    loop.on_end_ctx = ctx;
    return 0;
}

int eddy__loop_close(void) {
    if (loop.phase == EDDY__IDLE) return EDDY_ESTATE;
    if (loop.interrupted) return 0;
    return eddy_interrupt();
}

bool eddy__loop_enter(void) {
    if (loop.in_pass || loop.sync) return false;
    loop.in_pass = true;
    return true;
}

void eddy__loop_leave(eddy_time next_before) {
    eddy__current = NULL;
    loop.in_pass = false;
    if (!nothing_ready() || loop.halted || eddy__timers_next() < next_before) eddy__host_wake();
}

EDDY__EXPORT int eddy_interrupt(void) {
    if (loop.phase == EDDY__IDLE) return EDDY_ESTATE;
    if (loop.interrupted) {
        eddy__loop_halt(EDDY_ECANCELED);
    } else {
        loop.interrupted = true;
        if (loop.main)
            (void)eddy_cancel(&loop.main->future);
        else
            loop.closing = true;
    }
    if (!loop.in_pass) eddy__host_wake();
    return 0;
}
