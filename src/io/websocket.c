/* websocket.c: WebSockets: checks and waiting here, the protocol at the host, which also keeps what has
 * arrived and what is to be sent: so a cancelled call has either not happened or loses nothing. */
#include "stream.h"

#include <stdlib.h>

#include "eddy/websocket.h"

#define loop eddy__the_loop

struct eddy_ws {
    eddy_stream stream; /* `reading` and `closed` are those of the whole */
    eddy__link link;    /* in opened.list */
    size_t waiting;     /* tasks in calls other than the stream's */
    bool shut;
    char *protocol;     /* from the host, by malloc; may be NULL */
    char reason[124];
    char what[64];      /* "the WebSocket ws://…", for the tree */
};

/* At the end of a run the host lets go of them, whoever forgot to. */
static struct {
    eddy__link list;
    void (*on_end)(int result, void *ctx); /* of the run, which ours stands in for */
    void *on_end_ctx;
} opened;

static void end_of_run(int result, void *ctx) {
    (void)ctx;
    while (!eddy__list_empty(&opened.list)) {
        eddy_ws *ws = EDDY__OWNER(opened.list.next, eddy_ws, link);
        eddy__list_remove(&ws->link);
        eddy__host_ws_close(ws->stream.number);
    }
    if (opened.on_end) opened.on_end(result, opened.on_end_ctx);
}

static void watch_end_of_run(void) {
    if (!opened.list.next) eddy__list_init(&opened.list);
    if (loop.on_end == end_of_run) return;
    opened.on_end = loop.on_end;
    opened.on_end_ctx = loop.on_end_ctx;
    loop.on_end = end_of_run;
}

/* ---- as a stream of bytes ----------------------------------------------------------------------------- */

static int take(eddy_stream *s, void *buffer, size_t size) {
    for (;;) {
        uint32_t rest;
        int type = eddy__host_ws_next(s->number, &rest);
        if (type <= 0) return type;
        int got = eddy__host_ws_take(s->number, buffer, size);
        if (got) return got; /* else the message was empty */
    }
}

static void more(eddy_stream *s, eddy__op *op) {
    eddy__host_ws_more(s->number, eddy__op_index(op), eddy__op_generation(op));
}

static int put(eddy_stream *s, const void *data, size_t size) {
    return eddy__host_ws_send(s->number, EDDY_WS_BYTES, data, size) ? (int)size : 0;
}

static void queue(eddy_stream *s, eddy__op *op, int type, const void *data, size_t size) {
    eddy__host_ws_queue(s->number, eddy__op_index(op), eddy__op_generation(op), type, data, size);
}

static void room(eddy_stream *s, eddy__op *op) {
    queue(s, op, EDDY__WS_ROOM, NULL, 0);
}

static void drain(eddy_stream *s, eddy__op *op) {
    queue(s, op, EDDY__WS_DRAIN, NULL, 0);
}

static int shut(eddy_stream *s) {
    EDDY__OWNER(s, eddy_ws, stream)->shut = true;
    return eddy__host_ws_shut(s->number, 1000, "", 0);
}

static void free_ws(eddy_stream *s) {
    eddy_ws *ws = EDDY__OWNER(s, eddy_ws, stream);
    if (ws->waiting) return; /* the last of those does it */
    eddy__stream_drop(s);
    free(ws->protocol);
    eddy__free(ws, sizeof *ws);
}

static const eddy__source source = {.take = take,
                                    .more = more,
                                    .free = free_ws,
                                    .put = put,
                                    .room = room,
                                    .drain = drain,
                                    .shut = shut};

eddy_stream *eddy_ws_stream(eddy_ws *ws) {
    return ws ? &ws->stream : NULL;
}

/* ---- connecting --------------------------------------------------------------------------------------- */

static uint32_t amount(size_t given, uint32_t otherwise) {
    return given == 0 ? otherwise : given > INT32_MAX ? INT32_MAX : (uint32_t)given;
}

static int pack(const char *const *protocols, char **packed, size_t *bytes) {
    *packed = NULL;
    *bytes = 0;
    for (size_t i = 0; protocols && protocols[i]; i++) *bytes += strlen(protocols[i]) + 1;
    if (*bytes == 0) return 0;
    char *at = *packed = eddy__alloc(*bytes);
    if (!at) return EDDY_ENOMEM;
    for (size_t i = 0; protocols[i]; i++) {
        size_t length = strlen(protocols[i]) + 1;
        memcpy(at, protocols[i], length);
        at += length;
    }
    return 0;
}

static eddy_ws *new_ws(int number, char *protocol, const char *url) {
    eddy_ws *ws = eddy__alloc(sizeof *ws);
    if (!ws) {
        eddy__host_ws_close(number);
        free(protocol);
        return NULL;
    }
    *ws = (eddy_ws){.stream = {.source = &source, .number = number}, .protocol = protocol};
    eddy__stream_describe(ws->what, sizeof ws->what, "the WebSocket ", url);
    ws->stream.what = ws->what;
    watch_end_of_run();
    eddy__list_append(&opened.list, &ws->link);
    return ws;
}

int eddy__ws_connect_with(const char *site, eddy_ws **ws, const eddy_ws_options *options) {
    if (ws) *ws = NULL;
    int rc = eddy__checkpoint(site);
    if (rc < 0) return rc;
    if (!ws || !options || !options->url || !*options->url)
        return eddy__call_failed(EDDY_EINVAL, "eddy_ws_connect: no URL");
    char *protocols;
    size_t bytes;
    rc = pack(options->protocols, &protocols, &bytes);
    if (rc < 0) return rc;
    char what[64];
    eddy__stream_describe(what, sizeof what, "the opening of ", options->url);
    eddy__op op;
    rc = eddy__op_begin(&op, what);
    if (rc == 0) {
        eddy__ws_request request = {
            .url = options->url,
            .protocols = protocols,
            .bytes = bytes,
            .limit = amount(options->limit, 16 << 20),
            .buffered = amount(options->buffered, 1 << 20),
            .unread = amount(options->unread, 16 << 20),
        };
        op.let_go = eddy__host_ws_close;
        rc = eddy__host_ws_connect(eddy__op_index(&op), eddy__op_generation(&op), &request);
        if (rc < 0) rc = eddy__op_refused(&op, rc, "WebSocket", options->url);
    }
    eddy__free(protocols, bytes);
    if (rc < 0) return rc;
    rc = eddy__op_wait(site, &op);
    if (rc < 0) return rc;
    *ws = new_ws(rc, op.data, options->url);
    return *ws ? 0 : EDDY_ENOMEM;
}

const char *eddy_ws_protocol(const eddy_ws *ws) {
    return ws && ws->protocol ? ws->protocol : "";
}

/* ---- waiting ------------------------------------------------------------------------------------------ */

typedef struct inside {
    eddy__cleanup cleanup;
    eddy_ws *ws;
} inside;

static void left(eddy__cleanup *cleanup) {
    eddy_ws *ws = EDDY__OWNER(cleanup, inside, cleanup)->ws;
    ws->waiting--;
    if (ws->stream.closed && !ws->stream.reading && !ws->stream.writing) free_ws(&ws->stream);
}

/* For an operation that was begun; many tasks may. */
static int wait_for(const char *site, eddy_ws *ws, eddy__op *op) {
    inside here = {.ws = ws};
    ws->waiting++;
    eddy__cleanup_push(&here.cleanup, left);
    int rc = eddy__op_wait(site, op);
    bool closed = ws->stream.closed;
    eddy__cleanup_run(&here.cleanup, left);
    if (!closed) return rc;
    return rc == EDDY_ECANCELED ? rc : EDDY_ECLOSED;
}

static int send_by(const char *site, eddy_ws *ws, int type, const void *data, size_t size) {
    eddy__op op;
    int rc = eddy__op_begin(&op, ws->what);
    if (rc < 0) return rc;
    queue(&ws->stream, &op, type, data, size);
    return wait_for(site, ws, &op);
}

int eddy__ws_send(const char *site, eddy_ws *ws, eddy_ws_type type, const void *data, size_t size) {
    int rc = eddy__checkpoint(site);
    if (rc < 0) return rc;
    if (!ws || (type != EDDY_WS_TEXT && type != EDDY_WS_BYTES) || (!data && size) || size > INT32_MAX)
        return EDDY_EINVAL;
    if (ws->shut) return eddy__call_failed(EDDY_ESTATE, "this WebSocket was shut");
    if (eddy__host_ws_send(ws->stream.number, (int)type, data, size)) return 0;
    return send_by(site, ws, (int)type, data, size);
}

int eddy__ws_send_text(const char *site, eddy_ws *ws, const char *text) {
    return eddy__ws_send(site, text ? ws : NULL, EDDY_WS_TEXT, text, text ? strlen(text) : 0);
}

int eddy__ws_send_bytes(const char *site, eddy_ws *ws, const void *data, size_t size) {
    return eddy__ws_send(site, ws, EDDY_WS_BYTES, data, size);
}

int eddy__ws_drain(const char *site, eddy_ws *ws) {
    int rc = eddy__checkpoint(site);
    if (rc < 0) return rc;
    if (!ws) return EDDY_EINVAL;
    if (ws->shut) return eddy__call_failed(EDDY_ESTATE, "this WebSocket was shut");
    return send_by(site, ws, EDDY__WS_DRAIN, NULL, 0);
}

static int hand_out(eddy_ws *ws, int type, size_t rest, void **data, size_t *size) {
    char *bytes = malloc(rest + 1);
    if (!bytes) return EDDY_ENOMEM;
    (void)eddy__host_ws_take(ws->stream.number, bytes, rest);
    bytes[rest] = 0;
    *data = bytes;
    *size = rest;
    return type;
}

int eddy__ws_receive(const char *site, eddy_ws *ws, void **data, size_t *size) {
    if (data) *data = NULL;
    if (size) *size = 0;
    int rc = eddy__checkpoint(site);
    if (rc < 0) return rc;
    if (!ws || !data || !size) return EDDY_EINVAL;
    eddy_stream *s = &ws->stream;
    if (s->reading) return eddy__call_failed(EDDY_ESTATE, "another task receives from this WebSocket");
    if (s->held_size)
        return eddy__call_failed(EDDY_ESTATE, "a part of this WebSocket's stream was read ahead");
    for (;;) {
        uint32_t rest;
        int type = eddy__host_ws_next(s->number, &rest);
        if (type > 0) return hand_out(ws, type, rest, data, size);
        if (type != EDDY_EEMPTY) return type;
        bool gone;
        rc = eddy__stream_wait(site, s, more, &s->reading, &gone);
        if (rc < 0) return rc;
    }
}

/* ---- the end ------------------------------------------------------------------------------------------ */

int eddy__ws_shut(const char *site, eddy_ws *ws, int code, const char *reason) {
    int rc = eddy__checkpoint(site);
    if (rc < 0) return rc;
    if (!ws) return EDDY_EINVAL;
    size_t length = reason ? strlen(reason) : 0;
    if (code != 0 && code != 1000 && (code < 3000 || code > 4999))
        return eddy__call_failed(EDDY_EINVAL, "%d is no code that a program may close with", code);
    if (length > 123 || (length && !code))
        return eddy__call_failed(EDDY_EINVAL, "a reason has at most 123 bytes, and a code");
    if (!ws->shut) {
        rc = eddy__host_ws_shut(ws->stream.number, code, reason, length);
        if (rc < 0) return eddy__call_failed(rc, "the reason is not UTF-8");
        ws->shut = true;
    }
    eddy__op op;
    rc = eddy__op_begin(&op, ws->what);
    if (rc < 0) return rc;
    eddy__host_ws_over(ws->stream.number, eddy__op_index(&op), eddy__op_generation(&op));
    return wait_for(site, ws, &op);
}

size_t eddy_ws_buffered(const eddy_ws *ws) {
    return ws ? (size_t)eddy__host_ws_amount(ws->stream.number, EDDY__WS_BUFFERED) : 0;
}

size_t eddy_ws_unread(const eddy_ws *ws) {
    return ws ? (size_t)eddy__host_ws_amount(ws->stream.number, EDDY__WS_UNREAD) : 0;
}

int eddy_ws_close_code(const eddy_ws *ws) {
    return ws ? eddy__host_ws_amount(ws->stream.number, EDDY__WS_CODE) : 0;
}

const char *eddy_ws_close_reason(eddy_ws *ws) {
    if (!ws) return "";
    ws->reason[eddy__host_ws_reason(ws->stream.number, ws->reason)] = 0;
    return ws->reason;
}

void eddy_ws_close(eddy_ws *ws) {
    if (!ws || ws->stream.closed) return;
    ws->stream.closed = true;
    eddy__list_remove(&ws->link);
    eddy__host_ws_close(ws->stream.number);
    if (!ws->stream.reading && !ws->stream.writing) free_ws(&ws->stream);
}

int(eddy_ws_connect_with)(eddy_ws **ws, const eddy_ws_options *options) {
    return eddy__ws_connect_with(NULL, ws, options);
}
int(eddy_ws_send)(eddy_ws *ws, eddy_ws_type type, const void *data, size_t size) {
    return eddy__ws_send(NULL, ws, type, data, size);
}
int(eddy_ws_send_text)(eddy_ws *ws, const char *text) {
    return eddy__ws_send_text(NULL, ws, text);
}
int(eddy_ws_send_bytes)(eddy_ws *ws, const void *data, size_t size) {
    return eddy__ws_send_bytes(NULL, ws, data, size);
}
int(eddy_ws_receive)(eddy_ws *ws, void **data, size_t *size) {
    return eddy__ws_receive(NULL, ws, data, size);
}
int(eddy_ws_drain)(eddy_ws *ws) {
    return eddy__ws_drain(NULL, ws);
}
int(eddy_ws_shut)(eddy_ws *ws, int code, const char *reason) {
    return eddy__ws_shut(NULL, ws, code, reason);
}
