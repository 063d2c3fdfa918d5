/* native/udp.c: datagrams over POSIX sockets. */
#define _POSIX_C_SOURCE 200809L
#include "descriptor.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

/* A datagram that the system had no room for yet. */
typedef struct sending {
    eddy__link link; /* in `waiting` */
    eddy__pending pending;
    eddy__watch watch;
    const void *data; /* its sender's, who waits */
    size_t size;
    struct sockaddr_storage address;
    socklen_t address_size;
} sending;

static eddy__link waiting = {&waiting, &waiting};

/* ---- addresses ------------------------------------------------------------------------------------- */

/* Returns its size. */
static socklen_t parse_address(const char *text, uint16_t port, struct sockaddr_storage *address) {
    memset(address, 0, sizeof *address);
    struct sockaddr_in *four = (struct sockaddr_in *)address;
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)address;
    if (inet_pton(AF_INET, text, &four->sin_addr) == 1) {
        four->sin_family = AF_INET;
        four->sin_port = htons(port);
        return sizeof *four;
    }
    (void)inet_pton(AF_INET6, text, &six->sin6_addr); /* it is one: udp.c has looked */
    six->sin6_family = AF_INET6;
    six->sin6_port = htons(port);
    return sizeof *six;
}

/* ---- opening ------------------------------------------------------------------------------------------- */

static int bind_socket(const struct sockaddr_storage *address, socklen_t size) {
    int fd = socket(address->ss_family, SOCK_DGRAM, 0), yes = 1;
    if (fd < 0) return fd;
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    fcntl(fd, F_SETFL, O_NONBLOCK);
    if (address->ss_family == AF_INET6) setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &yes, sizeof yes);
    if (bind(fd, (const struct sockaddr *)address, size) == 0) return fd;
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

int eddy__host_udp_open(uint32_t op, uint32_t generation, const char *text, uint16_t port) {
    eddy__pending pending;
    eddy__pending_begin(&pending, op, generation, NULL);
    struct sockaddr_storage address;
    socklen_t size = parse_address(text, port, &address);
    int fd = bind_socket(&address, size);
    if (fd < 0) {
        eddy__pending_errno(&pending, errno);
        return 0;
    }
    getsockname(fd, (struct sockaddr *)&address, &size);
    eddy__descriptor *d = eddy__descriptor_new(fd, EDDY__SOCKET);
    if (d)
        eddy__pending_address(&pending, eddy__descriptor_number(d), (struct sockaddr *)&address);
    else
        eddy__pending_end(&pending, EDDY_ENOMEM, NULL, 0);
    return 0;
}

/* ---- sending ------------------------------------------------------------------------------------------- */

static int send_once(int fd, const sending *s) {
    ssize_t sent;
    do sent = sendto(fd, s->data, s->size, MSG_NOSIGNAL, (const struct sockaddr *)&s->address,
                     s->address_size);
    while (sent < 0 && errno == EINTR);
    return sent < 0 ? errno : 0;
}

static void sending_free(sending *s) {
    eddy__watch_remove(&s->watch);
    eddy__list_remove(&s->link);
    eddy__free(s, sizeof *s);
}

static void forget_sending(eddy__pending *pending) {
    sending_free(EDDY__OWNER(pending, sending, pending));
}

static void has_room(eddy__watch *watch) {
    sending *s = EDDY__OWNER(watch, sending, watch);
    int error = send_once(watch->fd, s);
    if (error == EAGAIN && eddy__watch_add(watch) == 0) return;
    if (error)
        eddy__pending_errno(&s->pending, error == EAGAIN ? ENOMEM : error);
    else
        eddy__pending_end(&s->pending, 0, NULL, 0);
    sending_free(s);
}

/* In memory of its own from now on. */
static void wait_for_room(const sending *tried, uint32_t op, uint32_t generation, int fd) {
    sending *s = eddy__alloc(sizeof *s);
    if (s) {
        *s = *tried;
        s->watch = (eddy__watch){.fd = fd, .output = true, .ready = has_room};
        eddy__list_append(&waiting, &s->link);
        eddy__pending_begin(&s->pending, op, generation, forget_sending);
        if (eddy__watch_add(&s->watch) == 0) return;
    }
    eddy__pending now;
    eddy__pending_begin(&now, op, generation, NULL);
    eddy__pending_end(&now, EDDY_ENOMEM, NULL, 0);
    if (s) sending_free(s);
}

void eddy__host_udp_send(int udp, uint32_t op, uint32_t generation, const void *data, size_t size,
                         const char *text, uint16_t port) {
    int fd = eddy__descriptor_of(udp)->fd;
    sending s = {.data = data ? data : "", .size = size};
    eddy__pending_begin(&s.pending, op, generation, NULL);
    s.address_size = parse_address(text, port, &s.address);
    int error = send_once(fd, &s);
    if (error == EAGAIN)
        wait_for_room(&s, op, generation, fd);
    else if (error)
        eddy__pending_errno(&s.pending, error);
    else
        eddy__pending_end(&s.pending, 0, NULL, 0);
}

/* ---- receiving ------------------------------------------------------------------------------------------- */

int eddy__host_udp_take(int udp, void *buffer, size_t size, eddy_peer *from) {
    /* The whole of it: only Linux would tell how much has been cut off. */
    static char whole[UINT16_MAX];
    eddy__descriptor *d = eddy__descriptor_of(udp);
    struct sockaddr_storage address = {0};
    socklen_t address_size = sizeof address;
    ssize_t got;
    do got = recvfrom(d->fd, whole, sizeof whole, 0, (struct sockaddr *)&address, &address_size);
    while (got < 0 && errno == EINTR);
    if (got < 0) {
        d->error = errno == EAGAIN ? 0 : errno;
        return EDDY_EEMPTY;
    }
    if (size > (size_t)got) size = (size_t)got;
    if (size) memcpy(buffer, whole, size);
    *from = (eddy_peer){.cut = (uint32_t)((size_t)got - size)};
    char text[64];
    size_t text_size, length = eddy__print_address((struct sockaddr *)&address, text, &text_size);
    memcpy(from->address, text, length);
    from->port = (uint16_t)atoi(text + length);
    return (int)size;
}

void eddy__host_udp_more(int udp, uint32_t op, uint32_t generation) {
    eddy__host_stream_more(udp, op, generation);
    eddy__descriptor_of(udp)->error = 0; /* was of one datagram, and has been told */
}

void eddy__host_udp_close(int udp) {
    eddy__descriptor *d = eddy__descriptor_of(udp);
    for (eddy__link *link = waiting.next, *next; link != &waiting; link = next) {
        sending *s = EDDY__OWNER(link, sending, link);
        next = link->next;
        if (s->watch.fd != d->fd) continue;
        eddy__pending_end(&s->pending, EDDY_ECLOSED, NULL, 0);
        sending_free(s);
    }
    eddy__descriptor_close(d);
}
