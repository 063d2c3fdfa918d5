// build: hosts=wasip2
/* libc WHAT PORT: blocking calls of libc in many tasks at once; prints what came of it. */
#include <arpa/inet.h>
#include <eddy.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static uint16_t port;
static size_t inside, most_inside; /* of the calls below: how many tasks are in one at a time */
static eddy_time asked_at[1024];   /* by descriptor */

static void enter(void) {
    if (++inside > most_inside) most_inside = inside;
}

static int connect_to_server(void) {
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0) return -1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0) return fd;
    close(fd);
    return -1;
}

/* ---- ways to wait for the server's answer, which comes 300 ms after the last of the requests ---------- */

static int by_recv(int fd, char *buffer, size_t size) {
    return (int)recv(fd, buffer, size, 0);
}
static int by_read(int fd, char *buffer, size_t size) {
    return (int)read(fd, buffer, size);
}
static int by_poll(int fd, char *buffer, size_t size) {
    struct pollfd asked = {.fd = fd, .events = POLLIN};
    int found = poll(&asked, 1, 50);
    eddy_time took = eddy_now() - asked_at[fd];
    if (took < (found ? 300 : 50) * EDDY_MS) return -2; /* neither a time-out nor an answer so soon */
    if (poll(&asked, 1, -1) != 1 || !(asked.revents & POLLIN)) return -3;
    return by_recv(fd, buffer, size);
}
static int by_select(int fd, char *buffer, size_t size) {
    fd_set set;
    FD_ZERO(&set);
    FD_SET(fd, &set);
    if (select(fd + 1, &set, NULL, NULL, NULL) != 1 || !FD_ISSET(fd, &set)) return -4;
    return by_recv(fd, buffer, size);
}

static int (*const ways[])(int, char *, size_t) = {by_recv, by_read, by_poll, by_select};

static int converse(void *arg) {
    size_t self = *(size_t *)arg;
    int fd = connect_to_server();
    if (fd < 0) return eddy_fail(EDDY_EIO, "connect: %s", strerror(errno));
    char line[32], back[32];
    int size = snprintf(line, sizeof line, "task %zu\n", self);
    asked_at[fd] = eddy_now();
    int rc = send(fd, line, (size_t)size, 0) == size ? 0 : EDDY_EIO;
    if (rc == 0) {
        enter();
        int got = ways[self % 4](fd, back, sizeof back);
        if (got != size || memcmp(line, back, (size_t)size) != 0)
            rc = eddy_fail(EDDY_EIO, "way %zu got %d", self % 4, got);
        inside--;
    }
    close(fd);
    return rc;
}

static int nap(void *arg) {
    (void)arg;
    struct timespec time = {0, 300000000};
    enter();
    int rc = nanosleep(&time, NULL) == 0 && usleep(1000) == 0 ? 0 : EDDY_EIO;
    inside--;
    return rc;
}

static int look_up(void *arg) {
    (void)arg;
    struct addrinfo *found, hints = {.ai_socktype = SOCK_STREAM};
    if (getaddrinfo("localhost", "80", &hints, &found) != 0) return EDDY_EHOSTNOTFOUND;
    freeaddrinfo(found);
    return 0;
}

/* Every other one by eddy's own call. */
static int look_up_one_slowly(size_t self) {
    const char *name = "300.slow.test";
    if (self % 2) {
        char address[1][46];
        int rc = eddy_resolve_host(name, address, 1);
        return rc < 0 ? rc : strcmp(address[0], "127.0.0.1") == 0 ? 0 : EDDY_EIO;
    }
    struct addrinfo *found, hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM};
    if (getaddrinfo(name, "80", &hints, &found) != 0) return EDDY_EHOSTNOTFOUND;
    const struct sockaddr_in *address = (const void *)found->ai_addr;
    bool here = address->sin_addr.s_addr == htonl(INADDR_LOOPBACK);
    freeaddrinfo(found);
    return here ? 0 : EDDY_EIO;
}

static int look_up_slowly(void *arg) {
    enter();
    int rc = look_up_one_slowly(*(size_t *)arg);
    inside--;
    return rc;
}

/* Gives up long before the answer. */
static int look_up_in_vain(void) {
    struct addrinfo *found = NULL, hints = {.ai_socktype = SOCK_STREAM};
    int rc = 0;
    for (int ms = 1500; rc == 0 && ms <= 6000; ms *= 2) { /* a busy machine may be too late for the first */
        char name[20];
        snprintf(name, sizeof name, "%d.slow.test", ms);
        EDDY_SCOPE(limit, .timeout = 20 * EDDY_MS);
        rc = getaddrinfo(name, "80", &hints, &found);
        int error = errno;
        if (rc == 0) freeaddrinfo(found);
        else rc = rc == EAI_SYSTEM && error == ECANCELED ? EDDY_ECANCELED : EDDY_EIO;
        rc = eddy_scope_end(&limit, rc);
    }
    printf("%s\n", rc < 0 ? eddy_errname(rc) : "after the answer");
    fflush(stdout);
    return 0;
}

/* `n` of them, of which `together` are under way at a time. */
static int many(eddy_fn fn, size_t n, size_t together) {
    eddy_future **tasks = calloc(n, sizeof *tasks);
    if (!tasks) return EDDY_ENOMEM;
    for (size_t i = 0; i < n; i++)
        tasks[i] = eddy_spawn_opt(fn, .arg = &i, .arg_size = sizeof i);
    int rc = eddy_gather(tasks, n, NULL);
    eddy_release_all(tasks, n);
    free(tasks);
    if (rc < 0)
        printf("%s: %s\n", eddy_errname(rc), eddy_last_message());
    else
        printf("%zu done, %s\n", n, most_inside >= together ? "side by side" : "one after the other");
    return rc;
}

static int server(void *arg) {
    int fd = *(int *)arg, client = accept(fd, NULL, NULL);
    if (client < 0) return EDDY_EIO;
    char buffer[4096];
    long total = 0, got;
    eddy_time pause = eddy_sleep(100 * EDDY_MS); /* so that the writer must wait */
    while (pause == 0 && (got = read(client, buffer, sizeof buffer)) > 0) total += got;
    close(client);
    return total == 20000000 ? 0 : EDDY_EIO;
}

/* Both ends in one program: each would block the other for ever. */
static int both_ends(void) {
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (bind(fd, (struct sockaddr *)&address, size) < 0 || listen(fd, 5) < 0) return EDDY_EIO;
    getsockname(fd, (struct sockaddr *)&address, &size);
    port = ntohs(address.sin_port);
    eddy_future *task = eddy_spawn(server, &fd);
    int client = connect_to_server();
    enum { SIZE = 20000000 };
    char *much = calloc(1, SIZE);
    long sent = 0, put = 1;
    while (much && sent < SIZE && (put = write(client, much + sent, (size_t)(SIZE - sent))) > 0)
        sent += put;
    close(client);
    int rc = eddy_await(task);
    printf("%ld sent: %s\n", sent, rc < 0 ? eddy_errname(rc) : "ok");
    free(much);
    close(fd);
    return 0;
}

static int tick(void *arg) {
    int *ticks = arg;
    for (;;) {
        int rc = eddy_sleep(5 * EDDY_MS);
        if (rc < 0) return rc;
        if (++*ticks == 1) {
            puts("tick");
            fflush(stdout);
        }
    }
}

/* stdio reads stdin, while another task ticks. */
static int read_lines(void) {
    int ticks = 0, lines = 0;
    eddy_future *ticker = eddy_spawn(tick, &ticks);
    char line[100];
    while (fgets(line, sizeof line, stdin)) lines++;
    int rc = eddy_stop(ticker);
    eddy_release(ticker);
    printf("%d lines\n", lines);
    return rc == EDDY_ECANCELED ? 0 : rc;
}

int eddy_main(int argc, char **argv) {
    const char *what = argc > 1 ? argv[1] : "";
    port = (uint16_t)(argc > 2 ? atoi(argv[2]) : 0);
    if (!strcmp(what, "converse")) return many(converse, 40, 20);
    if (!strcmp(what, "nap")) return many(nap, 100, 25);
    if (!strcmp(what, "look-up")) return many(look_up, 20, 0);
    if (!strcmp(what, "look-up-slowly")) return many(look_up_slowly, 20, 10);
    if (!strcmp(what, "look-up-in-vain")) return look_up_in_vain();
    if (!strcmp(what, "both-ends")) return both_ends();
    if (!strcmp(what, "lines")) return read_lines();
    return eddy_fail(EDDY_EINVAL, "libc: what is \"%s\"?", what);
}
