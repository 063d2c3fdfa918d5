/* native/socket.c: connections over POSIX sockets. Names are looked up while every task waits. */
#define _POSIX_C_SOURCE 200809L
#include "descriptor.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct connecting {
    eddy__pending pending;
    eddy__watch watch;
    struct addrinfo *all, *next; /* of the host; the first not yet tried */
    int error;                   /* of the last that was tried */
} connecting;

/* ---- names -------------------------------------------------------------------------------------- */

/* 0, or why not as a code; the text is gai_strerror's. */
static int look_up(const char *host, uint16_t port, bool passive, struct addrinfo **found,
                   const char **text) {
    char service[8];
    snprintf(service, sizeof service, "%u", port);
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = passive ? AI_PASSIVE : 0};
    int rc = getaddrinfo(host, service, &hints, found);
    if (rc == 0) return 0;
    *text = gai_strerror(rc);
    return rc == EAI_MEMORY ? EDDY_ENOMEM : EDDY_EHOSTNOTFOUND;
}

size_t eddy__print_address(const struct sockaddr *address, char text[64], size_t *size) {
    bool six = address->sa_family == AF_INET6;
    const void *bytes = six ? (const void *)&((const struct sockaddr_in6 *)address)->sin6_addr
                            : (const void *)&((const struct sockaddr_in *)address)->sin_addr;
    uint16_t port = six ? ((const struct sockaddr_in6 *)address)->sin6_port
                        : ((const struct sockaddr_in *)address)->sin_port;
    if (!inet_ntop(address->sa_family, bytes, text, INET6_ADDRSTRLEN)) *text = 0;
    size_t length = strlen(text) + 1;
    *size = length + (size_t)snprintf(text + length, 64 - length, "%u", ntohs(port)) + 1;
    return length;
}

void eddy__pending_address(eddy__pending *pending, int result, const struct sockaddr *address) {
    char text[64];
    size_t size;
    (void)eddy__print_address(address, text, &size);
    char *data = malloc(size);
    if (data) memcpy(data, text, size);
    eddy__pending_end(pending, result, data, data ? size : 0);
}

int eddy__host_resolve(uint32_t op, uint32_t generation, const char *host) {
    eddy__pending pending;
    eddy__pending_begin(&pending, op, generation, NULL);
    struct addrinfo *found;
    const char *why;
    int rc = look_up(host, 0, false, &found, &why);
    if (rc < 0) {
        eddy__pending_fail(&pending, rc, why);
        return 0;
    }
    int count = 0;
    for (struct addrinfo *each = found; each; each = each->ai_next) count++;
    char *data = malloc((size_t)count * 64), *at = data;
    for (struct addrinfo *each = found; data && each; each = each->ai_next) {
        size_t size;
        at += eddy__print_address(each->ai_addr, at, &size);
    }
    freeaddrinfo(found);
    eddy__pending_end(&pending, data ? count : EDDY_ENOMEM, data, (size_t)(at - data));
    return 0;
}

/* ---- connecting ------------------------------------------------------------------------------------- */

static int make_socket(const struct addrinfo *address) {
    int fd = socket(address->ai_family, SOCK_STREAM, address->ai_protocol);
    if (fd < 0) return fd;
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    fcntl(fd, F_SETFL, O_NONBLOCK);
    return fd;
}

static void connecting_free(connecting *c) {
    eddy__watch_remove(&c->watch);
    if (c->watch.fd >= 0) close(c->watch.fd);
    freeaddrinfo(c->all);
    eddy__free(c, sizeof *c);
}

static void forget_connecting(eddy__pending *pending) {
    connecting_free(EDDY__OWNER(pending, connecting, pending));
}

static void connected(connecting *c) {
    eddy__descriptor *d = eddy__descriptor_new(c->watch.fd, EDDY__SOCKET);
    c->watch.fd = -1;
    eddy__pending_end(&c->pending, d ? eddy__descriptor_number(d) : EDDY_ENOMEM, NULL, 0);
    connecting_free(c);
}

/* Begins with the next address; at the end of them the attempt has failed. */
static void try_next(connecting *c) {
    while (c->next) {
        const struct addrinfo *address = c->next;
        c->next = address->ai_next;
        c->watch.fd = make_socket(address);
        int rc = c->watch.fd < 0 ? -1 : connect(c->watch.fd, address->ai_addr, address->ai_addrlen);
        if (rc == 0) {
            connected(c);
            return;
        }
        c->error = errno;
        if (errno == EINPROGRESS && eddy__watch_add(&c->watch) == 0) return;
        if (c->watch.fd >= 0) close(c->watch.fd);
        c->watch.fd = -1;
    }
    eddy__pending_errno(&c->pending, c->error == EINPROGRESS ? ENOMEM : c->error);
    connecting_free(c);
}

static void is_decided(eddy__watch *watch) {
    connecting *c = EDDY__OWNER(watch, connecting, watch);
    socklen_t size = sizeof c->error;
    if (getsockopt(watch->fd, SOL_SOCKET, SO_ERROR, &c->error, &size) == 0 && c->error == 0) {
        connected(c);
        return;
    }
    close(watch->fd);
    watch->fd = -1;
    try_next(c);
}

int eddy__host_connect(uint32_t op, uint32_t generation, const char *host, uint16_t port) {
    connecting *c = eddy__alloc(sizeof *c);
    if (!c) return EDDY_ENOMEM;
    memset(c, 0, sizeof *c);
    c->watch = (eddy__watch){.fd = -1, .output = true, .ready = is_decided};
    eddy__pending_begin(&c->pending, op, generation, forget_connecting);
    const char *why;
    int rc = look_up(host, port, false, &c->all, &why);
    if (rc < 0) {
        eddy__pending_fail(&c->pending, rc, why);
        eddy__free(c, sizeof *c);
        return 0;
    }
    c->next = c->all;
    try_next(c);
    return 0;
}

/* ---- listening ----------------------------------------------------------------------------------------- */

/* A listening socket at the first address that can be had, or -1 and errno. */
static int listen_at(const struct addrinfo *address) {
    int error = EADDRNOTAVAIL;
    for (; address; address = address->ai_next) {
        int fd = make_socket(address), yes = 1;
        if (fd >= 0) {
            setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
            if (bind(fd, address->ai_addr, address->ai_addrlen) == 0 && listen(fd, 511) == 0)
                return fd;
        }
        error = errno;
        if (fd >= 0) close(fd);
    }
    errno = error;
    return -1;
}

int eddy__host_listen(uint32_t op, uint32_t generation, const char *host, uint16_t port) {
    eddy__pending pending;
    eddy__pending_begin(&pending, op, generation, NULL);
    struct addrinfo *found;
    const char *why;
    int rc = look_up(host, port, true, &found, &why);
    if (rc < 0) {
        eddy__pending_fail(&pending, rc, why);
        return 0;
    }
    int fd = listen_at(found);
    freeaddrinfo(found);
    if (fd < 0) {
        eddy__pending_errno(&pending, errno);
        return 0;
    }
    struct sockaddr_storage address = {0};
    socklen_t size = sizeof address;
    getsockname(fd, (struct sockaddr *)&address, &size);
    eddy__descriptor *d = eddy__descriptor_new(fd, EDDY__SOCKET);
    if (d)
        eddy__pending_address(&pending, eddy__descriptor_number(d), (struct sockaddr *)&address);
    else
        eddy__pending_end(&pending, EDDY_ENOMEM, NULL, 0);
    return 0;
}

/* Takes a connection that has arrived, or waits for one. */
static void accept_one(eddy__descriptor *d) {
    struct sockaddr_storage address = {0};
    socklen_t size = sizeof address;
    int fd;
    do fd = accept(d->fd, (struct sockaddr *)&address, &size);
    while (fd < 0 && (errno == EINTR || errno == ECONNABORTED));
    if (fd < 0 && errno == EAGAIN) {
        int rc = eddy__watch_add(&d->readable);
        if (rc < 0) eddy__pending_end(&d->more, rc, NULL, 0);
        return;
    }
    if (fd < 0) {
        eddy__pending_errno(&d->more, errno);
        return;
    }
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    fcntl(fd, F_SETFL, O_NONBLOCK);
    eddy__descriptor *made = eddy__descriptor_new(fd, EDDY__SOCKET);
    if (made)
        eddy__pending_address(&d->more, eddy__descriptor_number(made), (struct sockaddr *)&address);
    else
        eddy__pending_end(&d->more, EDDY_ENOMEM, NULL, 0);
}

static void connection_came(eddy__watch *watch) {
    accept_one(EDDY__OWNER(watch, eddy__descriptor, readable));
}

static void forget_accept(eddy__pending *pending) {
    eddy__watch_remove(&EDDY__OWNER(pending, eddy__descriptor, more)->readable);
}

void eddy__host_accept(int listener, uint32_t op, uint32_t generation) {
    eddy__descriptor *d = eddy__descriptor_of(listener);
    d->readable.ready = connection_came;
    eddy__pending_begin(&d->more, op, generation, forget_accept);
    accept_one(d);
}

void eddy__host_listener_close(int listener) {
    eddy__descriptor_close(eddy__descriptor_of(listener));
}
