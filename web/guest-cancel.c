/* guest-cancel.c: the end of an operation of any kind. */
#include "../src/host.h"

void eddy_js_cancel(uint32_t op, uint32_t generation);

void eddy__host_cancel(uint32_t op, uint32_t generation) {
    eddy_js_cancel(op, generation);
}
