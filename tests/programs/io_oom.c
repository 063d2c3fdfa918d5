/* io_oom WHAT URL: a conversation over a WebSocket ("socket"), or events of a server ("events"), with each
 * allocation of the runtime failing in turn: EDDY_ENOMEM, and nothing is lost or leaked. */
#include "check.h"

static const char *url;

static int converse(void) {
    eddy_ws *ws;
    void *data;
    size_t size;
    int rc = eddy_ws_connect(&ws, url, .protocols = (const char *[]){"chat.v2", NULL}, .buffered = 1);
    for (int i = 0; rc >= 0 && i < 2; i++) {
        rc = eddy_ws_send_text(ws, "hello");
        if (rc >= 0) rc = eddy_ws_receive(ws, &data, &size);
        if (rc < 0) break;
        if (!CHECK(rc == EDDY_WS_TEXT && size == 5 && !strcmp(data, "hello"))) rc = EDDY_EIO;
        free(data);
    }
    char *line = NULL;
    if (rc >= 0) rc = eddy_write(eddy_ws_stream(ws), "a\nb", 3);
    if (rc >= 0) rc = eddy_read_line(eddy_ws_stream(ws), 10, &line, &size);
    free(line);
    if (rc >= 0) rc = eddy_ws_drain(ws);
    if (rc >= 0) rc = eddy_ws_shut(ws, 1000, "done");
    CHECK(rc >= 0 || rc == EDDY_ENOMEM);
    eddy_ws_close(ws);
    return rc;
}

static int follow(void) {
    eddy_event_source *source;
    eddy_server_event event;
    int sum = 0;
    int rc = eddy_event_source_open(&source, url, .retry = 1 * EDDY_MS, .mode = "cors",
                                    .headers = (const char *[]){"x-one", "1", NULL});
    while (rc >= 0 && (rc = eddy_event_source_next(source, &event)) > 0) sum += atoi(event.data);
    CHECK(rc == EDDY_ENOMEM || (rc == 0 && sum == 36));
    eddy_event_source_close(source);
    return rc;
}

static int in_turn(void *arg) {
    int (*what)(void) = !strcmp(arg, "socket") ? converse : follow;
    int rc = what(); /* what is kept for the next time is there from now on */
    CHECK(rc == 0);
    rc = what();
    CHECK(rc == 0);
    eddy_response *response;
    CHECK(eddy_fetch(&response, "") == EDDY_EINVAL); /* a task keeps the text of its last error */
    long blocks = check_memory.blocks;
    bool failed = true;
    long n = 1;
    for (; failed && n < 200; n++) {
        check_fail_at(n, false);
        rc = what();
        failed = check_failed_once();
        check_fail_at(0, false);
        if (!failed) CHECK(rc == 0);
        CHECK(check_memory.blocks <= blocks); /* one less: there was no memory for the text */
    }
    CHECK(!failed && n > 3);
    return 0;
}

static void ended(int result, void *ctx) {
    (void)ctx;
    CHECK(result == 0);
    exit(check_end());
}

int main(int argc, char **argv) {
    if (argc < 3) return 2;
    url = argv[2];
    CHECK(eddy_set_allocator(check_reallocate, NULL) == 0);
#ifdef __EMSCRIPTEN__
    return eddy_start(in_turn, argv[1], ended, NULL);
#else
    ended(eddy_run(in_turn, argv[1]), NULL);
#endif
}
