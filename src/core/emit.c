/* emit.c: the primitive by which a generator's body hands out an item. */
#include "internal.h"

EDDY__PRIMITIVE int eddy_emit(const void *item) {
    eddy_gen *g = eddy__generator;
    if (eddy__switch_resuming()) {
        eddy__switch_resume();
        return g->closing ? EDDY_ECLOSED : 0;
    }
    if (!eddy__current || !g || eddy__current->scope != g->base) return EDDY_ESTATE;
    if (g->closing) return EDDY_ECLOSED;
    if (!item && g->item_size) return EDDY_EINVAL;
    if (g->item && g->item_size) memcpy(g->item, item, g->item_size);
    g->emitted = true;
    eddy__switch_suspend();
    return EDDY__SWITCH_RETURNS && g->closing ? EDDY_ECLOSED : 0;
}
