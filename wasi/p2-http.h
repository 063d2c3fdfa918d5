/* p2-http.h: the functions of wasi:http that a client needs, as the canonical ABI has them, and what
 * its error codes and status codes mean. Types and interfaces: wit/deps/http.wit. */
#ifndef EDDY_P2_HTTP_H
#define EDDY_P2_HTTP_H

#include <stddef.h>
#include <stdint.h>

#define EDDY__HTTP(name)                                                                           \
    __attribute__((import_module("wasi:http/types@0.2.0"), import_name(name)))

/* A resource's handle; 0 is none. */
typedef int32_t eddy__handle;

/* An optional string, as it lies in memory. */
typedef struct eddy__http_string {
    uint8_t present;
    char *text;
    size_t length;
} eddy__http_string;

/* The variant error-code. Only the payloads that are strings are looked at; all strings come from
 * malloc. */
typedef struct eddy__http_error {
    uint8_t tag;
    union {
        uint64_t aligned[3];
        eddy__http_string string; /* DNS-error's rcode; transfer, content coding; internal-error */
        struct {
            uint8_t id_present, id;
            eddy__http_string message;
        } alert; /* TLS-alert-received */
        struct {
            eddy__http_string name;
            uint8_t size_present;
            uint32_t size;
        } field; /* response header size, trailer size */
        struct {
            uint8_t present;
            eddy__http_string name;
            uint8_t size_present;
            uint32_t size;
        } option_field; /* request header size */
    } payload;
} eddy__http_error;
_Static_assert(sizeof(eddy__http_error) == 32, "as the canonical ABI lays it out");

/* result<own<T>, error-code> and option<result<result<own<T>, error-code>>>. */
typedef struct eddy__http_result {
    uint8_t failed;
    union {
        eddy__handle handle;
        eddy__http_error error;
    } value;
} eddy__http_result;
typedef struct eddy__http_answer {
    uint8_t present;
    struct {
        uint8_t taken_already;
        eddy__http_result result;
    } value;
} eddy__http_answer;
_Static_assert(sizeof(eddy__http_answer) == 56, "as the canonical ABI lays it out");

/* result<own<T>>. */
typedef struct eddy__http_part {
    uint8_t failed;
    eddy__handle handle;
} eddy__http_part;

typedef struct eddy__http_field {
    char *name;
    size_t name_length;
    char *value;
    size_t value_length;
} eddy__http_field;
typedef struct eddy__http_fields {
    eddy__http_field *all;
    size_t count;
} eddy__http_fields;

enum { EDDY__HTTP_INVALID_SYNTAX, EDDY__HTTP_FORBIDDEN, EDDY__HTTP_IMMUTABLE };

EDDY__HTTP("[constructor]fields") eddy__handle eddy__http_fields_new(void);
EDDY__HTTP("[method]fields.append")
void eddy__http_fields_append(eddy__handle fields, const char *name, size_t name_length,
                              const char *value, size_t value_length, uint8_t failed_why[2]);
EDDY__HTTP("[method]fields.entries")
void eddy__http_fields_entries(eddy__handle fields, eddy__http_fields *entries);
EDDY__HTTP("[resource-drop]fields") void eddy__http_fields_drop(eddy__handle fields);

EDDY__HTTP("[constructor]outgoing-request") eddy__handle eddy__http_request_new(eddy__handle fields);
EDDY__HTTP("[method]outgoing-request.body")
void eddy__http_request_body(eddy__handle request, eddy__http_part *body);
/* 0: they have taken it. */
EDDY__HTTP("[method]outgoing-request.set-method")
int eddy__http_request_set_method(eddy__handle request, int tag, const char *text, size_t length);
EDDY__HTTP("[method]outgoing-request.set-path-with-query")
int eddy__http_request_set_path(eddy__handle request, int present, const char *text, size_t length);
EDDY__HTTP("[method]outgoing-request.set-scheme")
int eddy__http_request_set_scheme(eddy__handle request, int present, int tag, const char *text,
                                  size_t length);
EDDY__HTTP("[method]outgoing-request.set-authority")
int eddy__http_request_set_authority(eddy__handle request, int present, const char *text,
                                     size_t length);
EDDY__HTTP("[resource-drop]outgoing-request") void eddy__http_request_drop(eddy__handle request);

EDDY__HTTP("[method]outgoing-body.write")
void eddy__http_body_write(eddy__handle body, eddy__http_part *stream);
EDDY__HTTP("[static]outgoing-body.finish")
void eddy__http_body_finish(eddy__handle body, int trailers_present, eddy__handle trailers,
                            eddy__http_result *result);
EDDY__HTTP("[resource-drop]outgoing-body") void eddy__http_body_drop(eddy__handle body);

EDDY__HTTP("[method]future-incoming-response.subscribe")
eddy__handle eddy__http_future_subscribe(eddy__handle future);
EDDY__HTTP("[method]future-incoming-response.get")
void eddy__http_future_get(eddy__handle future, eddy__http_answer *answer);
EDDY__HTTP("[resource-drop]future-incoming-response")
void eddy__http_future_drop(eddy__handle future);

EDDY__HTTP("[method]incoming-response.status") int eddy__http_response_status(eddy__handle response);
EDDY__HTTP("[method]incoming-response.headers")
eddy__handle eddy__http_response_headers(eddy__handle response);
EDDY__HTTP("[method]incoming-response.consume")
void eddy__http_response_consume(eddy__handle response, eddy__http_part *body);
EDDY__HTTP("[resource-drop]incoming-response") void eddy__http_response_drop(eddy__handle response);

EDDY__HTTP("[method]incoming-body.stream")
void eddy__http_incoming_stream(eddy__handle body, eddy__http_part *stream);
EDDY__HTTP("[resource-drop]incoming-body") void eddy__http_incoming_drop(eddy__handle body);

/* option<error-code> has the layout of result<_, error-code>: `failed` is "present". */
EDDY__HTTP("http-error-code")
void eddy__http_error_of(eddy__handle io_error, eddy__http_result *found);

__attribute__((import_module("wasi:http/outgoing-handler@0.2.0"), import_name("handle"))) void
eddy__http_handle(eddy__handle request, int options_present, eddy__handle options,
                  eddy__http_result *result);

/* The code of an error, and its text; frees what the error holds. */
int eddy__http_explain(eddy__http_error *error, char *text, size_t room);

/* The reason phrase of a status, "" if it has none. */
const char *eddy__http_reason(int status);

#endif
