/* upload.c: a stream sent as the body of a request, by a task beside the one that waits for the answer:
 * an answer may begin before all has been sent. */
#include "upload.h"

#include "stream.h"

#include <stdlib.h>

#define PIECE ((size_t)64 * 1024)

typedef struct upload {
    int number;
    bool whole; /* all has been put */
    eddy_stream *source;
    uint32_t op, generation; /* of the request */
    char piece[PIECE];
} upload;

/* Until put will take something: 0; ECLOSED: it never will. */
static int wait_for_room(const upload *u) {
    eddy__op op;
    int rc = eddy__op_begin(&op, "the server to take more");
    if (rc < 0) return rc;
    eddy__host_upload_room(u->number, eddy__op_index(&op), eddy__op_generation(&op));
    return eddy__op_wait(NULL, &op);
}

static int send_piece(const upload *u, size_t size) {
    for (size_t sent = 0; sent < size;) {
        int put = eddy__host_upload_put(u->number, u->piece + sent, size - sent);
        int rc = put > 0 ? put : wait_for_room(u);
        if (rc < 0) return rc;
        if (put > 0) sent += (size_t)put;
    }
    return 0;
}

/* The request fails with the error of its body. */
static void fail_request(const upload *u, int rc) {
    eddy__text *text = eddy__task_text(eddy__current, rc);
    size_t size = text ? text->length : 0;
    char *copy = size ? malloc(size + 1) : NULL;
    if (copy) memcpy(copy, text->bytes, size + 1);
    eddy__text_release(text);
    eddy__host_cancel(u->op, u->generation);
    eddy__host_complete(u->op, u->generation, rc, copy, copy ? size : 0);
}

static int run(void *arg) {
    upload *u = arg;
    /* First of all: what is not sent after all, because there is no connection, is not read either. */
    int sent = wait_for_room(u), got = 1;
    while (sent == 0 && (got = eddy__read(NULL, u->source, u->piece, PIECE)) > 0)
        sent = send_piece(u, (size_t)got);
    u->whole = got == 0;
    if (got < 0 && got != EDDY_ECANCELED) fail_request(u, got);
    /* ECLOSED: what that means for the request is told by the answer. */
    if (sent < 0 && sent != EDDY_ECANCELED && sent != EDDY_ECLOSED) fail_request(u, sent);
    return 0;
}

static void release(void *arg) {
    upload *u = arg;
    eddy__host_upload_end(u->number, u->whole);
    eddy__free(u, sizeof *u);
}

static void release_task(eddy__cleanup *cleanup) {
    eddy_release(EDDY__OWNER(cleanup, eddy__upload_task, cleanup)->task);
}

static int start(const char *site, int number, eddy_stream *source, const eddy__op *op,
                 eddy__upload_task *started) {
    upload *u = eddy__alloc(sizeof *u);
    if (!u) {
        eddy__host_upload_end(number, false);
        return EDDY_ENOMEM;
    }
    u->number = number;
    u->whole = false;
    u->source = source;
    u->op = eddy__op_index(op);
    u->generation = eddy__op_generation(op);
    started->task =
        eddy__spawn_with(site, "upload", run, &(eddy_spawn_options){.arg = u, .arg_free = release});
    if (!started->task) return EDDY_ENOMEM;
    eddy__cleanup_push(&started->cleanup, release_task);
    return 0;
}

int eddy__fetch_streamed(const char *site, eddy_response **r, const eddy_fetch_options *options) {
    if (r) *r = NULL;
    if (options->body)
        return eddy__call_failed(EDDY_EINVAL, "eddy_fetch: two bodies");
    if (options->body_stream->write_only)
        return eddy__call_failed(EDDY_EINVAL, "eddy_fetch: the stream of the body is only written");
    return eddy__fetch_by(site, r, options, start);
}

int(eddy_fetch_with)(eddy_response **r, const eddy_fetch_options *options) {
    return eddy__fetch_any(NULL, r, options);
}
