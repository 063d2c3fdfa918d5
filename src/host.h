/* host.h: the only door between the core and a host.
 *
 * Below, first what a host provides (native/host.c, ../wasi/p1.c, ../web/host.mjs), then what the
 * core offers to it. A host never runs a task: completions only enqueue. On guest hosts the
 * functions marked "web" come from JavaScript, and the core's are exported under the same names. */
#ifndef EDDY_HOST_H
#define EDDY_HOST_H

#include "eddy.h"

/* ---- provided by the host ------------------------------------------------------------------ */

#ifdef __EMSCRIPTEN__
#define EDDY__GUEST 1
#define EDDY__IMPORT(name) __attribute__((import_module("env"), import_name(#name)))
#define EDDY__EXPORT __attribute__((used, visibility("default")))
#else
#define EDDY__GUEST 0
#define EDDY__IMPORT(name)
#define EDDY__EXPORT
#endif

/* Nanoseconds on a monotonic clock. */
eddy_time eddy__host_now(void);

/* Owning hosts: waits until `when` (EDDY_FOREVER: for a completion or an interrupt only), a
 * completion or an interrupt. May return early. */
void eddy__host_wait(eddy_time when);

/* Owning hosts: takes in what has completed, without waiting. Called now and then while tasks are
 * ready. */
void eddy__host_look(void);

/* Guest hosts: asks for a call of eddy_tick soon; cheap when one is under way already. */
#if EDDY__GUEST
void eddy__host_wake(void);
#else
static inline void eddy__host_wake(void) {}
#endif

/* Whether the terminal has sent an interrupt since the last call. Guest hosts call eddy_interrupt
 * themselves. */
#if EDDY__GUEST || defined(__wasi__)
static inline bool eddy__host_interrupted(void) {
    return false;
}
#else
bool eddy__host_interrupted(void);
#endif

/* Writes a line of a report; `text` ends with a newline. */
void eddy__host_report(const char *text, size_t length);

/* The end of a program made with eddy's own main: leave with this status. */
void eddy__host_exit(int status);

/* Called by eddy's own main before the run: interrupts of the terminal are told from now on. */
void eddy__host_catch_interrupts(void);

/* A stack is broken and nothing after it can be trusted: ends the program. */
_Noreturn void eddy__host_abort(void);

/* Starts a request; `headers` is name NUL value NUL … `header_bytes` long. All memory is copied
 * before the call returns. The completion's value is a body number >= 1 for the calls below, its
 * data "status\0status text\0url\0name\0value\0…". Returns 0, with `streamed` the number >= 1 of an
 * upload, or EDDY_ENOSYS. */
typedef struct eddy__fetch_request {
    const char *url, *method;
    const char *headers;
    size_t header_bytes;
    const void *body; /* NULL: none */
    size_t body_size;
    const char *redirect, *credentials, *mode, *cache; /* NULL: the platform's default */
    bool streamed; /* the body is what is put into the upload, in place of `body` */
} eddy__fetch_request;
int eddy__host_fetch(uint32_t op, uint32_t generation, const eddy__fetch_request *request);

/* Copies up to `size` bytes that have arrived. Returns how many; 0 at the end; EDDY_EEMPTY if one
 * must ask for more. */
int eddy__host_body_take(int body, void *buffer, size_t size);

/* Asks for more; completes with 0 when take has something to say. */
void eddy__host_body_more(int body, uint32_t op, uint32_t generation);

/* Lets go of a body; what has not arrived is aborted. */
void eddy__host_body_close(int body);

/* What is sent of a streamed request, which may go on after the answer has begun: as
 * eddy__host_stream_put and _room, below. Room completes with ECLOSED when no more is wanted: the
 * request is over, or the server wants no more of it. */
int eddy__host_upload_put(int upload, const void *data, size_t size);
void eddy__host_upload_room(int upload, uint32_t op, uint32_t generation);

/* Lets go of an upload. `whole`: that was all; otherwise what is left of the exchange is aborted. */
void eddy__host_upload_end(int upload, bool whole);

/* Streams, listeners: numbers >= 1 of the host's choosing. Each call with an operation completes
 * exactly once, unless it is cancelled: then it has changed nothing (a connection that has arrived
 * stays with its listener). Errors come with a text.
 *
 * These three complete with a stream, a listener (data: "address\0port\0", where it listens), the
 * number of addresses (data: "address\0address\0…"). All but the operation is copied. They return 0
 * or EDDY_ENOSYS. `host` NULL: all addresses of this machine. */
int eddy__host_connect(uint32_t op, uint32_t generation, const char *host, uint16_t port);
int eddy__host_listen(uint32_t op, uint32_t generation, const char *host, uint16_t port);
int eddy__host_resolve(uint32_t op, uint32_t generation, const char *host);

/* Completes with a stream. One at a time for a listener. */
void eddy__host_accept(int listener, uint32_t op, uint32_t generation);
void eddy__host_listener_close(int listener); /* an accept under way completes with ECLOSED */

/* Completes with a stream. Write and append create the file; exclusive: only if it is not there. */
enum {
    EDDY__FILE_READ = 1,
    EDDY__FILE_WRITE = 2,
    EDDY__FILE_APPEND = 4,
    EDDY__FILE_EXCLUSIVE = 8,
};
int eddy__host_file_open(uint32_t op, uint32_t generation, const char *path, unsigned flags);

/* Completes with 0; of a stat with the type (data: "bytes\0nanoseconds since 1970\0"), of a list with the
 * number of entries (data: a digit of the type, the name and a zero for each). `other`: the new name.
 * Both are copied. Returns 0 or EDDY_ENOSYS. */
enum eddy__path_call {
    EDDY__PATH_STAT,
    EDDY__PATH_LIST,
    EDDY__PATH_MAKE,
    EDDY__PATH_REMOVE,
    EDDY__PATH_RENAME,
};
int eddy__host_path(uint32_t op, uint32_t generation, enum eddy__path_call call, const char *path,
                    const char *other);

/* The stream of the standard input; asked for once. EDDY_ENOSYS: there is none. */
int eddy__host_stdin(void);

/* As eddy__host_body_take and _more. */
int eddy__host_stream_take(int stream, void *buffer, size_t size);
void eddy__host_stream_more(int stream, uint32_t op, uint32_t generation);

/* Copies what there is room for. Returns how many bytes; 0: none, ask for room, which also tells if
 * the stream has failed. */
int eddy__host_stream_put(int stream, const void *data, size_t size);

/* Completes with 0 when put will take something. */
void eddy__host_stream_room(int stream, uint32_t op, uint32_t generation);

/* Completes with 0 when all that was put has left. One of room and drain at a time. */
void eddy__host_stream_drain(int stream, uint32_t op, uint32_t generation);

/* Nothing more will be put, and all has left: the other end sees the end. Returns 0 or an error. */
int eddy__host_stream_shut(int stream);

/* Operations of the stream that are under way complete with ECLOSED. */
void eddy__host_stream_close(int stream);

/* WebSockets: numbers >= 1. Completes with one, data "protocol\0"; `protocols` is name NUL name NUL …
 * `bytes` long. `limit`: bytes of one message, `buffered`: at which sending waits, `unread`: that may
 * wait to be received. Returns 0 or EDDY_ENOSYS. */
typedef struct eddy__ws_request {
    const char *url, *protocols;
    size_t bytes;
    uint32_t limit, buffered, unread;
} eddy__ws_request;
int eddy__host_ws_connect(uint32_t op, uint32_t generation, const eddy__ws_request *request);

/* The type of the next message, *size the bytes of it that were not taken yet; 0 after the last, if
 * the WebSocket has ended as it should; EDDY_EEMPTY: one must ask for more. */
int eddy__host_ws_next(int ws, uint32_t *size);

/* Copies up to `size` bytes of the next message; with its last byte it is gone. Returns how many. */
int eddy__host_ws_take(int ws, void *buffer, size_t size);

/* Completes with 0 when next has something to say, or with the error that was the end. */
void eddy__host_ws_more(int ws, uint32_t op, uint32_t generation);

/* Sends a message if there is room and nobody waits for that: 1, else 0. */
int eddy__host_ws_send(int ws, int type, const void *data, size_t size);

/* Completes with 0 when the message, which is copied, was sent: in the order of these calls. Type
 * EDDY__WS_ROOM, _DRAIN: when one could be sent; when all has left. */
enum { EDDY__WS_ROOM = 0, EDDY__WS_DRAIN = -1 };
void eddy__host_ws_queue(int ws, uint32_t op, uint32_t generation, int type, const void *data,
                         size_t size);

/* Begins the closing handshake; code 0: without one. Returns 0, or EDDY_EINVAL: no UTF-8. */
int eddy__host_ws_shut(int ws, int code, const char *reason, size_t size);

/* Completes when the closing handshake is over. */
void eddy__host_ws_over(int ws, uint32_t op, uint32_t generation);

/* Lets go of it; operations under way complete with ECLOSED. */
void eddy__host_ws_close(int ws);

/* The code that it was closed with, or 0; bytes that were not sent, were not received yet. */
enum { EDDY__WS_CODE, EDDY__WS_BUFFERED, EDDY__WS_UNREAD };
int eddy__host_ws_amount(int ws, int which);

/* Writes the reason that it was closed with. Returns its bytes, at most 123. */
int eddy__host_ws_reason(int ws, char *buffer);

/* Has `fn` run by a worker, with a block as eddy/offload.h says. It completes with what `fn` returned,
 * after the result has been copied, or with an error and its text. `arg` and `result` stay valid until
 * the operation has ended. Returns 0; EDDY_ENOSYS; EDDY_ESTATE: this is a worker; EDDY_ENOMEM. */
typedef struct eddy__offload_job {
    eddy_fn fn;
    const void *arg;
    size_t arg_size;
    void *result;
    size_t result_size;
} eddy__offload_job;
int eddy__host_offload(uint32_t op, uint32_t generation, const eddy__offload_job *job);
int eddy__host_offload_limit(size_t workers); /* 0: the machine's; returns 0 or EDDY_ENOSYS */

/* Sockets for datagrams: numbers >= 1 of the host's choosing. `address` is one, as text, of the version
 * of IP that the socket speaks. Each call with an operation completes exactly once, unless it is
 * cancelled. Completes with a socket (data: "address\0port\0", where it receives); returns 0 or
 * EDDY_ENOSYS. */
int eddy__host_udp_open(uint32_t op, uint32_t generation, const char *address, uint16_t port);

/* Completes with 0 when the system has taken it. The data stays where it is until then, or until the
 * operation is cancelled. Any number at a time. */
void eddy__host_udp_send(int udp, uint32_t op, uint32_t generation, const void *data, size_t size,
                         const char *address, uint16_t port);

/* Copies the first datagram that has arrived, and tells about it. Returns the bytes copied, or
 * EDDY_EEMPTY if one must ask for more: that completes with 0 when take has something to say, or with
 * what went wrong with the socket. One at a time. */
int eddy__host_udp_take(int udp, void *buffer, size_t size, eddy_peer *from);
void eddy__host_udp_more(int udp, uint32_t op, uint32_t generation);
void eddy__host_udp_close(int udp); /* operations under way complete with ECLOSED */

/* The operation's result is not wanted any more; a completion that still comes is ignored. */
void eddy__host_cancel(uint32_t op, uint32_t generation);

/* ---- offered by the core --------------------------------------------------------------------- */

/* Guest hosts: runs passes for up to 8 ms. Returns in how many milliseconds the host should call
 * again: 0 soon (after other events), -1 not before eddy__host_wake. */
double eddy_tick(void);

/* An operation has ended. `data` (may be NULL) is memory from eddy__host_alloc and becomes the
 * core's; on an error it is the text. Unknown or repeated handles are ignored. */
void eddy__host_complete(uint32_t op, uint32_t generation, int result, void *data, size_t size);
void *eddy__host_alloc(size_t size);

/* How many outside things (exports that may be called, futures held by JavaScript) could still
 * wake a task; while there is one, waiting is no deadlock (R7). */
void eddy__host_hold(int change);

#endif
