// build: hosts=native,web,lean
/* setjmp and longjmp in tasks that wait below, after and between: each task jumps on its own stack, and
 * is left with the stack that it had. */
#include "check.h"

#include <setjmp.h>
#include <stdint.h>

static int64_t wide(jmp_buf back, int jump) {
    if (eddy_yield() < 0 || jump) longjmp(back, 7);
    return INT64_C(1) << 40;
}

static int descend(jmp_buf back, int jump, int depth) {
    volatile char room[200];
    room[0] = (char)depth;
    if (depth) return descend(back, jump, depth - 1) + room[0] - depth;
    int rc = eddy_sleep(1 * EDDY_MS);
    if (rc < 0) return rc;
    if (jump) longjmp(back, jump);
    return 0;
}

__attribute__((noinline)) static uintptr_t stack_here(void) {
    volatile char here = 0;
    return (uintptr_t)&here;
}

static int jumps(void *arg) {
    const int first = *(int *)arg;
    volatile int caught = 0;
    volatile uintptr_t stack = 0;
    for (volatile int i = first; i < first + 100; i++) {
        jmp_buf outer, inner;
        int value = setjmp(outer);
        if (value) {
            CHECK(value == i);
            caught++;
            if (eddy_yield() < 0) return -1;
            if (!stack) stack = stack_here();
            CHECK(stack == stack_here());
            continue;
        }
        if (setjmp(inner) == 0) {
            CHECK(descend(inner, i & 1 ? i : 0, 2) == 0);
            CHECK((i & 1) == 0);
        } else {
            CHECK(descend(outer, 0, 1) == 0);
            descend(outer, i, 3);
            CHECK(!"comes back");
        }
        if (setjmp(inner) == 0) CHECK(wide(inner, i & 2) == INT64_C(1) << 40 && !(i & 2));
        else CHECK(i & 2);
    }
    return caught;
}

/* A cancelled wait below a setjmp, as an interpreter has it whose errors are jumps. */
static int interpreter(void *arg) {
    (void)arg;
    jmp_buf back;
    if (setjmp(back)) return eddy_checkpoint();
    if (eddy_sleep(60 * EDDY_S) < 0) longjmp(back, 1);
    return 0;
}

static void jump_in_callback(void *arg) {
    jmp_buf back;
    if (setjmp(back) == 0) longjmp(back, 1);
    *(int *)arg = 1;
}

int eddy_main(int argc, char **argv) {
    (void)argc, (void)argv;
    enum { TASKS = 20 };
    eddy_future *tasks[TASKS];
    int firsts[TASKS], called = 0;
    for (int i = 0; i < TASKS; i++) {
        firsts[i] = 1 + i;
        tasks[i] = eddy_spawn(jumps, &firsts[i]);
    }
    eddy_future *cancelled = eddy_spawn(interpreter, NULL);
    eddy_call_soon(jump_in_callback, &called);
    for (int i = 0; i < TASKS; i++) CHECK(eddy_await(tasks[i]) == 50);
    CHECK(called);
    CHECK(eddy_stop(cancelled) == EDDY_ECANCELED);
    eddy_release(cancelled);
    return check_end();
}
