// build: hosts=wasip2
/* libc_ends: waits of libc that end before what they wait for: because another task closes or shuts
 * down the descriptor, and because their task is cancelled. Checks itself. */
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

/* ---- connections ----------------------------------------------------------------------------- */

static struct sockaddr_in address = {.sin_family = AF_INET};

static int listener(int backlog) {
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in own = {.sin_family = AF_INET};
    own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof own;
    CHECK(bind(fd, (struct sockaddr *)&own, size) == 0 && listen(fd, backlog) == 0);
    CHECK(getsockname(fd, (struct sockaddr *)&own, &size) == 0);
    address = own;
    return fd;
}

static int connected(void) {
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    CHECK(connect(fd, (struct sockaddr *)&address, sizeof address) == 0);
    return fd;
}

static int pair(int listening, int *other) {
    int fd = connected();
    *other = accept(listening, NULL, NULL);
    CHECK(*other >= 0);
    return fd;
}

/* ---- calls that wait for nothing that ever comes --------------------------------------------- */

static char some[4096];

static int by_read(int fd) {
    return (int)read(fd, some, sizeof some);
}
static int by_recv(int fd) {
    return (int)recv(fd, some, sizeof some, 0);
}
static int by_slow_recv(int fd) { /* with a time-out of libc's own */
    struct timeval limit = {.tv_sec = 3600};
    CHECK(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) == 0);
    return (int)recv(fd, some, sizeof some, 0);
}
static int by_accept(int fd) {
    return accept(fd, NULL, NULL);
}
static int by_poll(int fd) {
    struct pollfd asked = {.fd = fd, .events = POLLIN};
    return poll(&asked, 1, -1);
}
static int by_limited_poll(int fd) {
    struct pollfd asked[2] = {{.fd = -1}, {.fd = fd, .events = POLLIN}};
    return poll(asked, 2, 3600000);
}
static int by_select(int fd) {
    fd_set set;
    FD_ZERO(&set);
    FD_SET(fd, &set);
    return select(fd + 1, &set, NULL, NULL, NULL);
}
static int by_receive(int fd) { /* of a datagram socket */
    return (int)recv(fd, some, sizeof some, 0);
}
static int by_write(int fd) { /* until the other end, which does not read, takes no more */
    static const char much[65536];
    for (;;)
        if (write(fd, much, sizeof much) < 0) return -1;
}

enum kind { CONNECTED, LISTENING, DATAGRAM };

static const struct {
    const char *name;
    int (*call)(int fd);
    enum kind kind;
} calls[] = {
    {"read", by_read, CONNECTED},        {"recv", by_recv, CONNECTED},
    {"recv with a time-out", by_slow_recv, CONNECTED}, {"write", by_write, CONNECTED},
    {"poll", by_poll, CONNECTED},        {"poll with a time-out", by_limited_poll, CONNECTED},
    {"select", by_select, CONNECTED},    {"accept", by_accept, LISTENING},
    {"poll of a listener", by_poll, LISTENING}, {"recv of a datagram", by_receive, DATAGRAM},
};
enum { CALLS = sizeof calls / sizeof *calls };

typedef struct {
    size_t which;
    int fd, other; /* -1: there is no other */
    int result, error, again, error_again;
    int64_t scope_result;
} waiter;

static void open_for(waiter *w) {
    w->other = -1;
    if (calls[w->which].kind == DATAGRAM) {
        struct sockaddr_in own = {.sin_family = AF_INET};
        own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        w->fd = socket(AF_INET, SOCK_DGRAM, 0);
        CHECK(bind(w->fd, (struct sockaddr *)&own, sizeof own) == 0);
        return;
    }
    int fd = listener(5);
    if (calls[w->which].kind == LISTENING) {
        w->fd = fd;
        return;
    }
    w->fd = pair(fd, &w->other);
    CHECK(close(fd) == 0);
}

static void close_rest(waiter *w, bool closed) {
    if (!closed) CHECK(close(w->fd) == 0);
    if (w->other >= 0) CHECK(close(w->other) == 0);
}

static int waits(void *arg) {
    waiter *w = arg;
    errno = 0;
    w->result = calls[w->which].call(w->fd);
    w->error = errno;
    return 0;
}

static void expect(const waiter *w, int error) {
    if (!CHECK(w->result == -1 && w->error == error))
        printf("    %s: %d, %s\n", calls[w->which].name, w->result, strerror(w->error));
}

/* ---- descriptors closed under who waits ------------------------------------------------------ */

static int close_each(void *arg) {
    (void)arg;
    for (size_t i = 0; i < CALLS; i++) {
        waiter first = {.which = i}, second;
        open_for(&first);
        second = first;
        eddy_future *one = eddy_spawn(waits, &first), *two = eddy_spawn(waits, &second);
        CHECK(eddy_sleep(20 * EDDY_MS) == 0);
        CHECK(!eddy_done(one) && !eddy_done(two));
        CHECK(close(first.fd) == 0);
        CHECK(eddy_done(one) && eddy_done(two)); /* they had to leave first */
        expect(&first, EBADF);
        expect(&second, EBADF);
        CHECK(close(first.fd) == -1 && errno == EBADF);
        CHECK(eddy_await(one) == 0 && eddy_await(two) == 0);
        close_rest(&first, true);
    }
    return 0;
}

static int closes(void *arg) {
    return close(*(int *)arg) == 0 ? 0 : -errno;
}

/* The one that is ready has not gone on yet; two close at once; others go on undisturbed. */
static int close_races(void *arg) {
    (void)arg;
    waiter w = {.which = 1}, unharmed = {.which = 0};
    open_for(&w);
    open_for(&unharmed);
    eddy_future *task = eddy_spawn(waits, &w), *other = eddy_spawn(waits, &unharmed);
    CHECK(eddy_sleep(20 * EDDY_MS) == 0);
    int fd = w.fd;
    eddy_future *both[] = {eddy_spawn(closes, &fd), eddy_spawn(closes, &fd)};
    CHECK(write(w.other, "x", 1) == 1);
    CHECK(eddy_gather_all(both, 2, NULL) == 0);
    CHECK((eddy_result(both[0]) == 0) + (eddy_result(both[1]) == 0) == 1);
    CHECK(eddy_result(both[0]) + eddy_result(both[1]) == -EBADF);
    eddy_release_all(both, 2);
    CHECK(eddy_await(task) == 0);
    CHECK(w.result == 1 || (w.result == -1 && w.error == EBADF));
    close_rest(&w, true);
    CHECK(write(unharmed.other, "xyz", 3) == 3);
    CHECK(eddy_await(other) == 0 && unharmed.result == 3);
    close_rest(&unharmed, false);
    return 0;
}

static void close_it(void *arg) {
    CHECK(close(*(int *)arg) == 0);
}

static int close_from_callback(void *arg) {
    (void)arg;
    waiter w = {.which = 0};
    open_for(&w);
    eddy_future *task = eddy_spawn(waits, &w);
    CHECK(eddy_sleep(20 * EDDY_MS) == 0);
    (void)eddy_call_soon(close_it, &w.fd);
    CHECK(eddy_await(task) == 0);
    expect(&w, EBADF);
    CHECK(read(w.fd, some, 1) == -1 && errno == EBADF);
    close_rest(&w, true);
    return 0;
}

static int shut_down(void *arg) {
    (void)arg;
    for (size_t i = 0; i < 2; i++) {
        waiter w = {.which = i};
        open_for(&w);
        eddy_future *task = eddy_spawn(waits, &w);
        CHECK(eddy_sleep(20 * EDDY_MS) == 0);
        CHECK(shutdown(i ? w.fd : w.other, i ? SHUT_RDWR : SHUT_WR) == 0);
        CHECK(eddy_await(task) == 0);
        CHECK(w.result == 0); /* the end of the stream */
        close_rest(&w, false);
    }
    return 0;
}

/* ---- connections that are not accepted ------------------------------------------------------- */

typedef struct {
    int fd, result, error;
} caller;

static int calls_up(void *arg) {
    caller *c = arg;
    c->result = connect(c->fd, (struct sockaddr *)&address, sizeof address);
    c->error = errno;
    return 0;
}

/* More than a queue of one takes: the last of them wait. */
static int connect_ends(void *arg) {
    bool by_closing = arg != NULL;
    enum { MANY = 8 };
    static caller callers[MANY];
    eddy_future *tasks[MANY];
    int fd = listener(1), interrupted = 0;
    for (int i = 0; i < MANY; i++) {
        callers[i] = (caller){.fd = socket(AF_INET, SOCK_STREAM, 0)};
        tasks[i] = eddy_spawn(calls_up, &callers[i]);
    }
    CHECK(eddy_sleep(100 * EDDY_MS) == 0);
    for (int i = 0; i < MANY; i++) {
        bool waits_still = !eddy_done(tasks[i]);
        if (waits_still && by_closing) CHECK(close(callers[i].fd) == 0);
        int rc = by_closing ? eddy_join(tasks[i]) : eddy_stop(tasks[i]);
        CHECK(rc == 0); /* it has returned, if with an error */
        bool ended = callers[i].result == -1 && callers[i].error == (by_closing ? EBADF : ECANCELED);
        CHECK(callers[i].result == 0 || (waits_still && ended));
        interrupted += ended;
        if (!waits_still || !by_closing) CHECK(close(callers[i].fd) == 0);
        eddy_release(tasks[i]);
    }
    CHECK(interrupted > 0);
    CHECK(close(fd) == 0);
    return 0;
}

/* ---- cancellation ---------------------------------------------------------------------------- */

/* Every wait ends at once as long as the task is cancelled. */
static int waits_twice(void *arg) {
    waiter *w = arg;
    (void)waits(w);
    w->again = calls[w->which].call(w->fd);
    w->error_again = errno;
    EDDY_SHIELD(cleanup);
    struct timespec time = {.tv_nsec = 1000000}, left = {0};
    CHECK(nanosleep(&time, NULL) == 0); /* not in here */
    EDDY_SCOPE(limit, .timeout = 1 * EDDY_MS);
    time = (struct timespec){.tv_sec = 3600};
    CHECK(nanosleep(&time, &left) == -1 && errno == ECANCELED);
    CHECK(left.tv_sec > 0 && left.tv_sec <= 3600);
    CHECK(eddy_scope_end(&limit, EDDY_ECANCELED) == EDDY_ETIMEDOUT);
    return eddy_scope_end(&cleanup, 0);
}

static int cancel_each(void *arg) {
    (void)arg;
    for (size_t i = 0; i < CALLS; i++) {
        waiter w = {.which = i};
        open_for(&w);
        eddy_future *task = eddy_spawn(waits_twice, &w);
        CHECK(eddy_sleep(20 * EDDY_MS) == 0);
        CHECK(eddy_stop(task) == 0);
        eddy_release(task);
        expect(&w, ECANCELED);
        CHECK(w.again == -1 && w.error_again == ECANCELED);
        close_rest(&w, false); /* does not wait for what could not be written */
    }
    return 0;
}

static int time_out_each(void *arg) {
    (void)arg;
    for (size_t i = 0; i < CALLS; i++) {
        waiter w = {.which = i};
        open_for(&w);
        EDDY_SCOPE(limit, .timeout = 20 * EDDY_MS);
        (void)waits(&w);
        CHECK(eddy_scope_end(&limit, EDDY_ECANCELED) == EDDY_ETIMEDOUT);
        expect(&w, ECANCELED);
        if (w.other >= 0 && calls[i].call != by_write) { /* it is as good as before */
            CHECK(write(w.other, "abc", 3) == 3);
            CHECK(recv(w.fd, some, sizeof some, 0) == 3 && memcmp(some, "abc", 3) == 0);
        }
        close_rest(&w, false);
    }
    return 0;
}

/* What may be a file's is done in a cancelled task, too, if it need not wait. All else looks first. */
static int works_although_cancelled(void *arg) {
    int *ends = arg;
    struct pollfd writable = {.fd = ends[0], .events = POLLOUT};
    CHECK(eddy_sleep(EDDY_FOREVER) == EDDY_ECANCELED);
    CHECK(write(ends[0], "abc", 3) == 3);
    CHECK(read(ends[1], some, sizeof some) == -1 || !memcmp(some, "abc", 3));
    CHECK(fprintf(stderr, "%s", "") == 0);
    CHECK(send(ends[0], "abc", 3, 0) == -1 && errno == ECANCELED);
    CHECK(poll(&writable, 1, -1) == -1 && errno == ECANCELED);
    struct timespec moment = {.tv_nsec = 1};
    CHECK(clock_nanosleep(CLOCK_MONOTONIC, 0, &moment, NULL) == ECANCELED);
    CHECK(usleep(1) == -1 && errno == ECANCELED);
    CHECK(sleep(3) > 0);
    return 0;
}

static int sleeps_and_names(void *arg) {
    (void)arg;
    int fd = listener(5), ends[2];
    ends[0] = pair(fd, &ends[1]);
    eddy_future *task = eddy_spawn(works_although_cancelled, ends);
    CHECK(eddy_yield() == 0);
    CHECK(eddy_stop(task) == 0);
    eddy_release(task);
    close(ends[0]), close(ends[1]), close(fd);
    return 0;
}

static int looks_up(void *arg) {
    struct addrinfo *found = NULL;
    CHECK(eddy_sleep(EDDY_FOREVER) == EDDY_ECANCELED);
    errno = 0;
    *(int *)arg = getaddrinfo("localhost", "80", NULL, &found);
    return errno;
}

static int cancel_names(void *arg) {
    (void)arg;
    int result = 0;
    eddy_future *task = eddy_spawn(looks_up, &result);
    CHECK(eddy_yield() == 0);
    int error = eddy_stop(task);
    CHECK(result == EAI_SYSTEM && error == ECANCELED);
    eddy_release(task);
    return 0;
}

/* ---- waits for nothing at all ------------------------------------------------------------------- */

static int polls_nothing(void *arg) {
    struct pollfd none[] = {{.fd = -1}, {.fd = -1}};
    int *which = arg;
    int rc = *which == 2 ? select(0, NULL, NULL, NULL, NULL) : poll(none, *which ? 2 : 0, *which ? -7 : -1);
    CHECK(rc == -1);
    return errno;
}

static int wait_for_nothing(void *arg) {
    (void)arg;
    for (int which = 0; which < 3; which++) {
        eddy_future *task = eddy_spawn(polls_nothing, &which);
        CHECK(eddy_sleep(5 * EDDY_MS) == 0 && !eddy_done(task));
        CHECK(eddy_stop(task) == ECANCELED);
        eddy_release(task);
    }
    return 0;
}

/* ---- errno, which is one for all tasks ----------------------------------------------------------- */

static int spoils_errno(void *arg) {
    (void)arg;
    int rc = 0;
    while (rc == 0) {
        CHECK(close(-1) == -1 && errno == EBADF);
        errno = ERANGE;
        rc = eddy_yield();
    }
    return 0;
}

/* It stays a task's own over the waits of libc. */
static int keep_errno(void *arg) {
    (void)arg;
    int fd = listener(5), ends[2];
    ends[0] = pair(fd, &ends[1]);
    struct timeval limit = {.tv_usec = 5000};
    CHECK(setsockopt(ends[0], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) == 0);
    eddy_future *other = eddy_spawn(spoils_errno, NULL);
    for (int i = 0; i < 5; i++) {
        errno = EDOM;
        CHECK(usleep(1000) == 0 && errno == EDOM);
        CHECK(recv(ends[0], some, 1, 0) == -1 && errno == EAGAIN);
    }
    CHECK(eddy_stop(other) == 0);
    eddy_release(other);
    close(ends[0]), close(ends[1]), close(fd);
    return 0;
}

/* ---- calls that always find something to do ---------------------------------------------------- */

enum { BYTES = 2000 };

typedef struct {
    int ends[2], turns, got, error;
    bool done;
} flood;

static int takes_turns(void *arg) {
    flood *f = arg;
    int rc = 0;
    for (; rc == 0 && !f->done; f->turns++) rc = eddy_yield();
    return rc;
}

static int reads_flood(void *arg) {
    flood *f = arg;
    while (f->got < BYTES && read(f->ends[1], some, 1) == 1) f->got++;
    return 0;
}

static int receives_flood(void *arg) {
    flood *f = arg;
    while (f->got < BYTES && recv(f->ends[1], some, 1, 0) == 1) f->got++;
    f->error = errno;
    return 0;
}

/* Of the standard input, which is none of the connections. */
static int reads_nothing(void *arg) {
    flood *f = arg;
    while (f->got < BYTES && read(0, some, 0) == 0) f->got++;
    return 0;
}

static int writes_flood(void *arg) {
    flood *f = arg;
    while (f->got < BYTES && write(f->ends[0], some, 1) == 1) f->got++;
    return 0;
}

/* One of them stops the other, which it would never do if that did not give way. */
static int stops_flood(void *arg) {
    flood *f = arg;
    eddy_future *task = eddy_spawn(receives_flood, f);
    CHECK(eddy_yield() == 0); /* it has begun */
    CHECK(eddy_stop(task) == 0);
    CHECK(f->got > 0 && f->got < BYTES && f->error == ECANCELED);
    eddy_release(task);
    return 0;
}

static int floods(void *arg) {
    (void)arg;
    static const eddy_fn readers[] = {reads_flood, receives_flood, reads_nothing,
                                     writes_flood};
    static const char bytes[2 * BYTES];
    int fd = listener(5);
    flood f = {0};
    f.ends[0] = pair(fd, &f.ends[1]);
    for (size_t i = 0; i < sizeof readers / sizeof *readers; i++) {
        CHECK(write(f.ends[0], bytes, sizeof bytes) == sizeof bytes);
        f.got = f.turns = 0;
        f.done = false;
        eddy_future *other = eddy_spawn(takes_turns, &f);
        CHECK(readers[i](&f) == 0);
        f.done = true;
        CHECK(f.got == BYTES);
        if (!CHECK(f.turns >= BYTES / 256 - 2)) printf("    reader %zu: %d turns\n", i, f.turns);
        CHECK(eddy_await(other) == 0);
    }
    f.got = 0;
    (void)stops_flood(&f);
    close(f.ends[0]), close(f.ends[1]), close(fd);
    return 0;
}

static int fails(void *arg) {
    (void)arg;
    return EDDY_EIO;
}

/* What the runtime itself writes lets nobody in, whoever made it do so. */
static int reports(void *arg) {
    (void)arg;
    enum { MANY = 600 };
    static eddy_future *failed[MANY];
    flood f = {0};
    for (int i = 0; i < MANY; i++) failed[i] = eddy_spawn(fails, NULL);
    eddy_future *other = eddy_spawn(takes_turns, &f);
    CHECK(eddy_yield() == 0);
    int before = f.turns;
    eddy_release_all(failed, MANY); /* nobody has read their errors: a line on stderr for each */
    CHECK(f.turns == before);
    f.done = true;
    CHECK(eddy_await(other) == 0);
    return 0;
}

/* ---- runs that end --------------------------------------------------------------------------- */

/* Main returns while others wait: they are cancelled, and their descriptors still closed by them. */
static int leave_waiting(void *arg) {
    static waiter w[CALLS];
    (void)arg;
    for (size_t i = 0; i < CALLS; i++) {
        w[i] = (waiter){.which = i};
        open_for(&w[i]);
        CHECK(eddy_go(waits, &w[i]) == 0);
    }
    return eddy_sleep(20 * EDDY_MS);
}

static int moment(void *arg) {
    (void)arg;
    return eddy_sleep(5 * EDDY_MS);
}

/* What is still to be sent when it is closed may outlive a run, until the other end is known to be
 * gone. */
static void run(eddy_fn fn, void *arg) {
    CHECK(eddy_run(fn, arg) == 0);
    for (int i = 0; i < 2000 && check_memory.blocks; i++) CHECK(eddy_run(moment, NULL) == 0);
    CHECK(check_memory.blocks == 0);
}

int main(void) {
    CHECK(eddy_set_allocator(check_reallocate, NULL) == 0);
    run(close_each, NULL);
    run(close_races, NULL);
    run(close_from_callback, NULL);
    run(shut_down, NULL);
    int yes = 1;
    run(connect_ends, &yes);
    run(connect_ends, NULL);
    run(cancel_each, NULL);
    run(time_out_each, NULL);
    run(sleeps_and_names, NULL);
    run(cancel_names, NULL);
    run(wait_for_nothing, NULL);
    run(keep_errno, NULL);
    run(floods, NULL);
    run(reports, NULL);
    run(leave_waiting, NULL);
    return check_end();
}
