/* posix/wasi-refuse.c: libc waits in loops: it asks the host for a result, waits if there is none, and
 * asks again. These are what it asks. For a call that is to end they answer that it has failed, so
 * that libc leaves its loop; what its caller gets to see, wasi-calls.c sets. Two more are in wasi.c,
 * and a file of its own for each group keeps from a program what it does not import. */
#include "wasi.h"

#define UDP "wasi:sockets/udp@0.2.0"
#define NAMES "wasi:sockets/ip-name-lookup@0.2.0"

EDDY__REAL(EDDY__STREAMS, "[method]input-stream.read")
void eddy__real_input_read(int32_t stream, int64_t size, uint8_t *result);
EDDY__REAL(EDDY__STREAMS, "[method]output-stream.check-write")
void eddy__real_check_write(int32_t stream, uint8_t *result);
EDDY__REAL(UDP, "[method]incoming-datagram-stream.receive")
void eddy__real_receive(int32_t stream, int64_t most, uint8_t *result);
EDDY__REAL(UDP, "[method]outgoing-datagram-stream.check-send")
void eddy__real_check_send(int32_t stream, uint8_t *result);
EDDY__REAL(NAMES, "[method]resolve-address-stream.resolve-next-address")
void eddy__real_next_address(int32_t stream, uint8_t *result);

void __wasm_import_streams_method_input_stream_read(int32_t stream, int64_t size, uint8_t *result);
void __wasm_import_streams_method_output_stream_check_write(int32_t stream, uint8_t *result);
void __wasm_import_udp_method_incoming_datagram_stream_receive(int32_t stream, int64_t most,
                                                               uint8_t *result);
void __wasm_import_udp_method_outgoing_datagram_stream_check_send(int32_t stream, uint8_t *result);
void __wasm_import_ip_name_lookup_method_resolve_address_stream_resolve_next_address(
    int32_t stream, uint8_t *result);

/* result<T, E> with E at `offset`, as the canonical ABI lays it out. */
static void fail(uint8_t *result, size_t offset, uint8_t error) {
    result[0] = 1;
    result[offset] = error;
}

void __wasm_import_streams_method_input_stream_read(int32_t stream, int64_t size, uint8_t *result) {
    if (eddy__libc_refuses())
        fail(result, 4, STREAMS_STREAM_ERROR_CLOSED);
    else
        eddy__real_input_read(stream, size, result);
}

void __wasm_import_streams_method_output_stream_check_write(int32_t stream, uint8_t *result) {
    if (eddy__libc_refuses())
        fail(result, 8, STREAMS_STREAM_ERROR_CLOSED);
    else
        eddy__real_check_write(stream, result);
}

void __wasm_import_udp_method_incoming_datagram_stream_receive(int32_t stream, int64_t most,
                                                               uint8_t *result) {
    if (eddy__libc_refuses())
        fail(result, 4, NETWORK_ERROR_CODE_CONNECTION_ABORTED);
    else
        eddy__real_receive(stream, most, result);
}

void __wasm_import_udp_method_outgoing_datagram_stream_check_send(int32_t stream, uint8_t *result) {
    if (eddy__libc_refuses())
        fail(result, 8, NETWORK_ERROR_CODE_CONNECTION_ABORTED);
    else
        eddy__real_check_send(stream, result);
}

void __wasm_import_ip_name_lookup_method_resolve_address_stream_resolve_next_address(
    int32_t stream, uint8_t *result) {
    if (eddy__libc_refuses())
        fail(result, 2, NETWORK_ERROR_CODE_TEMPORARY_RESOLVER_FAILURE);
    else
        eddy__real_next_address(stream, result);
}
