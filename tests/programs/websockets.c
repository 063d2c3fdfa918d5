/* websockets WHAT URL [N or URL]: one way to use WebSockets each; prints what came of it. */
#include <eddy.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *url, *other_url;
static size_t count;

static void print_error(int rc) {
    const char *message = eddy_last_message();
    printf("%s: %s\n", eddy_errname(rc), *message ? message : "(no text)");
}

/* Prints the next message, or how it ended. Returns its type, 0, or an error. */
static int print_next(eddy_ws *ws) {
    void *data;
    size_t size;
    int type = eddy_ws_receive(ws, &data, &size);
    if (type < 0)
        print_error(type);
    else if (type == 0)
        printf("closed %d '%s'\n", eddy_ws_close_code(ws), eddy_ws_close_reason(ws));
    else if (size < 100)
        printf("%s '%s'\n", type == EDDY_WS_TEXT ? "text" : "bytes", (char *)data);
    else
        printf("%s of %zu\n", type == EDDY_WS_TEXT ? "text" : "bytes", size);
    free(data);
    return type;
}

/* ---- messages ----------------------------------------------------------------------------------------- */

static int expect(eddy_ws *ws, int wanted, const char *bytes, size_t length) {
    void *data;
    size_t size;
    int type = eddy_ws_receive(ws, &data, &size);
    bool same = type == wanted && size == length && memcmp(data, bytes, length + 1) == 0;
    free(data);
    return type < 0 ? type : same ? 0 : EDDY_EIO;
}

/* Sends it, and expects it back. */
static int there_and_back(eddy_ws *ws, eddy_ws_type type, const char *bytes, size_t length) {
    int rc = eddy_ws_send(ws, type, bytes, length);
    return rc < 0 ? rc : expect(ws, (int)type, bytes, length);
}

static int echo(void) {
    eddy_ws *ws;
    int rc = eddy_ws_connect(&ws, url);
    if (rc < 0) return rc;
    size_t size = 1 << 20;
    char *much = malloc(size + 1);
    if (!much) return EDDY_ENOMEM;
    for (size_t i = 0; i < size; i++) much[i] = (char)('a' + i % 26);
    much[size] = 0;
    int results[] = {
        there_and_back(ws, EDDY_WS_TEXT, "h\xc3\xa4llo \xf0\x9f\x8c\x8a", 11),
        there_and_back(ws, EDDY_WS_TEXT, "", 0),
        there_and_back(ws, EDDY_WS_TEXT, "a\0b", 3),
        there_and_back(ws, EDDY_WS_TEXT, "\xef\xbb\xbf", 3),
        there_and_back(ws, EDDY_WS_BYTES, "\xff\0\xfe", 3),
        there_and_back(ws, EDDY_WS_BYTES, "", 0),
        there_and_back(ws, EDDY_WS_TEXT, much, size),
        there_and_back(ws, EDDY_WS_BYTES, much, size),
    };
    for (size_t i = 0; i < sizeof results / sizeof *results; i++)
        printf("%s ", results[i] < 0 ? eddy_errname(results[i]) : "ok");
    free(much);
    printf("'%s'\n", eddy_ws_protocol(ws));
    rc = eddy_ws_send_text(ws, "bad \xff");
    print_error(rc);
    rc = there_and_back(ws, EDDY_WS_TEXT, "after", 5);
    if (rc == 0) rc = eddy_ws_shut(ws, 1000, "done");
    printf("%s %d '%s'\n", rc < 0 ? eddy_errname(rc) : "ok", eddy_ws_close_code(ws), eddy_ws_close_reason(ws));
    print_next(ws);
    printf("%s %s\n", eddy_errname(eddy_ws_send_text(ws, "late")), eddy_errname(eddy_ws_drain(ws)));
    printf("%d\n", eddy_ws_shut(ws, 1000, "again"));
    eddy_ws_close(ws);
    return 0;
}

static int converse(void *arg) {
    char text[40];
    eddy_ws *ws;
    int rc = eddy_ws_connect(&ws, url);
    for (int i = 0; rc == 0 && i < 10; i++) {
        int length = snprintf(text, sizeof text, "%zu says %d", *(size_t *)arg, i);
        rc = there_and_back(ws, EDDY_WS_TEXT, text, (size_t)length);
    }
    if (rc == 0) rc = eddy_ws_shut(ws, 3000 + (int)(*(size_t *)arg % 1000), "");
    eddy_ws_close(ws);
    return rc;
}

static int many(void) {
    eddy_future **tasks = calloc(count, sizeof *tasks);
    if (!tasks) return EDDY_ENOMEM;
    for (size_t i = 0; i < count; i++)
        tasks[i] = eddy_spawn_opt(converse, .arg = &i, .arg_size = sizeof i, .stack = 16384);
    int rc = eddy_gather(tasks, count, NULL);
    eddy_release_all(tasks, count);
    free(tasks);
    printf("%s\n", rc < 0 ? eddy_errname(rc) : "ok");
    return rc < 0 ? rc : 0;
}

/* What the server does, up to its end. */
static int listen_on(void) {
    eddy_ws *ws;
    int rc = eddy_ws_connect(&ws, url, .limit = 1000000);
    if (rc < 0) return rc;
    while ((rc = print_next(ws)) > 0) continue;
    printf("%s", eddy_ws_close_code(ws) == 1006 ? "lost\n" : "");
    rc = eddy_ws_send_text(ws, "too late");
    print_error(rc);
    eddy_ws_close(ws);
    return 0;
}

static int protocols(void) {
    eddy_ws *ws;
    int rc = eddy_ws_connect(&ws, url, .protocols = (const char *[]){"soap", "chat.v2", "chat.v1", NULL});
    if (rc < 0) return rc;
    printf("%s\n", eddy_ws_protocol(ws));
    eddy_ws_close(ws);
    rc = eddy_ws_connect(&ws, url, .protocols = (const char *[]){"a", "a", NULL});
    printf("%s %d\n", eddy_errname(rc), ws != NULL);
    return 0;
}

/* ---- sending to one who does not read -------------------------------------------------------------------- */

static char block[65536];

static int send_block(void *ws) {
    return eddy_ws_send_bytes(ws, block, sizeof block);
}

/* Sends until it has to wait; then the server is told, by another connection, to read on. */
static int slow_server(void) {
    eddy_ws *ws, *control;
    int rc = eddy_ws_connect(&ws, url, .buffered = 1000000);
    if (rc < 0) return rc;
    size_t sent = 0, buffered = 0;
    for (int times = 0; sent < 4000; sent += rc == 0) {
        EDDY_SCOPE(limit, .timeout = 500 * EDDY_MS);
        rc = eddy_scope_end(&limit, eddy_ws_send_bytes(ws, block, sizeof block));
        buffered = eddy_ws_buffered(ws);
        /* A slow machine may have been too slow for a send that need not wait. */
        if (rc < 0 && (rc != EDDY_ETIMEDOUT || buffered >= 1000000 || ++times == 100)) break;
    }
    printf("%s, %s\n", eddy_errname(rc),
           buffered >= 1000000 && buffered < 1000000 + sizeof block + 1000 ? "as much as allowed" : "wrong");
    /* These wait, in order, and the second is given up. */
    eddy_future *tasks[3];
    for (int i = 0; i < 3; i++) {
        block[0] = (char)('0' + i);
        tasks[i] = eddy_spawn(send_block, ws);
        if ((rc = eddy_yield()) < 0 || (rc = eddy_yield()) < 0) return rc;
    }
    eddy_cancel(tasks[1]);
    block[0] = 0;
    rc = eddy_ws_connect(&control, url);
    if (rc == 0) rc = eddy_ws_send_text(control, "go on");
    for (int i = 0; i < 3; i++) printf("%s ", eddy_errname(eddy_join(tasks[i])));
    eddy_release_all(tasks, 3);
    if (rc == 0) rc = eddy_ws_drain(ws);
    printf("%s %zu\n", rc < 0 ? eddy_errname(rc) : "drained", eddy_ws_buffered(ws));
    char text[40];
    snprintf(text, sizeof text, "%zu", sent + 2);
    if (rc == 0) rc = eddy_ws_send_text(ws, text);
    if (rc == 0) rc = print_next(ws);
    eddy_ws_close(ws);
    eddy_ws_close(control);
    return rc < 0 ? rc : 0;
}

/* A server that sends without end, while nobody receives. */
static int slow_client(void) {
    eddy_ws *ws;
    int rc = eddy_ws_connect(&ws, url, .unread = 200000);
    if (rc < 0) return rc;
    for (int i = 0; rc == 0 && i < 300 && (i == 0 || eddy_ws_unread(ws) <= 150000); i++)
        rc = eddy_sleep(200 * EDDY_MS);
    if (rc == 0) rc = eddy_sleep(300 * EDDY_MS); /* to be more, if it were not bounded */
    size_t unread = eddy_ws_unread(ws), total = 0;
    void *data = NULL;
    size_t size;
    while (rc >= 0 && total < 2000000) {
        rc = eddy_ws_receive(ws, &data, &size);
        if (rc <= 0) break;
        free(data);
        total += size;
    }
    printf("%s %s\n", unread > 150000 && unread < 2000000 ? "bounded" : "unbounded",
           rc < 0 ? eddy_errname(rc) : "goes on");
    eddy_ws_close(ws);
    return 0;
}

/* ---- calls that are given up ------------------------------------------------------------------------------- */

static int connect_to(void *to) {
    eddy_ws *ws;
    int rc = eddy_ws_connect(&ws, to);
    eddy_ws_close(ws);
    return rc;
}

/* By another connection the server says that it was asked, and that it was left. */
static int connect_in_vain(void) {
    eddy_ws *control;
    int rc = eddy_ws_connect(&control, other_url);
    if (rc < 0) return rc;
    eddy_future *attempt = eddy_spawn(connect_to, (void *)url);
    if (print_next(control) > 0) eddy_cancel(attempt);
    printf("%s\n", eddy_errname(eddy_await(attempt)));
    rc = print_next(control);
    eddy_ws_close(control);
    EDDY_SCOPE(limit, .timeout = 10 * EDDY_MS);
    printf("%s\n", eddy_errname(eddy_scope_end(&limit, connect_to((void *)url))));
    return rc < 0 ? rc : 0;
}

/* A receive that is given up loses no message. The server sends them when one was. */
static int receive_again(void) {
    eddy_ws *ws;
    int rc = eddy_ws_connect(&ws, url);
    if (rc < 0) return rc;
    int given_up = 0, next = 0;
    eddy_time patience = 1 * EDDY_MS;
    while (next < 100) {
        EDDY_SCOPE(limit, .timeout = patience);
        void *data;
        size_t size;
        rc = eddy_scope_end(&limit, eddy_ws_receive(ws, &data, &size));
        if (rc == EDDY_ETIMEDOUT) {
            if (given_up++ == 0 && (rc = eddy_ws_send_text(ws, "go")) < 0) break;
            patience *= 2; /* a slow machine may need more to get anything */
            continue;
        }
        if (rc <= 0 || atoi(data) != next) break;
        next++;
        patience = 1 * EDDY_MS;
        free(data);
    }
    printf("%d messages, %s\n", next, given_up ? "in spite of it" : "at once");
    eddy_ws_close(ws);
    return 0;
}

static int receive_one(void *ws) {
    void *data;
    size_t size;
    int rc = eddy_ws_receive(ws, &data, &size);
    free(data);
    return rc;
}

/* Two receive; the WebSocket is closed under one. */
static int closed_under(void) {
    eddy_ws *ws;
    int rc = eddy_ws_connect(&ws, url);
    if (rc < 0) return rc;
    eddy_future *task = eddy_spawn(receive_one, ws);
    rc = eddy_sleep(50 * EDDY_MS);
    if (rc < 0) return rc;
    printf("%s ", eddy_errname(receive_one(ws)));
    eddy_ws_close(ws);
    printf("%s\n", eddy_errname(eddy_await(task)));
    return eddy_sleep(200 * EDDY_MS);
}

/* The other end does not answer the closing; with N = 0 it never will, else when it is told to. */
static int shut_in_vain(void) {
    eddy_ws *ws, *control = NULL;
    int rc = eddy_ws_connect(&ws, url);
    if (rc < 0) return rc;
    EDDY_SCOPE(limit, .timeout = 200 * EDDY_MS);
    rc = eddy_scope_end(&limit, eddy_ws_shut(ws, 4001, "bye"));
    printf("%s %d\n", eddy_errname(rc), eddy_ws_close_code(ws));
    rc = count ? eddy_ws_connect(&control, url) : 0;
    if (rc == 0 && count) rc = eddy_ws_shut(ws, 4001, "bye");
    printf("%s %d\n", rc < 0 ? eddy_errname(rc) : "ok", eddy_ws_close_code(ws));
    eddy_ws_close(control);
    eddy_ws_close(ws);
    return 0;
}

/* The run ends with two open WebSockets. */
static int forget(void) {
    eddy_ws *one, *two;
    int rc = eddy_ws_connect(&one, url);
    if (rc == 0) rc = eddy_ws_connect(&two, url);
    if (rc == 0) rc = eddy_ws_send_text(one, "the last");
    printf("%s\n", rc < 0 ? eddy_errname(rc) : "ok");
    return rc;
}

/* A second interrupt ends the run while one connects, one receives, one waits to send, one to be closed. */

static int send_for_ever(void *ws) {
    int rc = 0;
    while (rc >= 0) rc = eddy_ws_send_bytes(ws, block, sizeof block);
    return rc;
}

static int shut(void *ws) {
    return eddy_ws_shut(ws, 4001, "bye");
}

static int connect_halted(void *path) {
    char at[200];
    snprintf(at, sizeof at, "%s%s", url, (char *)path);
    return connect_to(at);
}

static int halted(void) {
    static const struct {
        const char *path;
        eddy_fn fn;
    } waits[] = {{"echo", receive_one}, {"slow", send_for_ever}, {"silent", shut}};
    for (int i = 0; i < 3; i++) {
        char at[200];
        snprintf(at, sizeof at, "%s%s", url, waits[i].path);
        eddy_ws *ws;
        int rc = eddy_ws_connect(&ws, at, .buffered = 1000000);
        if (rc == 0) rc = eddy_go(waits[i].fn, ws);
        if (rc < 0) return rc;
    }
    int rc = eddy_go(connect_halted, "never");
    if (rc == 0 && count) rc = eddy_sleep((eddy_time)count * EDDY_MS);
    if (rc < 0) return rc;
    printf("halted\n");
    fflush(stdout);
    (void)eddy_interrupt();
    (void)eddy_interrupt();
    EDDY_SHIELD(here);
    (void)EDDY_IGNORE(eddy_sleep(EDDY_FOREVER));
    printf("reached\n");
    return 0;
}

/* ---- as a stream --------------------------------------------------------------------------------------------- */

static int stream(void) {
    eddy_ws *ws;
    int rc = eddy_ws_connect(&ws, url);
    if (rc < 0) return rc;
    eddy_stream *s = eddy_ws_stream(ws);
    rc = eddy_write(s, "one\ntw", 6);
    if (rc >= 0) rc = eddy_write(s, "o\nthree", 7);
    if (rc >= 0) rc = eddy_ws_send_text(ws, "");
    if (rc >= 0) rc = eddy_ws_send_text(ws, " and\nfour\nfive");
    char *line;
    size_t length;
    for (int i = 0; rc >= 0 && i < 4; i++) {
        rc = eddy_read_line(s, 100, &line, &length);
        if (rc > 0) printf("%s;", line);
        free(line);
    }
    void *data;
    printf(" %s", eddy_errname(eddy_ws_receive(ws, &data, &length)));
    char rest[5] = "";
    if (rc >= 0) rc = eddy_read_exactly(s, rest, 4);
    printf(" %s", rest);
    if (rc >= 0) rc = eddy_shut(s);
    if (rc >= 0) rc = eddy_read(s, rest, 4);
    printf(" %d %d %s\n", rc, eddy_ws_close_code(ws), eddy_errname(eddy_close(s)));
    eddy_ws_close(ws);
    return 0;
}

/* ---- errors ---------------------------------------------------------------------------------------------------- */

static int refused(void) {
    eddy_ws *ws;
    int rc = eddy_ws_connect(&ws, url);
    printf("%d ", ws != NULL);
    print_error(rc);
    return 0;
}

static int wrong_use(void) {
    eddy_ws *ws;
    void *data;
    size_t size;
    char longest[125];
    memset(longest, 'x', 124);
    longest[124] = 0;
    int bad = 0;
    bad += eddy_ws_connect(&ws, NULL) != EDDY_EINVAL;
    bad += eddy_ws_connect(&ws, "") != EDDY_EINVAL;
    bad += eddy_ws_connect_with(NULL, NULL) != EDDY_EINVAL;
    bad += eddy_ws_connect(&ws, "ws://[") != EDDY_EINVAL || ws || !*eddy_last_message();
    bad += eddy_ws_connect(&ws, "ftp://127.0.0.1/") != EDDY_EINVAL;
    bad += eddy_ws_connect(&ws, url, .protocols = (const char *[]){"a b", NULL}) != EDDY_EINVAL;
    int rc = eddy_ws_connect(&ws, url);
    if (rc < 0) return rc;
    bad += eddy_ws_send(ws, (eddy_ws_type)3, "x", 1) != EDDY_EINVAL;
    bad += eddy_ws_send(ws, EDDY_WS_TEXT, NULL, 1) != EDDY_EINVAL;
    bad += eddy_ws_send_text(ws, NULL) != EDDY_EINVAL;
    bad += eddy_ws_send_text(NULL, "x") != EDDY_EINVAL;
    bad += eddy_ws_receive(ws, NULL, &size) != EDDY_EINVAL;
    bad += eddy_ws_receive(NULL, &data, &size) != EDDY_EINVAL;
    bad += eddy_ws_drain(NULL) != EDDY_EINVAL;
    bad += eddy_ws_shut(NULL, 1000, "") != EDDY_EINVAL;
    bad += eddy_ws_shut(ws, 1001, "") != EDDY_EINVAL;
    bad += eddy_ws_shut(ws, 5000, "") != EDDY_EINVAL;
    bad += eddy_ws_shut(ws, 0, "why") != EDDY_EINVAL;
    bad += eddy_ws_shut(ws, 1000, longest) != EDDY_EINVAL;
    bad += eddy_ws_shut(ws, 1000, "\xff") != EDDY_EINVAL;
    bad += eddy_ws_stream(NULL) != NULL || eddy_ws_close_code(NULL) || eddy_ws_buffered(NULL) ||
           eddy_ws_unread(NULL) || *eddy_ws_close_reason(NULL) || *eddy_ws_protocol(NULL);
    bad += there_and_back(ws, EDDY_WS_TEXT, "still there", 11) != 0;
    bad += eddy_ws_close_code(ws) != 0;
    bad += eddy_ws_shut(ws, 0, NULL) != 0;
    bad += eddy_ws_close_code(ws) != 1005;
    eddy_ws_close(ws);
    eddy_ws_close(NULL);
    printf("%d wrong\n", bad);
    return 0;
}

int eddy_main(int argc, char **argv) {
    static const struct {
        const char *name;
        int (*run)(void);
    } ways[] = {
        {"echo", echo}, {"many", many}, {"listen", listen_on}, {"protocols", protocols},
        {"slow-server", slow_server}, {"slow-client", slow_client}, {"connect-in-vain", connect_in_vain},
        {"receive-again", receive_again}, {"closed-under", closed_under}, {"shut-in-vain", shut_in_vain},
        {"forget", forget}, {"halted", halted}, {"stream", stream}, {"refused", refused}, {"wrong-use", wrong_use},
    };
    const char *what = argc > 1 ? argv[1] : "";
    url = argc > 2 ? argv[2] : "ws://127.0.0.1:1/";
    other_url = argc > 3 ? argv[3] : "";
    count = argc > 3 ? (size_t)atol(argv[3]) : 200;
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        if (!strcmp(ways[i].name, what)) return ways[i].run();
    return eddy_fail(EDDY_EINVAL, "websockets: what is \"%s\"?", what);
}
