/* asyncify.c: switching stacks in wasm by Binaryen's Asyncify, without leaving wasm.
 *
 * The pass finds its runtime by what it calls: functions with start_unwind or stop_rewind are tops
 * (the blocking primitives), those with stop_unwind or start_rewind bottoms (enter, below). Only
 * what lies between is instrumented, so enter must call the body itself. */
#include "switch.h"

#include <string.h>



__attribute__((import_module("asyncify"), import_name("stop_unwind"))) void
eddy__asyncify_stop_unwind(void);
__attribute__((import_module("asyncify"), import_name("start_rewind"))) void
eddy__asyncify_start_rewind(void *record);

int eddy__switch_rewinding;
int eddy__switch_unwinding;
eddy__record eddy__switch_record = {.end = (char *)UINTPTR_MAX};
eddy__overflow eddy__switch_overflow;

/* Eight bytes that no frame holds by accident. */
#define CANARY UINT64_C(0xeddc0ffee0ddba11)

/* Of a copied name, so much is kept for the report. */
#define LONGEST_NAME 39

/* Between the record and the low end of a block, where a copied name is. A record that outgrows the
 * block goes the other way; a C stack that does meets the canary first, then the name's original
 * is unharmed. */
typedef struct {
    uint64_t canary;
    const char *name, *site;
} head;

size_t eddy__switch_min_size(void) {
    return 512;
}

void eddy__switch_init(eddy__coroutine *co, char *block, size_t size, int (*fn)(void *), void *arg,
                       const char *name, const char *site, bool copy_name) {
    co->name = name;
    co->low = block;
    if (copy_name) {
        size_t length = strlen(name);
        if (length > LONGEST_NAME) length = LONGEST_NAME;
        memcpy(block, name, length);
        block[length] = 0;
        name = block;
        co->low += (length + sizeof(uint64_t)) & ~(sizeof(uint64_t) - 1);
    }
    *(head *)co->low = (head){CANARY, name, site};
    co->record = co->low + sizeof(head);
    /* Compiled code computes with a stack pointer that is a multiple of 16. */
    co->sp = (char *)((uintptr_t)(block + size) & ~(uintptr_t)15);
    co->block = block;
    co->size = size;
    co->deepest = 0;
    co->site = site;
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

#ifndef NDEBUG

static eddy__coroutine *running; /* innermost; NULL outside of all */

/* Debug builds call this at the head of each of the program's functions: the overflow is named in
 * the function that causes it, before anything outside of the block is touched. */
void __cyg_profile_func_enter_bare(void) {
    if (!running) return;
    const char *sp = eddy__stack_pointer(), *top = running->block + running->size;
    if (sp >= eddy__switch_record.pos) return; /* where the next frames will be saved */
    eddy__switch_overflow = (eddy__overflow){(size_t)(top - sp) + sizeof(head), running->size,
                                             running->name, running->site};
    running = NULL;
    eddy__switch_overflowed();
}

#define SET_RUNNING(co) (running = (co))
#define RUNNING running
#else
#define SET_RUNNING(co) ((void)(co))
#define RUNNING NULL
#endif

/* The names are read from the end of the block that the overflow came not from. */
static eddy__outcome overflow(const eddy__coroutine *co, const head *low, const char *top,
                              size_t size, const char *end, size_t used) {
    bool low_is_alive = low->canary == CANARY;
    eddy__switch_overflow = (eddy__overflow){used, size, low_is_alive ? low->name : co->name,
                                             low_is_alive ? low->site : co->site};
    return low_is_alive && end <= top ? EDDY__OVERFLOWED : EDDY__BROKEN;
}

/* Exported and with a direct call, so that Binaryen leaves it whole. */
__attribute__((noinline, used, export_name("eddy__switch_enter"))) eddy__outcome
eddy__switch_enter(eddy__coroutine *co) {
    /* Of `co` nothing may be read after the body when something has overflowed. */
    const head *const low = (const head *)co->low;
    char *const block = co->block;
    const size_t size = co->size;
    char *const outer_sp = eddy__stack_pointer();
    char *const outer_record = eddy__switch_record.pos;
    eddy__coroutine *const outer = RUNNING;
    SET_RUNNING(co);
    set_stack_pointer(co->sp);
    eddy__switch_record.pos = co->record;
    if (co->started) {
        eddy__switch_rewinding = 1;
        eddy__asyncify_start_rewind(&eddy__switch_record);
    } else {
        co->started = true;
    }
    int result = co->fn(co->arg);
    SET_RUNNING(outer);
    if (!eddy__switch_unwinding) {
        set_stack_pointer(outer_sp);
        eddy__switch_record.pos = outer_record;
        co->result = result;
        if (low->canary == CANARY) return EDDY__FINISHED;
        return overflow(co, low, block + size, size, block, 0);
    }
    eddy__switch_unwinding = 0;
    /* The frames' epilogues did not run: the pointer still is the innermost frame's. */
    char *sp = eddy__stack_pointer();
    char *end = eddy__switch_record.pos;
    eddy__asyncify_stop_unwind();
    set_stack_pointer(outer_sp);
    eddy__switch_record.pos = outer_record;
    size_t used = (size_t)(end - block) + (size_t)(block + size - sp);
    /* The record may have grown into the live C stack, or the C stack out of the block. */
    if (end > sp || low->canary != CANARY)
        return overflow(co, low, block + size, size, end, used);
    if (used > co->deepest) co->deepest = used;
    co->record = end;
    co->sp = sp;
    return EDDY__SUSPENDED;
}
