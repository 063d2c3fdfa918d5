/* native/watch.h: descriptors that are waited for, in the one poll of the host. */
#ifndef EDDY_WATCH_H
#define EDDY_WATCH_H

#include "../host.h"

typedef struct eddy__watch {
    int fd;
    bool output;    /* waits to write, not to read */
    uint32_t place; /* in the list, from 1 on; 0: not in it */
    struct eddy__watch *next; /* among those that one poll has found ready */
    /* It is ready, and out of the list. */
    void (*ready)(struct eddy__watch *watch);
} eddy__watch;

int eddy__watch_add(eddy__watch *watch); /* 0 or ENOMEM; nothing if it is in the list */
void eddy__watch_remove(eddy__watch *watch); /* nothing if it is not in the list */

void eddy__host_pause(eddy_time duration); /* sleeps, at most until an interrupt comes */
bool eddy__host_was_interrupted(void);      /* and nobody has looked at it yet */

#endif
