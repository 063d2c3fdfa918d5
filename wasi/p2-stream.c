/* p2-stream.c: reading from wasi:io streams. Bytes go from the host straight to who asked. */
#include "p2-stream.h"

#include <stdlib.h>

void eddy__p2_text(char *text, size_t room, wasip2_string_t *given) {
    size_t length = given->len < room ? given->len : room - 1;
    memcpy(text, given->ptr, length);
    text[length] = 0;
    eddy__p2_free(given->ptr, given->len);
}

/* ---- errors -------------------------------------------------------------------------------------- */

static void fail(eddy__p2_stream *stream, const streams_stream_error_t *error) {
    stream->error = EDDY_ECLOSED;
    if (error->tag != STREAMS_STREAM_ERROR_LAST_OPERATION_FAILED) return;
    io_error_own_error_t own = error->val.last_operation_failed;
    io_error_borrow_error_t borrowed = io_error_borrow_error(own);
    stream->error = EDDY_EHOST;
    if (stream->explain) stream->error = stream->explain(borrowed, stream->text, sizeof stream->text);
    if (!stream->text[0]) {
        wasip2_string_t told;
        io_error_method_error_to_debug_string(borrowed, &told);
        eddy__p2_text(stream->text, sizeof stream->text, &told);
        stream->text[strcspn(stream->text, "\n")] = 0; /* what follows is for the host's makers */
    }
    io_error_error_drop_own(own);
}

/* ---- the input ------------------------------------------------------------------------------------- */

static void drop_input(eddy__p2_stream *stream) {
    eddy__interest_drop(&stream->readable);
    if (stream->in.__handle) streams_input_stream_drop_own(stream->in);
    stream->in.__handle = 0;
}

static void drop_output(eddy__p2_stream *stream) {
    eddy__interest_drop(&stream->writable);
    if (stream->out.__handle) streams_output_stream_drop_own(stream->out);
    stream->out.__handle = 0;
}

void eddy__p2_stream_release(eddy__p2_stream *stream) {
    drop_input(stream);
    drop_output(stream);
}

int eddy__p2_stream_take(eddy__p2_stream *stream, void *buffer, size_t size) {
    if (stream->error) return EDDY_EEMPTY; /* `more` tells */
    if (!stream->in.__handle) return 0;
    wasip2_list_u8_t bytes;
    streams_stream_error_t error;
    if (streams_method_input_stream_read(streams_borrow_input_stream(stream->in), size, &bytes,
                                         &error)) {
        size_t got = bytes.len;
        memcpy(buffer, bytes.ptr, got);
        eddy__p2_free(bytes.ptr, got);
        return got ? (int)got : EDDY_EEMPTY;
    }
    if (error.tag == STREAMS_STREAM_ERROR_CLOSED) {
        drop_input(stream);
        return 0;
    }
    fail(stream, &error);
    return EDDY_EEMPTY;
}

static void is_readable(eddy__interest *interest) {
    eddy__p2_stream *stream = EDDY__OWNER(interest, eddy__p2_stream, readable);
    eddy__interest_remove(interest);
    eddy__pending_end(&stream->more, 0, NULL, 0);
}

static void forget_more(eddy__pending *pending) {
    eddy__interest_remove(&EDDY__OWNER(pending, eddy__p2_stream, more)->readable);
}

void eddy__p2_stream_more(eddy__p2_stream *stream, uint32_t op, uint32_t generation) {
    eddy__pending_begin(&stream->more, op, generation, forget_more);
    if (stream->error) {
        eddy__pending_fail(&stream->more, stream->error, stream->text);
        return;
    }
    if (!stream->in.__handle) {
        eddy__pending_end(&stream->more, 0, NULL, 0);
        return;
    }
    if (!stream->readable.pollable.__handle)
        stream->readable.pollable =
            streams_method_input_stream_subscribe(streams_borrow_input_stream(stream->in));
    int rc = eddy__interest_add(&stream->readable);
    if (rc < 0) eddy__pending_end(&stream->more, rc, NULL, 0);
}

/* ---- beginning and end -------------------------------------------------------------------------------- */

void eddy__p2_stream_init(eddy__p2_stream *stream) {
    stream->readable.ready = is_readable;
}

void eddy__p2_stream_close(eddy__p2_stream *stream) {
    eddy__pending_end(&stream->more, EDDY_ECLOSED, NULL, 0);
    eddy__pending_end(&stream->room, EDDY_ECLOSED, NULL, 0);
    eddy__p2_stream_release(stream);
    stream->drop(stream);
}
