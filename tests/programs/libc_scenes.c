// build: hosts=wasip2
/* libc_scenes in|out: what libc promises of sleeps, poll, select, sockets and names, in a task beside
 * others, or outside of all tasks, where it blocks as ever. Checks itself.
 * libc_scenes many: more of everything at once than a program has on most days. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

/* ---- tools ----------------------------------------------------------------------------------- */

static int64_t now(void) {
    struct timespec time;
    CHECK(clock_gettime(CLOCK_MONOTONIC, &time) == 0);
    return time.tv_sec * EDDY_S + time.tv_nsec;
}

static void bind_to_loopback(int fd, struct sockaddr_in *address) {
    *address = (struct sockaddr_in){.sin_family = AF_INET};
    address->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof *address;
    CHECK(bind(fd, (struct sockaddr *)address, size) == 0);
    CHECK(getsockname(fd, (struct sockaddr *)address, &size) == 0 && size == sizeof *address);
    CHECK(address->sin_port != 0);
}

static int listener(struct sockaddr_in *address) {
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    bind_to_loopback(fd, address);
    CHECK(listen(fd, 200) == 0);
    return fd;
}

static int connect_to(const struct sockaddr_in *address) {
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    CHECK(connect(fd, (const struct sockaddr *)address, sizeof *address) == 0);
    return fd;
}

static void open_pair(int ends[2]) {
    struct sockaddr_in address, peer;
    socklen_t size = sizeof peer;
    int fd = listener(&address);
    ends[0] = connect_to(&address);
    ends[1] = accept(fd, (struct sockaddr *)&peer, &size);
    CHECK(ends[1] >= 0 && size == sizeof peer && peer.sin_family == AF_INET);
    CHECK(peer.sin_addr.s_addr == htonl(INADDR_LOOPBACK));
    CHECK(close(fd) == 0);
}

static void close_pair(int ends[2]) {
    CHECK(close(ends[0]) == 0 && close(ends[1]) == 0);
}

/* What poll says about one descriptor: its events, 0 for a time-out. */
static int events_of(int fd, short events, int timeout) {
    struct pollfd asked = {.fd = fd, .events = events};
    int found = poll(&asked, 1, timeout);
    CHECK(found == (asked.revents != 0));
    return asked.revents;
}

/* ---- sleeps ---------------------------------------------------------------------------------- */

static void sleeps_scene(void) {
    int64_t start = now();
    struct timespec time = {.tv_nsec = 20000000}, left = {.tv_sec = 7};
    CHECK(nanosleep(&time, &left) == 0);
    CHECK(now() - start >= 20 * EDDY_MS);
    start = now();
    CHECK(usleep(20000) == 0);
    CHECK(now() - start >= 20 * EDDY_MS);
    start = now();
    CHECK(clock_gettime(CLOCK_MONOTONIC, &time) == 0);
    time.tv_nsec += 20000000;
    if (time.tv_nsec >= 1000000000) time.tv_sec++, time.tv_nsec -= 1000000000;
    CHECK(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL) == 0);
    CHECK(now() - start >= 19 * EDDY_MS);
    start = now();
    CHECK(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL) == 0); /* it is over */
    CHECK(sleep(0) == 0);
    static const struct timespec none[] = {{-1, 0}, {0, -1}, {0, 1000000000}};
    for (size_t i = 0; i < 3; i++) CHECK(nanosleep(&none[i], &left) == -1 && errno == EINVAL);
}

/* ---- poll and select ------------------------------------------------------------------------- */

static void poll_scene(void) {
    int64_t start = now();
    CHECK(poll(NULL, 0, 20) == 0);
    CHECK(now() - start >= 20 * EDDY_MS);
    CHECK(poll(NULL, 0, 0) == 0);
    struct pollfd bad = {.fd = 999, .events = POLLIN};
    CHECK(poll(&bad, 1, 0) == -1 && errno == EBADF);
    bad.fd = -1;
    CHECK(poll(&bad, 1, 5) == 0 && bad.revents == 0);

    struct sockaddr_in address;
    int fd = listener(&address);
    CHECK(events_of(fd, POLLIN, 5) == 0);
    int client = connect_to(&address);
    CHECK(events_of(fd, POLLIN, -1) == POLLIN);
    int server = accept(fd, NULL, NULL);
    CHECK(events_of(fd, POLLIN, 0) == 0);
    CHECK(events_of(client, POLLIN | POLLOUT, -1) == POLLOUT);
    CHECK(events_of(client, POLLIN, 5) == 0);
    CHECK(send(server, "abc", 3, 0) == 3);
    CHECK(events_of(client, POLLIN, -1) == POLLIN);
    struct pollfd several[] = {{.fd = server, .events = POLLIN}, {.fd = -1, .events = POLLIN},
                               {.fd = client, .events = POLLIN}, {.fd = fd, .events = POLLIN}};
    CHECK(poll(several, 4, -1) == 1);
    CHECK(!several[0].revents && !several[1].revents && several[2].revents == POLLIN);
    char text[8];
    CHECK(recv(client, text, sizeof text, 0) == 3);
    CHECK(recv(client, text, sizeof text, MSG_DONTWAIT) == -1 && errno == EAGAIN);
    CHECK(close(server) == 0);
    CHECK(events_of(client, POLLIN, -1) & POLLIN); /* its end can be read */
    CHECK(recv(client, text, sizeof text, 0) == 0);
    CHECK(close(client) == 0 && close(fd) == 0);
}

static void select_scene(void) {
    int ends[2];
    open_pair(ends);
    int most = (ends[0] > ends[1] ? ends[0] : ends[1]) + 1;
    fd_set reads, writes;
    FD_ZERO(&reads), FD_ZERO(&writes);
    FD_SET(ends[0], &reads), FD_SET(ends[1], &reads), FD_SET(ends[0], &writes);
    CHECK(select(most, &reads, &writes, NULL, NULL) == 1);
    CHECK(!FD_ISSET(ends[0], &reads) && !FD_ISSET(ends[1], &reads) && FD_ISSET(ends[0], &writes));
    int64_t start = now();
    struct timeval limit = {.tv_usec = 20000};
    FD_ZERO(&reads);
    FD_SET(ends[1], &reads);
    CHECK(select(most, &reads, NULL, NULL, &limit) == 0 && !FD_ISSET(ends[1], &reads));
    CHECK(now() - start >= 20 * EDDY_MS);
    CHECK(write(ends[0], "x", 1) == 1);
    FD_SET(ends[1], &reads);
    limit.tv_sec = 60;
    CHECK(select(most, &reads, NULL, NULL, &limit) == 1 && FD_ISSET(ends[1], &reads));
    close_pair(ends);
}

/* ---- sockets --------------------------------------------------------------------------------- */

static void connections_scene(void) {
    int ends[2];
    open_pair(ends);
    char text[64];
    CHECK(recv(ends[0], text, sizeof text, MSG_DONTWAIT) == -1 && errno == EAGAIN);
    CHECK(fcntl(ends[0], F_SETFL, fcntl(ends[0], F_GETFL) | O_NONBLOCK) == 0);
    CHECK(read(ends[0], text, sizeof text) == -1 && errno == EAGAIN);
    CHECK(fcntl(ends[0], F_SETFL, fcntl(ends[0], F_GETFL) & ~O_NONBLOCK) == 0);
    struct timeval limit = {.tv_usec = 30000};
    CHECK(setsockopt(ends[0], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) == 0);
    int64_t start = now();
    CHECK(recv(ends[0], text, sizeof text, 0) == -1 && errno == EAGAIN);
    CHECK(now() - start >= 30 * EDDY_MS);
    CHECK(send(ends[1], "question", 8, 0) == 8);
    CHECK(recv(ends[0], text, 4, 0) == 4 && !memcmp(text, "ques", 4));
    CHECK(recv(ends[0], text, sizeof text, 0) == 4 && !memcmp(text, "tion", 4));
    CHECK(shutdown(ends[0], SHUT_WR) == 0);
    CHECK(read(ends[1], text, sizeof text) == 0);
    CHECK(write(ends[1], "answer", 6) == 6);
    CHECK(read(ends[0], text, sizeof text) == 6);
    FILE *file = fdopen(ends[1], "w"); /* stdio over a connection */
    CHECK(file && fprintf(file, "line %d\n", 1) == 7 && fflush(file) == 0);
    CHECK(read(ends[0], text, sizeof text) == 7 && !memcmp(text, "line 1\n", 7));
    CHECK(fclose(file) == 0 && close(ends[0]) == 0);
    CHECK(read(ends[0], text, 1) == -1 && errno == EBADF);
}

static void nonblocking_scene(void) {
    struct sockaddr_in address;
    int fd = listener(&address), error = -1;
    socklen_t size = sizeof error;
    int client = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    CHECK(connect(client, (struct sockaddr *)&address, sizeof address) == 0 || errno == EINPROGRESS);
    CHECK(events_of(client, POLLOUT, -1) & POLLOUT);
    CHECK(getsockopt(client, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0);
    CHECK(close(client) == 0 && close(fd) == 0);
    client = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0); /* nobody listens there any more */
    CHECK(connect(client, (struct sockaddr *)&address, sizeof address) == -1);
    CHECK(errno == EINPROGRESS || errno == ECONNREFUSED);
    if (errno == EINPROGRESS) {
        CHECK(events_of(client, POLLOUT, -1) != 0);
        CHECK(getsockopt(client, SOL_SOCKET, SO_ERROR, &error, &size) == 0);
        CHECK(error == ECONNREFUSED);
    }
    CHECK(close(client) == 0);
    client = socket(AF_INET, SOCK_STREAM, 0);
    CHECK(connect(client, (struct sockaddr *)&address, sizeof address) == -1);
    CHECK(errno == ECONNREFUSED);
    CHECK(close(client) == 0);
}

static void datagrams_scene(void) {
    struct sockaddr_in one, other, from;
    int a = socket(AF_INET, SOCK_DGRAM, 0), b = socket(AF_INET, SOCK_DGRAM, 0);
    bind_to_loopback(a, &one);
    bind_to_loopback(b, &other);
    char text[64];
    socklen_t size = sizeof from;
    CHECK(sendto(a, "hello", 5, 0, (struct sockaddr *)&other, sizeof other) == 5);
    CHECK(recvfrom(b, text, sizeof text, 0, (struct sockaddr *)&from, &size) == 5);
    CHECK(!memcmp(text, "hello", 5) && from.sin_port == one.sin_port);
    CHECK(sendto(b, "back", 4, 0, (struct sockaddr *)&from, size) == 4);
    CHECK(events_of(a, POLLIN, -1) == POLLIN);
    CHECK(recv(a, text, sizeof text, 0) == 4 && !memcmp(text, "back", 4));
    CHECK(recv(a, text, sizeof text, MSG_DONTWAIT) == -1 && errno == EAGAIN);
    CHECK(close(a) == 0 && close(b) == 0);
}

static void names_scene(void) {
    struct addrinfo *found = NULL, hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM};
    CHECK(getaddrinfo("localhost", "80", &hints, &found) == 0);
    CHECK(found && found->ai_family == AF_INET);
    const struct sockaddr_in *address = (const void *)found->ai_addr;
    CHECK(address->sin_port == htons(80) && address->sin_addr.s_addr == htonl(INADDR_LOOPBACK));
    freeaddrinfo(found);
    CHECK(getaddrinfo("no-such-host.invalid", "80", &hints, &found) != 0);
}

static int all_scenes(void *arg) {
    (void)arg;
    sleeps_scene();
    poll_scene();
    select_scene();
    connections_scene();
    nonblocking_scene();
    datagrams_scene();
    names_scene();
    return 0;
}

/* ---- in a task: others go on meanwhile ------------------------------------------------------- */

static int ticks;

static int tick(void *arg) {
    (void)arg;
    for (;;) {
        int rc = eddy_sleep(1 * EDDY_MS);
        if (rc < 0) return rc;
        ticks++;
    }
}

static int in_tasks(void *arg) {
    enum { AT_ONCE = 5 };
    eddy_future *ticker = eddy_spawn(tick, arg), *tasks[AT_ONCE];
    for (size_t i = 0; i < AT_ONCE; i++) tasks[i] = eddy_spawn(all_scenes, NULL);
    CHECK(eddy_gather(tasks, AT_ONCE, NULL) == 0);
    eddy_release_all(tasks, AT_ONCE);
    CHECK(eddy_stop(ticker) == EDDY_ECANCELED);
    eddy_release(ticker);
    CHECK(ticks > 2); /* none if one of the calls kept the thread */
    return 0;
}

/* ---- many at once ---------------------------------------------------------------------------- */

enum { SLEEPERS = 5000, POLLED = 5000, DESCRIPTORS = 50, LISTENERS = 200 };

static int naps(void *arg) {
    (void)arg;
    struct timespec time = {.tv_nsec = 200000000};
    return nanosleep(&time, NULL);
}

static int many_sleepers(void *arg) {
    (void)arg;
    eddy_future **tasks = calloc(SLEEPERS, sizeof *tasks);
    for (size_t i = 0; i < SLEEPERS; i++) tasks[i] = eddy_spawn(naps, NULL);
    CHECK(eddy_gather(tasks, SLEEPERS, NULL) == 0);
    eddy_release_all(tasks, SLEEPERS);
    free(tasks);
    return 0;
}

/* One call of poll with a long list; the last of it gets ready, or all of it is closed. */
static int long_list(void *arg) {
    (void)arg;
    struct sockaddr_in address;
    static int sockets[DESCRIPTORS];
    struct pollfd *list = calloc(POLLED, sizeof *list);
    for (size_t i = 0; i < DESCRIPTORS; i++) {
        sockets[i] = socket(AF_INET, SOCK_DGRAM, 0);
        bind_to_loopback(sockets[i], &address);
    }
    for (size_t i = 0; i < POLLED; i++)
        list[i] = (struct pollfd){.fd = sockets[i * DESCRIPTORS / POLLED], .events = POLLIN};
    CHECK(poll(list, POLLED, 10) == 0);
    int other = socket(AF_INET, SOCK_DGRAM, 0);
    CHECK(sendto(other, "x", 1, 0, (struct sockaddr *)&address, sizeof address) == 1);
    CHECK(poll(list, POLLED, -1) == POLLED / DESCRIPTORS);
    CHECK(!list[0].revents && list[POLLED - 1].revents == POLLIN);
    close(other);
    for (size_t i = 0; i < DESCRIPTORS; i++) close(sockets[i]);
    free(list);
    return 0;
}

static int answers(void *arg) {
    int fd = *(int *)arg, client = accept(fd, NULL, NULL);
    char text[16];
    ssize_t size = read(client, text, sizeof text);
    CHECK(size == 3 && write(client, text, (size_t)size) == size);
    CHECK(close(client) == 0 && close(fd) == 0);
    return 0;
}

static int asks(void *arg) {
    const struct sockaddr_in *address = arg;
    int fd = connect_to(address);
    char text[16];
    CHECK(write(fd, "abc", 3) == 3 && read(fd, text, sizeof text) == 3);
    CHECK(read(fd, text, sizeof text) == 0);
    CHECK(close(fd) == 0);
    return 0;
}

static int many_listeners(void *arg) {
    (void)arg;
    static struct sockaddr_in addresses[LISTENERS];
    eddy_future *tasks[2 * LISTENERS];
    for (size_t i = 0; i < LISTENERS; i++) {
        int fd = listener(&addresses[i]);
        tasks[i] = eddy_spawn_opt(answers, .arg = &fd, .arg_size = sizeof fd);
    }
    for (size_t i = 0; i < LISTENERS; i++) tasks[LISTENERS + i] = eddy_spawn(asks, &addresses[i]);
    CHECK(eddy_gather(tasks, 2 * LISTENERS, NULL) == 0);
    eddy_release_all(tasks, 2 * LISTENERS);
    return 0;
}

static int many(void *arg) {
    CHECK(many_sleepers(arg) == 0);
    CHECK(many_listeners(arg) == 0);
    eddy_future *task = eddy_spawn_opt(long_list, .stack = 1 << 20); /* libc's list is on the stack */
    return eddy_await(task);
}

int main(int argc, char **argv) {
    const char *what = argc > 1 ? argv[1] : "";
    CHECK(eddy_set_allocator(check_reallocate, NULL) == 0);
    if (!strcmp(what, "out"))
        CHECK(all_scenes(NULL) == 0);
    else
        check_run(!strcmp(what, "many") ? many : in_tasks);
    return check_end();
}
