/* p2-http-codes.c: the error codes of wasi:http as codes and texts of ours, and the reason phrases
 * that it leaves out. */
#include "p2-http.h"

#include "p2.h"

#include <stdio.h>

/* In the order of the variant error-code. */
static const struct {
    int code;
    const char *text;
} errors[] = {
    {EDDY_EHOSTNOTFOUND, "no answer from DNS in time"},
    {EDDY_EHOSTNOTFOUND, "host name not found"},
    {EDDY_EHOSTNOTFOUND, "destination not found"},
    {EDDY_EHOST, "destination is unavailable"},
    {EDDY_EPERM, "requests to this address are prohibited"},
    {EDDY_EHOST, "no route to this address"},
    {EDDY_ECONNREFUSED, "connection refused"},
    {EDDY_ECONNRESET, "connection ended"},
    {EDDY_EHOST, "connection timed out"},
    {EDDY_EHOST, "nothing arrived in time"},
    {EDDY_EHOST, "nothing could be sent in time"},
    {EDDY_EHOST, "too many connections"},
    {EDDY_EHOST, "TLS protocol error"},
    {EDDY_EHOST, "TLS certificate is not valid"},
    {EDDY_EHOST, "TLS alert received"},
    {EDDY_EPERM, "request was denied"},
    {EDDY_EHOST, "request needs a length"},
    {EDDY_EHOST, "body is not as long as the request says"},
    {EDDY_EHOST, "method is not valid"},
    {EDDY_EHOST, "address is not valid"},
    {EDDY_EHOST, "address is too long"},
    {EDDY_EHOST, "headers of the request are too large"},
    {EDDY_EHOST, "a header of the request is too large"},
    {EDDY_EHOST, "trailers of the request are too large"},
    {EDDY_EHOST, "a trailer of the request is too large"},
    {EDDY_ECONNRESET, "response ended too early"},
    {EDDY_EHOST, "headers of the response are too large"},
    {EDDY_EHOST, "a header of the response is too large"},
    {EDDY_EHOST, "body of the response is too large"},
    {EDDY_EHOST, "trailers of the response are too large"},
    {EDDY_EHOST, "a trailer of the response is too large"},
    {EDDY_EHOST, "transfer coding of the response is not known"},
    {EDDY_EHOST, "content coding of the response is not known"},
    {EDDY_EHOST, "no response in time"},
    {EDDY_EHOST, "protocol upgrade failed"},
    {EDDY_EHOST, "server does not speak HTTP as it should"},
    {EDDY_EHOST, "requests go in a circle"},
    {EDDY_EHOST, "host is not configured for this request"},
    {EDDY_EHOST, "error inside the host"},
};
enum { DNS_ERROR = 1, TLS_ALERT = 14, REQUEST_HEADER_SIZE = 22, REQUEST_TRAILER_SIZE = 24,
       RESPONSE_HEADER_SIZE = 27, RESPONSE_TRAILER_SIZE = 30, TRANSFER_CODING = 31,
       CONTENT_CODING = 32, INTERNAL_ERROR = 38 };
_Static_assert(sizeof errors / sizeof *errors == INTERNAL_ERROR + 1, "one of each");

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
    snprintf(text, room, "%s", errors[error->tag].text);
    if (more && more->present) {
        size_t used = strlen(text);
        snprintf(text + used, room - used, ": %.*s", (int)more->length, more->text);
        eddy__p2_free(more->text, more->length);
    }
    return errors[error->tag].code;
}

const char *eddy__http_reason(int status) {
    static const struct {
        int status;
        const char *reason;
    } known[] = {
        {200, "OK"}, {201, "Created"}, {202, "Accepted"}, {203, "Non-Authoritative Information"},
        {204, "No Content"}, {205, "Reset Content"}, {206, "Partial Content"},
        {207, "Multi-Status"}, {208, "Already Reported"}, {226, "IM Used"},
        {300, "Multiple Choices"}, {301, "Moved Permanently"}, {302, "Found"}, {303, "See Other"},
        {304, "Not Modified"}, {305, "Use Proxy"}, {307, "Temporary Redirect"},
        {308, "Permanent Redirect"}, {400, "Bad Request"}, {401, "Unauthorized"},
        {402, "Payment Required"}, {403, "Forbidden"}, {404, "Not Found"},
        {405, "Method Not Allowed"}, {406, "Not Acceptable"},
        {407, "Proxy Authentication Required"}, {408, "Request Timeout"}, {409, "Conflict"},
        {410, "Gone"}, {411, "Length Required"}, {412, "Precondition Failed"},
        {413, "Payload Too Large"}, {414, "URI Too Long"}, {415, "Unsupported Media Type"},
        {416, "Range Not Satisfiable"}, {417, "Expectation Failed"}, {418, "I'm a Teapot"},
        {421, "Misdirected Request"}, {422, "Unprocessable Entity"}, {423, "Locked"},
        {424, "Failed Dependency"}, {425, "Too Early"}, {426, "Upgrade Required"},
        {428, "Precondition Required"}, {429, "Too Many Requests"},
        {431, "Request Header Fields Too Large"}, {451, "Unavailable For Legal Reasons"},
        {500, "Internal Server Error"}, {501, "Not Implemented"}, {502, "Bad Gateway"},
        {503, "Service Unavailable"}, {504, "Gateway Timeout"},
        {505, "HTTP Version Not Supported"}, {506, "Variant Also Negotiates"},
        {507, "Insufficient Storage"}, {508, "Loop Detected"}, {510, "Not Extended"},
        {511, "Network Authentication Required"},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].status == status) return known[i].reason;
    return "";
}
