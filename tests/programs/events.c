/* events WHAT URL: one way to use server-sent events each; prints what came of it. */
#include "ask.h"

static const char *url;

static void print_error(int rc) {
    const char *message = eddy_last_message();
    printf("%s: %s\n", eddy_errname(rc), *message ? message : "(no text)");
}

static int print_next(eddy_event_source *source) {
    eddy_server_event event;
    int rc = eddy_event_source_next(source, &event);
    if (rc > 0)
        printf("%s '%.*s' %s\n", event.type, (int)event.size, event.data, *event.id ? event.id : "-");
    else if (rc == 0)
        printf("no more after %s\n", eddy_event_source_last_id(source));
    else
        print_error(rc);
    return rc;
}

/* All there is. `asked`: the server goes on when it has heard of the first. */
static int all(bool asked) {
    eddy_event_source *source;
    int rc = eddy_event_source_open(&source, url, .retry = 20 * EDDY_MS, .limit = 100000);
    if (rc < 0) {
        printf("%d ", source != NULL);
        print_error(rc);
        return 0;
    }
    while ((rc = print_next(source)) > 0) {
        if (asked && (rc = ask_server(url, "go")) < 0) return rc;
        asked = false;
    }
    eddy_server_event event;
    if (eddy_event_source_next(source, &event) != rc) puts("not for good");
    eddy_event_source_close(source);
    return 0;
}

/* With headers, from where another run has left off; twice are tried anew. */
static int resumed(void) {
    eddy_event_source *source;
    int rc = eddy_event_source_open(&source, url, .retry = 10 * EDDY_MS, .attempts = 2, .last_event_id = "41",
                                    .headers = (const char *[]){"x-one", "1", NULL});
    if (rc < 0) return rc;
    while ((rc = print_next(source)) > 0) continue;
    eddy_event_source_close(source);
    return 0;
}

/* Calls that are given up while they wait, for bytes as for the next connection, lose nothing. */
static int again(void) {
    eddy_event_source *source;
    int rc = eddy_event_source_open(&source, url, .retry = 30 * EDDY_MS);
    if (rc < 0) return rc;
    int next = 0, given_up = 0;
    eddy_time patience = 1 * EDDY_MS; /* grows until something comes: to connect takes its time */
    for (;;) {
        eddy_server_event event;
        EDDY_SCOPE(limit, .timeout = patience);
        rc = eddy_scope_end(&limit, eddy_event_source_next(source, &event));
        if (rc == EDDY_ETIMEDOUT) {
            given_up++;
            patience *= 2;
            continue;
        }
        if (rc <= 0 || atoi(event.data) != next) break;
        next++;
        patience = 1 * EDDY_MS;
    }
    eddy_event_source_close(source);
    printf("%d events, %s, %s\n", next, given_up ? "in spite of it" : "at once", rc ? "wrong" : "no more");
    return 0;
}

static int next_of(void *source) {
    eddy_server_event event;
    return eddy_event_source_next(source, &event);
}

/* Two wait, and it is closed under the first; the server sees the connection close. */
static int closed_under(void) {
    eddy_event_source *source;
    int rc = eddy_event_source_open(&source, url, .retry = 1 * EDDY_S);
    if (rc < 0) return rc;
    eddy_future *task = eddy_spawn(next_of, source);
    rc = eddy_sleep(100 * EDDY_MS);
    if (rc < 0) return rc;
    printf("%s ", eddy_errname(next_of(source)));
    eddy_event_source_close(source);
    printf("%s\n", eddy_errname(eddy_await(task)));
    return ask_server(url, "left");
}

static int wrong_use(void) {
    eddy_event_source *source;
    eddy_server_event event;
    int bad = 0;
    bad += eddy_event_source_open(&source, NULL) != EDDY_EINVAL;
    bad += eddy_event_source_open(&source, "") != EDDY_EINVAL;
    bad += eddy_event_source_open_with(NULL, NULL) != EDDY_EINVAL;
    bad += eddy_event_source_open(&source, url, .headers = (const char *[]){"a\n", "x", NULL}) != EDDY_EINVAL;
    bad += eddy_event_source_next(NULL, &event) != EDDY_EINVAL;
    bad += strcmp(eddy_event_source_last_id(NULL), "") != 0;
    eddy_event_source_close(NULL);
    int rc = eddy_event_source_open(&source, url);
    if (rc < 0) return rc;
    bad += eddy_event_source_next(source, NULL) != EDDY_EINVAL;
    eddy_event_source_close(source);
    printf("%d wrong\n", bad);
    return 0;
}

int eddy_main(int argc, char **argv) {
    const char *what = argc > 1 ? argv[1] : "";
    url = argc > 2 ? argv[2] : "http://127.0.0.1:1/";
    if (!strcmp(what, "all")) return all(false);
    if (!strcmp(what, "all-asked")) return all(true);
    if (!strcmp(what, "resumed")) return resumed();
    if (!strcmp(what, "again")) return again();
    if (!strcmp(what, "closed-under")) return closed_under();
    if (!strcmp(what, "wrong-use")) return wrong_use();
    return eddy_fail(EDDY_EINVAL, "events: what is \"%s\"?", what);
}
