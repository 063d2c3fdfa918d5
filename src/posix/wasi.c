/* posix/wasi.c: libc's blocking calls suspend the calling task instead of the program, on WASI 0.2.
 *
 * All that blocks in wasi-libc blocks in three functions of the host: poll, pollable.block and
 * output-stream.blocking-flush. libc calls each by a symbol that the linker would make an import;
 * defined here, it is ours, and the import goes by another name (tools/libc.mjs checks that the libc
 * being linked is made so). Outside of a task, and where there is no memory, they do what the host's
 * do.
 *
 * What stdio writes to, and files, block as ever: a task must not suspend inside stdio, whose locks
 * do nothing here. So outputs are waited for only if they are known to be connections.
 *
 * The waiting itself is in wasi-wait.c, which only programs have that call what may wait. */
#include "wasi.h"

#define POLL "wasi:io/poll@0.2.0"

EDDY__REAL(POLL, "poll")
void eddy__real_poll(uint8_t *pollables, size_t count, uint8_t *result);
EDDY__REAL(POLL, "[method]pollable.block") void eddy__real_block(int32_t pollable);
EDDY__REAL(POLL, "[resource-drop]pollable") void eddy__real_pollable_drop(int32_t pollable);
EDDY__REAL(EDDY__STREAMS, "[method]output-stream.blocking-flush")
void eddy__real_blocking_flush(int32_t stream, uint8_t *result);
EDDY__REAL(EDDY__STREAMS, "[method]output-stream.subscribe")
int32_t eddy__real_output_subscribe(int32_t stream);
EDDY__REAL(EDDY__STREAMS, "[method]output-stream.write")
void eddy__real_output_write(int32_t stream, const uint8_t *data, size_t size, uint8_t *result);
EDDY__REAL(EDDY__STREAMS, "[resource-drop]output-stream")
void eddy__real_output_drop(int32_t stream);
EDDY__REAL(EDDY__TCP, "[method]tcp-socket.finish-connect")
void eddy__real_finish_connect(int32_t socket, uint8_t *result);
EDDY__REAL(EDDY__TCP, "[method]tcp-socket.accept")
void eddy__real_accept(int32_t socket, uint8_t *result);

void __wasm_import_poll_poll(uint8_t *pollables, size_t count, uint8_t *result);
void __wasm_import_poll_method_pollable_block(int32_t pollable);
void __wasm_import_poll_pollable_drop(int32_t pollable);
void __wasm_import_streams_method_output_stream_blocking_flush(int32_t stream, uint8_t *result);
int32_t __wasm_import_streams_method_output_stream_subscribe(int32_t stream);
void __wasm_import_streams_method_output_stream_write(int32_t stream, const uint8_t *data,
                                                      size_t size, uint8_t *result);
void __wasm_import_streams_output_stream_drop(int32_t stream);
void __wasm_import_tcp_method_tcp_socket_finish_connect(int32_t socket, uint8_t *result);
void __wasm_import_tcp_method_tcp_socket_accept(int32_t socket, uint8_t *result);

eddy__libc_call *eddy__libc_current;
const eddy__libc_waits *eddy__libc_waiting;
int eddy__libc_in_stdio;

/* ---- what is known of handles ---------------------------------------------------------------- */

enum {
    CONNECTION = 1, /* an output stream */
    WRITTEN_TO = 2, /* a connection that may have something left to send: see wasi-linger.c */
    HOLDS_ALL = 4,  /* a pollable of any other output */
    WAIT = 8,       /* times the waits for a pollable; as many as fit, and then it stays so */
    MOST_WAITS = 0xff - CONNECTION - WRITTEN_TO - HOLDS_ALL,
};

/* By handle. A stream and a pollable may have the same one: some hosts number each kind apart. */
static uint8_t few[256], *marks = few;
static size_t room = sizeof few;
static bool unknown; /* there was no memory for a mark: then nothing is waited for in our way */

static bool is_marked(int32_t handle, uint8_t mark) {
    return (size_t)handle < room && (marks[handle] & mark);
}

static bool has_room(int32_t handle) {
    if ((size_t)handle < room) return true;
    size_t more = room * 2;
    while (more <= (size_t)handle) more *= 2;
    uint8_t *grown = calloc(1, more); /* for the life of the program, as what it tells of */
    if (!grown) {
        unknown = true;
        return false;
    }
    memcpy(grown, marks, room);
    if (marks != few) free(marks);
    marks = grown;
    room = more;
    return true;
}

static void set_mark(int32_t handle, uint8_t mark) {
    if (has_room(handle)) marks[handle] |= mark;
}

static void clear_mark(int32_t handle, uint8_t mark) {
    if ((size_t)handle < room) marks[handle] &= (uint8_t)~mark;
}

void eddy__libc_count_wait(int32_t handle, int change) {
    if (!has_room(handle) || (marks[handle] & MOST_WAITS) == MOST_WAITS) return;
    marks[handle] = (uint8_t)(marks[handle] + change * WAIT);
}

static bool may_suspend(int32_t pollable) {
    return eddy__current && eddy__libc_waiting && !unknown && !eddy__libc_in_stdio &&
           !is_marked(pollable, HOLDS_ALL);
}

static bool wait_for_any(const int32_t *handles, size_t count) {
    return eddy__libc_waiting->wait(handles, count);
}

/* ---- the three that block -------------------------------------------------------------------- */

void __wasm_import_poll_poll(uint8_t *pollables, size_t count, uint8_t *result) {
    const int32_t *handles = (const int32_t *)(void *)pollables;
    bool suspends = count > 0;
    for (size_t i = 0; i < count; i++) suspends = suspends && may_suspend(handles[i]);
    if (suspends) (void)wait_for_any(handles, count);
    if (eddy__libc_refuses())
        memset(result, 0, 2 * sizeof(size_t)); /* none is ready */
    else
        eddy__real_poll(pollables, count, result); /* at once, and says which */
}

void __wasm_import_poll_method_pollable_block(int32_t pollable) {
    if (!may_suspend(pollable) || !wait_for_any(&pollable, 1)) eddy__real_block(pollable);
}

void __wasm_import_streams_method_output_stream_blocking_flush(int32_t stream, uint8_t *result) {
    if (!eddy__current || unknown || eddy__libc_in_stdio || !is_marked(stream, CONNECTION)) {
        eddy__real_blocking_flush(stream, result);
        return;
    }
    streams_borrow_output_stream_t out = {stream};
    streams_stream_error_t error;
    uint64_t free_now = 0;
    bool works = streams_method_output_stream_flush(out, &error) &&
                 streams_method_output_stream_check_write(out, &free_now, &error);
    while (works && !free_now) {
        poll_own_pollable_t pollable = streams_method_output_stream_subscribe(out);
        __wasm_import_poll_method_pollable_block(pollable.__handle);
        poll_pollable_drop_own(pollable);
        /* The host has the bytes, so they count as written (R2); the next wait sees the error. */
        if (eddy__libc_current && eddy__libc_current->error) break;
        works = streams_method_output_stream_check_write(out, &free_now, &error);
    }
    /* result<_, stream-error>, as the canonical ABI lays it out */
    result[0] = !works;
    if (works) return;
    result[4] = error.tag;
    memcpy(result + 8, &error.val.last_operation_failed.__handle, sizeof(int32_t));
}

/* ---- those that tell of handles -------------------------------------------------------------- */

static int32_t handle_at(const uint8_t *result, size_t offset) {
    int32_t handle;
    memcpy(&handle, result + offset, sizeof handle);
    return handle;
}

/* result<…, error-code>: it is not to be had. */
static void refuse(uint8_t *result) {
    result[0] = 1;
    result[4] = NETWORK_ERROR_CODE_CONNECTION_ABORTED;
}

static void is_connected(int32_t socket, int32_t input, int32_t output) {
    eddy__libc_waiting = &eddy__libc_waits_in_tasks;
    set_mark(output, CONNECTION);
    (void)socket, (void)input; /* release builds do not keep them */
    eddy__p2_born(EDDY__INPUT_STREAM, input, EDDY__TCP_SOCKET, socket);
    eddy__p2_born(EDDY__OUTPUT_STREAM, output, EDDY__TCP_SOCKET, socket);
}

void __wasm_import_tcp_method_tcp_socket_finish_connect(int32_t socket, uint8_t *result) {
    if (eddy__libc_refuses()) {
        refuse(result);
        return;
    }
    eddy__real_finish_connect(socket, result);
    if (!result[0]) is_connected(socket, handle_at(result, 4), handle_at(result, 8));
}

void __wasm_import_tcp_method_tcp_socket_accept(int32_t socket, uint8_t *result) {
    if (eddy__libc_refuses()) {
        refuse(result);
        return;
    }
    eddy__real_accept(socket, result);
    if (!result[0])
        is_connected(handle_at(result, 4), handle_at(result, 8), handle_at(result, 12));
}

int32_t __wasm_import_streams_method_output_stream_subscribe(int32_t stream) {
    int32_t pollable = eddy__real_output_subscribe(stream);
    eddy__p2_born(EDDY__POLLABLE, pollable, EDDY__OUTPUT_STREAM, stream);
    if (!is_marked(stream, CONNECTION)) set_mark(pollable, HOLDS_ALL);
    return pollable;
}

void __wasm_import_streams_method_output_stream_write(int32_t stream, const uint8_t *data,
                                                      size_t size, uint8_t *result) {
    if (is_marked(stream, CONNECTION)) {
        set_mark(stream, WRITTEN_TO);
        if (eddy__libc_current) eddy__libc_current->sent = true;
    }
    eddy__real_output_write(stream, data, size, result);
}

void __wasm_import_poll_pollable_drop(int32_t pollable) {
    if (is_marked(pollable, MOST_WAITS)) eddy__libc_waiting->break_waits_for(pollable);
    clear_mark(pollable, HOLDS_ALL | MOST_WAITS);
    eddy__p2_gone(EDDY__POLLABLE, pollable);
    eddy__real_pollable_drop(pollable);
}

void __wasm_import_streams_output_stream_drop(int32_t stream) {
    if (is_marked(stream, WRITTEN_TO) && eddy__libc_waiting->linger(stream)) return;
    clear_mark(stream, CONNECTION | WRITTEN_TO);
    eddy__p2_gone(EDDY__OUTPUT_STREAM, stream);
    eddy__real_output_drop(stream);
}
