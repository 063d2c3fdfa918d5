/* p2-stream.c: the host interface's streams over those of wasi:io. The host keeps the buffers: bytes
 * go from it straight to who asked, and to it from who writes. */
#include "p2-stream.h"

#include <stdlib.h>

void eddy__p2_text(char *text, size_t room, wasip2_string_t *given) {
    size_t length = given->len < room ? given->len : room - 1;
    memcpy(text, given->ptr, length);
    text[length] = 0;
    text[strcspn(text, "\n")] = 0; /* what follows, a backtrace, is for the host's makers */
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

/* ---- the output ------------------------------------------------------------------------------------- */

/* How much it takes now. */
static size_t room_of(eddy__p2_stream *stream) {
    uint64_t room = 0;
    streams_stream_error_t error;
    if (stream->error || !stream->out.__handle) return 0;
    if (!streams_method_output_stream_check_write(streams_borrow_output_stream(stream->out), &room,
                                                  &error)) {
        fail(stream, &error);
        return 0;
    }
    return room > INT32_MAX ? INT32_MAX : (size_t)room;
}

static int put(eddy__p2_stream *stream, const void *data, size_t size) {
    size_t room = room_of(stream);
    if (size > room) size = room;
    if (size == 0) return 0;
    wasip2_list_u8_t bytes = {(uint8_t *)(uintptr_t)data, size};
    streams_stream_error_t error;
    stream->written_to = true;
    if (streams_method_output_stream_write(streams_borrow_output_stream(stream->out), &bytes,
                                           &error))
        return (int)size;
    fail(stream, &error);
    return 0;
}

static void end_room(eddy__p2_stream *stream) {
    eddy__interest_remove(&stream->writable);
    if (stream->error)
        eddy__pending_fail(&stream->room, stream->error, stream->text);
    else
        eddy__pending_end(&stream->room, 0, NULL, 0);
}

static void is_writable(eddy__interest *interest) {
    eddy__p2_stream *stream = EDDY__OWNER(interest, eddy__p2_stream, writable);
    /* A flush is over when there is room again. */
    if (room_of(stream) || stream->error) end_room(stream);
}

static void forget_room(eddy__pending *pending) {
    eddy__interest_remove(&EDDY__OWNER(pending, eddy__p2_stream, room)->writable);
}

static void wait_for_room(eddy__p2_stream *stream) {
    if (stream->error || !stream->out.__handle) {
        end_room(stream);
        return;
    }
    if (!stream->writable.pollable.__handle)
        stream->writable.pollable =
            streams_method_output_stream_subscribe(streams_borrow_output_stream(stream->out));
    int rc = eddy__interest_add(&stream->writable);
    if (rc < 0) eddy__pending_end(&stream->room, rc, NULL, 0);
}

/* ---- the host interface -------------------------------------------------------------------------------- */

int eddy__host_stream_take(int stream, void *buffer, size_t size) {
    return eddy__p2_stream_take(eddy__p2_thing(stream), buffer, size);
}

void eddy__host_stream_more(int stream, uint32_t op, uint32_t generation) {
    eddy__p2_stream_more(eddy__p2_thing(stream), op, generation);
}

int eddy__host_stream_put(int stream, const void *data, size_t size) {
    return put(eddy__p2_thing(stream), data, size);
}

void eddy__host_stream_room(int number, uint32_t op, uint32_t generation) {
    eddy__p2_stream *stream = eddy__p2_thing(number);
    eddy__pending_begin(&stream->room, op, generation, forget_room);
    wait_for_room(stream);
}

void eddy__host_stream_drain(int number, uint32_t op, uint32_t generation) {
    eddy__p2_stream *stream = eddy__p2_thing(number);
    eddy__pending_begin(&stream->room, op, generation, forget_room);
    streams_stream_error_t error;
    if (!stream->error && stream->out.__handle &&
        !streams_method_output_stream_flush(streams_borrow_output_stream(stream->out), &error))
        fail(stream, &error);
    wait_for_room(stream);
}

int eddy__host_stream_shut(int number) {
    eddy__p2_stream *stream = eddy__p2_thing(number);
    return stream->shut ? stream->shut(stream) : 0;
}

void eddy__host_stream_close(int number) {
    eddy__p2_stream_close(eddy__p2_thing(number));
}

/* ---- beginning and end -------------------------------------------------------------------------------- */

void eddy__p2_stream_init(eddy__p2_stream *stream) {
    stream->readable.ready = is_readable;
    stream->writable.ready = is_writable;
}

static void lingered(eddy__interest *interest) {
    eddy__p2_stream *stream = EDDY__OWNER(interest, eddy__p2_stream, writable);
    if (!room_of(stream) && !stream->error) return;
    drop_output(stream);
    stream->drop(stream);
}

void eddy__p2_stream_close(eddy__p2_stream *stream) {
    eddy__pending_end(&stream->more, EDDY_ECLOSED, NULL, 0);
    eddy__pending_end(&stream->room, EDDY_ECLOSED, NULL, 0);
    drop_input(stream);
    /* wasmtime drops an output only after it has written all, and the program waits meanwhile: so an
     * output that still has something to write stays until it has not. (Whether a connection can be
     * written to it does not know at first, so that says nothing of one that never was.) */
    if (stream->written_to && stream->out.__handle && !room_of(stream) && !stream->error) {
        stream->writable.ready = lingered;
        wait_for_room(stream);
        if (stream->writable.place) return; /* else there is no memory to wait with */
    }
    drop_output(stream);
    stream->drop(stream);
}
