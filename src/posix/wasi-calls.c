/* posix/wasi-calls.c: the blocking calls of libc as the program gets them: the linker puts each
 * __wrap_X in the place of X. In a task they take note of what they work on, so that the call can be
 * ended while it waits: by a cancellation, with ECANCELED, or because its descriptor is closed, with
 * EBADF. Those that are not here (readv, select, nanosleep, …) call one of these.
 *
 * close() of a descriptor that others wait for wakes them, and closes it when the last of them has
 * left libc: that still looks at what is to be freed. */
#include "wasi.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* ---- the calls that wait --------------------------------------------------------------------- */

/* By descriptor; the last list has those of several. */
enum { LISTS = 64, SEVERAL = LISTS };
static eddy__link lists[LISTS + 1];

static eddy__link *list_of(int fd) {
    eddy__link *list = &lists[fd < 0 ? SEVERAL : fd % LISTS];
    if (!list->next) eddy__list_init(list);
    return list;
}

static bool works_on(const eddy__libc_call *call, int fd) {
    if (call->fd == fd) return true;
    for (size_t i = 0; i < call->polled_count; i++)
        if (call->polled[i].fd == fd) return true;
    return false;
}

#define FOR_EACH(call, list)                                                                       \
    for (eddy__link *at = (list)->next;                                                            \
         at != (list) && (call = EDDY__OWNER(at, eddy__libc_call, link), true); at = at->next)

static bool is_worked_on(int fd) {
    eddy__libc_call *call;
    FOR_EACH(call, list_of(fd))
        if (call->fd == fd) return true;
    FOR_EACH(call, list_of(-1))
        if (works_on(call, fd)) return true;
    return false;
}

static void break_all(int fd) {
    eddy__libc_call *call;
    FOR_EACH(call, list_of(fd))
        if (call->fd == fd) eddy__libc_break(call, EBADF);
    FOR_EACH(call, list_of(-1))
        if (works_on(call, fd)) eddy__libc_break(call, EBADF);
}

void eddy__libc_break_waits_for(int32_t pollable) {
    for (int i = 0; i <= SEVERAL; i++) {
        eddy__libc_call *call;
        FOR_EACH(call, list_of(i == SEVERAL ? -1 : i))
            if (eddy__libc_waits_for(call, pollable)) eddy__libc_break(call, EBADF);
    }
}

/* ---- descriptors that are being closed ------------------------------------------------------- */

int __real_close(int fd);

typedef struct closing {
    struct closing *next;
    int fd;
    eddy__task *closer; /* waits for the last to leave, and then closes it; NULL: who leaves does */
    eddy__cleanup cleanup;
} closing;

static closing *all_closing;

static closing **find_closing(int fd) {
    closing **at = &all_closing;
    while (*at && (*at)->fd != fd) at = &(*at)->next;
    return at;
}

static bool is_closing(int fd) {
    if (EDDY__LIKELY(!all_closing) || !*find_closing(fd)) return false;
    errno = EBADF;
    return true;
}

static void left(int fd) {
    closing **at = find_closing(fd), *c = *at;
    if (!c || is_worked_on(fd)) return;
    if (c->closer) {
        eddy__task_wake(c->closer, 0);
        return;
    }
    *at = c->next;
    (void)__real_close(fd);
    eddy__free(c, sizeof *c);
}

void eddy__libc_unlist(eddy__libc_call *call) {
    eddy__list_remove(&call->link);
    eddy__cleanup_pop();
    if (!all_closing) return;
    if (call->fd >= 0) left(call->fd);
    for (size_t i = 0; i < call->polled_count; i++) left(call->polled[i].fd);
}

/* libc's call was cut off in the middle: what it worked on is not closed any more. */
static void forget_closing(int fd) {
    closing **at = find_closing(fd), *c = *at;
    if (!c || c->closer || is_worked_on(fd)) return;
    *at = c->next;
    eddy__free(c, sizeof *c);
}

/* The task is abandoned while it waits in libc. */
static void drop_lost(eddy__cleanup *cleanup) {
    eddy__libc_call *call = EDDY__OWNER(cleanup, eddy__libc_call, cleanup);
    eddy__libc_abandon_wait(call);
    eddy__list_remove(&call->link);
    if (!all_closing) return;
    if (call->fd >= 0) forget_closing(call->fd);
    for (size_t i = 0; i < call->polled_count; i++) forget_closing(call->polled[i].fd);
}

void eddy__libc_list(eddy__libc_call *call) {
    call->listed = true;
    eddy__list_append(list_of(call->fd), &call->link);
    eddy__cleanup_push(&call->cleanup, drop_lost);
}

static const char *describe_closing(const eddy__task *task) {
    (void)task;
    return "others to leave a descriptor that it closes";
}

static const eddy__wait_kind until_left = {.verb = "waits for", .describe = describe_closing};

static void drop_closing(eddy__cleanup *cleanup) {
    closing **at = find_closing(EDDY__OWNER(cleanup, closing, cleanup)->fd);
    *at = (*at)->next;
}

static int close_in_task(int fd) {
    closing self = {.fd = fd, .closer = eddy__current, .next = all_closing};
    all_closing = &self;
    eddy__cleanup_push(&self.cleanup, drop_closing);
    break_all(fd);
    (void)eddy__block(NULL, &until_left, &self, false);
    eddy__cleanup_run(&self.cleanup, drop_closing);
    return __real_close(fd);
}

/* A callback cannot wait. */
static int close_later(int fd) {
    closing *c = eddy__alloc(sizeof *c);
    if (!c) {
        errno = ENOMEM;
        return -1;
    }
    *c = (closing){.fd = fd, .next = all_closing};
    all_closing = c;
    break_all(fd);
    return 0;
}

int64_t eddy__close_descriptor(int fd) {
    if (is_closing(fd)) return -1; /* by another task, which was woken and has yet to run */
    if (!is_worked_on(fd)) return __real_close(fd);
    return eddy__current && !eddy__libc_in_stdio ? close_in_task(fd) : close_later(fd);
}

int __wrap_close(int fd);
int __wrap_close(int fd) {
    if (fd < 0 || !eddy__libc_waiting) return __real_close(fd);
    return (int)eddy__libc_waiting->close(fd);
}

/* ---- the frame around a call ----------------------------------------------------------------- */

static bool for_stdio; /* the read that comes now is stdio's own */

/* A call that does not wait counts in the budget as any other does (R8), so that one which always finds
 * something to do lets others in. Not within stdio, where it would let them in halfway. */
static bool may_give_way(void) {
    return eddy__current && !eddy__libc_current && !eddy__libc_in_stdio && !for_stdio;
}

/* Of a read or a write, which may be a file's: it is done whatever happens to the task. A write to
 * what is no connection does not even count: what must not let others in, a report, may write. */
static void count_call(void) {
    if (may_give_way()) eddy__count_call(NULL);
}

/* Of all other calls: they look for cancellation first, even if they need not wait. */
static bool is_cancelled(void) {
    if (!may_give_way() || eddy__checkpoint(NULL) == 0) return false;
    errno = ECANCELED;
    return true;
}

/* False: it is part of another call, or outside of a task. */
static bool begin(eddy__libc_call *call, int fd) {
    for_stdio = false;
    if (!eddy__current || eddy__libc_current) return false;
    *call = (eddy__libc_call){.fd = fd};
    eddy__libc_current = call;
    return true;
}

/* Of a call that may wait, whatever it is called with. */
static bool begin_waiting(eddy__libc_call *call, int fd) {
    eddy__libc_waiting = &eddy__libc_waits_in_tasks;
    return begin(call, fd);
}

/* `result` is libc's; what it is if the call was made to end. */
static int64_t end(eddy__libc_call *call, int64_t result) {
    eddy__libc_current = NULL;
    int error = call->refused ? call->error : 0;
    int before = errno;
    if (call->listed) eddy__libc_waiting->unlist(call);
    errno = error ? error : before;
    return error ? -1 : result;
}

/* A call of NAME on the descriptor `fd`: what it is declared as, what it is called with, and what it
 * does first. */
#define DESCRIPTOR_CALL(type, name, begin, parameters, arguments, first)                           \
    type __real_##name parameters;                                                                 \
    type __wrap_##name parameters;                                                                 \
    type __wrap_##name parameters {                                                                \
        eddy__libc_call call;                                                                      \
        first;                                                                                     \
        if (is_closing(fd)) return -1;                                                             \
        if (!begin(&call, fd)) return __real_##name arguments;                                     \
        return (type)end(&call, __real_##name arguments);                                          \
    }

#define LOOK if (is_cancelled()) return -1

DESCRIPTOR_CALL(ssize_t, read, begin_waiting, (int fd, void *buffer, size_t size),
                (fd, buffer, size), count_call())
DESCRIPTOR_CALL(ssize_t, recv, begin_waiting, (int fd, void *buffer, size_t size, int flags),
                (fd, buffer, size, flags), LOOK)
DESCRIPTOR_CALL(ssize_t, recvfrom, begin_waiting,
                (int fd, void *buffer, size_t size, int flags, struct sockaddr *from,
                 socklen_t *length),
                (fd, buffer, size, flags, from, length), LOOK)
DESCRIPTOR_CALL(ssize_t, send, begin_waiting, (int fd, const void *data, size_t size, int flags),
                (fd, data, size, flags), LOOK)
DESCRIPTOR_CALL(ssize_t, sendto, begin_waiting,
                (int fd, const void *data, size_t size, int flags, const struct sockaddr *to,
                 socklen_t length),
                (fd, data, size, flags, to, length), LOOK)
DESCRIPTOR_CALL(int, accept, begin_waiting, (int fd, struct sockaddr *peer, socklen_t *length),
                (fd, peer, length), LOOK)
DESCRIPTOR_CALL(int, accept4, begin_waiting,
                (int fd, struct sockaddr *peer, socklen_t *length, int flags),
                (fd, peer, length, flags), LOOK)
DESCRIPTOR_CALL(int, connect, begin_waiting, (int fd, const struct sockaddr *peer, socklen_t length),
                (fd, peer, length), LOOK)

/* What is no connection is written to at once, and making one has been a call that may wait. */
ssize_t __real_write(int fd, const void *data, size_t size);
ssize_t __wrap_write(int fd, const void *data, size_t size);
ssize_t __wrap_write(int fd, const void *data, size_t size) {
    eddy__libc_call call;
    if (is_closing(fd)) return -1;
    if (!begin(&call, fd)) return __real_write(fd, data, size);
    ssize_t put = (ssize_t)end(&call, __real_write(fd, data, size));
    if (call.sent) count_call();
    return put;
}

/* ---- calls of several descriptors, and of none ----------------------------------------------- */

/* libc would poll an empty list, for which the host ends the program. */
static bool waits_for_nothing(const struct pollfd *polled, nfds_t count, int timeout) {
    if (timeout >= 0 || !may_give_way()) return false;
    for (size_t i = 0; i < count; i++)
        if (polled[i].fd >= 0) return false;
    return true;
}

int __real_poll(struct pollfd *polled, nfds_t count, int timeout);
int __wrap_poll(struct pollfd *polled, nfds_t count, int timeout);
int __wrap_poll(struct pollfd *polled, nfds_t count, int timeout) {
    eddy__libc_call call;
    if (is_cancelled()) return -1;
    if (waits_for_nothing(polled, count, timeout)) {
        (void)eddy__sleep(NULL, EDDY_FOREVER);
        errno = ECANCELED;
        return -1;
    }
    for (size_t i = 0; all_closing && i < count; i++)
        if (is_closing(polled[i].fd)) return -1;
    if (!begin_waiting(&call, -1)) return __real_poll(polled, count, timeout);
    call.polled = polled;
    call.polled_count = count;
    return (int)end(&call, __real_poll(polled, count, timeout));
}

int __real_clock_nanosleep(clockid_t clock, int flags, const struct timespec *time,
                           struct timespec *left);
int __wrap_clock_nanosleep(clockid_t clock, int flags, const struct timespec *time,
                           struct timespec *left);
int __wrap_clock_nanosleep(clockid_t clock, int flags, const struct timespec *time,
                           struct timespec *left) {
    eddy__libc_call call;
    /* libc would wait for hundreds of years. */
    if (time->tv_sec < 0 || time->tv_nsec < 0 || time->tv_nsec >= EDDY_S) return EINVAL;
    if (is_cancelled()) {
        if (left && !(flags & TIMER_ABSTIME)) *left = *time;
        return ECANCELED;
    }
    if (!begin_waiting(&call, -1)) return __real_clock_nanosleep(clock, flags, time, left);
    eddy_time start = eddy__host_now();
    int rc = __real_clock_nanosleep(clock, flags, time, left);
    (void)eddy__libc_refuses(); /* nothing is asked of the host after the wait */
    if (end(&call, rc) != -1) return rc;
    if (left && !(flags & TIMER_ABSTIME)) {
        eddy_time rest = (eddy_time)time->tv_sec * EDDY_S + time->tv_nsec -
                         (eddy__host_now() - start);
        if (rest < 1) rest = 1;
        *left = (struct timespec){.tv_sec = rest / EDDY_S, .tv_nsec = (long)(rest % EDDY_S)};
    }
    return errno;
}

int __real_getaddrinfo(const char *host, const char *service, const struct addrinfo *hints,
                       struct addrinfo **found);
int __wrap_getaddrinfo(const char *host, const char *service, const struct addrinfo *hints,
                       struct addrinfo **found);
int __wrap_getaddrinfo(const char *host, const char *service, const struct addrinfo *hints,
                       struct addrinfo **found) {
    eddy__libc_call call;
    if (is_cancelled()) return EAI_SYSTEM;
    if (!begin_waiting(&call, -1)) return __real_getaddrinfo(host, service, hints, found);
    int rc = __real_getaddrinfo(host, service, hints, found);
    return end(&call, rc) == -1 && call.refused ? EAI_SYSTEM : rc;
}

/* ---- stdio ----------------------------------------------------------------------------------- */

/* What reads for stdio waits where there is nothing to read, and gives way nowhere else. */
size_t __real___stdio_read(FILE *file, unsigned char *buffer, size_t size);
size_t __wrap___stdio_read(FILE *file, unsigned char *buffer, size_t size);
size_t __wrap___stdio_read(FILE *file, unsigned char *buffer, size_t size) {
    for_stdio = true;
    size_t got = __real___stdio_read(file, buffer, size);
    for_stdio = false;
    return got;
}

/* What writes for stdio is not made to suspend; a FILE may be a connection's. */
size_t __real___stdio_write(FILE *file, const unsigned char *data, size_t size);
size_t __wrap___stdio_write(FILE *file, const unsigned char *data, size_t size);
size_t __wrap___stdio_write(FILE *file, const unsigned char *data, size_t size) {
    eddy__libc_in_stdio++;
    size_t put = __real___stdio_write(file, data, size);
    eddy__libc_in_stdio--;
    return put;
}
