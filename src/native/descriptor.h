/* native/descriptor.h: streams and listeners that are descriptors of POSIX. */
#ifndef EDDY_DESCRIPTOR_H
#define EDDY_DESCRIPTOR_H

#include "../io/pending.h"
#include "watch.h"

typedef struct eddy__descriptor {
    int fd; /* the number of the host interface is one more */
    enum eddy__descriptor_kind {
        EDDY__REGULAR, /* a file: always ready */
        EDDY__INPUT,   /* shared with others, so it may block: read only when known to be ready */
        EDDY__SOCKET,  /* does not block */
    } kind;
    bool ready; /* an INPUT is known to be */
    int error;  /* errno of the operation that failed: it is good for nothing more */
    eddy__watch readable, writable;
    eddy__pending more, room; /* a listener's accept is in `more` */
} eddy__descriptor;

/* Takes over the descriptor, also if there is no memory: then NULL. */
eddy__descriptor *eddy__descriptor_new(int fd, enum eddy__descriptor_kind kind);
eddy__descriptor *eddy__descriptor_of(int number);
void eddy__descriptor_close(eddy__descriptor *d);
static inline int eddy__descriptor_number(const eddy__descriptor *d) {
    return d->fd + 1;
}

/* Our code for an errno. */
int eddy__errno_code(int number);
void eddy__pending_errno(eddy__pending *pending, int number);

/* "address\0port\0" into `text`; returns the bytes of the address with its zero, *size those of both. */
struct sockaddr;
size_t eddy__print_address(const struct sockaddr *address, char text[64], size_t *size);
/* The same as the data of a completion. */
void eddy__pending_address(eddy__pending *pending, int result, const struct sockaddr *address);

#endif
