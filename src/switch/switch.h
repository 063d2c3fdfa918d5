/* switch.h: one interface to switch stacks; the build picks asyncify.c (wasm) or native.c.
 *
 * A coroutine owns one block of memory. In wasm its lower end holds a canary and, while the
 * coroutine is suspended, the Asyncify record (the saved frames), which grows up; the C stack
 * grows down from the upper end. Natively the block is the machine stack.
 *
 * Under Asyncify a function that suspends is left by returning, and entered again from the top to
 * resume. A blocking primitive therefore has this shape, and nothing may follow the park:
 *
 *     EDDY__PRIMITIVE int eddy__something(const char *site, …) {
 *         if (eddy__switch_resuming()) return eddy__resumed();    (arguments are garbage here)
 *         …
 *         return eddy__park(task);
 *     }
 *
 * The pass leaves such functions uninstrumented, so only the user's own frames are saved. A
 * primitive must never be inlined, or its caller would be taken for one: hence the export, which
 * also keeps Binaryen from doing it. Each primitive lives in a file of its own, so that a program
 * links only those it calls. */
#ifndef EDDY_SWITCH_H
#define EDDY_SWITCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Parts of primitives: they must end up in the primitive itself. */
#define EDDY__INLINE static inline __attribute__((always_inline))

typedef struct eddy__coroutine {
#ifdef __wasm__
    char *record; /* end of the saved frames while suspended, else their beginning */
    char *sp;     /* C stack pointer to run on */
    char *low;    /* end of the C stack: a canary and, for reports, the names */
#ifdef EDDY__EXCEPTIONS_IN_JS
    unsigned exceptions; /* that are being handled: its own while it does not run, 0: none */
#endif
#else
    void *sp;     /* machine stack pointer while suspended */
    void *caller; /* the same of whoever entered it, valid while it runs */
    void *fake;   /* AddressSanitizer's fake stack, valid while suspended */
    unsigned valgrind_id;
    unsigned uncaught_exceptions; /* of C++: its own while it does not run, the caller's while it */
    void *caught_exceptions;      /* does */
#endif
    char *block; /* owned by whoever made the coroutine */
    size_t size;
    const char *name, *site; /* whose it is */
    int (*fn)(void *); /* the body */
    void *arg;
    int result; /* valid once enter returned EDDY__FINISHED */
    bool started;
} eddy__coroutine;

typedef enum {
    EDDY__SUSPENDED,
    EDDY__FINISHED,
    EDDY__OVERFLOWED, /* its frames are lost, but it damaged only its own block */
    EDDY__BROKEN,     /* memory outside of its block may be damaged */
    /* After the last two it must not be entered again; eddy__switch_overflow says more. */
} eddy__outcome;

/* What overflowed. Kept apart from the coroutine, which the overflow may have overwritten. */
typedef struct eddy__overflow {
    size_t needed, has; /* bytes; needed <= has: more than it has, nobody knows how much */
    const char *name, *site;
    const char *from, *end; /* EDDY__OVERFLOWED: all that the saved frames have overwritten */
} eddy__overflow;
extern eddy__overflow eddy__switch_overflow;

/* Provided by the core: tells of eddy__switch_overflow and ends the program. */
void eddy__switch_overflowed(void);

/* Provided by the core: a coroutine has called many functions; debug builds only. */
void eddy__switch_entered_function(void);

/* Smallest block that can run anything at all. */
size_t eddy__switch_min_size(void);

/* Runs `co` until it suspends or its body returns. The body of one may enter another between a
 * nest and its unnest. */
eddy__outcome eddy__switch_enter(eddy__coroutine *co);

/* How much of its block a coroutine uses; `stack_pointer` is NULL while it is suspended, and of who
 * runs otherwise. 0: it has not begun, or another one runs above it. */
size_t eddy__switch_used(const eddy__coroutine *co, const char *stack_pointer);

/* Fills what a coroutine that has not begun does not use yet with a pattern, and tells by that later
 * the most it has used. */
void eddy__switch_paint(eddy__coroutine *co);
size_t eddy__switch_deepest(const eddy__coroutine *co);

/* void eddy__switch_init(eddy__coroutine *co, char *block, size_t size, int (*fn)(void *), void *arg,
 *                        const char *name, const char *site)
 * `name` and `site` are for eddy__switch_overflow; a name in memory that an overflow may reach is to be
 * copied afterwards. */
void eddy__switch_copy_name(eddy__coroutine *co);

#ifdef __wasm__

/* Eight bytes that no frame holds by accident. */
#define EDDY__CANARY UINT64_C(0xeddc0ffee0ddba11)

/* Between the record and the low end of a block, where a copied name is. A record that outgrows the
 * block goes the other way; a C stack that does meets the canary first, then the name's original
 * is unharmed. */
typedef struct eddy__block_head {
    uint64_t canary;
    const char *name, *site;
    const char *block;
    size_t size;
} eddy__block_head;

EDDY__INLINE void eddy__switch_begin_block(eddy__coroutine *co, const char *name) {
    *(eddy__block_head *)co->low =
        (eddy__block_head){EDDY__CANARY, name, co->site, co->block, co->size};
    co->record = co->low + sizeof(eddy__block_head);
}

EDDY__INLINE void eddy__switch_init(eddy__coroutine *co, char *block, size_t size,
                                    int (*fn)(void *), void *arg, const char *name,
                                    const char *site) {
    co->low = co->block = block;
    co->size = size;
    co->name = name;
    co->site = site;
    eddy__switch_begin_block(co, name);
    /* Compiled code computes with a stack pointer that is a multiple of 16. */
    co->sp = (char *)((uintptr_t)(block + size) & ~(uintptr_t)15);
    co->fn = fn;
    co->arg = arg;
    co->started = false;
#ifdef EDDY__EXCEPTIONS_IN_JS
    co->exceptions = 0;
#endif
}

/* Whether suspending comes back to where it was called, or by way of eddy__switch_resuming. */
#define EDDY__SWITCH_RETURNS 0

/* The record that Asyncify writes to: one for all, because only one is ever in the making, and out
 * of the reach of a record that outgrows its block. */
typedef struct eddy__record {
    char *pos; /* where the next saved frame goes */
    char *end; /* bound checked by the pass; ours is checked in enter */
} eddy__record;
extern eddy__record eddy__switch_record;

/* The record's position: in memory as the pass knows it or, when tools/asyncify.mjs is to come after
 * the pass, in a wasm global, without a store and a load at each switch. */
#ifdef EDDY__POSITION_IN_GLOBAL
__attribute__((import_module("eddy"), import_name("eddy_position_get"))) char *
eddy__switch_position(void);
__attribute__((import_module("eddy"), import_name("eddy_position_set"))) void
eddy__switch_set_position(char *position);
#else
EDDY__INLINE char *eddy__switch_position(void) {
    return eddy__switch_record.pos;
}
EDDY__INLINE void eddy__switch_set_position(char *position) {
    eddy__switch_record.pos = position;
}
#endif

extern int eddy__switch_rewinding; /* a coroutine's frames are being restored */

__attribute__((import_module("asyncify"), import_name("start_unwind"))) void
eddy__asyncify_start_unwind(void *record);
__attribute__((import_module("asyncify"), import_name("stop_rewind"))) void
eddy__asyncify_stop_rewind(void);

#define EDDY__PRIMITIVE __attribute__((noinline, used, visibility("default")))

/* Below: suspending leaves whatever coroutine was entered last. */
EDDY__INLINE bool eddy__switch_resuming(void) {
    return eddy__switch_rewinding != 0;
}

EDDY__INLINE void eddy__switch_resume(void) {
    eddy__switch_rewinding = 0;
    eddy__asyncify_stop_rewind();
}

#ifdef EDDY__INVOKES
extern int eddy__switch_unwinding; /* a coroutine's frames are being saved */
#define EDDY__SET_UNWINDING(value) (eddy__switch_unwinding = (value))
#else
#define EDDY__SET_UNWINDING(value) ((void)0)
#endif

EDDY__INLINE void eddy__switch_suspend(void) {
    EDDY__SET_UNWINDING(1);
    eddy__asyncify_start_unwind(&eddy__switch_record);
}

/* Before the block is reused or freed. */
EDDY__INLINE void eddy__switch_done(eddy__coroutine *co) {
    (void)co;
}

typedef char *eddy__switch_state;
EDDY__INLINE eddy__switch_state eddy__switch_nest(void) {
    return eddy__switch_position();
}
EDDY__INLINE void eddy__switch_unnest(eddy__switch_state state) {
    eddy__switch_set_position(state);
}

EDDY__INLINE char *eddy__stack_pointer(void) {
    char *sp;
    __asm__ volatile(".globaltype __stack_pointer, i32\n"
                     "global.get __stack_pointer\n"
                     "local.set %0"
                     : "=r"(sp));
    return sp;
}

EDDY__INLINE void eddy__switch_set_stack_pointer(char *sp) {
    __asm__ volatile("local.get %0\n"
                     "global.set __stack_pointer"
                     :
                     : "r"(sp));
}

#else

#define EDDY__SWITCH_RETURNS 1

#define EDDY__PRIMITIVE __attribute__((noinline))

void eddy__switch_init(eddy__coroutine *co, char *block, size_t size, int (*fn)(void *), void *arg,
                       const char *name, const char *site);
void eddy__switch_done(eddy__coroutine *co);
void eddy__switch_leave(void); /* back to whoever entered the one that runs */

EDDY__INLINE bool eddy__switch_resuming(void) {
    return false;
}
EDDY__INLINE void eddy__switch_resume(void) {}
typedef int eddy__switch_state;
EDDY__INLINE eddy__switch_state eddy__switch_nest(void) {
    return 0;
}
EDDY__INLINE void eddy__switch_unnest(eddy__switch_state state) {
    (void)state;
}
EDDY__INLINE void eddy__switch_suspend(void) {
    eddy__switch_leave();
}
EDDY__INLINE char *eddy__stack_pointer(void) {
    return (char *)__builtin_frame_address(0);
}

#endif
#endif
