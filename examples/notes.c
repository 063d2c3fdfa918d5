/* notes [PORT [SECONDS]]: an HTTP server for this machine that keeps notes: PUT, GET, DELETE /NAME.
 *
 *     ./build.sh run notes -- 8080                       in Node
 *     ./build.sh run notes --host wasmtime -- 8080       and so on: native
 *     curl -T letter.txt http://127.0.0.1:8080/letter
 *
 * Each connection is a task; at most PLACES of them are served, further clients wait. A request
 * must be over within SECONDS (5), its answer's being read included; who asks for nothing is sent
 * away after twice that time. Ctrl-C cancels main: no more connections are taken, idle ones end,
 * and what has begun is answered, for it is behind a shield. */
#include <eddy.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { PLACES = 100, MAX_NOTES = 1000, MAX_NOTE = 64 * 1024, MAX_LINE = 4096, MAX_HEADERS = 100 };

static eddy_time patience = 5 * EDDY_S;
static eddy_sem places = EDDY_SEM(PLACES);

/* ---- the notes ------------------------------------------------------------------------------- */

/* A text never changes; who sends it holds it meanwhile. */
struct text {
    size_t holders, size;
    char bytes[];
};

struct note {
    struct note *next;
    struct text *text;
    char name[];
};

static struct note *notes;
static int note_count;

static struct note **find(const char *name) {
    struct note **at = &notes;
    while (*at && strcmp((*at)->name, name)) at = &(*at)->next;
    return at;
}

static void let_go(struct text *text) {
    if (text && --text->holders == 0) free(text);
}

static bool keep_note(const char *name, struct text *text) {
    struct note **at = find(name);
    if (!*at) {
        struct note *note = note_count < MAX_NOTES ? malloc(sizeof *note + strlen(name) + 1) : NULL;
        if (!note) return false;
        *note = (struct note){0};
        strcpy(note->name, name);
        *at = note;
        note_count++;
    }
    let_go((*at)->text);
    (*at)->text = text;
    text->holders++;
    return true;
}

static bool drop_note(const char *name) {
    struct note **at = find(name), *note = *at;
    if (!note) return false;
    *at = note->next;
    note_count--;
    let_go(note->text);
    free(note);
    return true;
}

/* ---- requests -------------------------------------------------------------------------------- */

struct request {
    eddy_stream *client;
    char *line;         /* "GET /letter HTTP/1.1", cut into words */
    const char *method; /* these point into it */
    const char *path;
    bool keep;     /* the connection, for another request */
    bool expects;  /* the client waits for leave to send its body */
    long body;     /* bytes; -1: it was not said */
    int unwelcome; /* the status for what cannot be understood, else 0 */
};

/* 1: the connection stays; 0: it is to be closed. */
static int answer(struct request *r, int status, const char *reason, const void *body,
                  size_t size) {
    char head[200];
    const char *last = r->keep ? "" : "Connection: close\r\n";
    int length = snprintf(head, sizeof head, "HTTP/1.1 %d %s\r\nContent-Length: %zu\r\n%s\r\n",
                          status, reason, size, last);
    int rc = eddy_write(r->client, head, (size_t)length);
    if (rc >= 0 && size > 0) rc = eddy_write(r->client, body, size);
    if (rc >= 0) rc = eddy_drain(r->client);
    return rc < 0 ? rc : r->keep;
}

/* What was not read of the request is in the way of the next: the connection ends. */
static int refuse(struct request *r, int status, const char *reason) {
    r->keep = false;
    return answer(r, status, reason, reason, strlen(reason));
}

static void read_first_line(struct request *r) {
    char *path = strchr(r->line, ' ');
    char *version = path ? strchr(path + 1, ' ') : NULL;
    if (!version || path[1] != '/' || strncmp(version, " HTTP/1.", 8)) {
        r->unwelcome = 400;
        return;
    }
    *path = *version = 0;
    r->method = r->line;
    r->path = path + 1;
    r->keep = strcmp(version + 1, "HTTP/1.0") != 0;
}

static void read_header(struct request *r, char *line) {
    char *value = strchr(line, ':');
    if (!value || strcspn(line, " \t") < (size_t)(value - line)) {
        r->unwelcome = 400;
        return;
    }
    *value++ = 0;
    value += strspn(value, " \t");
    if (!strcasecmp(line, "content-length")) {
        size_t digits = strspn(value, "0123456789");
        if (!digits || value[digits + strspn(value + digits, " \t")] || r->body >= 0)
            r->unwelcome = 400;
        r->body = digits < 10 ? atol(value) : MAX_NOTE + 1L;
    } else if (!strcasecmp(line, "transfer-encoding")) {
        r->unwelcome = 501;
    } else if (!strcasecmp(line, "connection") && !strncasecmp(value, "close", 5)) {
        r->keep = false;
    } else if (!strcasecmp(line, "expect")) {
        r->expects = true;
    }
}

/* 1, or 0 if the client has gone. */
static int read_headers(struct request *r) {
    for (int i = 0; i < MAX_HEADERS; i++) {
        char *line;
        size_t length;
        int rc = eddy_read_line(r->client, MAX_LINE, &line, &length);
        if (rc <= 0) return rc;
        if (length > 0) read_header(r, line);
        free(line);
        if (length == 0) return 1;
    }
    return EDDY_EFULL;
}

static int read_body(struct request *r, struct text *text) {
    int rc = 0;
    if (r->expects) rc = eddy_write(r->client, "HTTP/1.1 100 Continue\r\n\r\n", 25);
    return rc < 0 ? rc : eddy_read_exactly(r->client, text->bytes, text->size);
}

static int respond(struct request *r) {
    if (r->unwelcome == 501) return refuse(r, 501, "Not Implemented");
    if (r->unwelcome) return refuse(r, 400, "Bad Request");
    if (r->body > MAX_NOTE) return refuse(r, 413, "Content Too Large");
    struct text *text = calloc(1, sizeof *text + (r->body > 0 ? (size_t)r->body : 0));
    if (!text) return refuse(r, 503, "Service Unavailable");
    text->holders = 1;
    text->size = r->body > 0 ? (size_t)r->body : 0;
    int rc = text->size > 0 ? read_body(r, text) : 0;
    if (rc < 0) {
        /* nothing to answer: the client has gone, or the time is over */
    } else if (!strcmp(r->method, "PUT")) {
        rc = keep_note(r->path, text) ? answer(r, 200, "OK", NULL, 0)
                                      : answer(r, 507, "Insufficient Storage", NULL, 0);
    } else if (!strcmp(r->method, "DELETE")) {
        bool was_there = drop_note(r->path);
        rc = answer(r, was_there ? 200 : 404, was_there ? "OK" : "Not Found", NULL, 0);
    } else if (!strcmp(r->method, "GET")) {
        struct note *note = *find(r->path);
        struct text *found = note ? note->text : NULL;
        if (found) found->holders++;
        rc = found ? answer(r, 200, "OK", found->bytes, found->size)
                   : answer(r, 404, "Not Found", NULL, 0);
        let_go(found);
    } else {
        rc = answer(r, 405, "Method Not Allowed", NULL, 0);
    }
    let_go(text);
    return rc;
}

/* ---- connections ----------------------------------------------------------------------------- */

/* Waits for a request and answers it. 1: the connection stays. */
static int serve_one(eddy_stream *client) {
    struct request request = {.client = client, .body = -1};
    size_t length;
    EDDY_SCOPE(idle, .timeout = 2 * patience);
    int rc = eddy_read_line(client, MAX_LINE, &request.line, &length);
    rc = eddy_scope_end(&idle, rc);
    if (rc <= 0 && rc != EDDY_EFULL) return rc;
    EDDY_SHIELD(started, .timeout = patience);
    if (rc == 1) {
        read_first_line(&request);
        rc = read_headers(&request);
    }
    if (rc == 1) rc = respond(&request);
    if (rc == EDDY_EFULL) rc = refuse(&request, 431, "Request Header Fields Too Large");
    rc = eddy_scope_end(&started, rc);
    free(request.line);
    return rc;
}

static int serve(void *arg) {
    eddy_stream *client = arg;
    int rc;
    do rc = serve_one(client);
    while (rc == 1 && eddy_checkpoint() == 0);
    /* Closing at once would take back what a client that still sends has not read yet. */
    char rest[512];
    EDDY_SHIELD(farewell, .timeout = 1 * EDDY_S);
    if (rc >= 0) rc = eddy_shut(client);
    while (rc >= 0 && (rc = eddy_read(client, rest, sizeof rest)) > 0) continue;
    eddy_close(client);
    EDDY_IGNORE(eddy_scope_end(&farewell, rc));
    eddy_sem_release(&places);
    return 0; /* clients come and go: how they do is no error of the server's */
}

int eddy_main(int argc, char **argv) {
    eddy_listener *listener;
    if (argc > 2 && atoi(argv[2]) > 0) patience = atoi(argv[2]) * EDDY_S;
    int rc = eddy_listen(&listener, "127.0.0.1", argc > 1 ? (uint16_t)atoi(argv[1]) : 8080);
    if (rc < 0) return eddy_fail(rc, "cannot listen: %s", eddy_last_message());
    printf("http://127.0.0.1:%u/\n", eddy_listener_port(listener));
    fflush(stdout);
    EDDY_GROUP(clients, .supervisor = true);
    while (rc >= 0 && (rc = eddy_sem_acquire(&places)) == 0) {
        eddy_stream *client = NULL;
        rc = eddy_accept(listener, &client);
        if (rc == 0) rc = eddy_group_go(&clients, serve, client);
        if (rc == 0) continue;
        eddy_close(client);
        eddy_sem_release(&places);
        /* Short of descriptors or memory: clients that leave give some back. */
        if (rc == EDDY_EHOST || rc == EDDY_ENOMEM) rc = eddy_sleep(100 * EDDY_MS);
    }
    eddy_listener_close(listener);
    rc = eddy_group_end(&clients, rc);
    while (notes) drop_note(notes->name);
    printf("stopped\n");
    return rc == EDDY_ECANCELED ? 0 : rc;
}
