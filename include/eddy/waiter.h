/* eddy/waiter.h: the runtime's own part of every object that tasks can wait for. Nothing here is
 * for programs; it is public because they allocate such objects themselves. */
#ifndef EDDY_WAITER_H
#define EDDY_WAITER_H

#include "base.h"

struct eddy__task;
struct eddy__wait_list;

/* One who waits, in at most one list. */
typedef struct eddy__waiter {
    struct eddy__waiter *next, *prev; /* valid while `list` is not NULL */
    struct eddy__wait_list *list;     /* the list it is in, or NULL */
    void (*wake)(struct eddy__waiter *waiter, int result); /* called once it is out of the list */
    void *item;                       /* where an item that it waits with goes to or comes from */
} eddy__waiter;

/* Those who wait, in order of arrival. Zero is an empty list, which may be moved. */
typedef struct eddy__wait_list {
    eddy__waiter *first, *last;
} eddy__wait_list;

#endif
