/* p2-parents.c: in debug builds, whose children the host's resources are. A host ends the program when
 * a resource is dropped before its children (a stream before its pollable), and says neither which nor
 * where; here the program aborts with their names, in the drop itself.
 *
 * The imports that this file does not stand in for are told by those who call them (p2-http.c), or
 * stand in ../src/posix/wasi.c. Tables are by kind, because hosts number by kind or over all. */
#include "p2.h"

#ifndef NDEBUG

#include <stdio.h>

static const char *const names[EDDY__KINDS] = {
    [EDDY__POLLABLE] = "pollable", [EDDY__INPUT_STREAM] = "input stream",
    [EDDY__OUTPUT_STREAM] = "output stream", [EDDY__TCP_SOCKET] = "TCP socket",
    [EDDY__UDP_SOCKET] = "UDP socket", [EDDY__INCOMING_DATAGRAMS] = "incoming datagrams",
    [EDDY__OUTGOING_DATAGRAMS] = "outgoing datagrams", [EDDY__NAMES] = "names being looked up",
    [EDDY__FUTURE_RESPONSE] = "future response", [EDDY__OUTGOING_BODY] = "outgoing body",
    [EDDY__INCOMING_BODY] = "incoming body", [EDDY__INCOMING_RESPONSE] = "incoming response",
};

typedef struct resource {
    eddy__p2_kind parent_kind;
    int32_t parent; /* 0: none is known */
    uint32_t children;
} resource;

static struct {
    resource *all; /* by handle; for the life of the program */
    size_t room;
} tables[EDDY__KINDS];

/* NULL: there was no memory, and it is not looked after. */
static resource *find(eddy__p2_kind kind, int32_t handle) {
    size_t index = (size_t)handle, room = tables[kind].room ? tables[kind].room : 64;
    if (index < tables[kind].room) return &tables[kind].all[index];
    while (room <= index) room *= 2;
    resource *grown = calloc(room, sizeof *grown);
    if (!grown) return NULL;
    if (tables[kind].room)
        memcpy(grown, tables[kind].all, tables[kind].room * sizeof *grown);
    free(tables[kind].all);
    tables[kind].all = grown;
    tables[kind].room = room;
    return &grown[index];
}

void eddy__p2_born(eddy__p2_kind kind, int32_t handle, eddy__p2_kind parent_kind, int32_t parent) {
    resource *child = find(kind, handle), *of = find(parent_kind, parent);
    if (kind == parent_kind) child = find(kind, handle); /* the table may have moved */
    if (!child || !of) return;
    *child = (resource){.parent_kind = parent_kind, .parent = parent};
    of->children++;
}

_Noreturn static void complain(eddy__p2_kind kind, int32_t handle) {
    for (size_t i = 0; i < EDDY__KINDS; i++) {
        for (size_t child = 0; child < tables[i].room; child++) {
            const resource *r = &tables[i].all[child];
            if (r->parent != handle || r->parent_kind != kind) continue;
            fprintf(stderr, "eddy: %s %d is dropped before its %s %d\n", names[kind], (int)handle,
                    names[i], (int)child);
        }
    }
    eddy__host_abort();
}

void eddy__p2_gone(eddy__p2_kind kind, int32_t handle) {
    resource *r = find(kind, handle);
    if (!r) return;
    if (r->children) complain(kind, handle);
    resource *parent = r->parent ? find(r->parent_kind, r->parent) : NULL;
    if (parent && parent->children) parent->children--;
    *r = (resource){0};
}

/* ---- imports --------------------------------------------------------------------------------- */

#define SUBSCRIBE(symbol, module, name, kind)                                                      \
    __attribute__((import_module(module), import_name(name))) int32_t eddy__parents_##symbol(      \
        int32_t of);                                                                               \
    int32_t __wasm_import_##symbol(int32_t of);                                                    \
    int32_t __wasm_import_##symbol(int32_t of) {                                                   \
        int32_t pollable = eddy__parents_##symbol(of);                                             \
        eddy__p2_born(EDDY__POLLABLE, pollable, kind, of);                                         \
        return pollable;                                                                           \
    }
#define DROP(symbol, module, name, kind)                                                           \
    __attribute__((import_module(module), import_name(name))) void eddy__parents_##symbol(         \
        int32_t handle);                                                                           \
    void __wasm_import_##symbol(int32_t handle);                                                   \
    void __wasm_import_##symbol(int32_t handle) {                                                  \
        eddy__p2_gone(kind, handle);                                                               \
        eddy__parents_##symbol(handle);                                                            \
    }

#define STREAMS "wasi:io/streams@0.2.0"
#define UDP "wasi:sockets/udp@0.2.0"
#define NAMES "wasi:sockets/ip-name-lookup@0.2.0"

SUBSCRIBE(streams_method_input_stream_subscribe, STREAMS, "[method]input-stream.subscribe",
          EDDY__INPUT_STREAM)
SUBSCRIBE(tcp_method_tcp_socket_subscribe, "wasi:sockets/tcp@0.2.0",
          "[method]tcp-socket.subscribe", EDDY__TCP_SOCKET)
SUBSCRIBE(udp_method_udp_socket_subscribe, UDP, "[method]udp-socket.subscribe", EDDY__UDP_SOCKET)
SUBSCRIBE(udp_method_incoming_datagram_stream_subscribe, UDP,
          "[method]incoming-datagram-stream.subscribe", EDDY__INCOMING_DATAGRAMS)
SUBSCRIBE(udp_method_outgoing_datagram_stream_subscribe, UDP,
          "[method]outgoing-datagram-stream.subscribe", EDDY__OUTGOING_DATAGRAMS)
SUBSCRIBE(ip_name_lookup_method_resolve_address_stream_subscribe, NAMES,
          "[method]resolve-address-stream.subscribe", EDDY__NAMES)
DROP(streams_input_stream_drop, STREAMS, "[resource-drop]input-stream", EDDY__INPUT_STREAM)
DROP(udp_udp_socket_drop, UDP, "[resource-drop]udp-socket", EDDY__UDP_SOCKET)
DROP(udp_incoming_datagram_stream_drop, UDP, "[resource-drop]incoming-datagram-stream",
     EDDY__INCOMING_DATAGRAMS)
DROP(udp_outgoing_datagram_stream_drop, UDP, "[resource-drop]outgoing-datagram-stream",
     EDDY__OUTGOING_DATAGRAMS)
DROP(ip_name_lookup_resolve_address_stream_drop, NAMES, "[resource-drop]resolve-address-stream",
     EDDY__NAMES)

#endif
