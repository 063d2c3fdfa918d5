/* eddy/io.h: streams of bytes and HTTP. */
#ifndef EDDY_IO_H
#define EDDY_IO_H

#include "task.h"

/* A stream of bytes: the body of a response. One task reads at a time. */
typedef struct eddy_stream eddy_stream;

/* The answer to a request: headers are there, the body comes as a stream. */
typedef struct eddy_response eddy_response;

/* What to fetch, and how. Zero means default. */
typedef struct eddy_fetch_options {
    const char *url;            /* absolute */
    const char *method;         /* default GET */
    const char *const *headers; /* name, value, …, NULL */
    const void *body;           /* copied before the call suspends */
    size_t body_size;           /* bytes; 0 with a body: the body is a string */
    eddy_stream *body_stream;   /* not available yet: EDDY_ENOSYS */
    const char *redirect, *credentials, *mode, *cache; /* as in the platform's fetch */
} eddy_fetch_options;

EDDY__BEGIN_C

/* Reads 1 to `size` bytes. [blocks] Returns how many, 0 at the end; EDDY_ECANCELED (nothing is
 * lost: the next read goes on); EDDY_EHOST with a text if the connection failed; EDDY_ESTATE
 * outside a task or while another task reads; EDDY_EINVAL. */
int eddy_read(eddy_stream *s, void *buffer, size_t size) EDDY__BLOCKS;

/* Reads exactly `size` bytes. [blocks] Returns `size`; EDDY_ECLOSED if the stream ends before
 * (what was read is lost); otherwise as eddy_read. Follows StreamReader.readexactly. */
int eddy_read_exactly(eddy_stream *s, void *buffer, size_t size) EDDY__BLOCKS;

/* Reads up to and including `delimiter`. [blocks] *out gets the bytes and a zero byte, *length how
 * many; the caller frees *out. Returns 1; 0 at the end with nothing read (*out is NULL); what is
 * left before the end counts as one. EDDY_EFULL if `limit` bytes hold no delimiter: nothing is
 * lost. EDDY_ENOMEM; otherwise as eddy_read. Follows StreamReader.readuntil. */
int eddy_read_until(eddy_stream *s, const char *delimiter, size_t limit, char **out,
                    size_t *length) EDDY__BLOCKS;

/* eddy_read_until a newline; the newline (and a carriage return before it) is left out. [blocks]
 * Results as eddy_read_until. */
int eddy_read_line(eddy_stream *s, size_t limit, char **out, size_t *length) EDDY__BLOCKS;

/* Sends a request and waits until the headers of the answer are there. [blocks]
 * Returns 0 and in *r a response to be closed with eddy_response_close; on an error *r is NULL:
 * EDDY_EHOST with the host's text (network failure, too many redirects, bad URL), or where the host
 * tells them apart EDDY_ECONNREFUSED, EDDY_ECONNRESET, EDDY_EHOSTNOTFOUND, EDDY_EPERM; EDDY_ECANCELED
 * (the request is aborted, the server sees the connection close), EDDY_EINVAL (no URL, header names
 * or values with control characters), EDDY_ENOMEM, EDDY_ENOSYS where the host has no HTTP,
 * EDDY_ESTATE outside a task. A status like 404 is no error: see eddy_response_check.
 * Follows the platform's fetch(). */
int eddy_fetch_with(eddy_response **r, const eddy_fetch_options *options) EDDY__BLOCKS;

/* Returns the HTTP status, e.g. 200, or EDDY_EINVAL for NULL. Never blocks. */
int eddy_response_status(const eddy_response *r);

/* The value of a header, any case; NULL if absent. Several of one name are joined with ", ". Valid
 * until the response is closed. */
const char *eddy_response_header(const eddy_response *r, const char *name);

/* The URL after redirects. Valid until the response is closed. */
const char *eddy_response_url(const eddy_response *r);

/* Makes an unwelcome status an error. Returns 0 for a 2xx status, else EDDY_EHTTP with "404 Not
 * Found: URL" as the current task's message; EDDY_EINVAL for NULL. Never blocks. Follows aiohttp's
 * raise_for_status. */
int eddy_response_check(eddy_response *r);

/* The body as a stream, borrowed: valid until the response is closed. NULL for NULL. */
eddy_stream *eddy_response_body(eddy_response *r);

/* Reads the whole body. [blocks] *data gets it with a zero byte appended, *size its bytes; the
 * caller frees *data. Returns 0; EDDY_EFULL if it is more than `limit` bytes; EDDY_ENOMEM;
 * otherwise as eddy_read. */
int eddy_response_bytes(eddy_response *r, size_t limit, void **data, size_t *size) EDDY__BLOCKS;

/* Frees the response and aborts what has not arrived. NULL is ignored. A read in which another task
 * waits returns EDDY_ECLOSED. Never blocks. */
void eddy_response_close(eddy_response *r);

int eddy__read(const char *site, eddy_stream *s, void *buffer, size_t size) EDDY__BLOCKS;
int eddy__read_exactly(const char *site, eddy_stream *s, void *buffer, size_t size) EDDY__BLOCKS;
int eddy__read_until(const char *site, eddy_stream *s, const char *delimiter, size_t limit,
                     char **out, size_t *length) EDDY__BLOCKS;
int eddy__read_line(const char *site, eddy_stream *s, size_t limit, char **out,
                    size_t *length) EDDY__BLOCKS;
int eddy__fetch_with(const char *site, eddy_response **r,
                     const eddy_fetch_options *options) EDDY__BLOCKS;
int eddy__response_bytes(const char *site, eddy_response *r, size_t limit, void **data,
                         size_t *size) EDDY__BLOCKS;

EDDY__END_C

#define eddy_read(...) eddy__read(EDDY__SITE, __VA_ARGS__)
#define eddy_read_exactly(...) eddy__read_exactly(EDDY__SITE, __VA_ARGS__)
#define eddy_read_until(...) eddy__read_until(EDDY__SITE, __VA_ARGS__)
#define eddy_read_line(...) eddy__read_line(EDDY__SITE, __VA_ARGS__)
#define eddy_fetch_with(...) eddy__fetch_with(EDDY__SITE, __VA_ARGS__)
#define eddy_response_bytes(...) eddy__response_bytes(EDDY__SITE, __VA_ARGS__)

#ifndef __cplusplus
/* eddy_fetch(&r, url, .method = "POST", .body = text) */
#define eddy_fetch(r, ...) eddy_fetch_with((r), &(eddy_fetch_options){.url = __VA_ARGS__})
#endif

#endif
