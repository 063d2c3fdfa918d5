/* eddy/websocket.h: WebSockets: messages both ways, over the platform's own. */
#ifndef EDDY_WEBSOCKET_H
#define EDDY_WEBSOCKET_H

#include "io.h"

/* A connection that carries whole messages. Any number of tasks may send, one at a time receives. */
typedef struct eddy_ws eddy_ws;

/* What a message is. */
typedef enum eddy_ws_type {
    EDDY_WS_TEXT = 1, /* UTF-8 */
    EDDY_WS_BYTES = 2 /* anything */
} eddy_ws_type;

/* What to connect to, and how. Zero means default. */
typedef struct eddy_ws_options {
    const char *url;              /* absolute: ws:, wss: */
    const char *const *protocols; /* subprotocols, the most wanted first, …, NULL */
    size_t limit;                 /* bytes of the longest message that may arrive; default 16 MiB */
    size_t buffered;              /* bytes on their way at which sending waits; default 1 MiB */
    size_t unread;                /* bytes that may wait to be received; default 16 MiB */
} eddy_ws_options;

EDDY__BEGIN_C

/* Opens a WebSocket. [blocks] Returns 0 and in *ws what is to be closed with eddy_ws_close; on an
 * error *ws is NULL: EDDY_EINVAL (no URL, or no URL of a WebSocket; protocols that are no tokens or
 * stand twice), EDDY_ECONNREFUSED, EDDY_ECONNRESET, EDDY_EHOSTNOTFOUND or EDDY_EPERM where the host
 * tells them apart (pages are told nothing), else EDDY_EHOST with a text; EDDY_ECANCELED (the attempt is
 * given up); EDDY_ENOMEM; EDDY_ESTATE outside a task; EDDY_ENOSYS where the host has no WebSocket: native,
 * WASI, Node 20 without the npm package ws. Follows the platform's WebSocket. */
int eddy_ws_connect_with(eddy_ws **ws, const eddy_ws_options *options) EDDY__BLOCKS;

/* The subprotocol that the other end has chosen, "" if none. Valid until eddy_ws_close. */
const char *eddy_ws_protocol(const eddy_ws *ws);

/* Sends a message of any bytes. [blocks] Waits while options.buffered bytes are on their way; tasks that
 * wait send in the order of their calls. Data is copied. Returns 0. EDDY_ECANCELED: it was not sent.
 * EDDY_ECLOSED if the other end has closed, with its code and reason in the text; EDDY_ECONNRESET,
 * EDDY_EHOST, EDDY_EFULL, EDDY_ELAGGED as eddy_ws_receive; EDDY_EINVAL, also for a text that is not
 * UTF-8; EDDY_ESTATE outside a task or after eddy_ws_shut; EDDY_ENOMEM. That it was sent says not that
 * it was received. */
int eddy_ws_send(eddy_ws *ws, eddy_ws_type type, const void *data, size_t size) EDDY__BLOCKS;

/* Sends a string. [blocks] Results as eddy_ws_send. */
int eddy_ws_send_text(eddy_ws *ws, const char *text) EDDY__BLOCKS;

/* Sends bytes. [blocks] Results as eddy_ws_send. */
int eddy_ws_send_bytes(eddy_ws *ws, const void *data, size_t size) EDDY__BLOCKS;

/* Waits for the next message. [blocks] *data gets it with a zero byte appended, *size its bytes; the
 * caller frees *data. Returns its type, EDDY_WS_TEXT or EDDY_WS_BYTES; 0 when the other end has closed
 * and all that came before was received (*data is NULL; see eddy_ws_close_code). EDDY_ECANCELED: nothing
 * is lost, the next call goes on. EDDY_ECONNRESET: the connection was lost without a closing handshake;
 * EDDY_EHOST with a text, where the host says that the other end broke the protocol; EDDY_EFULL: a
 * message over options.limit arrived; EDDY_ELAGGED: messages were not received in time, see below; each
 * of these after all that came before. EDDY_ECLOSED if another task calls eddy_ws_close meanwhile;
 * EDDY_ESTATE outside a task, while another task receives, or amid lines of eddy_ws_stream; EDDY_EINVAL;
 * EDDY_ENOMEM (nothing is lost).
 *
 * The platform's WebSocket takes in whatever the other end sends: it cannot be made to wait. Messages
 * that were not received yet are counted, and when they are more than options.unread bytes (64 for each
 * message besides its own), and no single one, the WebSocket is closed. The package ws of Node 20, and
 * others that can be paused, make the other end wait instead. */
int eddy_ws_receive(eddy_ws *ws, void **data, size_t *size) EDDY__BLOCKS;

/* Waits until all that was sent has left. [blocks] Returns 0, or errors as eddy_ws_send; sends that
 * begin meanwhile wait behind it. */
int eddy_ws_drain(eddy_ws *ws) EDDY__BLOCKS;

/* Bytes that were sent but have not left, and bytes that have arrived but were not received. 0 for NULL.
 * Never block. */
size_t eddy_ws_buffered(const eddy_ws *ws);
size_t eddy_ws_unread(const eddy_ws *ws);

/* The messages as a stream of bytes, borrowed: valid until eddy_ws_close. What arrives is read without
 * regard to where messages begin and end, each write is a message of bytes, and eddy_shut is
 * eddy_ws_shut with 1000 without the waiting. NULL for NULL. */
eddy_stream *eddy_ws_stream(eddy_ws *ws);

/* Closes after all that was sent, and waits until the other end has closed too. [blocks] `code` is 1000
 * (the work is done), 3000 to 4999 (the application's), or 0: none; `reason` at most 123 bytes of UTF-8,
 * or NULL. What arrives meanwhile is dropped, what arrived before can still be received. Returns 0, also
 * when repeated; EDDY_ECONNRESET, EDDY_EHOST, EDDY_EFULL, EDDY_ELAGGED as eddy_ws_receive; EDDY_ECANCELED
 * (to give it a limit, use a scope): then closing goes on without the caller; EDDY_ECLOSED if another
 * task calls eddy_ws_close meanwhile; EDDY_EINVAL; EDDY_ESTATE outside a task. */
int eddy_ws_shut(eddy_ws *ws, int code, const char *reason) EDDY__BLOCKS;

/* The code that the WebSocket was closed with: the other end's, as 1000 or 1001 (it goes away); 1005: it
 * gave none; 1006: the connection was lost. 0 while it is open. Never blocks. */
int eddy_ws_close_code(const eddy_ws *ws);

/* The reason beside that code, "" if there is none. Valid until eddy_ws_close. */
const char *eddy_ws_close_reason(eddy_ws *ws);

/* Frees the WebSocket; if it is open it is closed, without waiting for the other end. NULL is ignored. A
 * call in which another task waits returns EDDY_ECLOSED. Never blocks. The connections of those that are
 * not closed at the end of a run are. */
void eddy_ws_close(eddy_ws *ws);

int eddy__ws_connect_with(const char *site, eddy_ws **ws,
                          const eddy_ws_options *options) EDDY__BLOCKS;
int eddy__ws_send(const char *site, eddy_ws *ws, eddy_ws_type type, const void *data,
                  size_t size) EDDY__BLOCKS;
int eddy__ws_send_text(const char *site, eddy_ws *ws, const char *text) EDDY__BLOCKS;
int eddy__ws_send_bytes(const char *site, eddy_ws *ws, const void *data, size_t size) EDDY__BLOCKS;
int eddy__ws_receive(const char *site, eddy_ws *ws, void **data, size_t *size) EDDY__BLOCKS;
int eddy__ws_drain(const char *site, eddy_ws *ws) EDDY__BLOCKS;
int eddy__ws_shut(const char *site, eddy_ws *ws, int code, const char *reason) EDDY__BLOCKS;

EDDY__END_C

#define eddy_ws_connect_with(...) eddy__ws_connect_with(EDDY__SITE, __VA_ARGS__)
#define eddy_ws_send(...) eddy__ws_send(EDDY__SITE, __VA_ARGS__)
#define eddy_ws_send_text(...) eddy__ws_send_text(EDDY__SITE, __VA_ARGS__)
#define eddy_ws_send_bytes(...) eddy__ws_send_bytes(EDDY__SITE, __VA_ARGS__)
#define eddy_ws_receive(...) eddy__ws_receive(EDDY__SITE, __VA_ARGS__)
#define eddy_ws_drain(...) eddy__ws_drain(EDDY__SITE, __VA_ARGS__)
#define eddy_ws_shut(...) eddy__ws_shut(EDDY__SITE, __VA_ARGS__)

#ifndef __cplusplus
/* eddy_ws_connect(&ws, url, .limit = 1000); eddy_ws_connect_with the URL and the options named, the
 * others default. [blocks] Results as eddy_ws_connect_with. */
#define eddy_ws_connect(ws, ...) eddy_ws_connect_with((ws), &(eddy_ws_options){.url = __VA_ARGS__})
#endif

#endif
