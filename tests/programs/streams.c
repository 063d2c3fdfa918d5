/* streams WHAT [ARGUMENT…]: one way to use connections and streams each; prints what came of it. */
#include <eddy.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *host = "127.0.0.1";
static uint16_t port;
static size_t number;

static void print_error(const char *where, int rc) {
    const char *message = eddy_last_message();
    printf("%s: %s%s\n", where, eddy_errname(rc), *message ? ", with a text" : "");
}

/* Byte `i` of what is sent. */
static char letter(size_t i) {
    return (char)('a' + i % 23);
}

/* ---- with a server of the test's ---------------------------------------------------------------- */

/* Sends lines and reads them back. */
static int echo_one(void *arg) {
    size_t self = *(size_t *)arg;
    eddy_stream *s;
    int rc = eddy_connect(&s, host, port);
    if (rc < 0) return rc;
    for (int i = 0; rc >= 0 && i < 3; i++) {
        char line[40], *back = NULL;
        size_t length = 0;
        int size = snprintf(line, sizeof line, "task %zu, line %d\n", self, i);
        rc = eddy_write(s, line, (size_t)size);
        if (rc >= 0) rc = eddy_read_line(s, 100, &back, &length);
        if (rc > 0 && (length != (size_t)size - 1 || memcmp(line, back, length) != 0)) rc = EDDY_EIO;
        free(back);
    }
    int closed = eddy_close(s);
    return rc < 0 ? rc : closed;
}

static int echo(void) {
    eddy_future **tasks = calloc(number, sizeof *tasks);
    int *results = calloc(number, sizeof *results);
    if (!tasks || !results) return EDDY_ENOMEM;
    for (size_t i = 0; i < number; i++)
        tasks[i] = eddy_spawn_opt(echo_one, .arg = &i, .arg_size = sizeof i);
    int rc = eddy_gather_all(tasks, number, results);
    size_t good = 0;
    for (size_t i = 0; i < number; i++) {
        if (results[i] == 0)
            good++;
        else
            printf("%s: %s\n", eddy_errname(results[i]), eddy_message(tasks[i]));
    }
    eddy_release_all(tasks, number);
    free(tasks);
    free(results);
    printf("%zu of %zu\n", good, number);
    return rc;
}

static int write_pattern(void *arg) {
    eddy_stream *s = arg;
    enum { PART = 10007 };
    char *part = malloc(PART);
    int rc = part ? 0 : EDDY_ENOMEM;
    for (size_t sent = 0; rc >= 0 && sent < number; sent += PART) {
        size_t size = number - sent < PART ? number - sent : PART;
        for (size_t i = 0; i < size; i++) part[i] = letter(sent + i);
        rc = eddy_write(s, part, size);
    }
    if (rc >= 0) rc = eddy_shut(s);
    if (rc >= 0) rc = eddy_shut(s);
    free(part);
    return rc;
}

/* Sends `number` bytes and, at the same time, reads them back up to the end. */
static int both_ways(void) {
    eddy_stream *s;
    int rc = eddy_connect(&s, host, port);
    if (rc < 0) return rc;
    eddy_future *writer = eddy_spawn(write_pattern, s);
    size_t total = 0, wrong = 0;
    char buffer[5000];
    while ((rc = eddy_read(s, buffer, sizeof buffer)) > 0)
        for (int i = 0; i < rc; i++) wrong += buffer[i] != letter(total++);
    int wrote = eddy_await(writer);
    int after = eddy_write(s, "x", 1);
    int closed = eddy_close(s);
    printf("%zu bytes, %zu wrong\n", total, wrong);
    printf("%s %s %s\n", wrote < 0 ? eddy_errname(wrote) : "ok", eddy_errname(after),
           closed < 0 ? eddy_errname(closed) : "ok");
    return rc;
}

/* Begins when the writer waits. */
static int end_soon(void *scope) {
    int rc = eddy_sleep(300 * EDDY_MS);
    return rc < 0 ? rc : eddy_scope_reschedule(scope, eddy_now());
}

/* Nobody reads at the other end: the write waits for room, and is given up. */
static int stalled(void) {
    eddy_stream *s;
    int rc = eddy_connect(&s, host, port);
    if (rc < 0) return rc;
    size_t size = 64u << 20;
    char *much = calloc(1, size);
    EDDY_SCOPE(limit, .timeout = 100 * EDDY_S);
    eddy_future *task = eddy_spawn(end_soon, &limit);
    rc = much ? eddy_write(s, much, size) : EDDY_ENOMEM;
    bool cancelled = rc == EDDY_ECANCELED;
    rc = eddy_scope_end(&limit, rc);
    printf("%s %s\n", cancelled ? "cancelled" : "not", eddy_errname(rc));
    printf("%s\n", eddy_errname(eddy_write(s, "x", 1)));
    rc = eddy_await(task);
    free(much);
    EDDY_IGNORE(eddy_close(s));
    return rc;
}

/* `says`: when it has read something, and the other end may go on. */
static int read_until_error(bool says) {
    eddy_stream *s;
    int rc = eddy_connect(&s, host, port);
    if (rc < 0) {
        print_error("connect", rc);
        return 0;
    }
    char buffer[1000];
    size_t total = 0;
    bool said = false;
    while ((rc = eddy_read(s, buffer, sizeof buffer)) > 0) {
        total += (size_t)rc;
        if (says && !said && (rc = eddy_write(s, "go on", 5)) < 0) break;
        said = says;
    }
    printf("%zu bytes\n", total);
    if (rc < 0) print_error("read", rc);
    rc = eddy_close(s);
    return said ? 0 : rc; /* what it said may be lost with the connection */
}

/* A read that waits is given up, one that waits sees the stream closed. */
static int read_it(void *arg) {
    char byte;
    return eddy_read(arg, &byte, 1);
}

static int waiting_reads(void) {
    eddy_stream *s;
    int rc = eddy_connect(&s, host, port);
    if (rc < 0) return rc;
    int late = eddy_timeout(50 * EDDY_MS, read_it, s);
    eddy_future *reader = eddy_spawn(read_it, s);
    rc = eddy_sleep(50 * EDDY_MS);
    char byte;
    int second = eddy_read(s, &byte, 1);
    int closed = eddy_close(s);
    int read = eddy_await(reader);
    printf("%s %s %s %s\n", eddy_errname(late), eddy_errname(second),
           closed < 0 ? eddy_errname(closed) : "ok", eddy_errname(read));
    return rc;
}

static int connect_task(void *arg) {
    (void)arg;
    eddy_stream *s;
    int rc = eddy_connect(&s, host, port);
    if (rc == 0) rc = eddy_close(s);
    return rc;
}

static int cancelled_connect(void) {
    eddy_future *task = eddy_spawn(connect_task, NULL);
    int rc = eddy_yield();
    eddy_cancel(task);
    int got = eddy_await(task);
    printf("%s\n", got < 0 ? eddy_errname(got) : "ok");
    return rc;
}

/* ---- a server here --------------------------------------------------------------------------------- */

static int answer(void *arg) {
    eddy_stream *s = arg;
    char *line = NULL;
    size_t length;
    int rc = eddy_read_line(s, 100, &line, &length);
    if (rc > 0) rc = eddy_write(s, line, length);
    free(line);
    int closed = eddy_close(s);
    return rc < 0 ? rc : closed;
}

static int serve(void *arg) {
    EDDY_GROUP(connections, .supervisor = true);
    int rc = 0;
    for (size_t i = 0; i < number; i++) {
        eddy_stream *s;
        rc = eddy_accept(arg, &s);
        if (rc < 0) break;
        eddy_release(eddy_spawn(answer, s));
    }
    return eddy_group_end(&connections, rc);
}

static int ask(void *arg) {
    size_t self = *(size_t *)arg;
    eddy_stream *s;
    int rc = eddy_connect(&s, host, port);
    if (rc < 0) return rc;
    char line[40], back[60];
    int size = snprintf(line, sizeof line, "client %zu\r\n", self);
    rc = eddy_write(s, line, (size_t)size);
    if (rc >= 0) rc = eddy_shut(s);
    if (rc >= 0) rc = eddy_read_exactly(s, back, (size_t)size - 2);
    if (rc >= 0 && memcmp(line, back, (size_t)rc) != 0) rc = EDDY_EIO;
    if (rc >= 0) rc = eddy_read(s, back, 1);
    int closed = eddy_close(s);
    return rc < 0 ? rc : closed;
}

static int server_and_clients(void) {
    eddy_listener *l;
    int rc = eddy_listen(&l, host, 0);
    if (rc < 0) return rc;
    port = eddy_listener_port(l);
    eddy_future *server = eddy_spawn(serve, l);
    eddy_future **tasks = calloc(number, sizeof *tasks);
    if (!tasks || !server) return EDDY_ENOMEM;
    for (size_t i = 0; i < number; i++)
        tasks[i] = eddy_spawn_opt(ask, .arg = &i, .arg_size = sizeof i);
    rc = eddy_gather(tasks, number, NULL);
    if (rc < 0) print_error("clients", rc);
    int served = eddy_await(server);
    eddy_release_all(tasks, number);
    free(tasks);
    eddy_listener_close(l);
    printf("%zu answers, %s\n", number, served < 0 ? eddy_errname(served) : "ok");
    return rc;
}

static int accept_it(void *arg) {
    eddy_stream *s;
    int rc = eddy_accept(arg, &s);
    if (rc == 0) rc = eddy_close(s);
    return rc;
}

/* An accept is given up, another sees the listener closed; a port that is taken. */
static int listeners(void) {
    eddy_listener *l, *other;
    int rc = eddy_listen(&l, host, 0);
    if (rc < 0) return rc;
    port = eddy_listener_port(l);
    int taken = eddy_listen(&other, host, port);
    int late = eddy_timeout(50 * EDDY_MS, accept_it, l);
    int connected = connect_task(NULL);
    int accepted = accept_it(l);
    eddy_future *waits = eddy_spawn(accept_it, l);
    rc = eddy_sleep(20 * EDDY_MS);
    int second = accept_it(l);
    eddy_listener_close(l);
    int closed = eddy_await(waits);
    printf("%s %s %d %d %s %s\n", eddy_errname(taken), eddy_errname(late), connected, accepted,
           eddy_errname(second), eddy_errname(closed));
    return rc;
}

/* ---- names ---------------------------------------------------------------------------------------------- */

static int resolve(const char *name) {
    char found[4][46];
    int rc = eddy_resolve_host(name, found, 4);
    if (rc < 0) {
        print_error("resolve", rc);
        return 0;
    }
    bool loopback = false;
    for (int i = 0; i < rc && i < 4; i++)
        loopback = loopback || !strcmp(found[i], "127.0.0.1") || !strcmp(found[i], "::1");
    printf("%s\n", loopback ? "loopback" : found[0]);
    return 0;
}

/* ---- stdin ------------------------------------------------------------------------------------------------ */

static int tick(void *arg) {
    size_t *ticks = arg;
    for (;;) {
        int rc = eddy_sleep(5 * EDDY_MS);
        if (rc < 0) return rc;
        if (++*ticks == 1) {
            puts("tick");
            fflush(stdout);
        }
    }
}

static int read_stdin(void) {
    size_t ticks = 0, total = 0, lines = 0;
    eddy_future *ticker = eddy_spawn(tick, &ticks);
    eddy_stream *input = eddy_stdin();
    char *line;
    size_t length;
    int rc;
    while ((rc = eddy_read_line(input, 1 << 20, &line, &length)) > 0) {
        lines++;
        total += length;
        free(line);
    }
    printf("%zu lines, %zu bytes, %s\n", lines, total, rc < 0 ? eddy_errname(rc) : "end");
    printf("%s\n", eddy_errname(eddy_close(input)));
    rc = eddy_stop(ticker);
    eddy_release(ticker);
    return rc == EDDY_ECANCELED ? 0 : rc;
}

/* ---- misuse ------------------------------------------------------------------------------------------------ */

static int wrong_use(void) {
    eddy_stream *s;
    eddy_listener *l;
    char found[1][46];
    int codes[] = {
        eddy_connect(&s, NULL, 1),      eddy_connect(&s, "", 1),
        eddy_connect(&s, host, 0),      eddy_connect(NULL, host, 1),
        eddy_listen(NULL, host, 0),     eddy_accept(NULL, &s),
        eddy_resolve_host(NULL, found, 1), eddy_resolve_host(host, NULL, 1),
        eddy_write(NULL, "x", 1),       eddy_drain(NULL),
        eddy_shut(NULL),                eddy_read(NULL, found, 1),
        eddy_listen(&l, "no such address", 0) < 0 ? EDDY_EINVAL : 0,
    };
    size_t right = 0;
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) right += codes[i] == EDDY_EINVAL;
    eddy_listener_close(NULL);
    printf("%zu of %zu, %d\n", right, sizeof codes / sizeof *codes, eddy_close(NULL));
    return 0;
}

int eddy_main(int argc, char **argv) {
    const char *what = argc > 1 ? argv[1] : "";
    const char *argument = argc > 2 ? argv[2] : "";
    port = (uint16_t)atoi(argument);
    number = (size_t)(argc > 3 ? atol(argv[3]) : 1);
    if (!strcmp(what, "echo")) return echo();
    if (!strcmp(what, "both-ways")) return both_ways();
    if (!strcmp(what, "stalled")) return stalled();
    if (!strcmp(what, "read")) return read_until_error(false);
    if (!strcmp(what, "read-and-say")) return read_until_error(true);
    if (!strcmp(what, "waiting-reads")) return waiting_reads();
    if (!strcmp(what, "cancelled-connect")) return cancelled_connect();
    if (!strcmp(what, "server")) return server_and_clients();
    if (!strcmp(what, "listeners")) return listeners();
    if (!strcmp(what, "resolve")) return resolve(argument);
    if (!strcmp(what, "stdin")) return read_stdin();
    if (!strcmp(what, "wrong-use")) return wrong_use();
    return eddy_fail(EDDY_EINVAL, "streams: what is \"%s\"?", what);
}
