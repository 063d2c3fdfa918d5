/* native/descriptor.c: streams over descriptors: what stands behind files, stdin and connections
 * natively, and behind files and stdin on WASI 0.1. */
#define _POSIX_C_SOURCE 200809L
#include "descriptor.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#ifndef __wasi__
#include <sys/socket.h>
#endif

/* ---- errors -------------------------------------------------------------------------------------- */

int eddy__errno_code(int number) {
    switch (number) {
    case ENOENT:
    case ENOTDIR: return EDDY_ENOENT;
    case EEXIST:
    case ENOTEMPTY:
    case EADDRINUSE: return EDDY_EEXIST;
    case EMSGSIZE: return EDDY_EFULL;
    case EACCES:
    case EROFS:
#ifdef ENOTCAPABLE
    case ENOTCAPABLE:
#endif
    case EPERM: return EDDY_EPERM;
    case EISDIR:
    case ENOSPC:
    case EIO: return EDDY_EIO;
    case ECONNREFUSED: return EDDY_ECONNREFUSED;
    case EPIPE:
    case ENOTCONN:
    case ECONNABORTED:
    case ECONNRESET: return EDDY_ECONNRESET;
    case ENOMEM: return EDDY_ENOMEM;
    }
    return EDDY_EHOST;
}

void eddy__pending_errno(eddy__pending *pending, int number) {
    eddy__pending_fail(pending, eddy__errno_code(number), strerror(number));
}

/* ---- the table ------------------------------------------------------------------------------------- */

static eddy__descriptor **all; /* by descriptor */
static size_t all_room, all_used;

eddy__descriptor *eddy__descriptor_of(int number) {
    return all[number - 1];
}

static bool reserve(size_t size) {
    if (size <= all_room) return true;
    size_t room = all_room ? all_room * 2 : 16;
    while (room < size) room *= 2;
    eddy__descriptor **grown = eddy__resize(all, all_room * sizeof *all, room * sizeof *all);
    if (!grown) return false;
    memset(grown + all_room, 0, (room - all_room) * sizeof *grown);
    all = grown;
    all_room = room;
    return true;
}

static void trim(void) {
    if (all_used) return;
    eddy__free(all, all_room * sizeof *all);
    all = NULL;
    all_room = 0;
}

static void is_readable(eddy__watch *watch) {
    eddy__descriptor *d = EDDY__OWNER(watch, eddy__descriptor, readable);
    d->ready = true;
    eddy__pending_end(&d->more, 0, NULL, 0);
}
static void is_writable(eddy__watch *watch) {
    eddy__pending_end(&EDDY__OWNER(watch, eddy__descriptor, writable)->room, 0, NULL, 0);
}

eddy__descriptor *eddy__descriptor_new(int fd, enum eddy__descriptor_kind kind) {
    eddy__descriptor *d = reserve((size_t)fd + 1) ? eddy__alloc(sizeof *d) : NULL;
    if (!d) {
        close(fd);
        trim();
        return NULL;
    }
    memset(d, 0, sizeof *d);
    d->fd = fd;
    d->kind = kind;
    d->readable = (eddy__watch){.fd = fd, .ready = is_readable};
    d->writable = (eddy__watch){.fd = fd, .output = true, .ready = is_writable};
    all[fd] = d;
    all_used++;
    return d;
}

void eddy__descriptor_close(eddy__descriptor *d) {
    eddy__watch_remove(&d->readable);
    eddy__watch_remove(&d->writable);
    eddy__pending_end(&d->more, EDDY_ECLOSED, NULL, 0);
    eddy__pending_end(&d->room, EDDY_ECLOSED, NULL, 0);
    close(d->fd);
    all[d->fd] = NULL;
    eddy__free(d, sizeof *d);
    all_used--;
    trim();
}

/* ---- reading ------------------------------------------------------------------------------------------ */

int eddy__host_stream_take(int stream, void *buffer, size_t size) {
    eddy__descriptor *d = eddy__descriptor_of(stream);
    if (d->error || (d->kind == EDDY__INPUT && !d->ready)) return EDDY_EEMPTY;
    d->ready = false;
    ssize_t got;
    do got = read(d->fd, buffer, size);
    while (got < 0 && errno == EINTR);
    if (got >= 0) return (int)got;
    if (errno != EAGAIN) d->error = errno;
    return EDDY_EEMPTY;
}

static void forget_more(eddy__pending *pending) {
    eddy__watch_remove(&EDDY__OWNER(pending, eddy__descriptor, more)->readable);
}
static void forget_room(eddy__pending *pending) {
    eddy__watch_remove(&EDDY__OWNER(pending, eddy__descriptor, room)->writable);
}

/* Completes the operation with what has failed, at once for files, or when the watch is ready. */
static void wait_for(eddy__descriptor *d, eddy__pending *pending, eddy__watch *watch) {
    if (d->error) {
        eddy__pending_errno(pending, d->error);
        return;
    }
    int rc = d->kind == EDDY__REGULAR ? 0 : eddy__watch_add(watch);
    if (rc < 0 || d->kind == EDDY__REGULAR) eddy__pending_end(pending, rc, NULL, 0);
}

void eddy__host_stream_more(int stream, uint32_t op, uint32_t generation) {
    eddy__descriptor *d = eddy__descriptor_of(stream);
    eddy__pending_begin(&d->more, op, generation, forget_more);
    wait_for(d, &d->more, &d->readable);
}

/* ---- writing -------------------------------------------------------------------------------------------- */

static ssize_t write_once(const eddy__descriptor *d, const void *data, size_t size) {
#ifndef __wasi__
    if (d->kind == EDDY__SOCKET) return send(d->fd, data, size, MSG_NOSIGNAL);
#endif
    return write(d->fd, data, size);
}

int eddy__host_stream_put(int stream, const void *data, size_t size) {
    eddy__descriptor *d = eddy__descriptor_of(stream);
    if (d->error) return 0;
    ssize_t put;
    do put = write_once(d, data, size);
    while (put < 0 && errno == EINTR);
    if (put >= 0) return (int)put;
    if (errno != EAGAIN) d->error = errno;
    return 0;
}

void eddy__host_stream_room(int stream, uint32_t op, uint32_t generation) {
    eddy__descriptor *d = eddy__descriptor_of(stream);
    eddy__pending_begin(&d->room, op, generation, forget_room);
    wait_for(d, &d->room, &d->writable);
}

void eddy__host_stream_drain(int stream, uint32_t op, uint32_t generation) {
    /* The system has it all already. */
    eddy__descriptor *d = eddy__descriptor_of(stream);
    eddy__pending_begin(&d->room, op, generation, forget_room);
    if (d->error)
        eddy__pending_errno(&d->room, d->error);
    else
        eddy__pending_end(&d->room, 0, NULL, 0);
}

int eddy__host_stream_shut(int stream) {
#ifndef __wasi__
    eddy__descriptor *d = eddy__descriptor_of(stream);
    if (d->kind == EDDY__SOCKET && shutdown(d->fd, SHUT_WR) < 0) return eddy__errno_code(errno);
#endif
    (void)stream;
    return 0;
}

void eddy__host_stream_close(int stream) {
    eddy__descriptor_close(eddy__descriptor_of(stream));
}

/* ---- files and stdin --------------------------------------------------------------------------------------- */

static int open_flags(unsigned flags) {
    if (flags & EDDY__FILE_READ) return O_RDONLY;
    return O_WRONLY | O_CREAT | (flags & EDDY__FILE_APPEND ? O_APPEND : O_TRUNC) |
           (flags & EDDY__FILE_EXCLUSIVE ? O_EXCL : 0);
}

static int open_file(const char *path, unsigned flags) {
    int fd = open(path, open_flags(flags) | O_CLOEXEC, 0666);
    struct stat about;
    if (fd < 0 || fstat(fd, &about) < 0 || !S_ISDIR(about.st_mode)) return fd;
    close(fd);
    errno = EISDIR;
    return -1;
}

int eddy__host_file_open(uint32_t op, uint32_t generation, const char *path, unsigned flags) {
    eddy__pending pending;
    eddy__pending_begin(&pending, op, generation, NULL);
    int fd = open_file(path, flags);
    if (fd < 0) {
        eddy__pending_errno(&pending, errno);
        return 0;
    }
    eddy__descriptor *d = eddy__descriptor_new(fd, EDDY__REGULAR);
    eddy__pending_end(&pending, d ? eddy__descriptor_number(d) : EDDY_ENOMEM, NULL, 0);
    return 0;
}

/* The one descriptor that is never closed, and not in allocated memory. */
static eddy__descriptor input;

int eddy__host_stdin(void) {
    struct stat about;
    if (fstat(STDIN_FILENO, &about) < 0 || !reserve(STDIN_FILENO + 1)) return EDDY_ENOSYS;
    input.kind = S_ISREG(about.st_mode) ? EDDY__REGULAR : EDDY__INPUT;
    input.readable = (eddy__watch){.fd = STDIN_FILENO, .ready = is_readable};
    all[STDIN_FILENO] = &input;
    all_used++;
    return STDIN_FILENO + 1;
}
