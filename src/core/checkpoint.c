/* checkpoint.c: the primitive that opens a compound call: looks for cancellation, keeps the budget. */
#include "internal.h"

EDDY__PRIMITIVE int eddy__checkpoint(const char *site) {
    EDDY__PRIMITIVE_BEGIN(task, site)
    return eddy__return_now(task, 0);
}
