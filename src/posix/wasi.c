/* posix/wasi.c: libc's blocking calls suspend the calling task instead of the program, on WASI 0.2.
 *
 * All that blocks in wasi-libc blocks in three functions of the host: poll, pollable.block and
 * output-stream.blocking-flush. libc calls each by a symbol that the linker would make an import;
 * defined here, it is ours, and the import goes by another name. Outside of a task, and where there
 * is no memory, they do what the host's do.
 *
 * What stdio writes to, and files, block as ever: a task must not suspend inside stdio, whose locks
 * do nothing here. So outputs are waited for only if they are known to be connections. A wait inside
 * libc is not cancelled: libc has no way out of it. For the same reason a descriptor must not be
 * closed while another task waits for it: the host ends a program that polls what is gone. */
#include "../io/pending.h"
#include "../../wasi/p2.h"

#define EDDY__REAL(module, name) __attribute__((import_module(module), import_name(name)))
#define STREAMS "wasi:io/streams@0.2.0"
#define POLL "wasi:io/poll@0.2.0"
#define TCP "wasi:sockets/tcp@0.2.0"

EDDY__REAL(POLL, "poll")
void eddy__real_poll(uint8_t *pollables, size_t count, uint8_t *result);
EDDY__REAL(POLL, "[method]pollable.block") void eddy__real_block(int32_t pollable);
EDDY__REAL(POLL, "[resource-drop]pollable") void eddy__real_pollable_drop(int32_t pollable);
EDDY__REAL(STREAMS, "[method]output-stream.blocking-flush")
void eddy__real_blocking_flush(int32_t stream, uint8_t *result);
EDDY__REAL(STREAMS, "[method]output-stream.subscribe")
int32_t eddy__real_output_subscribe(int32_t stream);
EDDY__REAL(STREAMS, "[resource-drop]output-stream") void eddy__real_output_drop(int32_t stream);
EDDY__REAL(TCP, "[method]tcp-socket.finish-connect")
void eddy__real_finish_connect(int32_t socket, uint8_t *result);
EDDY__REAL(TCP, "[method]tcp-socket.accept")
void eddy__real_accept(int32_t socket, uint8_t *result);

void __wasm_import_poll_poll(uint8_t *pollables, size_t count, uint8_t *result);
void __wasm_import_poll_method_pollable_block(int32_t pollable);
void __wasm_import_poll_pollable_drop(int32_t pollable);
void __wasm_import_streams_method_output_stream_blocking_flush(int32_t stream, uint8_t *result);
int32_t __wasm_import_streams_method_output_stream_subscribe(int32_t stream);
void __wasm_import_streams_output_stream_drop(int32_t stream);
void __wasm_import_tcp_method_tcp_socket_finish_connect(int32_t socket, uint8_t *result);
void __wasm_import_tcp_method_tcp_socket_accept(int32_t socket, uint8_t *result);

/* ---- what is known of handles ---------------------------------------------------------------------- */

enum { CONNECTION = 1, HOLDS_ALL = 2 }; /* an output stream; a pollable of any other output */

/* By handle. */
static uint8_t few[256], *marks = few;
static size_t room = sizeof few;
static bool unknown; /* there was no memory for a mark: then nothing is waited for in our way */

static bool is_marked(int32_t handle, uint8_t mark) {
    return (size_t)handle < room && (marks[handle] & mark);
}

static void set_mark(int32_t handle, uint8_t mark) {
    if ((size_t)handle >= room) {
        size_t more = room * 2;
        while (more <= (size_t)handle) more *= 2;
        uint8_t *grown = calloc(1, more); /* for the life of the program, as what it tells of */
        if (!grown) {
            unknown = true;
            return;
        }
        memcpy(grown, marks, room);
        if (marks != few) free(marks);
        marks = grown;
        room = more;
    }
    marks[handle] |= mark;
}

static void clear_mark(int32_t handle, uint8_t mark) {
    if ((size_t)handle < room) marks[handle] &= (uint8_t)~mark;
}

/* ---- waiting ------------------------------------------------------------------------------------------ */

typedef struct wait {
    eddy__op op;
    eddy__pending pending;
} wait;

typedef struct node {
    eddy__interest interest; /* in a pollable that is libc's */
    wait *owner;
} node;

static void is_ready(eddy__interest *interest) {
    eddy__interest_remove(interest);
    eddy__pending_end(&EDDY__OWNER(interest, node, interest)->owner->pending, 0, NULL, 0);
}

static void never(eddy__pending *pending) {
    (void)pending; /* it is not cancelled */
}

static const char *describe(const eddy__task *task) {
    (void)task;
    return "the host, in a call of libc";
}

static const eddy__wait_kind waiting = {.verb = "waits for", .describe = describe};

static bool add_all(node *nodes, const int32_t *handles, size_t count, wait *w) {
    for (size_t i = 0; i < count; i++) {
        nodes[i] = (node){.owner = w,
                          .interest = {.pollable.__handle = handles[i], .ready = is_ready}};
        if (eddy__interest_add(&nodes[i].interest) < 0) return false;
    }
    return true;
}

/* Suspends the task until one of them is ready. False: without memory it has not. */
static bool wait_for_any(const int32_t *handles, size_t count) {
    wait w = {0};
    node one, *nodes = count == 1 ? &one : eddy__alloc(count * sizeof *nodes);
    if (!nodes) return false;
    memset(nodes, 0, count * sizeof *nodes);
    bool waits = eddy__op_begin(&w.op, "libc") == 0;
    if (waits) {
        eddy__pending_begin(&w.pending, eddy__op_index(&w.op), eddy__op_generation(&w.op), never);
        waits = add_all(nodes, handles, count, &w);
    }
    if (waits) {
        w.op.task = eddy__current;
        (void)eddy__block(NULL, &waiting, &w.op, false);
    } else {
        eddy__op_drop(&w.op);
    }
    for (size_t i = 0; i < count; i++) eddy__interest_remove(&nodes[i].interest);
    if (nodes != &one) eddy__free(nodes, count * sizeof *nodes);
    return waits;
}

static bool may_suspend(int32_t pollable) {
    return eddy__current && !unknown && !is_marked(pollable, HOLDS_ALL);
}

/* ---- the three that block ---------------------------------------------------------------------------------- */

void __wasm_import_poll_poll(uint8_t *pollables, size_t count, uint8_t *result) {
    const int32_t *handles = (const int32_t *)(void *)pollables;
    bool suspends = count > 0;
    for (size_t i = 0; i < count; i++) suspends = suspends && may_suspend(handles[i]);
    if (suspends) (void)wait_for_any(handles, count);
    eddy__real_poll(pollables, count, result); /* at once, and says which */
}

void __wasm_import_poll_method_pollable_block(int32_t pollable) {
    if (!may_suspend(pollable) || !wait_for_any(&pollable, 1)) eddy__real_block(pollable);
}

void __wasm_import_streams_method_output_stream_blocking_flush(int32_t stream, uint8_t *result) {
    if (!eddy__current || unknown || !is_marked(stream, CONNECTION)) {
        eddy__real_blocking_flush(stream, result);
        return;
    }
    streams_borrow_output_stream_t out = {stream};
    streams_stream_error_t error;
    uint64_t free_now = 0;
    bool works = streams_method_output_stream_flush(out, &error);
    while (works && !free_now) {
        poll_own_pollable_t pollable = streams_method_output_stream_subscribe(out);
        __wasm_import_poll_method_pollable_block(pollable.__handle);
        poll_pollable_drop_own(pollable);
        works = streams_method_output_stream_check_write(out, &free_now, &error);
    }
    /* result<_, stream-error>, as the canonical ABI lays it out */
    result[0] = !works;
    if (works) return;
    result[4] = error.tag;
    memcpy(result + 8, &error.val.last_operation_failed.__handle, sizeof(int32_t));
}

/* ---- those that tell of handles ------------------------------------------------------------------------------- */

static int32_t handle_at(const uint8_t *result, size_t offset) {
    int32_t handle;
    memcpy(&handle, result + offset, sizeof handle);
    return handle;
}

void __wasm_import_tcp_method_tcp_socket_finish_connect(int32_t socket, uint8_t *result) {
    eddy__real_finish_connect(socket, result);
    if (!result[0]) set_mark(handle_at(result, 8), CONNECTION);
}

void __wasm_import_tcp_method_tcp_socket_accept(int32_t socket, uint8_t *result) {
    eddy__real_accept(socket, result);
    if (!result[0]) set_mark(handle_at(result, 12), CONNECTION);
}

int32_t __wasm_import_streams_method_output_stream_subscribe(int32_t stream) {
    int32_t pollable = eddy__real_output_subscribe(stream);
    if (!is_marked(stream, CONNECTION)) set_mark(pollable, HOLDS_ALL);
    return pollable;
}

void __wasm_import_poll_pollable_drop(int32_t pollable) {
    clear_mark(pollable, HOLDS_ALL);
    eddy__real_pollable_drop(pollable);
}

void __wasm_import_streams_output_stream_drop(int32_t stream) {
    clear_mark(stream, CONNECTION);
    eddy__real_output_drop(stream);
}
