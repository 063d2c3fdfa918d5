/* wasi.h: a blocking call of libc under way in a task: from the outside (wasi-calls.c), where it waits
 * (wasi.c), and how it is made to end (wasi-refuse.c).
 *
 *     wasi-calls.c   read, recv, poll, …, close: what libc's callers get, by the linker's --wrap
 *     libc           unchanged
 *     wasi.c         the three imports in which libc blocks: they suspend the task
 *     wasi-wait.c    how it waits then, in programs that call what may wait
 *     wasi-refuse.c  the imports that libc asks for a result again after a wait: for a call that is
 *                    to end, they make one up that lets libc go back to its caller
 *     wasi-linger.c  what has been closed, and is still being sent */
#ifndef EDDY_POSIX_WASI_H
#define EDDY_POSIX_WASI_H

#include "../../wasi/p2.h"
#include "../io/pending.h"

#include <poll.h>

#define EDDY__REAL(module, name) __attribute__((import_module(module), import_name(name)))
#define EDDY__STREAMS "wasi:io/streams@0.2.0"
#define EDDY__TCP "wasi:sockets/tcp@0.2.0"

struct eddy__libc_node;

/* Lies in the frame of the call; of no meaning to anybody before it first waits. */
typedef struct eddy__libc_call {
    eddy__link link; /* from the first wait to the end: among those of its descriptor */
    int fd;          /* -1: of none, or of several: `polled` */
    const struct pollfd *polled;
    size_t polled_count;
    int error;       /* an errno: it is to end with it; 0: it is not */
    bool refused;    /* libc was made to give up because of that */
    bool sent;       /* something was written to a connection */
    bool listed;     /* `link` and `cleanup` are in their lists */
    eddy__cleanup cleanup;
    /* Of the wait under way. */
    eddy__op op;
    eddy__pending pending;
    struct eddy__libc_node *nodes; /* one for each pollable; NULL: there is none */
    size_t count;
} eddy__libc_call;

/* The call that runs now; NULL: none, or one that was called outside of a task. */
extern eddy__libc_call *eddy__libc_current;

/* The current call is to end: the caller makes up a result that says so to libc. */
static inline bool eddy__libc_refuses(void) {
    if (EDDY__LIKELY(!eddy__libc_current || !eddy__libc_current->error)) return false;
    eddy__libc_current->refused = true;
    return true;
}

/* It waits, or has been woken and not gone on yet: it ends with `error`, and its pollables are not
 * looked at any more. */
void eddy__libc_break(eddy__libc_call *call, int error);
void eddy__libc_list(eddy__libc_call *call);   /* before its first wait */
void eddy__libc_unlist(eddy__libc_call *call); /* it is at its end */
/* A pollable that is about to go although it is waited for. */
void eddy__libc_break_waits_for(int32_t pollable);
void eddy__libc_abandon_wait(eddy__libc_call *call); /* it waits, and its task is given up */
bool eddy__libc_waits_for(const eddy__libc_call *call, int32_t pollable);

/* A connection's output that is to be dropped. True: it has been taken over, for it is not empty yet. */
bool eddy__libc_linger(int32_t stream);

/* close() of a descriptor that others may wait for. */
int64_t eddy__close_descriptor(int fd);

void eddy__libc_count_wait(int32_t pollable, int change);

/* What there is in programs in which libc may wait in a task. A call that may sets
 * eddy__libc_waiting; NULL: there has been none, so there are no connections, either. Those that may
 * suspend are of types that hardly another function has: a call through a pointer is taken for one
 * of any function of its type (../../tools/reach.mjs). */
typedef struct eddy__libc_waits {
    bool (*wait)(const int32_t *pollables, uint64_t count); /* false: there is no memory */
    void (*break_waits_for)(int32_t pollable);
    bool (*linger)(int32_t stream);
    void (*unlist)(eddy__libc_call *call);
    int64_t (*close)(int fd);
} eddy__libc_waits;
extern const eddy__libc_waits eddy__libc_waits_in_tasks, *eddy__libc_waiting;

/* While it is above 0 nothing suspends: stdio is on the stack, which cannot. */
extern int eddy__libc_in_stdio;

#endif
