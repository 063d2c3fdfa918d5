/* p2-http.c: HTTP requests over wasi:http. One record per request leads it from its start over its
 * redirects to the response:
 *
 *     send: fields -> request -> (body: written as there is room, or an upload) -> handle -> future
 *     answered: future -> response -> redirect: back to send
 *                                  -> head completes the operation, the body becomes a stream
 *
 * Handles are dropped children first: a pollable before its stream or future, a stream before its
 * body, a body before its response. */
#include "p2-http.h"

#include "p2-stream.h"
#include "p2-upload.h"
#include "p2-url.h"

#include <stdio.h>

#define MOST_REDIRECTS 20

typedef struct request {
    eddy__pending pending;
    eddy__url url;
    const char *method; /* in memory, as all that points to the caller's */
    const char *headers;
    size_t header_bytes;
    const char *body; /* NULL: none */
    size_t body_size, sent;
    eddy__upload *upload; /* the body, in place of that; NULL: none */
    enum { FOLLOW, MANUAL, REFUSE } redirect;
    unsigned redirects;
    bool moved; /* to another origin: what is meant for the first is not sent */
    eddy__handle future, outgoing;
    streams_own_output_stream_t out;
    eddy__interest answered, writable;
    char text[200]; /* why it fails */
    size_t size;    /* of this record */
    char memory[];
} request;

typedef struct response {
    eddy__p2_stream stream;
    eddy__handle response, body;
} response;

/* ---- the end of a request ------------------------------------------------------------------------ */

static void drop_outgoing(request *q) {
    eddy__interest_drop(&q->writable);
    if (q->out.__handle) streams_output_stream_drop_own(q->out);
    q->out.__handle = 0;
    if (q->outgoing) {
        eddy__p2_gone(EDDY__OUTGOING_BODY, q->outgoing);
        eddy__http_body_drop(q->outgoing);
    }
    q->outgoing = 0;
}

static void drop_exchange(request *q) {
    drop_outgoing(q);
    eddy__interest_drop(&q->answered);
    if (q->future) {
        eddy__p2_gone(EDDY__FUTURE_RESPONSE, q->future);
        eddy__http_future_drop(q->future);
    }
    q->future = 0;
}

static void forget_upload(request *q) {
    if (q->upload) eddy__upload_close(q->upload);
    q->upload = NULL;
}

static void request_free(request *q) {
    forget_upload(q);
    drop_exchange(q);
    eddy__url_free(&q->url);
    eddy__free(q, q->size);
}

static void request_fail(request *q, int code) {
    eddy__pending_fail(&q->pending, code, q->text);
    request_free(q);
}

static void request_cancel(eddy__pending *pending) {
    request_free(EDDY__OWNER(pending, request, pending));
}

/* ---- sending ----------------------------------------------------------------------------------------- */

static char lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool same_name(const char *a, const char *b) {
    for (; *a && *b; a++, b++)
        if (lower(*a) != lower(*b)) return false;
    return *a == *b;
}

static bool has_body(const request *q) {
    return q->body || q->upload;
}

/* The headers of one request: without those that belong to a body it has no more, or to the origin
 * it was first sent to. */
static bool is_sent(const request *q, const char *name) {
    if (q->moved && (same_name(name, "authorization") || same_name(name, "cookie"))) return false;
    return has_body(q) || strncmp(name, "content-", 8) != 0 || !q->redirects;
}

static int append(request *q, eddy__handle fields, const char *name, const char *value) {
    uint8_t failed[2];
    eddy__http_fields_append(fields, name, strlen(name), value, strlen(value), failed);
    if (!failed[0]) return 0;
    snprintf(q->text, sizeof q->text, "this host %s the header %s",
             failed[1] == EDDY__HTTP_FORBIDDEN ? "keeps for itself" : "does not understand", name);
    return EDDY_EHOST;
}

/* A host may end the program for more headers than it takes. This is how wasmtime counts, and its limit. */
enum { MOST_HEADER_BYTES = 128 * 1024, EACH_HEADER = 72 };

static int fill_fields(request *q, eddy__handle fields) {
    bool has_length = false;
    const char *end = q->headers + q->header_bytes;
    size_t size = 2 * EACH_HEADER; /* for the length of the body, too */
    for (const char *name = q->headers, *next; name < end; name = next) {
        const char *value = name + strlen(name) + 1;
        next = value + strlen(value) + 1;
        size += (size_t)(next - name) + EACH_HEADER;
        if (size > MOST_HEADER_BYTES) {
            snprintf(q->text, sizeof q->text, "more headers than this host takes");
            return EDDY_EHOST;
        }
        if (same_name(name, "content-length")) has_length = true;
        int rc = is_sent(q, name) ? append(q, fields, name, value) : 0;
        if (rc < 0) return rc;
    }
    if (!q->body || has_length) return 0;
    char length[24];
    snprintf(length, sizeof length, "%zu", q->body_size);
    return append(q, fields, "content-length", length);
}

/* 0: the host takes it. What is no text would end the program there, and fetch() refuses these two. */
static int set_method(eddy__handle handle, const char *method) {
    static const char *const known[] = {"GET",     "HEAD",    "POST",  "PUT",  "DELETE",
                                        "CONNECT", "OPTIONS", "TRACE", "PATCH"};
    enum { CONNECT = 5, TRACE = 7 };
    int count = sizeof known / sizeof *known, tag = 0;
    while (tag < count && strcmp(method, known[tag]) != 0) tag++;
    for (const char *c = method; *c; c++)
        if (*c & 0x80) return 1;
    if (tag == CONNECT || tag == TRACE) return 1;
    return eddy__http_request_set_method(handle, tag, method, tag == count ? strlen(method) : 0);
}

static int request_make(request *q, eddy__handle *made) {
    eddy__handle fields = eddy__http_fields_new();
    int rc = fill_fields(q, fields);
    if (rc < 0) {
        eddy__http_fields_drop(fields);
        return rc;
    }
    const eddy__url *url = &q->url;
    *made = eddy__http_request_new(fields);
    if (set_method(*made, q->method) ||
        eddy__http_request_set_scheme(*made, 1, url->secure, NULL, 0) ||
        eddy__http_request_set_authority(*made, 1, url->text + url->authority,
                                         url->path - url->authority) ||
        eddy__http_request_set_path(*made, 1, url->text + url->path, url->length - url->path)) {
        eddy__http_request_drop(*made);
        snprintf(q->text, sizeof q->text, "this host cannot send %s %s", q->method, url->text);
        return EDDY_EHOST;
    }
    return 0;
}

/* All has been sent, or the other end wants no more of it, of which the future tells. */
static void end_body(request *q, bool whole) {
    eddy__handle outgoing = q->outgoing;
    if (whole) q->outgoing = 0;
    drop_outgoing(q);
    if (!whole) return;
    eddy__http_result result;
    eddy__p2_gone(EDDY__OUTGOING_BODY, outgoing);
    eddy__http_body_finish(outgoing, 0, 0, &result);
    char ignored[1];
    if (result.failed) (void)eddy__http_explain(&result.value.error, ignored, sizeof ignored);
}

static void forget_error(const streams_stream_error_t *error) {
    if (error->tag == STREAMS_STREAM_ERROR_LAST_OPERATION_FAILED)
        io_error_error_drop_own(error->val.last_operation_failed);
}

/* Sends what there is room for. */
static void pump(request *q) {
    streams_borrow_output_stream_t out = streams_borrow_output_stream(q->out);
    while (q->sent < q->body_size) {
        streams_stream_error_t error;
        uint64_t room;
        if (!streams_method_output_stream_check_write(out, &room, &error)) {
            forget_error(&error);
            end_body(q, false);
            return;
        }
        if (!room) {
            if (!q->writable.pollable.__handle)
                q->writable.pollable = streams_method_output_stream_subscribe(out);
            if (eddy__interest_add(&q->writable) < 0) end_body(q, false);
            return;
        }
        size_t part = q->body_size - q->sent;
        if (part > room) part = (size_t)room;
        wasip2_list_u8_t bytes = {(uint8_t *)(uintptr_t)q->body + q->sent, part};
        if (!streams_method_output_stream_write(out, &bytes, &error)) {
            forget_error(&error);
            end_body(q, false);
            return;
        }
        q->sent += part;
    }
    end_body(q, true);
}

static void is_writable(eddy__interest *interest) {
    eddy__interest_remove(interest);
    pump(EDDY__OWNER(interest, request, writable));
}

/* 0: the answer will come. */
static int send(request *q) {
    eddy__handle handle;
    int rc = request_make(q, &handle);
    if (rc < 0) return rc;
    eddy__http_part outgoing = {.failed = true};
    if (has_body(q)) eddy__http_request_body(handle, &outgoing);
    q->outgoing = outgoing.failed ? 0 : outgoing.handle;
    eddy__http_result result;
    eddy__http_handle(handle, 0, 0, &result);
    if (result.failed) return eddy__http_explain(&result.value.error, q->text, sizeof q->text);
    q->future = result.value.handle;
    q->answered.pollable.__handle = eddy__http_future_subscribe(q->future);
    eddy__p2_born(EDDY__POLLABLE, q->answered.pollable.__handle, EDDY__FUTURE_RESPONSE, q->future);
    rc = eddy__interest_add(&q->answered);
    if (rc < 0 || !q->outgoing) return rc;
    eddy__http_part stream;
    eddy__http_body_write(q->outgoing, &stream);
    if (stream.failed) return EDDY_EHOST;
    eddy__p2_born(EDDY__OUTPUT_STREAM, stream.handle, EDDY__OUTGOING_BODY, q->outgoing);
    if (q->upload) {
        eddy__upload_open(q->upload, q->outgoing, stream.handle);
        q->outgoing = 0;
        return 0;
    }
    q->out.__handle = stream.handle;
    q->sent = 0;
    pump(q);
    return 0;
}

/* ---- the head of the response --------------------------------------------------------------------------- */

static void fields_free(eddy__http_fields *fields) {
    for (size_t i = 0; i < fields->count; i++) {
        eddy__p2_free(fields->all[i].name, fields->all[i].name_length);
        eddy__p2_free(fields->all[i].value, fields->all[i].value_length);
    }
    eddy__p2_free(fields->all, fields->count);
}

static bool named(const eddy__http_field *field, const char *name, size_t length) {
    if (field->name_length != length) return false;
    for (size_t i = 0; i < length; i++)
        if (lower(field->name[i]) != lower(name[i])) return false;
    return true;
}

static char *put(char *at, const char *bytes, size_t length) {
    if (length) memcpy(at, bytes, length);
    return at + length;
}

/* One name with all its values. */
static char *put_field(char *at, const eddy__http_fields *fields, size_t first) {
    const eddy__http_field *field = &fields->all[first];
    at = put(at, field->name, field->name_length);
    *at++ = 0;
    for (size_t i = first; i < fields->count; i++) {
        const eddy__http_field *other = &fields->all[i];
        if (!named(other, field->name, field->name_length)) continue;
        if (i > first) at = put(at, ", ", 2);
        at = put(at, other->value, other->value_length);
    }
    *at++ = 0;
    return at;
}

/* "status\0text\0url\0name\0value\0…", NULL without memory. */
static char *make_head(const request *q, int status, const eddy__http_fields *fields, size_t *size) {
    const char *reason = eddy__http_reason(status);
    size_t room = 16 + strlen(reason) + q->url.length;
    for (size_t i = 0; i < fields->count; i++)
        room += fields->all[i].name_length + fields->all[i].value_length + 2;
    char *head = malloc(room);
    if (!head) return NULL;
    char *at = head + snprintf(head, room, "%d", status) + 1;
    at = put(at, reason, strlen(reason) + 1);
    at = put(at, q->url.text, q->url.length + 1);
    for (size_t i = 0; i < fields->count; i++) {
        const eddy__http_field *field = &fields->all[i];
        size_t before = 0;
        while (before < i && !named(&fields->all[before], field->name, field->name_length)) before++;
        if (before == i) at = put_field(at, fields, i);
    }
    *size = (size_t)(at - head);
    return head;
}

static int explain(io_error_borrow_error_t error, char *text, size_t room) {
    eddy__http_result found;
    eddy__http_error_of(error.__handle, &found);
    if (!found.failed) return EDDY_EHOST;
    return eddy__http_explain(&found.value.error, text, room);
}

static void response_drop(eddy__p2_stream *stream) {
    response *r = EDDY__OWNER(stream, response, stream);
    if (r->body) {
        eddy__p2_gone(EDDY__INCOMING_BODY, r->body);
        eddy__http_incoming_drop(r->body);
    }
    if (r->response) {
        eddy__p2_gone(EDDY__INCOMING_RESPONSE, r->response);
        eddy__http_response_drop(r->response);
    }
    eddy__free(r, sizeof *r);
}

/* Takes over the handle; NULL without memory, or if the host gives no body. */
static response *response_new(eddy__handle handle) {
    response *r = eddy__alloc(sizeof *r);
    if (!r) {
        eddy__http_response_drop(handle);
        return NULL;
    }
    *r = (response){.response = handle, .stream = {.explain = explain, .drop = response_drop}};
    eddy__p2_stream_init(&r->stream);
    eddy__http_part part;
    eddy__http_response_consume(handle, &part);
    if (!part.failed) {
        r->body = part.handle;
        eddy__p2_born(EDDY__INCOMING_BODY, r->body, EDDY__INCOMING_RESPONSE, handle);
        eddy__http_incoming_stream(r->body, &part);
    }
    if (!part.failed) {
        eddy__p2_born(EDDY__INPUT_STREAM, part.handle, EDDY__INCOMING_BODY, r->body);
        r->stream.in.__handle = part.handle;
        return r;
    }
    response_drop(&r->stream);
    return NULL;
}

static void request_complete(request *q, eddy__handle handle, int status,
                             const eddy__http_fields *fields) {
    size_t size = 0;
    char *head = make_head(q, status, fields, &size);
    response *r = response_new(handle);
    if (!head || !r) {
        free(head);
        if (r) eddy__p2_stream_close(&r->stream);
        request_fail(q, EDDY_ENOMEM);
        return;
    }
    eddy__pending_end(&q->pending, eddy__p2_number(&r->stream), head, size);
    if (q->upload) eddy__upload_drop(q->upload); /* it goes on */
    q->upload = NULL;
    request_free(q);
}

/* ---- redirects --------------------------------------------------------------------------------------------- */

static const eddy__http_field *location_of(const request *q, int status,
                                           const eddy__http_fields *fields) {
    if (q->redirect == MANUAL) return NULL;
    if (status != 301 && status != 302 && status != 303 && status != 307 && status != 308)
        return NULL;
    for (size_t i = 0; i < fields->count; i++)
        if (named(&fields->all[i], "location", 8)) return &fields->all[i];
    return NULL;
}

static int move(request *q, int status, const eddy__http_field *location) {
    char *reference = eddy__alloc(location->value_length + 1);
    if (!reference) return EDDY_ENOMEM;
    *put(reference, location->value, location->value_length) = 0;
    eddy__url next;
    int rc = eddy__url_parse(&next, &q->url, reference);
    if (rc == EDDY_EINVAL) {
        snprintf(q->text, sizeof q->text, "redirect to '%.120s', which is no address of HTTP",
                 reference);
        rc = EDDY_EHOST;
    }
    eddy__free(reference, location->value_length + 1);
    if (rc < 0) return rc;
    if (!eddy__url_same_origin(&q->url, &next)) q->moved = true;
    eddy__url_free(&q->url);
    q->url = next;
    bool is_post = strcmp(q->method, "POST") == 0;
    bool is_safe = strcmp(q->method, "GET") == 0 || strcmp(q->method, "HEAD") == 0;
    if (((status == 301 || status == 302) && is_post) || (status == 303 && !is_safe)) {
        q->method = "GET";
        q->body = NULL;
        forget_upload(q);
    }
    if (!q->upload) return 0;
    snprintf(q->text, sizeof q->text, "a body that is a stream cannot be sent again to %.120s",
             q->url.text);
    return EDDY_EHOST;
}

static int follow(request *q, int status, const eddy__http_field *location) {
    if (q->redirect == REFUSE) {
        snprintf(q->text, sizeof q->text, "unexpected redirect from %.120s", q->url.text);
        return EDDY_EHOST;
    }
    if (++q->redirects > MOST_REDIRECTS) {
        snprintf(q->text, sizeof q->text, "more than %d redirects", MOST_REDIRECTS);
        return EDDY_EHOST;
    }
    drop_exchange(q);
    int rc = move(q, status, location);
    return rc < 0 ? rc : send(q);
}

/* ---- the answer ----------------------------------------------------------------------------------------------- */

static void take_response(request *q, eddy__handle handle) {
    int status = eddy__http_response_status(handle);
    eddy__handle headers = eddy__http_response_headers(handle);
    eddy__http_fields fields;
    eddy__http_fields_entries(headers, &fields);
    eddy__http_fields_drop(headers);
    const eddy__http_field *location = location_of(q, status, &fields);
    if (location) {
        eddy__http_response_drop(handle);
        int rc = follow(q, status, location);
        if (rc < 0) request_fail(q, rc);
    } else {
        request_complete(q, handle, status, &fields);
    }
    fields_free(&fields);
}

static void is_answered(eddy__interest *interest) {
    request *q = EDDY__OWNER(interest, request, answered);
    eddy__http_answer answer;
    eddy__http_future_get(q->future, &answer);
    if (!answer.present) return;
    eddy__interest_drop(interest);
    if (answer.value.taken_already) {
        request_fail(q, EDDY_EHOST);
    } else if (answer.value.result.failed) {
        int code = eddy__http_explain(&answer.value.result.value.error, q->text, sizeof q->text);
        request_fail(q, code);
    } else {
        take_response(q, answer.value.result.value.handle);
    }
}

/* ---- the host interface ------------------------------------------------------------------------------------------ */

/* Methods that fetch() knows are written large. */
static void put_method(char *at, const char *method) {
    static const char *const known[] = {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"};
    strcpy(at, method);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (same_name(method, known[i])) strcpy(at, known[i]);
}

/* With copies of all that it points to; NULL without memory. */
static request *request_new(const eddy__fetch_request *given) {
    size_t method = strlen(given->method) + 1;
    size_t size = sizeof(request) + method + given->header_bytes + given->body_size;
    request *q = eddy__alloc(size);
    if (!q) return NULL;
    memset(q, 0, sizeof *q);
    q->size = size;
    put_method(q->memory, given->method);
    q->method = q->memory;
    q->headers = q->memory + method;
    q->header_bytes = given->header_bytes;
    char *body = put(q->memory + method, given->headers, given->header_bytes);
    if (given->body) q->body = body;
    q->body_size = given->body_size;
    put(body, given->body, given->body_size);
    if (given->redirect && strcmp(given->redirect, "manual") == 0) q->redirect = MANUAL;
    if (given->redirect && strcmp(given->redirect, "error") == 0) q->redirect = REFUSE;
    q->answered.ready = is_answered;
    q->writable.ready = is_writable;
    return q;
}

static int begin(request *q, const char *address) {
    int rc = eddy__url_parse(&q->url, NULL, address);
    if (rc == EDDY_EINVAL) {
        snprintf(q->text, sizeof q->text, "'%.120s' is no address of HTTP", address);
        return EDDY_EHOST;
    }
    if (rc < 0) return rc;
    if (has_body(q) && (strcmp(q->method, "GET") == 0 || strcmp(q->method, "HEAD") == 0)) {
        snprintf(q->text, sizeof q->text, "a %s request has no body", q->method);
        return EDDY_EHOST;
    }
    return send(q);
}

int eddy__host_fetch(uint32_t op, uint32_t generation, const eddy__fetch_request *given) {
    request *q = request_new(given);
    if (!q) return EDDY_ENOMEM;
    int number = 0;
    if (given->streamed) {
        q->upload = eddy__upload_new(&number);
        if (!q->upload) {
            request_free(q);
            return EDDY_ENOMEM;
        }
    }
    eddy__pending_begin(&q->pending, op, generation, request_cancel);
    int rc = begin(q, given->url);
    if (rc < 0) request_fail(q, rc);
    return number;
}

int eddy__host_body_take(int body, void *buffer, size_t size) {
    return eddy__p2_stream_take(eddy__p2_thing(body), buffer, size);
}

void eddy__host_body_more(int body, uint32_t op, uint32_t generation) {
    eddy__p2_stream_more(eddy__p2_thing(body), op, generation);
}

void eddy__host_body_close(int body) {
    eddy__p2_stream_close(eddy__p2_thing(body));
}
