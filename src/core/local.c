/* local.c: pointers that every task has its own of. Tasks share an array until one of them changes
 * it. */
#include "internal.h"

/* Room for `count` pointers, a copy of those in `old`. */
static eddy__locals *copy(const eddy__locals *old, uint32_t count) {
    uint32_t known = old ? old->count : 0;
    if (count < known) count = known;
    eddy__locals *locals = eddy__alloc(eddy__locals_size(count));
    if (!locals) return NULL;
    locals->references = 1;
    locals->count = count;
    for (uint32_t i = 0; i < count; i++) locals->values[i] = i < known ? old->values[i] : NULL;
    return locals;
}

int eddy_local_set(eddy_local *key, void *value) {
    static uint32_t keys;
    eddy__task *task = eddy__current;
    if (!key) return EDDY_EINVAL;
    if (!task) return EDDY_ESTATE;
    if (!key->index) key->index = ++keys;
    eddy__locals *locals = task->locals;
    if (!locals || locals->references > 1 || locals->count < key->index) {
        if (eddy_local_get(key) == value) return 0;
        locals = copy(task->locals, key->index);
        if (!locals) return EDDY_ENOMEM;
        eddy__locals_release(task->locals);
        task->locals = locals;
    }
    locals->values[key->index - 1] = value;
    return 0;
}

void *eddy_local_get(const eddy_local *key) {
    const eddy__locals *locals = eddy__current ? eddy__current->locals : NULL;
    if (!key || !key->index || !locals || key->index > locals->count) return NULL;
    return locals->values[key->index - 1];
}
