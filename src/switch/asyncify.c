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
eddy__record eddy__switch_record = {.end = (char *)UINTPTR_MAX};
eddy__overflow eddy__switch_overflow;

/* Of a copied name, so much is kept for the report. */
#define LONGEST_NAME 39

size_t eddy__switch_min_size(void) {
    return 512;
}

void eddy__switch_copy_name(eddy__coroutine *co) {
    size_t length = strlen(co->name);
    if (length > LONGEST_NAME) length = LONGEST_NAME;
    memcpy(co->block, co->name, length);
    co->block[length] = 0;
    co->low = co->block + ((length + sizeof(uint64_t)) & ~(sizeof(uint64_t) - 1));
    eddy__switch_begin_block(co, co->block);
}

size_t eddy__switch_used(const eddy__coroutine *co, const char *stack_pointer) {
    const char *top = co->block + co->size;
    if (!co->started) return 0;
    if (!stack_pointer) return (size_t)(co->record - co->block) + (size_t)(top - co->sp);
    if (stack_pointer < co->block || stack_pointer > top) return 0;
    return (size_t)(co->low - co->block) + sizeof(eddy__block_head) + (size_t)(top - stack_pointer);
}

/* Bytes that a program hardly leaves on its stack. */
#define PAINT 0xb5

void eddy__switch_paint(eddy__coroutine *co) {
    memset(co->record, PAINT, (size_t)(co->sp - co->record));
}

/* The record grows up, the C stack down: what neither has reached is the longest stretch of paint. */
size_t eddy__switch_deepest(const eddy__coroutine *co) {
    size_t longest = 0, length = 0;
    for (size_t i = 0; i < co->size; i++) {
        length = (unsigned char)co->block[i] == PAINT ? length + 1 : 0;
        if (length > longest) longest = length;
    }
    return co->size - longest;
}

#ifndef NDEBUG

static eddy__coroutine *running; /* innermost; NULL outside of all */

/* Debug builds call this at the head of each of the program's functions: the overflow is named in
 * the function that causes it, before anything outside of the block is touched. */
void __cyg_profile_func_enter_bare(void) {
    if (!running) return;
    const char *sp = eddy__stack_pointer(), *top = running->block + running->size;
    if (sp >= running->low + sizeof(eddy__block_head)) { /* where its frames will be saved */
        static unsigned entered;
        if ((++entered & 0xff) == 0) eddy__switch_entered_function();
        return;
    }
    eddy__switch_overflow = (eddy__overflow){.needed = (size_t)(top - sp) + sizeof(eddy__block_head),
                                             .has = running->size,
                                             .name = running->name,
                                             .site = running->site};
    running = NULL;
    /* What tells of it must not write below the block, where the name may be. */
    static char stack[8192] __attribute__((aligned(16)));
    eddy__switch_set_stack_pointer(stack + sizeof stack);
    eddy__switch_overflowed();
}

#define SET_RUNNING(co) (running = (co))
#define RUNNING running
#else
#define SET_RUNNING(co) ((void)(co))
#define RUNNING NULL
#endif

/* What is needed to tell of it is read from the side that the overflow came not from: upwards of
 * `low` the record's, downwards the C stack's. `sp` NULL: the body has returned. */
static eddy__outcome overflow(const eddy__coroutine *co, const eddy__block_head *low, const char *end,
                              const char *sp) {
    if (low->canary != EDDY__CANARY) {
        size_t used = sp ? (size_t)(co->block + co->size - sp) : 0;
        eddy__switch_overflow = (eddy__overflow){
            .needed = used, .has = co->size, .name = co->name, .site = co->site};
        return EDDY__BROKEN;
    }
    const char *top = low->block + low->size;
    size_t used = (size_t)(end - low->block) + (size_t)(top - sp);
    eddy__switch_overflow = (eddy__overflow){used,      low->size,  low->name,
                                             low->site, low->block, end};
    return end <= top ? EDDY__OVERFLOWED : EDDY__BROKEN;
}

/* Emscripten's C++ exceptions are thrown and kept track of by JavaScript, which knows one stack only.
 * Puts those that `theirs` stands for in the place of those that are being handled now. */
#ifdef EDDY__EXCEPTIONS_IN_JS
unsigned eddy_js_swap_exceptions(unsigned theirs);
#define ENTER_EXCEPTIONS(co) const unsigned outer_exceptions = eddy_js_swap_exceptions((co)->exceptions)
#define LEAVE_EXCEPTIONS() const unsigned own_exceptions = eddy_js_swap_exceptions(outer_exceptions)
#define KEEP_EXCEPTIONS(co) ((co)->exceptions = own_exceptions)
#else
#define ENTER_EXCEPTIONS(co) ((void)0)
#define LEAVE_EXCEPTIONS() ((void)0)
#define KEEP_EXCEPTIONS(co) ((void)0)
#endif

/* Exported and with a direct call, so that Binaryen leaves it whole. */
__attribute__((noinline, used, export_name("eddy__switch_enter"))) eddy__outcome
eddy__switch_enter(eddy__coroutine *co) {
    /* Of `co` nothing may be read after the body when something has overflowed. */
    eddy__block_head *const low = (eddy__block_head *)co->low;
    char *const outer_sp = eddy__stack_pointer();
    eddy__coroutine *const outer = RUNNING;
    ENTER_EXCEPTIONS(co);
    SET_RUNNING(co);
    eddy__switch_set_stack_pointer(co->sp);
    eddy__switch_set_position(co->record);
    if (co->started) {
        eddy__switch_rewinding = 1;
        eddy__asyncify_start_rewind(&eddy__switch_record);
    } else {
        co->started = true;
    }
    int result = co->fn(co->arg);
    SET_RUNNING(outer);
    /* The frames' epilogues did not run: the pointer still is the innermost frame's. */
    char *const sp = eddy__stack_pointer();
#ifndef EDDY__POSITION_IN_GLOBAL
    /* As the pass has it, it looks into the record last unwound to; at first there is none. */
    if (eddy__switch_position() != (char *)(low + 1))
#endif
        eddy__asyncify_stop_unwind(); /* does no harm if nothing was unwound */
    EDDY__SET_UNWINDING(0);
    eddy__switch_set_stack_pointer(outer_sp);
    LEAVE_EXCEPTIONS();
    char *const end = eddy__switch_position();
    if (end == (char *)(low + 1)) { /* no frame was saved: the body has returned */
        if (low->canary != EDDY__CANARY) return overflow(co, low, end, NULL);
        co->result = result;
        KEEP_EXCEPTIONS(co);
        return EDDY__FINISHED;
    }
    /* The record may have grown into the live C stack, the C stack past the canary. */
    if (end > sp || low->canary != EDDY__CANARY) return overflow(co, low, end, sp);
    co->record = end;
    co->sp = sp;
    KEEP_EXCEPTIONS(co);
    return EDDY__SUSPENDED;
}
