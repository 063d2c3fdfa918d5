/* p2-http-codes.c: the error codes of wasi:http as codes and texts of ours, and the reason phrases
 * that it leaves out. */
#include "p2-http.h"

#include "p2.h"

#include <stdio.h>

/* In the order of the variant error-code. */
#define ERRORS(E)                                                                                  \
    E(EDDY_EHOSTNOTFOUND, "no answer from DNS in time")                                            \
    E(EDDY_EHOSTNOTFOUND, "host name not found")                                                   \
    E(EDDY_EHOSTNOTFOUND, "destination not found")                                                 \
    E(EDDY_EHOST, "destination is unavailable")                                                    \
    E(EDDY_EPERM, "requests to this address are prohibited")                                       \
    E(EDDY_EHOST, "no route to this address")                                                      \
    E(EDDY_ECONNREFUSED, "connection refused")                                                     \
    E(EDDY_ECONNRESET, "connection ended")                                                         \
    E(EDDY_EHOST, "connection timed out")                                                          \
    E(EDDY_EHOST, "nothing arrived in time")                                                       \
    E(EDDY_EHOST, "nothing could be sent in time")                                                 \
    E(EDDY_EHOST, "too many connections")                                                          \
    E(EDDY_EHOST, "TLS protocol error")                                                            \
    E(EDDY_EHOST, "TLS certificate is not valid")                                                  \
    E(EDDY_EHOST, "TLS alert received")                                                            \
    E(EDDY_EPERM, "request was denied")                                                            \
    E(EDDY_EHOST, "request needs a length")                                                        \
    E(EDDY_EHOST, "body is not as long as the request says")                                       \
    E(EDDY_EHOST, "method is not valid")                                                           \
    E(EDDY_EHOST, "address is not valid")                                                          \
    E(EDDY_EHOST, "address is too long")                                                           \
    E(EDDY_EHOST, "headers of the request are too large")                                          \
    E(EDDY_EHOST, "a header of the request is too large")                                          \
    E(EDDY_EHOST, "trailers of the request are too large")                                         \
    E(EDDY_EHOST, "a trailer of the request is too large")                                         \
    E(EDDY_ECONNRESET, "response ended too early")                                                 \
    E(EDDY_EHOST, "headers of the response are too large")                                         \
    E(EDDY_EHOST, "a header of the response is too large")                                         \
    E(EDDY_EHOST, "body of the response is too large")                                             \
    E(EDDY_EHOST, "trailers of the response are too large")                                        \
    E(EDDY_EHOST, "a trailer of the response is too large")                                        \
    E(EDDY_EHOST, "transfer coding of the response is not known")                                  \
    E(EDDY_EHOST, "content coding of the response is not known")                                   \
    E(EDDY_EHOST, "no response in time")                                                           \
    E(EDDY_EHOST, "protocol upgrade failed")                                                       \
    E(EDDY_EHOST, "server does not speak HTTP as it should")                                       \
    E(EDDY_EHOST, "requests go in a circle")                                                       \
    E(EDDY_EHOST, "host is not configured for this request")                                       \
    E(EDDY_EHOST, "error inside the host")

/* A list of texts takes less than pointers to each. */
#define CODE(code, text) code,
#define TEXT(code, text) text "\0"
static const short codes[] = {ERRORS(CODE)};
static const char texts[] = ERRORS(TEXT);

enum { DNS_ERROR = 1, TLS_ALERT = 14, REQUEST_HEADER_SIZE = 22, REQUEST_TRAILER_SIZE = 24,
       RESPONSE_HEADER_SIZE = 27, RESPONSE_TRAILER_SIZE = 30, TRANSFER_CODING = 31,
       CONTENT_CODING = 32, INTERNAL_ERROR = 38 };
_Static_assert(sizeof codes / sizeof *codes == INTERNAL_ERROR + 1, "one of each");

/* The string that comes with the error, NULL if none can. */
static eddy__http_string *string_of(eddy__http_error *error) {
    switch (error->tag) {
    case DNS_ERROR:
    case TRANSFER_CODING:
    case CONTENT_CODING:
    case INTERNAL_ERROR: return &error->payload.string;
    case TLS_ALERT: return &error->payload.alert.message;
    case REQUEST_HEADER_SIZE:
        return error->payload.option_field.present ? &error->payload.option_field.name : NULL;
    case REQUEST_TRAILER_SIZE:
    case RESPONSE_HEADER_SIZE:
    case RESPONSE_TRAILER_SIZE: return &error->payload.field.name;
    }
    return NULL;
}

int eddy__http_explain(eddy__http_error *error, char *text, size_t room) {
    if (error->tag > INTERNAL_ERROR) {
        snprintf(text, room, "error %d of the host", error->tag);
        return EDDY_EHOST;
    }
    eddy__http_string *more = string_of(error);
    const char *own = texts;
    for (unsigned i = 0; i < error->tag; i++) own += strlen(own) + 1;
    snprintf(text, room, "%s", own);
    if (more && more->present) {
        size_t used = strlen(text);
        snprintf(text + used, room - used, ": %.*s", (int)more->length, more->text);
        eddy__p2_free(more->text, more->length);
    }
    return codes[error->tag];
}

const char *eddy__http_reason(int status) {
    static const char known[] =
        "200 OK\0" "201 Created\0" "202 Accepted\0" "203 Non-Authoritative Information\0"
        "204 No Content\0" "205 Reset Content\0" "206 Partial Content\0" "207 Multi-Status\0"
        "208 Already Reported\0" "226 IM Used\0" "300 Multiple Choices\0"
        "301 Moved Permanently\0" "302 Found\0" "303 See Other\0" "304 Not Modified\0"
        "305 Use Proxy\0" "307 Temporary Redirect\0" "308 Permanent Redirect\0"
        "400 Bad Request\0" "401 Unauthorized\0" "402 Payment Required\0" "403 Forbidden\0"
        "404 Not Found\0" "405 Method Not Allowed\0" "406 Not Acceptable\0"
        "407 Proxy Authentication Required\0" "408 Request Timeout\0" "409 Conflict\0"
        "410 Gone\0" "411 Length Required\0" "412 Precondition Failed\0" "413 Payload Too Large\0"
        "414 URI Too Long\0" "415 Unsupported Media Type\0" "416 Range Not Satisfiable\0"
        "417 Expectation Failed\0" "418 I'm a Teapot\0" "421 Misdirected Request\0"
        "422 Unprocessable Entity\0" "423 Locked\0" "424 Failed Dependency\0" "425 Too Early\0"
        "426 Upgrade Required\0" "428 Precondition Required\0" "429 Too Many Requests\0"
        "431 Request Header Fields Too Large\0" "451 Unavailable For Legal Reasons\0"
        "500 Internal Server Error\0" "501 Not Implemented\0" "502 Bad Gateway\0"
        "503 Service Unavailable\0" "504 Gateway Timeout\0" "505 HTTP Version Not Supported\0"
        "506 Variant Also Negotiates\0" "507 Insufficient Storage\0" "508 Loop Detected\0"
        "510 Not Extended\0" "511 Network Authentication Required\0";
    for (const char *at = known; *at; at += strlen(at) + 1)
        if ((at[0] - '0') * 100 + (at[1] - '0') * 10 + (at[2] - '0') == status) return at + 4;
    return "";
}
