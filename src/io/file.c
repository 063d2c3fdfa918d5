/* file.c: files as streams, and whole files. */
#include "stream.h"

#include <stdlib.h>

/* 0 if there is no such mode. */
static unsigned flags_of(const char *mode) {
    unsigned flags = mode[0] == 'r'   ? EDDY__FILE_READ
                     : mode[0] == 'w' ? EDDY__FILE_WRITE
                     : mode[0] == 'a' ? EDDY__FILE_APPEND
                                      : 0;
    for (const char *c = mode + 1; flags && *c; c++) {
        if (*c == 'b') continue;
        if (*c != 'x' || flags == EDDY__FILE_READ) return 0;
        flags |= EDDY__FILE_EXCLUSIVE;
    }
    return flags;
}

int eddy__file_open(const char *site, eddy_stream **s, const char *path, const char *mode) {
    if (s) *s = NULL;
    int rc = eddy__checkpoint(site);
    if (rc < 0) return rc;
    if (!s || !path || !*path || !mode || !*mode)
        return eddy__call_failed(EDDY_EINVAL, "eddy_file_open: no path or no mode");
    unsigned flags = flags_of(mode);
    if (!flags) return eddy__call_failed(EDDY_EINVAL, "\"%s\" is no mode of a file", mode);
    char what[64];
    eddy__stream_describe(what, sizeof what, "the opening of ", path);
    eddy__op op;
    rc = eddy__op_begin(&op, what);
    if (rc < 0) return rc;
    op.let_go = eddy__host_stream_close;
    rc = eddy__host_file_open(eddy__op_index(&op), eddy__op_generation(&op), path, flags);
    if (rc < 0) return eddy__op_refused(&op, rc, "files", path);
    rc = eddy__op_wait(site, &op);
    if (rc < 0) return eddy__failed_at(rc, path);
    free(op.data);
    *s = eddy__stream_new(rc, "the file ", path);
    if (!*s) return EDDY_ENOMEM;
    (*s)->read_only = flags == EDDY__FILE_READ;
    (*s)->write_only = flags != EDDY__FILE_READ;
    return 0;
}

/* A file that a call has opened for itself. */
typedef struct opened {
    eddy__cleanup cleanup;
    eddy_stream *s;
} opened;

static void close_lost(eddy__cleanup *cleanup) {
    (void)eddy__close(NULL, EDDY__OWNER(cleanup, opened, cleanup)->s); /* outside of tasks: at once */
}

static int open_here(const char *site, opened *file, const char *path, const char *mode) {
    int rc = eddy__file_open(site, &file->s, path, mode);
    if (rc >= 0) eddy__cleanup_push(&file->cleanup, close_lost);
    return rc;
}

/* The result of the call that ends with `rc`. */
static int close_here(const char *site, opened *file, int rc) {
    eddy__cleanup_pop();
    int closed = eddy__close(site, file->s);
    return rc < 0 ? rc : closed;
}

int eddy__file_read(const char *site, const char *path, size_t limit, void **data, size_t *size) {
    if (data) *data = NULL;
    if (size) *size = 0;
    if (!data || !size) return EDDY_EINVAL;
    opened file;
    int rc = open_here(site, &file, path, "r");
    if (rc < 0) return rc;
    rc = eddy__stream_read_all(site, file.s, limit, data, size);
    if (rc == EDDY_EFULL) rc = eddy__call_failed(rc, "file is larger than %zu bytes: %s", limit, path);
    (void)close_here(site, &file, 0); /* nothing was written */
    return rc;
}

int eddy__file_write(const char *site, const char *path, const void *data, size_t size) {
    if (!data && size) return EDDY_EINVAL;
    opened file;
    int rc = open_here(site, &file, path, "w");
    if (rc < 0) return rc;
    const size_t most = 1 << 30;
    for (size_t at = 0; rc >= 0 && at < size; at += most)
        rc = eddy__write(site, file.s, (const char *)data + at, size - at < most ? size - at : most);
    return close_here(site, &file, rc);
}

int(eddy_file_open)(eddy_stream **s, const char *path, const char *mode) {
    return eddy__file_open(NULL, s, path, mode);
}
int(eddy_file_read)(const char *path, size_t limit, void **data, size_t *size) {
    return eddy__file_read(NULL, path, limit, data, size);
}
int(eddy_file_write)(const char *path, const void *data, size_t size) {
    return eddy__file_write(NULL, path, data, size);
}
