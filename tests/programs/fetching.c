/* fetching WHAT URL [N]: one way to use eddy_fetch each; prints what came of it. */
#include "ask.h"

#define LIMIT ((size_t)64 * 1024 * 1024)

static const char *url;
static eddy_time patience; /* between the headers and the body */

static void print_error(int rc) {
    const char *message = eddy_last_message();
    printf("%s: %s\n", eddy_errname(rc), *message ? message : "(no text)");
}

/* ---- thousands at once ------------------------------------------------------------------------ */

/* `arg`: a number that makes the address one of its own, or NULL. A browser asks for one and the
 * same address only once at a time. */
static int get(void *arg) {
    char own[200];
    if (arg)
        snprintf(own, sizeof own, "%s?number=%zu", url, *(size_t *)arg);
    else
        snprintf(own, sizeof own, "%s", url);
    eddy_response *r;
    int rc = eddy_fetch(&r, own);
    if (rc < 0) return rc;
    void *data = NULL;
    size_t size = 0;
    if (patience) rc = eddy_sleep(patience);
    if (rc == 0) rc = eddy_response_bytes(r, LIMIT, &data, &size);
    if (rc == 0) rc = eddy_response_status(r) == 200 ? (int)size : EDDY_EHTTP;
    free(data);
    eddy_response_close(r);
    return rc;
}

static int many(size_t n) {
    eddy_future **tasks = calloc(n, sizeof *tasks);
    int *results = calloc(n, sizeof *results);
    if (!tasks || !results) return EDDY_ENOMEM;
    for (size_t i = 0; i < n; i++) tasks[i] = eddy_spawn_opt(get, .arg = &i, .arg_size = sizeof i);
    int rc = eddy_gather_all(tasks, n, results);
    size_t good = 0, bytes = 0;
    for (size_t i = 0; i < n; i++) {
        if (results[i] < 0) continue;
        good++;
        bytes += (size_t)results[i];
    }
    eddy_release_all(tasks, n);
    free(tasks);
    free(results);
    printf("%zu answers, %zu bytes\n", good, bytes);
    return rc;
}

static int get_often(void *arg) {
    size_t times = *(size_t *)arg;
    int rc = 0;
    while (rc >= 0 && times--) rc = get(NULL);
    return rc;
}

/* `n` requests, 32 at a time. */
static int in_all(size_t n) {
    eddy_future *tasks[32];
    size_t times = n / 32;
    for (size_t i = 0; i < 32; i++)
        tasks[i] = eddy_spawn_opt(get_often, .arg = &times, .arg_size = sizeof times);
    int rc = eddy_gather(tasks, 32, NULL);
    eddy_release_all(tasks, 32);
    printf("%zu requests: %s\n", times * 32, rc < 0 ? eddy_errname(rc) : "ok");
    return rc;
}

/* Reads slowly for a while, then the rest as fast as it comes. */
static int slowly(void) {
    eddy_response *r;
    int rc = eddy_fetch(&r, url);
    if (rc < 0) return rc;
    size_t size = (size_t)1 << 16;
    unsigned long long total = 0;
    char *buffer = malloc(size);
    if (!buffer) return EDDY_ENOMEM;
    while ((rc = eddy_read(eddy_response_body(r), buffer, size)) > 0) {
        total += (unsigned long long)rc;
        if (total < 1000000 && (rc = eddy_sleep(10 * EDDY_MS)) < 0) break;
    }
    free(buffer);
    eddy_response_close(r);
    printf("%llu bytes\n", total);
    return rc;
}

static int yield_on(void *arg) {
    size_t *yields = arg;
    for (;; ++*yields) {
        int rc = eddy_yield();
        if (rc < 0) return rc;
    }
}

/* A task that is always ready starves no request, and no request starves it. */
static int beside_yields(void) {
    size_t yields = 0;
    eddy_future *busy = eddy_spawn(yield_on, &yields);
    int rc = 0;
    for (int i = 0; rc >= 0 && i < 200 && (i < 5 || yields <= 1000); i++) rc = get(NULL);
    printf("%s%s\n", rc < 0 ? eddy_errname(rc) : "ok", yields > 1000 ? ", thousands of yields" : "");
    rc = eddy_stop(busy);
    eddy_release(busy);
    return rc == EDDY_ECANCELED ? 0 : rc;
}

/* ---- what becomes of a request nobody waits for any more ---------------------------------------- */

static int cancelled(void) {
    eddy_future *task = eddy_spawn(get, NULL);
    int rc = ask_server(url, "asked");
    if (rc == 0) rc = eddy_sleep(100 * EDDY_MS); /* let it wait for what comes */
    eddy_cancel(task);
    int got = eddy_await(task);
    printf("%s\n", eddy_errname(got));
    return rc < 0 ? rc : ask_server(url, "left");
}

/* Moves a deadline near when the server has the request, or, if it answers, has answered. */
typedef struct {
    eddy_scope *limit;
    const char *when;
} mover;

static int move_near(void *arg) {
    mover *m = arg;
    int rc = ask_server(url, m->when);
    return rc < 0 ? rc : eddy_scope_reschedule(m->limit, eddy_now() + 100 * EDDY_MS);
}

static int past_its_deadline(void) {
    EDDY_SCOPE(limit, .timeout = 60 * EDDY_S);
    eddy_future *task = eddy_spawn(move_near, &(mover){&limit, "asked"});
    int rc = eddy_scope_end(&limit, get(NULL));
    printf("%s\n", eddy_errname(rc));
    rc = eddy_await(task);
    return rc < 0 ? rc : ask_server(url, "left");
}

/* The headers are there, the body is not wanted. */
static int closed_early(void) {
    eddy_response *r;
    int rc = eddy_fetch(&r, url);
    if (rc < 0) return rc;
    printf("%d\n", eddy_response_status(r));
    eddy_response_close(r);
    return ask_server(url, "left");
}

static int read_on(void *arg) {
    char buffer[100];
    int rc;
    while ((rc = eddy_read(eddy_response_body(arg), buffer, sizeof buffer)) > 0) continue;
    return rc;
}

/* The response is closed while another task waits for more of its body. */
static int closed_under(void) {
    eddy_response *r;
    int rc = eddy_fetch(&r, url);
    if (rc < 0) return rc;
    eddy_future *reader = eddy_spawn(read_on, r);
    rc = eddy_sleep(100 * EDDY_MS);
    eddy_response_close(r);
    if (rc == 0) rc = eddy_await(reader);
    printf("%s\n", eddy_errname(rc));
    return ask_server(url, "left");
}

/* A read that was cancelled has lost nothing: the next one goes on. The server sends the rest when one was. */
static int read_again(void) {
    eddy_response *r;
    int rc = eddy_fetch(&r, url);
    if (rc < 0) return rc;
    size_t total = 0, given_up = 0;
    char buffer[1000];
    eddy_time patience = 1 * EDDY_MS;
    for (;;) {
        EDDY_SCOPE(limit, .timeout = patience);
        rc = eddy_scope_end(&limit, eddy_read(eddy_response_body(r), buffer, sizeof buffer));
        if (rc == EDDY_ETIMEDOUT) {
            if (given_up++ == 0 && (rc = ask_server(url, "go")) < 0) break;
            patience *= 2; /* a slow machine may need more to get anything */
            continue;
        }
        if (rc <= 0) break;
        patience = 1 * EDDY_MS;
        for (int i = 0; i < rc; i++) {
            if (buffer[i] != (char)('a' + (total + (size_t)i) % 26)) return EDDY_EIO;
        }
        total += (size_t)rc;
    }
    eddy_response_close(r);
    if (rc == 0) printf("%zu bytes, %s\n", total, given_up ? "in spite of it" : "at once");
    return rc;
}

/* ---- what arrives ------------------------------------------------------------------------------- */

static int print_rest(eddy_response *r) {
    void *data = NULL;
    size_t size;
    int rc = eddy_response_bytes(r, LIMIT, &data, &size);
    if (rc == 0) printf("%s\n", (char *)data);
    free(data);
    return rc;
}

static int post(void) {
    eddy_response *r;
    int rc = eddy_fetch(&r, url, .method = "PUT",
                        .headers = (const char *[]){"x-one", "1", "content-type", "text/x", NULL},
                        .body = "a body");
    if (rc < 0) return rc;
    const char *absent = eddy_response_header(r, "x-absent");
    printf("%d %s %s\n", eddy_response_status(r), eddy_response_header(r, "X-ANSWER"),
           absent ? absent : "(absent)");
    rc = print_rest(r);
    eddy_response_close(r);
    return rc;
}

/* Megabytes to send. */
static int upload(void) {
    size_t size = 5000000;
    char *much = calloc(1, size);
    if (!much) return EDDY_ENOMEM;
    eddy_response *r;
    int rc = eddy_fetch(&r, url, .method = "post", .body = much, .body_size = size);
    free(much); /* it was copied */
    if (rc < 0) return rc;
    rc = print_rest(r);
    eddy_response_close(r);
    return rc;
}

static int in_chunks(void) {
    eddy_response *r;
    int rc = eddy_fetch(&r, url);
    if (rc < 0) return rc;
    size_t total = 0, reads = 0;
    char buffer[1000];
    while ((rc = eddy_read(eddy_response_body(r), buffer, sizeof buffer)) > 0) {
        reads++;
        for (int i = 0; i < rc; i++) {
            if (buffer[i] != (char)('a' + (total + (size_t)i) % 26)) return EDDY_EIO;
        }
        total += (size_t)rc;
    }
    eddy_response_close(r);
    if (rc == 0) printf("%zu bytes, %s\n", total, reads > 1 ? "in parts" : "at once");
    return rc;
}

static int by_lines(void) {
    eddy_response *r;
    int rc = eddy_fetch(&r, url);
    if (rc < 0) return rc;
    char *line;
    size_t length;
    while ((rc = eddy_read_line(eddy_response_body(r), 1000, &line, &length)) > 0) {
        printf("%zu:%s\n", length, line);
        free(line);
    }
    eddy_response_close(r);
    return rc;
}

/* ---- headers and options --------------------------------------------------------------------------- */

/* Those that begin with "x-", in hexadecimal digits if they are no text; or how many there are. */
static int headers(bool count) {
    eddy_response *r;
    int rc = eddy_fetch(&r, url);
    if (rc < 0) {
        printf("fetch: ");
        print_error(rc);
        return 0;
    }
    const char *name, *value;
    size_t n = 0;
    for (; eddy_response_header_at(r, n, &name, &value) == 1; n++) {
        if (count || strncmp(name, "x-", 2) != 0) continue;
        printf("%s:", name);
        for (; *value; value++) {
            unsigned char c = (unsigned char)*value;
            if (c < ' ' || c > '~')
                printf("<%02x>", c);
            else
                printf("%c", c);
        }
        printf("\n");
    }
    if (count) printf("%s headers\n", n > 10000 ? "more than 10000" : "less than 10000");
    const char *first, *again;
    bool same = eddy_response_header_at(r, 0, &first, NULL) == 1 &&
                eddy_response_header_at(r, n - 1, NULL, NULL) == 1 &&
                eddy_response_header_at(r, 0, &again, NULL) == 1 && first == again &&
                eddy_response_header_at(r, n, NULL, NULL) == 0 &&
                eddy_response_header_at(NULL, 0, NULL, NULL) == EDDY_EINVAL;
    if (!same) printf("not the same again\n");
    eddy_response_close(r);
    return 0;
}

/* fetching options URL REDIRECT CREDENTIALS MODE CACHE, each may be "-". */
static int options(char **given) {
    const char *option[4];
    for (int i = 0; i < 4; i++) option[i] = given[i] && strcmp(given[i], "-") ? given[i] : NULL;
    eddy_response *r;
    int rc = eddy_fetch(&r, url, .redirect = option[0], .credentials = option[1], .mode = option[2],
                        .cache = option[3]);
    printf("%s", eddy_errname(rc));
    if (rc == 0) printf(" %d", eddy_response_status(r));
    printf("\n");
    eddy_response_close(r);
    return 0;
}

static int body_in_digits(void) {
    eddy_response *r;
    int rc = eddy_fetch(&r, url);
    if (rc < 0) {
        printf("%s\n", eddy_errname(rc));
        return 0;
    }
    unsigned char bytes[100];
    while ((rc = eddy_read(eddy_response_body(r), bytes, sizeof bytes)) > 0)
        for (int i = 0; i < rc; i++) printf("%02x", bytes[i]);
    printf("%s\n", rc < 0 ? eddy_errname(rc) : "");
    eddy_response_close(r);
    return 0;
}

/* ---- trying again ------------------------------------------------------------------------------------ */

/* fetching retry URL METHOD HOW: "any" method, with a "stream", under a "scope", or "-". */
static int again(const char *method, const char *how) {
    eddy_stream *reader = NULL, *writer = NULL;
    eddy_response *r;
    eddy_fetch_options request = {.url = url, .method = method};
    if (!strcmp(how, "stream")) {
        int rc = eddy_pipe(&reader, &writer, 0);
        if (rc == 0) rc = eddy_shut(writer);
        if (rc < 0) return rc;
        request.body_stream = reader;
    }
    eddy_retry_options retry = {.base = 1 * EDDY_MS, .most = 2 * EDDY_MS, .any_method = !strcmp(how, "any")};
    EDDY_SCOPE(limit, .timeout = !strcmp(how, "scope") ? 60 * EDDY_S : 0);
    eddy_future *task = strcmp(how, "scope") ? NULL : eddy_spawn(move_near, &(mover){&limit, "left"});
    int rc = eddy_scope_end(&limit, eddy_fetch_retry(&r, &request, &retry));
    if (task && eddy_await(task) < 0) printf("the server was not asked: ");
    printf("%s", eddy_errname(rc));
    if (rc == 0) printf(" %d ", eddy_response_status(r));
    if (rc == 0) rc = print_rest(r);
    else printf("%s\n", r ? " and a response" : "");
    eddy_response_close(r);
    eddy_close(reader);
    eddy_close(writer);
    return 0;
}

/* ---- errors --------------------------------------------------------------------------------------- */

static int broken(void) {
    eddy_response *r;
    int rc = eddy_fetch(&r, url);
    if (rc < 0) {
        printf("fetch: %s", r ? "a response " : "");
        print_error(rc);
        return 0;
    }
    char buffer[1000];
    size_t total = 0;
    while ((rc = eddy_read(eddy_response_body(r), buffer, sizeof buffer)) > 0) {
        bool first = total == 0;
        total += (size_t)rc;
        if (first && strstr(url, "/reset") && (rc = ask_server(url, "go")) < 0) break;
    }
    printf("%s: ", total ? "body" : "empty body");
    print_error(rc);
    eddy_response_close(r);
    return 0;
}

static int check_it(void *arg) {
    (void)arg;
    eddy_response *r;
    int rc = eddy_fetch(&r, url);
    if (rc < 0) return rc;
    rc = eddy_response_check(r);
    eddy_response_close(r);
    return rc;
}

static int checked(void) {
    eddy_future *task = eddy_spawn(check_it, NULL);
    int rc = eddy_join(task);
    printf("%s: %s\n", eddy_errname(rc), eddy_message(task));
    eddy_release(task);
    return 0;
}

static int too_much(void) {
    eddy_response *r;
    int rc = eddy_fetch(&r, url);
    if (rc < 0) return rc;
    void *data = NULL;
    size_t size;
    rc = eddy_response_bytes(r, 9, &data, &size);
    printf("%s\n", eddy_errname(rc));
    eddy_response_close(r);
    return 0;
}

static int wrong_use(void) {
    eddy_response *r;
    printf("%s\n", eddy_errname(eddy_fetch(&r, NULL)));
    printf("%s\n", eddy_errname(eddy_fetch(&r, url, .headers = (const char *[]){"a\nb", "1", NULL})));
    printf("%s\n", eddy_errname(eddy_fetch(&r, url, .headers = (const char *[]){"a", "1\r\n", NULL})));
    int rc = eddy_fetch(&r, "http://[");
    print_error(rc);
    eddy_response_close(NULL);
    return 0;
}

/* What a host does not take, and might end the program for. */
static int refused(void) {
    static const char *const methods[] = {"", "G T", "G\r\nX: y", "G\xff", "\xc3\xa9", "CONNECT", "TRACE"};
    static char large[150001], names[2000][8], own[70000];
    static const char *many[4001];
    eddy_response *r;
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        printf("%s ", eddy_errname(eddy_fetch(&r, url, .method = methods[i])));
    memset(large, 'a', sizeof large - 1);
    printf("%s ", eddy_errname(eddy_fetch(&r, url, .headers = (const char *[]){"a", large, NULL})));
    for (size_t i = 0; i < 2000; i++) {
        snprintf(names[i], sizeof names[i], "x-%zu", i);
        many[2 * i] = names[i];
        many[2 * i + 1] = "";
    }
    printf("%s ", eddy_errname(eddy_fetch(&r, url, .headers = many)));
    int length = snprintf(own, sizeof own, "%s?", url);
    memset(own + length, 'a', sizeof own - 1 - (size_t)length);
    printf("%s\n", eddy_errname(eddy_fetch(&r, own)));
    int rc = eddy_fetch(&r, url);
    if (rc == 0) eddy_response_close(r);
    return rc;
}

int eddy_main(int argc, char **argv) {
    const char *what = argc > 1 ? argv[1] : "";
    url = argc > 2 ? argv[2] : "http://127.0.0.1:1/";
    if (!strcmp(what, "many")) return many((size_t)(argc > 3 ? atol(argv[3]) : 100));
    if (!strcmp(what, "patient")) {
        patience = 500 * EDDY_MS;
        return many((size_t)(argc > 3 ? atol(argv[3]) : 100));
    }
    if (!strcmp(what, "in-all")) return in_all((size_t)(argc > 3 ? atol(argv[3]) : 3200));
    if (!strcmp(what, "slowly")) return slowly();
    if (!strcmp(what, "beside-yields")) return beside_yields();
    if (!strcmp(what, "cancelled")) return cancelled();
    if (!strcmp(what, "deadline")) return past_its_deadline();
    if (!strcmp(what, "closed")) return closed_early();
    if (!strcmp(what, "closed-under")) return closed_under();
    if (!strcmp(what, "read-again")) return read_again();
    if (!strcmp(what, "post")) return post();
    if (!strcmp(what, "upload")) return upload();
    if (!strcmp(what, "chunks")) return in_chunks();
    if (!strcmp(what, "lines")) return by_lines();
    if (!strcmp(what, "broken")) return broken();
    if (!strcmp(what, "headers")) return headers(false);
    if (!strcmp(what, "count-headers")) return headers(true);
    if (!strcmp(what, "options") && argc > 6) return options(argv + 3);
    if (!strcmp(what, "digits")) return body_in_digits();
    if (!strcmp(what, "retry") && argc > 4) return again(argv[3], argv[4]);
    if (!strcmp(what, "checked")) return checked();
    if (!strcmp(what, "too-much")) return too_much();
    if (!strcmp(what, "wrong-use")) return wrong_use();
    if (!strcmp(what, "refused")) return refused();
    return eddy_fail(EDDY_EINVAL, "fetching: what is \"%s\"?", what);
}
