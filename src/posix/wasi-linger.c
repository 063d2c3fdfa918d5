/* posix/wasi-linger.c: connections that libc has closed before all was sent. A host drops an output
 * only after it has written everything, and the program waits meanwhile: for ever, if the other end
 * does not read. So such an output, and its socket, stay until there is nothing left to send. */
#include "wasi.h"

EDDY__REAL(EDDY__STREAMS, "[method]output-stream.check-write")
void eddy__linger_check_write(int32_t stream, uint8_t *result);
EDDY__REAL(EDDY__TCP, "[resource-drop]tcp-socket") void eddy__linger_socket_drop(int32_t socket);

void __wasm_import_tcp_tcp_socket_drop(int32_t socket);

typedef struct lingering {
    eddy__interest writable;
    int32_t stream, socket; /* owned */
    /* NULL: the socket is yet to come. By pointer, so that programs without sockets import none. */
    void (*drop_socket)(int32_t socket);
} lingering;

static lingering *newest; /* libc drops its socket next */

static bool has_sent_all(int32_t stream) {
    _Alignas(8) uint8_t result[16] = {0}; /* result<u64, stream-error> */
    uint64_t room;
    eddy__linger_check_write(stream, result);
    memcpy(&room, result + 8, sizeof room);
    if (!result[0]) return room > 0;
    int32_t error;
    memcpy(&error, result + 12, sizeof error);
    if (result[8] == STREAMS_STREAM_ERROR_LAST_OPERATION_FAILED)
        io_error_error_drop_own((io_error_own_error_t){error});
    return true;
}

static void sent(eddy__interest *interest) {
    lingering *l = EDDY__OWNER(interest, lingering, writable);
    if (!l->drop_socket || !has_sent_all(l->stream)) return;
    eddy__interest_drop(&l->writable);
    streams_output_stream_drop_own((streams_own_output_stream_t){l->stream});
    eddy__p2_gone(EDDY__TCP_SOCKET, l->socket);
    l->drop_socket(l->socket);
    eddy__free(l, sizeof *l);
}

bool eddy__libc_linger(int32_t stream) {
    if (has_sent_all(stream)) return false;
    lingering *l = eddy__alloc(sizeof *l);
    if (!l) return false;
    *l = (lingering){.stream = stream, .writable.ready = sent};
    l->writable.pollable =
        streams_method_output_stream_subscribe((streams_borrow_output_stream_t){stream});
    if (eddy__interest_add(&l->writable) < 0) {
        eddy__interest_drop(&l->writable);
        eddy__free(l, sizeof *l);
        return false;
    }
    newest = l;
    return true;
}

void __wasm_import_tcp_tcp_socket_drop(int32_t socket) {
    if (!newest) {
        eddy__p2_gone(EDDY__TCP_SOCKET, socket);
        eddy__linger_socket_drop(socket);
        return;
    }
    newest->socket = socket;
    newest->drop_socket = eddy__linger_socket_drop;
    newest = NULL;
}
