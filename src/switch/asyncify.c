/* asyncify.c: switching stacks in wasm by Binaryen's Asyncify, without leaving wasm.
 *
 * The pass finds its runtime by what it calls: functions with start_unwind or stop_rewind are tops
 * (the blocking primitives), those with stop_unwind or start_rewind bottoms (enter, below). Only
 * what lies between is instrumented, so enter must call the body itself. */
#include "switch.h"



__attribute__((import_module("asyncify"), import_name("stop_unwind"))) void
eddy__asyncify_stop_unwind(void);
__attribute__((import_module("asyncify"), import_name("start_rewind"))) void
eddy__asyncify_start_rewind(void *record);

int eddy__switch_rewinding;
int eddy__switch_unwinding;

/* Eight bytes that no frame holds by accident; below them ends the block. */
#define CANARY UINT64_C(0xeddc0ffee0ddba11)
#define CANARY_SIZE sizeof(uint64_t)

size_t eddy__switch_min_size(void) {
    return 512;
}

void eddy__switch_init(eddy__coroutine *co, char *block, size_t size, int (*fn)(void *),
                       void *arg) {
    *(uint64_t *)block = CANARY;
    co->record.pos = block + CANARY_SIZE;
    co->record.end = (char *)UINTPTR_MAX;
    /* Compiled code computes with a stack pointer that is a multiple of 16. */
    co->sp = (char *)((uintptr_t)(block + size) & ~(uintptr_t)15);
    co->block = block;
    co->size = size;
    co->deepest = 0;
    co->fn = fn;
    co->arg = arg;
    co->result = 0;
    co->started = false;
}

void eddy__switch_done(eddy__coroutine *co) {
    (void)co;
}

EDDY__INLINE void set_stack_pointer(char *sp) {
    __asm__ volatile("local.get %0\n"
                     "global.set __stack_pointer"
                     :
                     : "r"(sp));
}

EDDY__INLINE bool canary_is_alive(const eddy__coroutine *co) {
    return *(const uint64_t *)co->block == CANARY;
}

/* Exported and with a direct call, so that Binaryen leaves it whole. */
__attribute__((noinline, used, export_name("eddy__switch_enter"))) eddy__outcome
eddy__switch_enter(eddy__coroutine *co) {
    char *outer = eddy__stack_pointer();
    set_stack_pointer(co->sp);
    if (co->started) {
        eddy__switch_rewinding = 1;
        eddy__asyncify_start_rewind(&co->record);
    } else {
        co->started = true;
    }
    int result = co->fn(co->arg);
    if (!eddy__switch_unwinding) {
        set_stack_pointer(outer);
        co->result = result;
        return canary_is_alive(co) ? EDDY__FINISHED : EDDY__BROKEN;
    }
    eddy__switch_unwinding = 0;
    /* The frames' epilogues did not run: the pointer still is the innermost frame's. */
    char *sp = eddy__stack_pointer();
    size_t used = (size_t)(co->record.pos - co->block) + (size_t)(co->block + co->size - sp);
    if (used > co->deepest) co->deepest = used;
    /* The record may have grown into the live C stack, the C stack out of the block: the pass
     * itself only compares with record.end, and traps, so that is out of the way. */
    bool contained = co->record.pos <= co->block + co->size && sp >= co->block &&
                     canary_is_alive(co);
    bool fits = contained && co->record.pos <= sp;
    eddy__asyncify_stop_unwind();
    co->sp = sp;
    set_stack_pointer(outer);
    if (fits) return EDDY__SUSPENDED;
    return contained ? EDDY__OVERFLOWED : EDDY__BROKEN;
}
