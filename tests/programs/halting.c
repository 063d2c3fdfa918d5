/* halting FOLDER [URL]: runs that a second interrupt breaks off while calls of all kinds are under way,
 * at several moments of each: what the calls hold, in memory and at the host, is given back; what the
 * program holds can be closed afterwards. URL: of a server that answers slowly. Checks itself; where
 * descriptors cannot be counted, a host with few resources tells. */
#include "check.h"

#include <fcntl.h>
#include <unistd.h>

static char path[512];
static const char *url;

/* What the program itself has opened in a run, to be closed after it. */
static eddy_listener *listener;
static eddy_stream *streams[8];
static int stream_count;
static eddy_udp *udp;
static eddy_response *response;

static int keep(int rc, eddy_stream *s) {
    if (rc >= 0) streams[stream_count++] = s;
    return rc;
}

static void close_kept(void) {
    eddy_listener_close(listener);
    while (stream_count) EDDY_IGNORE(eddy_close(streams[--stream_count]));
    eddy_udp_close(udp);
    eddy_response_close(response);
    response = NULL;
    listener = NULL;
    udp = NULL;
}

/* ---- the calls that are broken off ------------------------------------------------------------ */

static int connects(void *arg) {
    (void)arg;
    eddy_stream *s;
    int rc = eddy_connect(&s, "127.0.0.1", eddy_listener_port(listener));
    return rc < 0 ? rc : keep(rc, s);
}

static int accepts(void *arg) {
    (void)arg;
    int rc = eddy_listen(&listener, "127.0.0.1", 0);
    if (rc < 0) return rc;
    CHECK(eddy_go(connects, NULL) == 0);
    while (rc >= 0) { /* the second waits for ever */
        eddy_stream *s;
        rc = eddy_accept(listener, &s);
        if (rc >= 0) rc = keep(rc, s);
    }
    return rc;
}

/* Both ends of a connection. */
static int pair(eddy_stream **one, eddy_stream **other) {
    int rc = eddy_listen(&listener, "127.0.0.1", 0);
    if (rc >= 0) rc = eddy_connect(one, "127.0.0.1", eddy_listener_port(listener));
    if (rc >= 0) rc = keep(rc, *one);
    if (rc >= 0) rc = eddy_accept(listener, other);
    return rc < 0 ? rc : keep(rc, *other);
}

static int reads_line(void *arg) {
    (void)arg;
    eddy_stream *s, *other;
    char *line;
    size_t length;
    int rc = pair(&s, &other);
    if (rc >= 0) rc = eddy_write(other, "abc", 3);
    return rc < 0 ? rc : eddy_read_line(s, 100, &line, &length);
}

static int closes(void *arg) {
    eddy_stream *s = arg;
    stream_count--; /* it is the last */
    return eddy_close(s);
}

/* It is closed under who reads, who has no turn any more to notice. */
static int reads_closed(void *arg) {
    (void)arg;
    eddy_stream *one, *s;
    char byte;
    int rc = pair(&one, &s);
    if (rc < 0) return rc;
    CHECK(eddy_go(closes, s) == 0);
    return eddy_read(s, &byte, 1);
}

static int writes(void *arg) {
    (void)arg;
    static const char much[1 << 20];
    eddy_stream *s, *other;
    int rc = pair(&s, &other);
    while (rc >= 0) rc = eddy_write(s, much, sizeof much);
    return rc;
}

static int file_whole(void *arg) {
    (void)arg;
    static const char content[100000] = "content";
    for (;;) {
        void *data;
        size_t size;
        int rc = eddy_file_write(path, content, sizeof content);
        if (rc >= 0) rc = eddy_file_read(path, sizeof content, &data, &size);
        if (rc < 0) return rc;
        free(data);
    }
}

static int file_opened(void *arg) {
    (void)arg;
    for (;;) {
        eddy_stream *s;
        int rc = eddy_file_open(&s, path, "a");
        if (rc < 0) return rc;
        (void)keep(rc, s);
        rc = eddy_write(s, "line\n", 5);
        if (rc >= 0) rc = eddy_drain(s);
        stream_count--;
        rc = eddy_close(s);
        if (rc < 0) return rc;
    }
}

static int receives(void *arg) {
    (void)arg;
    char datagram[100];
    eddy_peer from;
    int rc = eddy_udp_open(&udp, "127.0.0.1", 0);
    if (rc < 0) return rc;
    rc = eddy_udp_send_to(udp, "abc", 3, "127.0.0.1", eddy_udp_port(udp));
    while (rc >= 0) rc = eddy_udp_recv_from(udp, datagram, sizeof datagram, &from);
    return rc;
}

static int names(void *arg) {
    (void)arg;
    char found[4][46];
    int rc = 0;
    while (rc >= 0) rc = eddy_resolve_host("localhost", found, 4);
    return rc;
}

static int pipes(void *arg) {
    bool writing = arg != NULL;
    char bytes[64] = {0};
    int rc = eddy_pipe(&streams[0], &streams[1], 16);
    if (rc < 0) return rc;
    stream_count = 2;
    return writing ? eddy_write(streams[1], bytes, sizeof bytes) : eddy_read(streams[0], bytes, 1);
}

static int writes_pipe(void *arg) {
    (void)arg;
    static int yes;
    return pipes(&yes);
}

static int sleeps_long(void *arg) {
    (void)arg;
    return eddy_sleep(EDDY_FOREVER);
}

static int awaits(void *arg) {
    (void)arg;
    return eddy_await(eddy_spawn(sleeps_long, NULL));
}

static int awaits_done(void *arg) {
    (void)arg;
    int rc = 0;
    while (rc >= 0) {
        eddy_future *f = eddy_future_new();
        CHECK(eddy_resolve(f, 5) == 0);
        rc = eddy_await(f);
    }
    return rc;
}

static int starts(void *arg) {
    (void)arg;
    EDDY_GROUP(g);
    int rc = eddy_group_start(&g, sleeps_long, NULL);
    return eddy_group_end(&g, rc);
}

static int emits(void *arg) {
    int n = 0;
    (void)arg;
    while (eddy_emit(&n) == 0 && eddy_sleep(EDDY_MS) == 0) n++;
    return eddy_await(eddy_spawn(sleeps_long, NULL));
}

static int walks(void *arg) {
    (void)arg;
    eddy_gen *g = eddy_gen_open(emits, NULL, sizeof(int));
    for (int n, rc = 1; rc > 0;) rc = eddy_gen_next(g, &n);
    return eddy_gen_close(g);
}

static int races(void *arg) {
    (void)arg;
    static const eddy_fn both[] = {sleeps_long, sleeps_long};
    return eddy_race_staggered(both, NULL, 2, EDDY_MS, NULL);
}

static int offloaded(void *arg) {
    (void)arg;
    return 0;
}

static int offloads(void *arg) {
    (void)arg;
    int rc = 0;
    while (rc >= 0) rc = eddy_offload(offloaded, NULL, 0, NULL, 0);
    return rc;
}

static int fetches(void *arg) {
    (void)arg;
    void *data;
    size_t size;
    int rc = eddy_fetch(&response, url);
    return rc < 0 ? rc : eddy_response_bytes(response, 1 << 20, &data, &size); /* it never ends */
}

static int uploads(void *arg) {
    (void)arg;
    int rc = eddy_pipe(&streams[0], &streams[1], 16);
    if (rc < 0) return rc;
    stream_count = 2;
    rc = eddy_fetch(&response, url, .method = "POST", .body_stream = streams[0]);
    return rc < 0 ? rc : eddy_sleep(EDDY_FOREVER);
}

static int follows(void *arg) {
    (void)arg;
    eddy_event_source *source;
    int rc = eddy_event_source_open(&source, url);
    if (rc >= 0) eddy_event_source_close(source);
    return rc;
}

/* ---- runs ------------------------------------------------------------------------------------------ */

typedef struct {
    const char *name;
    eddy_fn fn;
    int passes; /* after so many, or, below 0, milliseconds, it is broken off */
} scene;

static int breaks_off(void *arg) {
    scene *s = arg;
    CHECK(eddy_go(s->fn, NULL) == 0);
    int rc = s->passes < 0 ? eddy_sleep(-s->passes * EDDY_MS) : 0;
    for (int i = 0; rc == 0 && i < s->passes; i++) rc = eddy_yield();
    CHECK(rc == 0);
    CHECK(eddy_interrupt() == 0 && eddy_interrupt() == 0);
    EDDY_SHIELD(here);
    EDDY_IGNORE(eddy_sleep(EDDY_FOREVER));
    CHECK(!"reached");
    return 0;
}

static int moment(void *arg) {
    (void)arg;
    return eddy_sleep(EDDY_MS);
}

static int open_descriptors(void) {
    int count = 0;
#ifdef __linux__
    for (int fd = 0; fd < 256; fd++) count += fcntl(fd, F_GETFD) >= 0;
#endif
    return count;
}

static void ignore(const eddy_report *report, void *ctx) {
    (void)report;
    (void)ctx;
}

static void break_off_each(const scene *scenes, size_t count) {
    static const int moments[] = {1, 2, 5, -1, -20};
    for (size_t i = 0; i < count; i++) {
        int descriptors = 0;
        for (size_t k = 0; k < 2 * sizeof moments / sizeof *moments; k++) {
            scene s = scenes[i];
            s.passes = moments[k / 2];
            int before = check_failures;
            int rc = eddy_run(breaks_off, &s);
            CHECK(rc == EDDY_ECANCELED);
            close_kept();
            /* What is still to be sent when it is closed may outlive a run. */
            for (int n = 0; n < 500 && check_memory.blocks; n++) CHECK(eddy_run(moment, NULL) == 0);
            CHECK(check_memory.blocks == 0);
            if (k == 0) descriptors = open_descriptors(); /* what stays for the next run is there */
            CHECK(open_descriptors() == descriptors);
            if (check_failures > before)
                printf("    %s after %d, which left %ld blocks, %d descriptors of %d\n", s.name, s.passes,
                       check_memory.blocks, open_descriptors(), descriptors);
        }
    }
}

int main(int argc, char **argv) {
    static const scene scenes[] = {
        {"accept", accepts, 0},          {"read a line", reads_line, 0},
        {"read, closed", reads_closed, 0}, {"write", writes, 0},
        {"whole files", file_whole, 0},  {"a file", file_opened, 0},
        {"datagrams", receives, 0},      {"names", names, 0},
        {"pipe, read", pipes, 0},        {"pipe, write", writes_pipe, 0},
        {"await", awaits, 0},            {"await what is done", awaits_done, 0},
        {"group start", starts, 0},      {"generator", walks, 0},
        {"staggered race", races, 0},    {"offload", offloads, 0},
    };
    static const scene requests[] = {
        {"fetch", fetches, 0}, {"upload", uploads, 0}, {"events", follows, 0}};
    CHECK(eddy_set_allocator(check_reallocate, NULL) == 0);
    eddy_set_report(ignore, NULL);
    if (argc < 2) return 2;
    snprintf(path, sizeof path, "%s/halting.txt", argv[1]);
    break_off_each(scenes, sizeof scenes / sizeof *scenes);
    url = argc > 2 ? argv[2] : NULL;
    if (url) break_off_each(requests, sizeof requests / sizeof *requests);
    return check_end();
}
