/* streams_oom FOLDER [URL]: each allocation fails in turn, the first alone, the second alone, … while
 * streams are used: a call says EDDY_ENOMEM or works without, nothing leaks, nothing hangs. */
#include "check.h"

static const char *folder;

static int serve_one(void *arg) {
    eddy_stream *s;
    int rc = eddy_accept(arg, &s);
    if (rc < 0) return rc;
    char *line = NULL;
    size_t length;
    rc = eddy_read_line(s, 100, &line, &length);
    if (rc > 0) rc = eddy_write(s, line, length);
    free(line);
    int closed = eddy_close(s);
    return rc < 0 ? rc : closed;
}

static int ask(uint16_t port) {
    eddy_stream *s;
    int rc = eddy_connect(&s, "127.0.0.1", port);
    if (rc < 0) return rc;
    char back[10];
    rc = eddy_write(s, "question\n", 9);
    if (rc >= 0) rc = eddy_shut(s);
    if (rc >= 0) rc = eddy_read(s, back, sizeof back);
    int closed = eddy_close(s);
    return rc < 0 ? rc : closed;
}

static bool ok_or_enomem(int rc) {
    return rc >= 0 || rc == EDDY_ENOMEM;
}

static int connections(void *arg) {
    (void)arg;
    eddy_listener *l;
    int rc = eddy_listen(&l, "127.0.0.1", 0);
    CHECK(ok_or_enomem(rc));
    if (rc < 0) return 0;
    eddy_future *server = eddy_spawn(serve_one, l);
    if (server) {
        rc = ask(eddy_listener_port(l));
        CHECK(ok_or_enomem(rc) || rc == EDDY_ECONNRESET); /* the server has none */
        rc = eddy_stop(server);
        CHECK(ok_or_enomem(rc) || rc == EDDY_ECANCELED || rc == EDDY_ECONNRESET);
        eddy_release(server);
    }
    eddy_listener_close(l);
    return 0;
}

static int datagrams(void *arg) {
    (void)arg;
    eddy_udp *a = NULL, *b = NULL;
    int rc = eddy_udp_open(&a, "127.0.0.1", 0);
    CHECK(ok_or_enomem(rc));
    if (rc >= 0) rc = eddy_udp_open(&b, "127.0.0.1", 0);
    CHECK(ok_or_enomem(rc));
    if (rc >= 0) rc = eddy_udp_connect(b, "localhost", eddy_udp_port(a));
    CHECK(ok_or_enomem(rc));
    if (rc >= 0) {
        EDDY_SCOPE(limit, .timeout = 60 * EDDY_S); /* nothing comes if nothing was sent */
        rc = eddy_udp_send_to(b, "datagram", 8, NULL, 0);
        CHECK(ok_or_enomem(rc));
        char data[10];
        if (rc >= 0) rc = eddy_udp_recv_from(a, data, sizeof data, NULL);
        CHECK(rc == 8 || rc == EDDY_ENOMEM);
        (void)eddy_scope_end(&limit, rc);
    }
    eddy_udp_close(a);
    eddy_udp_close(b);
    return 0;
}

static int files(void *arg) {
    (void)arg;
    char path[400];
    snprintf(path, sizeof path, "%s/file", folder);
    int rc = eddy_file_write(path, "content\n", 8);
    CHECK(ok_or_enomem(rc));
    eddy_stream *s;
    rc = eddy_file_open(&s, path, "r");
    CHECK(ok_or_enomem(rc) || rc == EDDY_ENOENT); /* it could not be made */
    if (rc < 0) return 0;
    char *line = NULL;
    size_t length;
    CHECK(ok_or_enomem(eddy_read_line(s, 100, &line, &length)));
    free(line);
    CHECK(ok_or_enomem(eddy_close(s)));
    return 0;
}

static int paths(void *arg) {
    (void)arg;
    char path[400], other[400];
    snprintf(path, sizeof path, "%s/made", folder);
    snprintf(other, sizeof other, "%s/renamed", folder);
    int rc = eddy_dir_make(path);
    CHECK(ok_or_enomem(rc));
    eddy_dir *d;
    eddy_dir_entry entry;
    int rc2 = eddy_dir_open(&d, folder);
    CHECK(ok_or_enomem(rc2) && (rc2 == 0) == (d != NULL));
    if (rc2 == 0 && rc == 0) CHECK(eddy_dir_next(d, &entry) == 1);
    eddy_dir_close(d);
    if (rc < 0) return 0;
    eddy_file_info info;
    CHECK(ok_or_enomem(eddy_file_stat(path, &info)));
    CHECK(ok_or_enomem(rc = eddy_file_rename(path, other)));
    rc2 = eddy_file_remove(rc == 0 ? other : path);
    CHECK(ok_or_enomem(rc2));
    if (rc2 < 0) CHECK(eddy_file_remove(rc == 0 ? other : path) == 0); /* only one call fails */
    return 0;
}

static int names(void *arg) {
    (void)arg;
    char found[2][46];
    CHECK(ok_or_enomem(eddy_resolve_host("127.0.0.1", found, 2)));
    eddy_stream *s;
    CHECK(eddy_connect(&s, "127.0.0.1", 1) < 0 && !s);
    return 0;
}

static const char *url;

static int requests(void *arg) {
    (void)arg;
    eddy_response *r;
    int rc = eddy_fetch(&r, url, .method = "POST", .body = "a body",
                        .headers = (const char *[]){"x-one", "1", NULL});
    CHECK(ok_or_enomem(rc) && (rc == 0) == (r != NULL));
    if (rc < 0) return 0;
    void *data;
    size_t size;
    rc = eddy_response_bytes(r, 1000, &data, &size);
    CHECK(ok_or_enomem(rc));
    if (rc >= 0) free(data);
    eddy_response_close(r);
    return 0;
}

static int moment(void *arg) {
    (void)arg;
    return eddy_sleep(5 * EDDY_MS);
}

/* An output that still has something to write when it is closed outlives the run that closed it. */
static void let_outputs_leave(void) {
    for (int i = 0; i < 1000 && check_memory.blocks; i++) CHECK(eddy_run(moment, NULL) == 0);
}

static void fail_each(eddy_fn scenario) {
    for (long at = 1;; at++) {
        check_fail_at(at, false);
        int rc = eddy_run(scenario, NULL);
        bool failed = check_failed_once();
        check_fail_at(0, false);
        let_outputs_leave();
        if (!CHECK(ok_or_enomem(rc))) printf("    %s\n", eddy_errname(rc));
        if (!CHECK(check_memory.blocks == 0)) {
            printf("    %ld blocks, %ld bytes\n", check_memory.blocks, check_memory.bytes);
            return;
        }
        if (!failed) return;
    }
}

int main(int argc, char **argv) {
    if (argc < 2) return 2;
    folder = argv[1];
    CHECK(eddy_set_allocator(check_reallocate, NULL) == 0);
    fail_each(connections);
    fail_each(datagrams);
    fail_each(files);
    fail_each(paths);
    fail_each(names);
    if (argc > 2) url = argv[2];
    if (url) fail_each(requests);
    return check_end();
}
