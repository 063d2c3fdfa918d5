/* p2-upload.c: the body of a request, sent in pieces. */
#include "p2-upload.h"

#include "p2-stream.h"

struct eddy__upload {
    eddy__p2_stream stream; /* its output alone */
    eddy__handle body;      /* 0: not open yet, or over */
    unsigned owners;
};

/* Whatever stopped it, the answer tells: it may have come before that. */
static int explain(io_error_borrow_error_t error, char *text, size_t room) {
    (void)error, (void)text, (void)room;
    return EDDY_ECLOSED;
}

eddy__upload *eddy__upload_new(int *number) {
    eddy__upload *upload = eddy__alloc(sizeof *upload);
    if (!upload) return NULL;
    *upload = (eddy__upload){.owners = 2, .stream.explain = explain};
    eddy__p2_stream_init(&upload->stream);
    *number = eddy__p2_number(&upload->stream);
    return upload;
}

void eddy__upload_drop(eddy__upload *upload) {
    if (--upload->owners == 0) eddy__free(upload, sizeof *upload);
}

static void drop_stream(eddy__upload *upload) {
    eddy__p2_stream *stream = &upload->stream;
    eddy__interest_drop(&stream->writable);
    if (stream->out.__handle) streams_output_stream_drop_own(stream->out);
    stream->out.__handle = 0;
    if (!stream->error) stream->error = EDDY_ECLOSED;
    eddy__pending_end(&stream->room, EDDY_ECLOSED, NULL, 0);
}

/* Without a finish: the host aborts the request if it is still under way. */
static void abort_body(eddy__upload *upload) {
    drop_stream(upload);
    if (upload->body) {
        eddy__p2_gone(EDDY__OUTGOING_BODY, upload->body);
        eddy__http_body_drop(upload->body);
    }
    upload->body = 0;
}

static void finish_body(eddy__upload *upload) {
    drop_stream(upload);
    if (!upload->body) return;
    eddy__http_result result;
    eddy__p2_gone(EDDY__OUTGOING_BODY, upload->body);
    eddy__http_body_finish(upload->body, 0, 0, &result);
    upload->body = 0;
    char ignored[1]; /* the answer tells */
    if (result.failed) (void)eddy__http_explain(&result.value.error, ignored, sizeof ignored);
}

void eddy__upload_open(eddy__upload *upload, eddy__handle body, eddy__handle stream) {
    upload->body = body;
    upload->stream.out.__handle = stream;
}

void eddy__upload_close(eddy__upload *upload) {
    abort_body(upload);
    eddy__upload_drop(upload);
}

/* ---- the host interface ---------------------------------------------------------------------------- */

int eddy__host_upload_put(int number, const void *data, size_t size) {
    return eddy__host_stream_put(number, data, size);
}

void eddy__host_upload_room(int number, uint32_t op, uint32_t generation) {
    eddy__host_stream_room(number, op, generation);
}

void eddy__host_upload_end(int number, bool whole) {
    eddy__upload *upload = EDDY__OWNER(eddy__p2_thing(number), eddy__upload, stream);
    if (whole)
        finish_body(upload);
    else
        abort_body(upload);
    eddy__upload_drop(upload);
}
