/* handle.c: numbers that stand for a program's objects while somebody outside holds them. */
#include "internal.h"

static eddy__table handles;

typedef struct object {
    const char *type;
    void *object;
    void (*free_object)(void *object);
    uint32_t pins; /* calls that have got it as an argument */
    bool closed;
} object;

eddy_handle eddy_handle_new(const char *type, void *of, void (*free_object)(void *)) {
    object *o = eddy__alloc(sizeof *o);
    if (o) *o = (object){.type = type, .object = of, .free_object = free_object};
    eddy_handle handle = {o ? eddy__table_add(&handles, o) : 0};
    if (!handle.id) {
        eddy__free(o, sizeof *o);
        if (free_object) eddy__call_destructor(free_object, of);
    }
    return handle;
}

static bool same_type(const char *a, const char *b) {
    return a == b || (a && b && strcmp(a, b) == 0);
}

void *eddy_handle_get(eddy_handle handle, const char *type) {
    object *o = eddy__table_get(&handles, handle.id);
    return o && same_type(o->type, type) ? o->object : NULL;
}

static void free_if_unused(eddy_handle handle, object *o) {
    if (!o->closed || o->pins) return;
    eddy__table_remove(&handles, handle.id);
    eddy__table_trim(&handles);
    if (o->free_object) eddy__call_destructor(o->free_object, o->object);
    eddy__free(o, sizeof *o);
}

void eddy_handle_close(eddy_handle handle) {
    object *o = eddy__table_get(&handles, handle.id);
    if (!o) return;
    o->closed = true;
    free_if_unused(handle, o);
}

bool eddy__handle_pin(eddy_handle handle) {
    object *o = eddy__table_get(&handles, handle.id);
    if (!o || o->closed) return false;
    o->pins++;
    return true;
}

void eddy__handle_unpin(eddy_handle handle) {
    object *o = eddy__table_get(&handles, handle.id);
    if (!o) return;
    o->pins--;
    free_if_unused(handle, o);
}
