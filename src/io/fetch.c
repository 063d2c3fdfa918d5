/* fetch.c: HTTP requests: checks and packing here, the request itself at the host. */
#include "stream.h"
#include "upload.h"

#include <stdlib.h>

struct eddy_response {
    eddy_stream body;
    int status;
    char *data; /* from the host, by malloc: "status\0text\0url\0name\0value\0…" */
    size_t size;
    const char *status_text, *url; /* in data */
    const char *headers, *end;     /* in data: name, value, … */
    const char *place;             /* of the header that eddy_response_header_at was asked for last */
    size_t index;                  /* and its index */
    eddy_future *upload;           /* what sends the request's body; a handle of ours, or NULL */
    char what[64];                 /* "the body of http://…", for the tree */
};

/* ---- the request -------------------------------------------------------------------------------------- */

static bool is_token(const char *name) {
    if (!*name) return false;
    for (; *name; name++) {
        unsigned char c = (unsigned char)*name;
        bool alphanumeric = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        if (!alphanumeric && !strchr("!#$%&'*+-.^_`|~", c)) return false;
    }
    return true;
}

static int check_header(const char *name, const char *value) {
    if (!is_token(name)) return eddy__call_failed(EDDY_EINVAL, "'%s' is no header name", name);
    if (!value) return eddy__call_failed(EDDY_EINVAL, "header %s has no value", name);
    for (const char *c = value; *c; c++)
        if (((unsigned char)*c < ' ' && *c != '\t') || *c == 0x7f)
            return eddy__call_failed(EDDY_EINVAL, "value of header %s holds a control character", name);
    return 0;
}

static int pack_headers(const char *const *headers, char **packed, size_t *bytes) {
    *packed = NULL;
    *bytes = 0;
    for (size_t i = 0; headers && headers[i]; i += 2) {
        int rc = check_header(headers[i], headers[i + 1]);
        if (rc < 0) return rc;
        *bytes += strlen(headers[i]) + strlen(headers[i + 1]) + 2;
    }
    if (*bytes == 0) return 0;
    char *at = *packed = eddy__alloc(*bytes);
    if (!at) return EDDY_ENOMEM;
    for (size_t i = 0; headers[i]; i++) {
        size_t length = strlen(headers[i]) + 1;
        memcpy(at, headers[i], length);
        at += length;
    }
    return 0;
}

/* ---- the response ------------------------------------------------------------------------------------- */

static int body_take(eddy_stream *s, void *buffer, size_t size) {
    return eddy__host_body_take(s->number, buffer, size);
}

static void body_more(eddy_stream *s, eddy__op *op) {
    eddy__host_body_more(s->number, eddy__op_index(op), eddy__op_generation(op));
}

static void body_free(eddy_stream *s) {
    eddy_response *r = EDDY__OWNER(s, eddy_response, body);
    eddy__stream_drop(&r->body);
    free(r->data);
    eddy__free(r, sizeof *r);
}

static const eddy__source body_source = {
    .take = body_take, .more = body_more, .free = body_free};

static const char *after(const char *string) {
    return string + strlen(string) + 1;
}

static eddy_response *response_new(eddy__op *op) {
    eddy_response *r = eddy__alloc(sizeof *r);
    if (!r) return NULL;
    memset(r, 0, sizeof *r);
    r->data = op->data;
    r->size = op->size;
    op->data = NULL;
    r->end = r->data + r->size;
    r->status = atoi(r->data);
    r->status_text = after(r->data);
    r->url = after(r->status_text);
    r->headers = r->place = after(r->url);
    r->body.source = &body_source;
    r->body.number = op->result;
    eddy__stream_describe(r->what, sizeof r->what, "the body of ", r->url);
    r->body.what = r->what;
    return r;
}

static int begin(eddy__op *op, const eddy_fetch_options *options, const char *headers,
                 size_t header_bytes) {
    eddy__fetch_request request = {
        .url = options->url,
        .method = options->method ? options->method : "GET",
        .headers = headers,
        .header_bytes = header_bytes,
        .body = options->body,
        .body_size = options->body && !options->body_size ? strlen(options->body) : options->body_size,
        .redirect = options->redirect,
        .credentials = options->credentials,
        .mode = options->mode,
        .cache = options->cache,
        .streamed = options->body_stream != NULL,
    };
    op->let_go = eddy__host_body_close;
    int rc = eddy__host_fetch(eddy__op_index(op), eddy__op_generation(op), &request);
    if (rc >= 0) return rc;
    return eddy__op_refused(op, rc, "HTTP", options->url);
}

int eddy__fetch_by(const char *site, eddy_response **r, const eddy_fetch_options *options,
                   eddy__upload_start *upload_start) {
    if (r) *r = NULL;
    int rc = eddy__checkpoint(site);
    if (rc < 0) return rc;
    if (!r || !options || !options->url || !*options->url)
        return eddy__call_failed(EDDY_EINVAL, "eddy_fetch: no URL");

    char *headers;
    size_t header_bytes;
    rc = pack_headers(options->headers, &headers, &header_bytes);
    if (rc < 0) return rc;
    char what[64];
    eddy__stream_describe(what, sizeof what, "the answer of ", options->url);
    eddy__op op;
    eddy__upload_task upload = {0};
    rc = eddy__op_begin(&op, what);
    if (rc == 0) {
        rc = begin(&op, options, headers, header_bytes);
        if (rc >= 0 && upload_start) {
            rc = upload_start(site, rc, options->body_stream, &op, &upload);
            if (rc < 0) eddy__op_drop(&op);
        }
    }
    eddy__free(headers, header_bytes);
    if (rc < 0) return rc;

    rc = eddy__failed_at(eddy__op_wait(site, &op), options->url);
    if (rc >= 0) {
        *r = response_new(&op);
        if (*r) {
            (*r)->upload = upload.task;
            if (upload.task) eddy__cleanup_pop();
            return 0;
        }
        eddy__host_body_close(op.result);
        free(op.data);
        rc = EDDY_ENOMEM;
    }
    if (upload.task) { /* it reads from a stream of the caller's */
        (void)eddy_cancel(upload.task);
        (void)eddy__wait_through(site, upload.task, false);
        eddy__cleanup_pop();
        eddy_release(upload.task);
    }
    return rc;
}

int eddy__fetch_with(const char *site, eddy_response **r, const eddy_fetch_options *options) {
    return eddy__fetch_by(site, r, options, NULL);
}

void eddy_response_close(eddy_response *r) {
    if (!r) return;
    if (r->body.closed) return;
    r->body.closed = true;
    if (r->upload) (void)eddy_cancel(r->upload);
    eddy_release(r->upload);
    eddy__host_body_close(r->body.number); /* fails a read that waits */
    if (!r->body.reading) body_free(&r->body);
}

int eddy_response_status(const eddy_response *r) {
    return r ? r->status : EDDY_EINVAL;
}

const char *eddy_response_url(const eddy_response *r) {
    return r ? r->url : "";
}

static bool same_name(const char *a, const char *b) {
    for (; *a && *b; a++, b++) {
        char x = *a >= 'A' && *a <= 'Z' ? (char)(*a + 32) : *a;
        char y = *b >= 'A' && *b <= 'Z' ? (char)(*b + 32) : *b;
        if (x != y) return false;
    }
    return *a == *b;
}

const char *eddy_response_header(const eddy_response *r, const char *name) {
    if (!r || !name) return NULL;
    for (const char *at = r->headers; at < r->end; at = after(after(at)))
        if (same_name(at, name)) return after(at);
    return NULL;
}

int eddy_response_header_at(eddy_response *r, size_t index, const char **name, const char **value) {
    if (!r) return EDDY_EINVAL;
    if (index < r->index) { /* one after the other, each costs one step */
        r->place = r->headers;
        r->index = 0;
    }
    for (; r->index < index && r->place < r->end; r->index++) r->place = after(after(r->place));
    if (r->place >= r->end) return 0;
    if (name) *name = r->place;
    if (value) *value = after(r->place);
    return 1;
}

int eddy_response_check(eddy_response *r) {
    if (!r) return EDDY_EINVAL;
    if (r->status >= 200 && r->status < 300) return 0;
    return eddy__call_failed(EDDY_EHTTP, "%d %s: %s", r->status, r->status_text, r->url);
}

eddy_stream *eddy_response_body(eddy_response *r) {
    return r ? &r->body : NULL;
}

int eddy__response_bytes(const char *site, eddy_response *r, size_t limit, void **data,
                         size_t *size) {
    if (!r || !data || !size) return EDDY_EINVAL;
    int rc = eddy__stream_read_all(site, &r->body, limit, data, size);
    if (rc != EDDY_EFULL) return rc;
    return eddy__call_failed(rc, "body is larger than %zu bytes: %s", limit, r->url);
}

int(eddy_response_bytes)(eddy_response *r, size_t limit, void **data, size_t *size) {
    return eddy__response_bytes(NULL, r, limit, data, size);
}
