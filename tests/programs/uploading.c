/* uploading WHAT URL [N]: requests whose body is a stream; prints what came of each. */
#include "ask.h"
#include "check.h"

static const char *url;

static void print_result(const char *what, int rc) {
    printf("%s%s", what, eddy_errname(rc));
    if (rc < 0) printf(": %s", *eddy_last_message() ? eddy_last_message() : "(no text)");
    printf("\n");
}

/* ---- a stream of our own -------------------------------------------------------------------------- */

typedef struct source {
    eddy_stream *reader, *writer;
    size_t size;         /* of what is to be written */
    size_t sent;         /* of that: what the pipe has taken */
    int fails;           /* < 0: how it ends in place of the end */
    eddy_future *task;
} source;

/* No two stretches of it are alike. */
static char byte_at(size_t at) {
    uint32_t mixed = (uint32_t)at * 2654435761u;
    return (char)(mixed >> 24);
}

static int fill(void *arg) {
    source *s = arg;
    char piece[10000];
    while (s->sent < s->size) {
        size_t part = s->size - s->sent;
        if (part > sizeof piece) part = sizeof piece;
        for (size_t i = 0; i < part; i++) piece[i] = byte_at(s->sent + i);
        int rc = eddy_write(s->writer, piece, part);
        if (rc < 0) return rc;
        s->sent += part;
    }
    if (s->fails) return eddy_pipe_fail(s->writer, s->fails, "the disk is gone");
    return eddy_shut(s->writer);
}

static int source_begin(source *s, size_t size, int fails) {
    *s = (source){.size = size, .fails = fails};
    int rc = eddy_pipe(&s->reader, &s->writer, 0);
    if (rc < 0) return rc;
    s->task = eddy_spawn(fill, s);
    return s->task ? 0 : EDDY_ENOMEM;
}

static void source_end(source *s) {
    (void)EDDY_IGNORE(eddy_stop(s->task));
    eddy_release(s->task);
    eddy_close(s->reader);
    eddy_close(s->writer);
}

static int print_answer(eddy_response *r) {
    void *data;
    size_t size;
    int rc = eddy_response_bytes(r, 1000, &data, &size);
    if (rc < 0) return rc;
    printf("%d %s\n", eddy_response_status(r), (char *)data);
    free(data);
    return 0;
}

static int put(eddy_response **r, eddy_stream *body) {
    return eddy_fetch(r, url, .method = "PUT", .body_stream = body);
}

/* Sends a source, and prints what is answered. */
static int send(source *s) {
    eddy_response *r;
    int rc = put(&r, s->reader);
    if (rc < 0) {
        print_result("fetch: ", rc);
        return 0;
    }
    rc = print_answer(r);
    if (rc < 0) print_result("body: ", rc);
    eddy_response_close(r);
    return 0;
}

static int plain(size_t size) {
    source s;
    int rc = source_begin(&s, size, 0);
    if (rc == 0) rc = send(&s);
    source_end(&s);
    return rc;
}

static int failing(size_t size) {
    source s;
    int rc = source_begin(&s, size, E1);
    if (rc == 0) rc = send(&s);
    source_end(&s);
    return rc < 0 || size == 0 ? rc : ask_server(url, "left");
}

static int with_length(size_t size) {
    source s;
    char length[30];
    snprintf(length, sizeof length, "%zu", size);
    int rc = source_begin(&s, size, 0);
    eddy_response *r;
    if (rc == 0)
        rc = eddy_fetch(&r, url, .method = "PUT", .body_stream = s.reader,
                        .headers = (const char *[]){"content-length", length, NULL});
    if (rc == 0) {
        rc = print_answer(r);
        eddy_response_close(r);
    }
    source_end(&s);
    return rc;
}

/* What another server sends is sent on as it comes. */
static int passed_on(const char *from) {
    eddy_response *other, *r;
    int rc = eddy_fetch(&other, from);
    if (rc < 0) return rc;
    rc = put(&r, eddy_response_body(other));
    if (rc == 0) {
        rc = print_answer(r);
        eddy_response_close(r);
    }
    eddy_response_close(other);
    return rc;
}

/* An answer that begins before the body has ended, and depends on it. */
static int both_ways(void) {
    eddy_stream *reader, *writer;
    int rc = eddy_pipe(&reader, &writer, 100);
    eddy_response *r = NULL;
    if (rc == 0) rc = eddy_write(writer, "first\n", 6);
    if (rc >= 0) rc = put(&r, reader);
    for (int i = 0; rc >= 0 && i < 5; i++) {
        char *line = NULL;
        size_t length;
        rc = eddy_read_line(eddy_response_body(r), 100, &line, &length);
        if (rc <= 0) break;
        printf("%s\n", line);
        free(line);
        char next[20];
        snprintf(next, sizeof next, "line %d\n", i);
        rc = i < 4 ? eddy_write(writer, next, strlen(next)) : eddy_shut(writer);
    }
    char rest[10];
    if (rc >= 0) rc = eddy_read(eddy_response_body(r), rest, sizeof rest);
    if (rc == 0) printf("end\n");
    eddy_response_close(r);
    eddy_close(reader);
    eddy_close(writer);
    return rc;
}

/* The answer's headers are there, the source fails then: reading on fails. */
static int fails_late(void) {
    eddy_stream *reader, *writer;
    int rc = eddy_pipe(&reader, &writer, 100);
    eddy_response *r = NULL;
    char bytes[10];
    if (rc == 0) rc = eddy_write(writer, "first\n", 6);
    if (rc >= 0) rc = put(&r, reader);
    if (rc >= 0) rc = eddy_read_exactly(eddy_response_body(r), bytes, 6);
    if (rc >= 0) rc = eddy_pipe_fail(writer, E1, "the disk is gone");
    if (rc >= 0) print_result("body: ", eddy_read(eddy_response_body(r), bytes, sizeof bytes));
    eddy_response_close(r);
    eddy_close(reader);
    eddy_close(writer);
    return rc < 0 ? rc : ask_server(url, "left");
}

typedef struct {
    source *s;
    eddy_scope *limit;
} mover;

/* Moves a deadline near when some was sent, and then no more. */
static int move_near(void *arg) {
    mover *m = arg;
    int rc = ask_server(url, "asked");
    for (size_t sent = 0; rc == 0 && (m->s->sent <= 65536 || m->s->sent != sent);) {
        sent = m->s->sent;
        rc = eddy_sleep(300 * EDDY_MS);
    }
    return rc < 0 ? rc : eddy_scope_reschedule(m->limit, eddy_now());
}

/* Nobody takes what is sent: the writer waits, too; then the deadline comes. */
static int stuck(void) {
    source s;
    int rc = source_begin(&s, (size_t)1 << 30, 0);
    if (rc < 0) return rc;
    EDDY_SCOPE(limit, .timeout = 60 * EDDY_S);
    eddy_future *task = eddy_spawn(move_near, &(mover){&s, &limit});
    eddy_response *r;
    rc = eddy_scope_end(&limit, put(&r, s.reader));
    printf("%s, %s\n", eddy_errname(rc), s.sent > 65536 && s.sent < 64000000 ? "some was sent" : "?");
    rc = eddy_await(task);
    source_end(&s);
    return rc < 0 ? rc : ask_server(url, "left");
}

static int put_it(void *arg) {
    source *s = arg;
    eddy_response *r;
    int rc = put(&r, s->reader);
    if (rc == 0) eddy_response_close(r);
    return rc;
}

/* How much of a body the server says it has taken. */
static long taken(void) {
    char question[400];
    const char *path = strstr(url, "/slowly");
    if (!path) return eddy_fail(EDDY_EINVAL, "not a URL of /slowly");
    snprintf(question, sizeof question, "%.*s/taken", (int)(path - url), url);
    eddy_response *r;
    int rc = eddy_fetch(&r, question);
    if (rc < 0) return rc;
    void *data = NULL;
    size_t size;
    rc = eddy_response_bytes(r, 100, &data, &size);
    long bytes = rc < 0 ? rc : atol(data);
    free(data);
    eddy_response_close(r);
    return bytes;
}

static int send_it(void *arg) { return send(arg); }

/* What was written and the server has not taken is somebody's memory. */
static int slowly(size_t size) {
    source s;
    int rc = source_begin(&s, size, 0);
    eddy_future *task = eddy_spawn(send_it, &s);
    long most = 0;
    while (rc == 0 && !eddy_done(task)) {
        long sent = (long)s.sent, there = taken();
        if (there < 0) rc = (int)there;
        else if (sent - there > most) most = sent - there;
    }
    if (rc == 0) rc = eddy_await(task);
    else eddy_release(task);
    if (rc == 0) printf("%ld KiB ahead\n", most / 1024);
    source_end(&s);
    return rc;
}

/* `asked`: when the server has it. */
static int cancel_one(bool asked, eddy_time after) {
    source s;
    int rc = source_begin(&s, (size_t)1 << 30, 0);
    eddy_future *task = eddy_spawn(put_it, &s);
    if (rc == 0 && asked) rc = ask_server(url, "asked");
    if (rc == 0) rc = eddy_sleep(after);
    if (rc == 0) rc = eddy_stop(task);
    eddy_release(task);
    source_end(&s);
    return rc;
}

static int cancelled(void) {
    printf("%s\n", eddy_errname(cancel_one(true, 100 * EDDY_MS)));
    return ask_server(url, "left");
}

/* At every moment of a request; whatever they held is free again. */
static int many_cancelled(size_t n) {
    long blocks = 0;
    size_t good = 0;
    for (size_t i = 0; i < n; i++) {
        if (i == n / 2) blocks = check_memory.blocks;
        int rc = cancel_one(false, (eddy_time)(i % 10) * EDDY_MS);
        good += rc == EDDY_ECANCELED;
    }
    int rc = 0; /* the host takes its time to let go of them */
    for (int i = 0; rc == 0 && i < 600 && (i < 3 || check_memory.blocks > blocks + 2); i++)
        rc = eddy_sleep(100 * EDDY_MS);
    printf("%zu cancelled, %s\n", good, check_memory.blocks <= blocks + 2 ? "nothing left" : "leaks");
    if (!blocks) return eddy_fail(EDDY_EINVAL, "memory was not counted");
    return rc;
}

/* What could not be sent was not read either. */
static int refused(void) {
    eddy_stream *reader, *writer;
    eddy_response *r;
    int rc = eddy_pipe(&reader, &writer, 100);
    if (rc == 0) rc = eddy_write(writer, "abc", 3);
    if (rc >= 0) rc = eddy_shut(writer);
    if (rc < 0) return rc;
    rc = put(&r, reader);
    printf("%s", rc < 0 ? "failed, " : "?, ");
    char bytes[10];
    rc = eddy_read(reader, bytes, sizeof bytes);
    printf("%d bytes left\n", rc);
    eddy_close(reader);
    eddy_close(writer);
    return rc < 0 ? rc : 0;
}

static int wrong_use(void) {
    eddy_stream *reader, *writer;
    eddy_response *r;
    int rc = eddy_pipe(&reader, &writer, 100);
    if (rc < 0) return rc;
    print_result("", eddy_fetch(&r, url, .method = "PUT", .body_stream = writer));
    print_result("", eddy_fetch(&r, url, .method = "PUT", .body_stream = reader, .body = "x"));
    rc = eddy_fetch(&r, url, .body_stream = reader);
    printf("%s\n", rc < 0 && *eddy_last_message() ? eddy_errname(rc) : "?");
    eddy_close(reader);
    eddy_close(writer);
    return 0;
}

/* Before the run. */
__attribute__((constructor)) static void count_memory(void) {
    (void)eddy_set_allocator(check_reallocate, NULL);
}

int eddy_main(int argc, char **argv) {
    const char *what = argc > 1 ? argv[1] : "";
    url = argc > 2 ? argv[2] : "http://127.0.0.1:1/";
    const char *more = argc > 3 ? argv[3] : "1000000";
    if (!strcmp(what, "plain")) return plain((size_t)atol(more));
    if (!strcmp(what, "failing")) return failing((size_t)atol(more));
    if (!strcmp(what, "with-length")) return with_length((size_t)atol(more));
    if (!strcmp(what, "passed-on")) return passed_on(more);
    if (!strcmp(what, "both-ways")) return both_ways();
    if (!strcmp(what, "fails-late")) return fails_late();
    if (!strcmp(what, "stuck")) return stuck();
    if (!strcmp(what, "slowly")) return slowly((size_t)atol(more));
    if (!strcmp(what, "cancelled")) return cancelled();
    if (!strcmp(what, "refused")) return refused();
    if (!strcmp(what, "wrong-use")) return wrong_use();
    if (!strcmp(what, "many-cancelled")) return many_cancelled((size_t)atol(more));
    return eddy_fail(EDDY_EINVAL, "uploading: what is \"%s\"?", what);
}
