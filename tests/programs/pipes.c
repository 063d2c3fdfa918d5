/* Pipes: bytes from task to task, their order, waiting, ends, errors, cancellation, lack of memory; stdio over them. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* fopencookie */
#endif
#include "check.h"

static eddy_stream *reader, *writer;

static char letter(size_t at) {
    return (char)('a' + at * 7 % 26);
}

/* ---- megabytes in pieces of every size ----------------------------------------------------------- */

static int write_much(void *arg) {
    size_t total = *(size_t *)arg;
    char piece[999];
    for (size_t at = 0; at < total;) {
        size_t size = 1 + at % sizeof piece;
        if (size > total - at) size = total - at;
        for (size_t i = 0; i < size; i++) piece[i] = letter(at + i);
        int rc = eddy_write(writer, piece, size);
        if (!CHECK(rc == (int)size)) return rc;
        at += size;
    }
    return eddy_close(writer);
}

static int much(void *arg) {
    (void)arg;
    static const size_t capacities[] = {1, 2, 7, 64, 1000, 4096, 0};
    size_t total = 100000;
    for (size_t i = 0; i < sizeof capacities / sizeof *capacities; i++) {
        CHECK(eddy_pipe(&reader, &writer, capacities[i]) == 0);
        eddy_future *task = eddy_spawn(write_much, &total);
        char buffer[777];
        size_t at = 0, most = 0;
        int got;
        while ((got = eddy_read(reader, buffer, 1 + at % sizeof buffer)) > 0) {
            for (int k = 0; k < got; k++)
                if (!CHECK(buffer[k] == letter(at + (size_t)k))) return 1;
            at += (size_t)got;
            if ((size_t)got > most) most = (size_t)got;
        }
        CHECK(got == 0);
        CHECK(at == total);
        CHECK(!capacities[i] || most <= capacities[i]);
        CHECK(eddy_await(task) == 0);
        CHECK(eddy_read(reader, buffer, 1) == 0);
        CHECK(eddy_close(reader) == 0);
    }
    return 0;
}

/* ---- one task alone ------------------------------------------------------------------------------ */

static int alone(void *arg) {
    (void)arg;
    char *line;
    size_t length;
    CHECK(eddy_pipe(&reader, &writer, 100) == 0);
    CHECK(eddy_write(writer, "one\r\ntwo\nlast", 13) == 13);
    CHECK(eddy_drain(writer) == 0);
    CHECK(eddy_shut(writer) == 0);
    CHECK(eddy_shut(writer) == 0);
    CHECK(eddy_write(writer, "more", 4) == EDDY_ESTATE);
    CHECK(eddy_read_line(reader, 100, &line, &length) == 1 && length == 3 && !strcmp(line, "one"));
    free(line);
    CHECK(eddy_read_line(reader, 100, &line, &length) == 1 && length == 3 && !strcmp(line, "two"));
    free(line);
    CHECK(eddy_read_line(reader, 100, &line, &length) == 1 && length == 4 && !strcmp(line, "last"));
    free(line);
    CHECK(eddy_read_line(reader, 100, &line, &length) == 0);
    CHECK(eddy_close(writer) == 0);
    CHECK(eddy_close(reader) == 0);

    /* What is in it outlives the writer, and goes with the reader. */
    char buffer[10];
    CHECK(eddy_pipe(&reader, &writer, 100) == 0);
    CHECK(eddy_write(writer, "abc", 3) == 3);
    CHECK(eddy_close(writer) == 0);
    CHECK(eddy_read(reader, buffer, 2) == 2);
    CHECK(eddy_close(reader) == 0);
    CHECK(eddy_pipe(&reader, &writer, 100) == 0);
    CHECK(eddy_write(writer, "abc", 3) == 3);
    CHECK(eddy_close(reader) == 0);
    CHECK(eddy_write(writer, "abc", 3) == EDDY_ECLOSED);
    CHECK(strstr(eddy_last_message(), "nobody reads"));
    CHECK(eddy_close(writer) == 0);

    /* A write longer than the pipe, given up: the stream has failed, and its reader learns it. */
    CHECK(eddy_pipe(&reader, &writer, 4) == 0);
    EDDY_SCOPE(limit, .timeout = 1 * EDDY_S);
    CHECK(eddy_scope_end(&limit, eddy_write(writer, "abcdefgh", 8)) == EDDY_ETIMEDOUT);
    CHECK(eddy_write(writer, "x", 1) == EDDY_ECLOSED);
    CHECK(eddy_close(writer) == 0);
    CHECK(eddy_read_exactly(reader, buffer, 4) == 4 && !memcmp(buffer, "abcd", 4));
    CHECK(eddy_read(reader, buffer, 4) == EDDY_ECLOSED);
    CHECK(strstr(eddy_last_message(), "broke off"));
    CHECK(eddy_close(reader) == 0);
    return 0;
}

/* ---- errors, wrong use ---------------------------------------------------------------------------- */

static int errors(void *arg) {
    (void)arg;
    char buffer[10];
    CHECK(eddy_pipe(&reader, &writer, 0) == 0);
    CHECK(eddy_write(writer, "ab", 2) == 2);
    CHECK(eddy_pipe_fail(reader, E1, NULL) == EDDY_EINVAL);
    CHECK(eddy_pipe_fail(NULL, E1, NULL) == EDDY_EINVAL);
    CHECK(eddy_pipe_fail(writer, 0, NULL) == EDDY_EINVAL);
    CHECK(eddy_pipe_fail(writer, E1, "page %d is missing", 7) == 0);
    CHECK(eddy_pipe_fail(writer, E2, "no") == EDDY_ESTATE);
    CHECK(eddy_write(writer, "more", 4) == EDDY_ESTATE);
    CHECK(eddy_read(reader, buffer, 10) == 2);
    CHECK(eddy_read(reader, buffer, 10) == E1);
    CHECK(!strcmp(eddy_last_message(), "page 7 is missing"));
    CHECK(eddy_close(writer) == 0);
    CHECK(eddy_read(reader, buffer, 10) == E1);
    CHECK(eddy_read(reader, NULL, 10) == EDDY_EINVAL);
    CHECK(eddy_write(reader, "x", 1) == EDDY_EINVAL);
    CHECK(eddy_close(reader) == 0);
    CHECK(eddy_pipe(NULL, &writer, 0) == EDDY_EINVAL && !writer);
    CHECK(eddy_pipe(&reader, NULL, 0) == EDDY_EINVAL && !reader);
    CHECK(eddy_pipe(&reader, &writer, (size_t)1 << 31) == EDDY_EINVAL);
    return 0;
}

/* ---- ends that are closed, cancelled, shared while a task waits at them ------------------------------ */

static int reads(void *arg) {
    char buffer[100];
    return eddy_read(arg, buffer, sizeof buffer);
}

static int writes(void *arg) {
    return eddy_write(arg, "0123456789", 10);
}

/* The result of `fn(of)` when `end` is closed while it waits. */
static int closed_under(eddy_fn fn, eddy_stream *of, eddy_stream *end) {
    eddy_future *task = eddy_spawn(fn, of);
    CHECK(eddy_sleep(1 * EDDY_S) == 0);
    CHECK(eddy_future_state(task) == EDDY_PENDING);
    CHECK((fn == reads ? reads(of) : writes(of)) == EDDY_ESTATE);
    CHECK(eddy_close(end) == 0);
    return eddy_await(task);
}

static int waits(void *arg) {
    (void)arg;
    CHECK(eddy_pipe(&reader, &writer, 4) == 0);
    CHECK(closed_under(reads, reader, reader) == EDDY_ECLOSED);
    CHECK(eddy_close(writer) == 0);
    CHECK(eddy_pipe(&reader, &writer, 4) == 0);
    CHECK(closed_under(reads, reader, writer) == 0);
    CHECK(eddy_close(reader) == 0);
    CHECK(eddy_pipe(&reader, &writer, 4) == 0);
    CHECK(closed_under(writes, writer, writer) == EDDY_ECLOSED);
    CHECK(eddy_close(reader) == 0);
    CHECK(eddy_pipe(&reader, &writer, 4) == 0);
    CHECK(closed_under(writes, writer, reader) == EDDY_ECLOSED);
    CHECK(eddy_close(writer) == 0);

    /* A cancelled read loses nothing, a completed one stays complete (R2). */
    CHECK(eddy_pipe(&reader, &writer, 4) == 0);
    eddy_future *task = eddy_spawn(reads, reader);
    CHECK(eddy_sleep(1 * EDDY_S) == 0);
    CHECK(eddy_stop(task) == EDDY_ECANCELED);
    eddy_release(task);
    task = eddy_spawn(reads, reader);
    CHECK(eddy_sleep(1 * EDDY_S) == 0);
    CHECK(eddy_write(writer, "ab", 2) == 2);
    CHECK(eddy_stop(task) == 2);
    eddy_release(task);

    /* Closed by another while it is full; the run ends with both ends open. */
    CHECK(eddy_write(writer, "abcd", 4) == 4);
    eddy_go(writes, writer);
    return eddy_sleep(1 * EDDY_S);
}

static int nobody_writes(void *arg) {
    (void)arg;
    CHECK(eddy_pipe(&reader, &writer, 4) == 0);
    int rc = reads(reader);
    CHECK(rc == EDDY_ECANCELED); /* the deadlock is seen, and main cancelled */
    CHECK(eddy_close(reader) == EDDY_ECANCELED);
    CHECK(eddy_close(writer) == EDDY_ECANCELED);
    return rc;
}

/* The runtime formats its messages without libc. */
static int texts(void *arg) {
    (void)arg;
    eddy_stream *r, *w;
    char bytes[10];
    CHECK(eddy_pipe(&r, &w, 10) == 0);
    CHECK(eddy_write(w, "abc", 3) == 3);
    eddy_close(w);
    CHECK(eddy_read_exactly(r, bytes, sizeof bytes) == EDDY_ECLOSED);
    CHECK(strcmp(eddy_last_message(), "stream ended after 3 of 10 bytes") == 0);
    eddy_close(r);
    const char *const headers[] = {"a name", "1", NULL};
    eddy_response *response;
    CHECK(eddy_fetch(&response, "http://127.0.0.1:1/", .headers = headers) == EDDY_EINVAL);
    CHECK(strcmp(eddy_last_message(), "'a name' is no header name") == 0);
    return 0;
}

/* ---- stdio over a pipe ---------------------------------------------------------------------------- */

static int last_error; /* of the pipe */

static ssize_t into_pipe(void *pipe, const char *data, size_t size) {
    last_error = eddy_write(pipe, data, size);
#ifdef __wasm__
    return last_error;
#else
    return last_error < 0 ? 0 : last_error; /* which is an error to glibc, and a negative size none */
#endif
}

static ssize_t out_of_pipe(void *pipe, char *buffer, size_t size) {
    return eddy_read(pipe, buffer, size);
}

enum { LINES = 300 };

/* By all that stdio writes with; each waits in there for room. */
static int print_lines(void *arg) {
    bool buffered = *(bool *)arg;
    FILE *out = fopencookie(writer, "w", (cookie_io_functions_t){.write = into_pipe});
    if (!CHECK(out)) return EDDY_ENOMEM;
    CHECK(setvbuf(out, NULL, buffered ? _IOFBF : _IONBF, buffered ? 64 : 0) == 0);
    for (int i = 0; i < LINES; i++) {
        CHECK(fprintf(out, "%d %.1f", i, i / 2.0) > 0);
        CHECK(fputs(" and so", out) >= 0);
        CHECK(fputc(' ', out) == ' ' && fwrite("on\n", 1, 3, out) == 3);
    }
    CHECK(fclose(out) == 0);
    return eddy_close(writer);
}

static int stdio(void *arg) {
    (void)arg;
    for (int buffered = 0; buffered < 2; buffered++) {
        CHECK(eddy_pipe(&reader, &writer, 5) == 0);
        eddy_future *task = eddy_spawn_opt(print_lines, .arg = &(bool){buffered}, .arg_size = sizeof(bool));
        FILE *in = fopencookie(reader, "r", (cookie_io_functions_t){.read = out_of_pipe});
        char line[100], expected[100];
        for (int i = 0; i < LINES; i++) {
            (void)snprintf(expected, sizeof expected, "%d %.1f and so on\n", i, i / 2.0);
            if (!CHECK(fgets(line, sizeof line, in) && strcmp(line, expected) == 0)) break;
        }
        CHECK(!fgets(line, sizeof line, in) && feof(in));
        CHECK(fclose(in) == 0 && eddy_close(reader) == 0 && eddy_await(task) == 0);
    }
    return 0;
}

/* What lists tasks never suspends: it writes outside of them. */
static int lists(void *arg) {
    (void)arg;
    int (*const all[])(FILE *out) = {eddy_ps, eddy_tree, eddy_stacks, eddy_trace_write};
    CHECK(eddy_pipe(&reader, &writer, 5) == 0);
    CHECK(eddy_trace_start(100) == 0);
    eddy_future *other = eddy_spawn(sleeps, &(eddy_time){1 * EDDY_S});
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        FILE *out = fopencookie(writer, "w", (cookie_io_functions_t){.write = into_pipe});
        if (!CHECK(out && setvbuf(out, NULL, _IONBF, 0) == 0)) return EDDY_ENOMEM;
        last_error = 0;
        CHECK(all[i](out) == (all[i] == eddy_trace_write ? EDDY_EIO : 2));
        CHECK(last_error == EDDY_ESTATE && ferror(out));
        CHECK(fclose(out) == 0);
        CHECK(eddy_yield() == 0);
    }
    CHECK(eddy_trace_start(0) == 0);
    CHECK(eddy_await(other) == 0);
    EDDY_IGNORE(eddy_close(writer));
    return eddy_close(reader);
}

static int without_memory(void *arg) {
    (void)arg;
    eddy_stream *r, *w;
    CHECK(eddy_pipe(&r, &w, 10) == EDDY_ENOMEM && !r && !w);
    return 0;
}

static void forget(const eddy_report *report, void *ctx) {
    (void)report;
    (void)ctx;
}

int main(void) {
    check_begin();
    check_run(much);
    check_run(alone);
    check_run(errors);
    check_run(texts);
    check_run(stdio);
    check_run(lists);
    CHECK(eddy_run(waits, NULL) == 0);
    eddy_close(reader);
    eddy_close(writer);
    eddy_set_report(forget, NULL);
    CHECK(eddy_run(nobody_writes, NULL) == EDDY_EDEADLK);
    check_fail_at(1, true);
    CHECK(without_memory(NULL) == 0);
    check_fail_at(0, false);
    return check_end();
}
