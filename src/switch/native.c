/* native.c: switching machine stacks, so that the core runs under sanitizers, valgrind and gdb.
 * Own assembly on x86-64 and AArch64: ucontext would make a system call per switch. */
#include "switch.h"

#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#define EDDY__ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define EDDY__ASAN 1
#endif
#endif

#ifdef EDDY__ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#define STACK_FACTOR 8 /* redzones make frames that much larger */
#else
#define STACK_FACTOR 1
#endif

#define CANARY UINT64_C(0xeddc0ffee0ddba11)

/* Saves the callee-saved registers on the current stack, stores its pointer in *save and goes on
 * at the one in `to`. */
void eddy__native_swap(void **save, void *to);

#if defined(__x86_64__)
__asm__(".text\n"
        ".globl eddy__native_swap\n"
        ".type eddy__native_swap, @function\n"
        "eddy__native_swap:\n"
        "  pushq %rbp; pushq %rbx; pushq %r12; pushq %r13; pushq %r14; pushq %r15\n"
        "  subq $8, %rsp; stmxcsr (%rsp); fnstcw 4(%rsp)\n"
        "  movq %rsp, (%rdi)\n"
        "  movq %rsi, %rsp\n"
        "  ldmxcsr (%rsp); fldcw 4(%rsp); addq $8, %rsp\n"
        "  popq %r15; popq %r14; popq %r13; popq %r12; popq %rbx; popq %rbp\n"
        "  ret\n"
        ".size eddy__native_swap, .-eddy__native_swap\n"
        ".section .note.GNU-stack,\"\",@progbits\n"
        ".text\n");
#elif defined(__aarch64__)
__asm__(".text\n"
        ".globl eddy__native_swap\n"
        ".type eddy__native_swap, %function\n"
        "eddy__native_swap:\n"
        "  sub sp, sp, #160\n"
        "  stp x19, x20, [sp]; stp x21, x22, [sp, #16]; stp x23, x24, [sp, #32]\n"
        "  stp x25, x26, [sp, #48]; stp x27, x28, [sp, #64]; stp x29, x30, [sp, #80]\n"
        "  stp d8, d9, [sp, #96]; stp d10, d11, [sp, #112]\n"
        "  stp d12, d13, [sp, #128]; stp d14, d15, [sp, #144]\n"
        "  mov x9, sp; str x9, [x0]; mov sp, x1\n"
        "  ldp x19, x20, [sp]; ldp x21, x22, [sp, #16]; ldp x23, x24, [sp, #32]\n"
        "  ldp x25, x26, [sp, #48]; ldp x27, x28, [sp, #64]; ldp x29, x30, [sp, #80]\n"
        "  ldp d8, d9, [sp, #96]; ldp d10, d11, [sp, #112]\n"
        "  ldp d12, d13, [sp, #128]; ldp d14, d15, [sp, #144]\n"
        "  add sp, sp, #160\n"
        "  ret\n"
        ".size eddy__native_swap, .-eddy__native_swap\n"
        ".section .note.GNU-stack,\"\",%progbits\n"
        ".text\n");
#else
#error "native.c: no stack switch for this machine; the native host runs on x86-64 and AArch64"
#endif

/* Asks valgrind, which runs the program or does not (then this does nothing), by the instructions
 * that its valgrind.h has for that: so valgrind need not be there when this is built. */
static unsigned ask_valgrind(uint64_t request, uint64_t first, uint64_t second) {
    volatile uint64_t words[6] = {request, first, second, 0, 0, 0};
    uint64_t answer = 0;
#if defined(__x86_64__)
    __asm__ volatile("rolq $3, %%rdi; rolq $13, %%rdi; rolq $61, %%rdi; rolq $51, %%rdi\n\t"
                     "xchgq %%rbx, %%rbx"
                     : "+d"(answer)
                     : "a"(&words[0])
                     : "cc", "memory");
#else
    __asm__ volatile("mov x3, xzr; mov x4, %1\n\t"
                     "ror x12, x12, #3; ror x12, x12, #13; ror x12, x12, #51; ror x12, x12, #61\n\t"
                     "orr x10, x10, x10\n\t"
                     "mov %0, x3"
                     : "=r"(answer)
                     : "r"(&words[0])
                     : "cc", "memory", "x3", "x4");
#endif
    return (unsigned)answer;
}
enum { VALGRIND_STACK_REGISTER = 0x1501, VALGRIND_STACK_DEREGISTER = 0x1502 };

/* What the runtime of C++ knows of the exceptions that a thread handles; a coroutine has its own, so
 * that one may wait in a handler while others throw. NULL: the program is not of C++. */
struct exceptions {
    void *caught;
    unsigned uncaught;
};
extern struct exceptions *__cxa_get_globals(void) __attribute__((weak));

/* Makes those in `which` the thread's, and puts the thread's there. */
static void swap_exceptions(eddy__coroutine *which) {
    struct exceptions *thread = __cxa_get_globals(), mine = *thread;
    *thread = (struct exceptions){which->caught_exceptions, which->uncaught_exceptions};
    which->caught_exceptions = mine.caught;
    which->uncaught_exceptions = mine.uncaught;
}

eddy__overflow eddy__switch_overflow;

/* The coroutine that runs, the innermost: a first entry's trampoline finds itself here. */
static eddy__coroutine *running;

size_t eddy__switch_min_size(void) {
    return (size_t)64 * 1024 * STACK_FACTOR;
}

#ifdef EDDY__ASAN
static const void *caller_bottom;
static size_t caller_size;
#endif

static void trampoline(void) {
    eddy__coroutine *co = running;
#ifdef EDDY__ASAN
    __sanitizer_finish_switch_fiber(NULL, &caller_bottom, &caller_size);
#endif
    co->result = co->fn(co->arg);
    co->started = false;
#ifdef EDDY__ASAN
    __sanitizer_start_switch_fiber(NULL, caller_bottom, caller_size);
#endif
    void *nowhere;
    eddy__native_swap(&nowhere, co->caller);
    __builtin_unreachable();
}

void eddy__switch_init(eddy__coroutine *co, char *block, size_t size, int (*fn)(void *), void *arg,
                       const char *name, const char *site) {
    memset(co, 0, sizeof *co);
    uint64_t canary = CANARY;
    memcpy(block, &canary, sizeof canary);
    co->block = block;
    co->size = size;
    co->name = name;
    co->site = site;
    co->fn = fn;
    co->arg = arg;
    co->valgrind_id =
        ask_valgrind(VALGRIND_STACK_REGISTER, (uintptr_t)block, (uintptr_t)block + size);

    uintptr_t top = ((uintptr_t)block + size) & ~(uintptr_t)15;
#if defined(__x86_64__)
    void **frame = (void **)(top - 16); /* return address slot leaves rsp = 8 mod 16 at entry */
    void (*entry)(void) = trampoline;
    memcpy(&frame[0], &entry, sizeof entry);
    frame[1] = NULL;
    frame -= 7;
    memset(frame, 0, 7 * sizeof *frame);
    uint32_t control[2] = {0x1f80, 0x037f};
    memcpy(frame, control, sizeof control);
    co->sp = frame;
#else
    char *frame = (char *)(top - 160);
    memset(frame, 0, 160);
    void *entry = (void *)trampoline;
    memcpy(frame + 88, &entry, sizeof entry);
    co->sp = frame;
#endif
}

/* Not needed: the stack grows down, away from where names are kept. */
void eddy__switch_copy_name(eddy__coroutine *co) {
    (void)co;
}

void eddy__switch_done(eddy__coroutine *co) {
    (void)ask_valgrind(VALGRIND_STACK_DEREGISTER, co->valgrind_id, 0);
#ifdef EDDY__ASAN
    ASAN_UNPOISON_MEMORY_REGION(co->block, co->size);
#endif
}

size_t eddy__switch_used(const eddy__coroutine *co, const char *stack_pointer) {
    const char *top = co->block + co->size;
    if (!co->started) return 0;
    if (!stack_pointer) stack_pointer = co->sp;
    if (stack_pointer < co->block || stack_pointer > top) return 0;
    return (size_t)(top - stack_pointer);
}

/* Bytes that a program hardly leaves on its stack. */
#define PAINT 0xb5

void eddy__switch_paint(eddy__coroutine *co) {
    char *low = co->block + sizeof(uint64_t); /* above the canary */
    memset(low, PAINT, (size_t)((char *)co->sp - low));
}

/* What lies between frames may be poisoned. */
#ifdef EDDY__ASAN
__attribute__((no_sanitize("address")))
#endif
size_t eddy__switch_deepest(const eddy__coroutine *co) {
    size_t untouched = sizeof(uint64_t);
    while (untouched < co->size && (unsigned char)co->block[untouched] == PAINT) untouched++;
    return co->size - (untouched - sizeof(uint64_t));
}

eddy__outcome eddy__switch_enter(eddy__coroutine *co) {
    eddy__coroutine *outer = running;
    running = co;
    co->started = true;
    if (__cxa_get_globals) swap_exceptions(co);
#ifdef EDDY__ASAN
    const void *outer_bottom = caller_bottom;
    size_t outer_size = caller_size;
    void *fake;
    __sanitizer_start_switch_fiber(&fake, co->block, co->size);
#endif
    eddy__native_swap(&co->caller, co->sp);
#ifdef EDDY__ASAN
    __sanitizer_finish_switch_fiber(fake, NULL, NULL);
    caller_bottom = outer_bottom;
    caller_size = outer_size;
#endif
    running = outer;
    if (__cxa_get_globals) swap_exceptions(co);
    uint64_t canary;
    memcpy(&canary, co->block, sizeof canary);
    bool finished = !co->started;
    size_t used = finished ? 0 : (size_t)(co->block + co->size - (char *)co->sp);
    if (canary != CANARY || used > co->size) {
        eddy__switch_overflow = (eddy__overflow){
            .needed = used, .has = co->size, .name = co->name, .site = co->site};
        return EDDY__BROKEN;
    }
    return finished ? EDDY__FINISHED : EDDY__SUSPENDED;
}

void eddy__switch_leave(void) {
    eddy__coroutine *co = running;
#ifdef EDDY__ASAN
    __sanitizer_start_switch_fiber(&co->fake, caller_bottom, caller_size);
#endif
    eddy__native_swap(&co->sp, co->caller);
#ifdef EDDY__ASAN
    __sanitizer_finish_switch_fiber(co->fake, &caller_bottom, &caller_size);
#endif
}
