/* eddy/io.h: streams of bytes: connections, files, stdin; names of hosts; HTTP. */
#ifndef EDDY_IO_H
#define EDDY_IO_H

#include "task.h"

/* A stream of bytes: a connection, a file, stdin, the body of a response. One task reads and one
 * writes at a time. */
typedef struct eddy_stream eddy_stream;

/* A place where connections arrive. One task accepts at a time. */
typedef struct eddy_listener eddy_listener;

/* The answer to a request: headers are there, the body comes as a stream. */
typedef struct eddy_response eddy_response;

/* What to fetch, and how. Zero means default. */
typedef struct eddy_fetch_options {
    const char *url;            /* absolute */
    const char *method;         /* default GET */
    const char *const *headers; /* name, value, …, NULL */
    const void *body;           /* copied before the call suspends */
    size_t body_size;           /* bytes; 0 with a body: the body is a string */
    eddy_stream *body_stream;   /* the body, in place of `body`: read to its end while it is sent */
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

/* Gives `size` bytes to the stream, and waits only while it has no room for them. [blocks]
 * The bytes are copied; they leave in the order of the calls: eddy_drain waits for that. Returns
 * `size`. EDDY_ECANCELED: none of it was written, or, with a message of how many bytes went, a part,
 * and then the stream has failed: every later write returns EDDY_ECLOSED. EDDY_ECONNRESET, EDDY_EIO
 * or EDDY_EHOST with a text if the stream fails, also when an earlier write was the reason;
 * EDDY_ECLOSED if the other end reads no more; EDDY_ESTATE outside a task, while another task writes
 * or after eddy_shut; EDDY_EINVAL also for a stream that is only read; EDDY_ENOMEM. Follows
 * StreamWriter.write and .drain. */
int eddy_write(eddy_stream *s, const void *data, size_t size) EDDY__BLOCKS;

/* Waits until all that was written has left: for a connection to the system's buffers, for a file to
 * the file. [blocks] Returns 0, or errors as eddy_write; cancelling it loses nothing. */
int eddy_drain(eddy_stream *s) EDDY__BLOCKS;

/* Drains and tells the other end that nothing more will be written; reading goes on. [blocks]
 * Returns 0, also when repeated; errors as eddy_drain. Follows StreamWriter.write_eof. */
int eddy_shut(eddy_stream *s) EDDY__BLOCKS;

/* Drains, then closes and frees the stream, whatever it returns. [blocks] NULL is ignored. A task
 * that reads from it or writes to it meanwhile gets EDDY_ECLOSED. Cancelled, or outside of a task, it
 * closes at once, and what has not left may be lost. Returns 0; EDDY_ECANCELED; an error of the
 * drain; EDDY_ESTATE for a stream that is not the caller's: stdin, a response's body. The result may
 * be ignored. Follows StreamWriter.close and .wait_closed. */
int eddy_close(eddy_stream *s);

/* Makes a pipe: what is written to *writer is read from *reader, in this program, by way of a memory of
 * `capacity` bytes (0: 64 KiB), so that a writer waits for a reader that is slower. Each end is closed
 * with eddy_close, in any order. Shutting or closing the writer is the end of what is read; once the
 * reader is closed, writes return EDDY_ECLOSED. eddy_drain does not wait for the reader. Returns 0,
 * EDDY_EINVAL, EDDY_ENOMEM. Never blocks. Follows Go's io.Pipe and StreamReader.feed_data. */
int eddy_pipe(eddy_stream **reader, eddy_stream **writer, size_t capacity);

/* Ends what is written to a pipe with an error: the reader gets what was written before, and then
 * `code` with the text, each time. The writer is still to be closed. Returns 0; EDDY_EINVAL if it is
 * no pipe's writer or `code` is not negative; EDDY_ESTATE if it has ended or a task writes to it.
 * Never blocks. Follows Go's CloseWithError. */
int eddy_pipe_fail(eddy_stream *writer, int code, const char *format, ...) EDDY__PRINTF(3, 4);

/* The program's standard input, borrowed; always the same. NULL where the host has none. */
eddy_stream *eddy_stdin(void);

/* Connects to `host`, a name or an address, by TCP. [blocks] Returns 0 and in *s a stream to be
 * closed with eddy_close; on an error *s is NULL: EDDY_ECONNREFUSED, EDDY_ECONNRESET,
 * EDDY_EHOSTNOTFOUND, EDDY_EPERM (the host allows no such connection), EDDY_EHOST with a text,
 * EDDY_ECANCELED (the attempt is given up), EDDY_EINVAL, EDDY_ENOMEM, EDDY_ENOSYS where the host has
 * no network, EDDY_ESTATE outside a task. All addresses of a name are tried in turn. Follows
 * asyncio.open_connection. */
int eddy_connect(eddy_stream **s, const char *host, uint16_t port) EDDY__BLOCKS;

/* Listens for connections by TCP. [blocks] `host` is an address or a name of this machine; NULL: all
 * addresses. Port 0: any that is free, see eddy_listener_port. Returns 0 and in *l a listener to be
 * closed with eddy_listener_close; errors as eddy_connect, and EDDY_EEXIST if the port is taken.
 * Follows asyncio.start_server. */
int eddy_listen(eddy_listener **l, const char *host, uint16_t port) EDDY__BLOCKS;

/* Waits for the next connection. [blocks] Returns 0 and in *s a stream to be closed with eddy_close.
 * EDDY_ECANCELED: no connection is lost, the next call gets it. EDDY_ECLOSED if the listener is
 * closed meanwhile; EDDY_ESTATE outside a task or while another task accepts; EDDY_EHOST, EDDY_EINVAL,
 * EDDY_ENOMEM. */
int eddy_accept(eddy_listener *l, eddy_stream **s) EDDY__BLOCKS;

/* The port that it listens at; 0 for NULL. Never blocks. */
uint16_t eddy_listener_port(const eddy_listener *l);

/* Stops listening and frees the listener. NULL is ignored. Never blocks. */
void eddy_listener_close(eddy_listener *l);

/* Looks up the addresses of a host. [blocks] The first `n` of them are written to `addresses` as
 * texts like "192.0.2.1" or "2001:db8::1". Returns how many were found, at least 1;
 * EDDY_EHOSTNOTFOUND; otherwise as eddy_connect. An address is its own answer. Follows
 * loop.getaddrinfo. */
int eddy_resolve_host(const char *host, char addresses[][46], size_t n) EDDY__BLOCKS;

/* Opens a file. [blocks] `mode` as in fopen, without "+": "r" reads; "w" writes and truncates, "a"
 * appends, both create; with "x" ("wx", "ax") the file must not exist yet. A relative path is one
 * below a folder that the host has opened to the program. Returns 0 and in *s a stream to be closed
 * with eddy_close; EDDY_ENOENT; EDDY_EEXIST; EDDY_EPERM (no permission, or outside of what the host
 * opened to the program); EDDY_EIO (also: it is a directory); EDDY_EHOST with a text; EDDY_EINVAL;
 * EDDY_ECANCELED; EDDY_ENOMEM; EDDY_ENOSYS where the host has no files; EDDY_ESTATE outside a task.
 * On some hosts (WASI 0.1, native) files are read and written while every task waits. In pages and their
 * workers files are those of the origin private file system, and what is written is in the file once it
 * was drained or the stream closed. */
int eddy_file_open(eddy_stream **s, const char *path, const char *mode) EDDY__BLOCKS;

/* Reads a whole file. [blocks] *data gets it with a zero byte appended, *size its bytes; the caller
 * frees *data. Returns 0; EDDY_EFULL if it is more than `limit` bytes; otherwise as eddy_file_open
 * and eddy_read. Follows Path.read_bytes. */
int eddy_file_read(const char *path, size_t limit, void **data, size_t *size) EDDY__BLOCKS;

/* Writes a whole file, made or replaced. [blocks] Returns 0, or errors as eddy_file_open and
 * eddy_write. Follows Path.write_bytes. */
int eddy_file_write(const char *path, const void *data, size_t size) EDDY__BLOCKS;

/* Sends a request and waits until the headers of the answer are there. [blocks] With a `body_stream`
 * the host's back-pressure reaches the stream: memory stays flat. It is lent: nobody else reads it or
 * closes it before this call has failed or the response is closed, for an answer may begin before all
 * was sent. An error of the stream's is the request's: it ends this call, or a read of the answer's
 * body with EDDY_EHOST. It cannot be sent twice, so not over redirects that keep the body; a
 * content-length header says its length if that is known. Pages can send none over HTTP/1: EDDY_ENOSYS.
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

/* The header of that index, from 0 on, in the host's order, names in small letters. `name` and `value`
 * may be NULL; what they get is valid until the response is closed. Returns 1, 0 behind the last one,
 * EDDY_EINVAL for NULL. Never blocks; in turn, each costs one step. */
int eddy_response_header_at(eddy_response *r, size_t index, const char **name, const char **value);

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
int eddy__write(const char *site, eddy_stream *s, const void *data, size_t size) EDDY__BLOCKS;
int eddy__drain(const char *site, eddy_stream *s) EDDY__BLOCKS;
int eddy__shut(const char *site, eddy_stream *s) EDDY__BLOCKS;
int eddy__close(const char *site, eddy_stream *s);
int eddy__connect(const char *site, eddy_stream **s, const char *host, uint16_t port) EDDY__BLOCKS;
int eddy__listen(const char *site, eddy_listener **l, const char *host, uint16_t port) EDDY__BLOCKS;
int eddy__accept(const char *site, eddy_listener *l, eddy_stream **s) EDDY__BLOCKS;
int eddy__resolve_host(const char *site, const char *host, char addresses[][46],
                       size_t n) EDDY__BLOCKS;
int eddy__file_open(const char *site, eddy_stream **s, const char *path,
                    const char *mode) EDDY__BLOCKS;
int eddy__file_read(const char *site, const char *path, size_t limit, void **data,
                    size_t *size) EDDY__BLOCKS;
int eddy__file_write(const char *site, const char *path, const void *data,
                     size_t size) EDDY__BLOCKS;
int eddy__fetch_with(const char *site, eddy_response **r,
                     const eddy_fetch_options *options) EDDY__BLOCKS;
int eddy__fetch_streamed(const char *site, eddy_response **r,
                         const eddy_fetch_options *options) EDDY__BLOCKS;
int eddy__response_bytes(const char *site, eddy_response *r, size_t limit, void **data,
                         size_t *size) EDDY__BLOCKS;

/* Inline, so that a program that streams no bodies links nothing of that. */
EDDY__BLOCKS static inline int eddy__fetch_any(const char *site, eddy_response **r,
                                               const eddy_fetch_options *options) {
    if (options && options->body_stream) return eddy__fetch_streamed(site, r, options);
    return eddy__fetch_with(site, r, options);
}

EDDY__END_C

#define eddy_read(...) eddy__read(EDDY__SITE, __VA_ARGS__)
#define eddy_read_exactly(...) eddy__read_exactly(EDDY__SITE, __VA_ARGS__)
#define eddy_read_until(...) eddy__read_until(EDDY__SITE, __VA_ARGS__)
#define eddy_read_line(...) eddy__read_line(EDDY__SITE, __VA_ARGS__)
#define eddy_write(...) eddy__write(EDDY__SITE, __VA_ARGS__)
#define eddy_drain(...) eddy__drain(EDDY__SITE, __VA_ARGS__)
#define eddy_shut(...) eddy__shut(EDDY__SITE, __VA_ARGS__)
#define eddy_close(...) eddy__close(EDDY__SITE, __VA_ARGS__)
#define eddy_connect(...) eddy__connect(EDDY__SITE, __VA_ARGS__)
#define eddy_listen(...) eddy__listen(EDDY__SITE, __VA_ARGS__)
#define eddy_accept(...) eddy__accept(EDDY__SITE, __VA_ARGS__)
#define eddy_resolve_host(...) eddy__resolve_host(EDDY__SITE, __VA_ARGS__)
#define eddy_file_open(...) eddy__file_open(EDDY__SITE, __VA_ARGS__)
#define eddy_file_read(...) eddy__file_read(EDDY__SITE, __VA_ARGS__)
#define eddy_file_write(...) eddy__file_write(EDDY__SITE, __VA_ARGS__)
#define eddy_fetch_with(...) eddy__fetch_any(EDDY__SITE, __VA_ARGS__)
#define eddy_response_bytes(...) eddy__response_bytes(EDDY__SITE, __VA_ARGS__)

#ifndef __cplusplus
/* eddy_fetch(&r, url, .method = "POST", .body = text); eddy_fetch_with the URL and the options named,
 * the others default. [blocks] Results as eddy_fetch_with. */
#define eddy_fetch(r, ...) eddy_fetch_with((r), &(eddy_fetch_options){.url = __VA_ARGS__})
#endif

#endif
