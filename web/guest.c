/* guest.c: the host interface over calls into JavaScript, in numbers that cross without BigInt. The
 * other side is host.mjs. */
#include "../src/core/internal.h"

#include <stdlib.h>

double eddy_js_now(void);
void eddy_js_wake(void);
void eddy_js_report(const char *text, size_t length);
void eddy_js_exit(int status);
void eddy_js_catch_interrupts(void);
_Noreturn void eddy_js_abort(void);

eddy_time eddy__host_now(void) {
    return (eddy_time)(eddy_js_now() * (double)EDDY_MS);
}

void eddy__host_wake(void) {
    eddy_js_wake();
}

void eddy__host_report(const char *text, size_t length) {
    eddy_js_report(text, length);
}

void eddy__host_exit(int status) {
    eddy_js_exit(status);
}

void eddy__host_catch_interrupts(void) {
    eddy_js_catch_interrupts();
}

_Noreturn void eddy__host_abort(void) {
    eddy_js_abort();
}

/* For guard.mjs. */
EDDY__EXPORT eddy__task **eddy__current_slot(void) {
    return &eddy__current;
}

EDDY__EXPORT void *eddy__host_alloc(size_t size) {
    return malloc(size);
}
