/* events.c: server-sent events: connections one after another, each a fetch whose body goes through
 * event_parser.c. What was read and what is waited for is kept in the source, so that a cancelled call
 * goes on with the next. */
#include "event_parser.h"

#include "eddy/events.h"

enum { GOES_ON = 1 };
enum { ACCEPT, ACCEPT_VALUE, LAST_ID, LAST_ID_VALUE, OWN_HEADERS }; /* places in `headers` */

struct eddy_event_source {
    eddy__event_parser parser;
    eddy_response *response; /* NULL: between two connections */
    size_t at, have;         /* in chunk: parsed, read */
    eddy_time connect_at;    /* 0: now */
    eddy_time retry;         /* until the server says */
    unsigned failures;       /* to connect, in a row */
    unsigned attempts;
    int ended;              /* GOES_ON, or what every call returns from now on */
    bool busy;              /* a task is in next */
    bool closed;            /* in the meantime: that task frees the source */
    eddy_scope *call;       /* of that task, around its call */
    const char *url, *credentials, *mode; /* in text */
    char *text;                           /* copies of the caller's strings */
    size_t text_size;
    const char **headers; /* ours and the caller's; NULL at the end */
    size_t header_count;  /* with that NULL */
    char chunk[4096];
};

/* ---- copies of what the caller has given ---------------------------------------------------------------- */

static size_t size_of(const char *string) {
    return string ? strlen(string) + 1 : 0;
}

static const char *keep(char **at, const char *string) {
    if (!string) return NULL;
    char *copy = *at;
    size_t size = strlen(string) + 1;
    memcpy(copy, string, size);
    *at += size;
    return copy;
}

static int copy_options(eddy_event_source *source, const eddy_event_source_options *options) {
    size_t count = 0;
    source->text_size = size_of(options->url) + size_of(options->credentials) + size_of(options->mode);
    for (; options->headers && options->headers[count]; count++)
        source->text_size += size_of(options->headers[count]);
    source->header_count = OWN_HEADERS + count + 2; /* a value may be missing: fetch says so */
    source->headers = eddy__alloc(source->header_count * sizeof *source->headers);
    char *at = source->text = eddy__alloc(source->text_size);
    if (!source->headers || !at) return EDDY_ENOMEM;
    source->url = keep(&at, options->url);
    source->credentials = keep(&at, options->credentials);
    source->mode = keep(&at, options->mode);
    source->headers[ACCEPT] = "accept";
    source->headers[ACCEPT_VALUE] = "text/event-stream";
    for (size_t i = 0; i < count; i++)
        source->headers[OWN_HEADERS + i] = keep(&at, options->headers[i]);
    source->headers[OWN_HEADERS + count] = source->headers[OWN_HEADERS + count + 1] = NULL;
    return 0;
}

static void free_source(eddy_event_source *source) {
    eddy_response_close(source->response);
    eddy__event_parser_drop(&source->parser);
    eddy__free(source->text, source->text ? source->text_size : 0);
    eddy__free(source->headers,
               source->headers ? source->header_count * sizeof *source->headers : 0);
    eddy__free(source, sizeof *source);
}

/* ---- connections ---------------------------------------------------------------------------------------- */

static bool is_event_stream(const char *type) {
    static const char wanted[] = "text/event-stream";
    size_t i = 0;
    for (; type && wanted[i]; i++) {
        char c = type[i] >= 'A' && type[i] <= 'Z' ? (char)(type[i] + 32) : type[i];
        if (c != wanted[i]) return false;
    }
    return type && (type[i] == 0 || type[i] == ';' || type[i] == ' ' || type[i] == '\t');
}

/* GOES_ON, 0: there is nothing to come, or EDDY_EHTTP. */
static int judge(const eddy_response *response) {
    int status = eddy_response_status(response);
    const char *url = eddy_response_url(response);
    if (status == 204) return 0;
    if (status != 200)
        return eddy__call_failed(EDDY_EHTTP, "status %d instead of events: %s", status, url);
    const char *type = eddy_response_header(response, "content-type");
    if (is_event_stream(type)) return GOES_ON;
    return eddy__call_failed(EDDY_EHTTP, "%s instead of text/event-stream: %s", type ? type : "no type", url);
}

static bool is_header_value(const char *id) {
    for (; *id; id++)
        if ((unsigned char)*id < ' ' || *id == 0x7f) return false;
    return true;
}

/* The header of the last event's id, or in its place another one twice: there is no gap in the list. */
static void set_last_id(eddy_event_source *source) {
    const char *id = eddy_event_source_last_id(source);
    bool has = *id && is_header_value(id);
    source->headers[LAST_ID] = has ? "last-event-id" : "cache-control";
    source->headers[LAST_ID_VALUE] = has ? id : "no-cache";
}

/* Returns GOES_ON; an error of the connection; or, with source->ended set to it, the end. */
static int connect_once(const char *site, eddy_event_source *source) {
    int rc = eddy__event_parser_restart(&source->parser);
    if (rc < 0) return rc;
    set_last_id(source);
    eddy_fetch_options options = {.url = source->url,
                                  .headers = source->headers,
                                  .credentials = source->credentials,
                                  .mode = source->mode,
                                  .cache = "no-store"};
    rc = eddy__fetch_with(site, &source->response, &options);
    if (rc < 0) return rc;
    source->at = source->have = 0;
    source->failures = 0;
    source->ended = judge(source->response);
    if (source->ended == GOES_ON) return GOES_ON;
    eddy_response_close(source->response);
    source->response = NULL;
    return source->ended;
}

static void connect_later(eddy_event_source *source) {
    eddy_response_close(source->response);
    source->response = NULL;
    int64_t asked = source->parser.retry;
    eddy_time delay = asked < 0 ? source->retry : asked * EDDY_MS, most = 60 * EDDY_S;
    if (source->failures && delay < 100 * EDDY_MS) delay = 100 * EDDY_MS;
    for (unsigned i = 1; i < source->failures && delay < most; i++)
        delay = delay * 2 < most ? delay * 2 : most;
    source->connect_at = eddy__time_add(eddy_now(), delay);
}

static bool is_of_the_connection(int rc) {
    return rc == EDDY_EHOST || rc == EDDY_EIO || rc == EDDY_ECONNREFUSED || rc == EDDY_ECONNRESET ||
           rc == EDDY_EHOSTNOTFOUND || rc == EDDY_ECLOSED;
}

/* Returns GOES_ON, also after a failure that is not the last; the end; or ECANCELED, ENOMEM. */
static int connect_again(const char *site, eddy_event_source *source) {
    int rc = source->connect_at ? eddy__sleep_until(site, source->connect_at) : 0;
    if (rc < 0) return rc;
    source->connect_at = 0;
    rc = connect_once(site, source);
    if (rc >= 0 || rc == source->ended || !is_of_the_connection(rc)) {
        if (rc == EDDY_ECANCELED) connect_later(source); /* the server has seen an attempt */
        return rc;
    }
    source->failures++;
    if (source->attempts && source->failures >= source->attempts) return source->ended = rc;
    connect_later(source);
    return GOES_ON;
}

typedef struct opening {
    eddy__cleanup cleanup;
    eddy_event_source *source;
} opening;

static void free_opening(eddy__cleanup *cleanup) {
    free_source(EDDY__OWNER(cleanup, opening, cleanup)->source);
}

int eddy__event_source_open_with(const char *site, eddy_event_source **source,
                                 const eddy_event_source_options *options) {
    if (source) *source = NULL;
    int rc = eddy__checkpoint(site);
    if (rc < 0) return rc;
    if (!source || !options || !options->url || !*options->url)
        return eddy__call_failed(EDDY_EINVAL, "eddy_event_source_open: no URL");
    eddy_event_source *made = eddy__alloc(sizeof *made);
    if (!made) return EDDY_ENOMEM;
    memset(made, 0, offsetof(eddy_event_source, chunk));
    made->ended = GOES_ON;
    made->attempts = options->attempts;
    made->retry = options->retry ? options->retry : 3 * EDDY_S;
    made->parser.limit = options->limit ? options->limit : 1 << 20;
    made->parser.retry = -1;
    rc = copy_options(made, options);
    if (rc == 0)
        rc = eddy__event_parser_set_id(&made->parser, options->last_event_id ? options->last_event_id : "");
    opening here = {.source = made};
    eddy__cleanup_push(&here.cleanup, free_opening);
    if (rc == 0) rc = connect_once(site, made);
    eddy__cleanup_pop();
    if (rc < 0) {
        free_source(made);
        return rc;
    }
    *source = made;
    return 0;
}

/* ---- events ----------------------------------------------------------------------------------------------- */

/* 1: an event; 0: all was parsed; or the error that is the end, or ENOMEM. */
static int parse(eddy_event_source *source, eddy_server_event *event) {
    size_t used;
    eddy__event_parser *parser = &source->parser;
    int rc = eddy__event_parser_take(parser, source->chunk + source->at, source->have - source->at, &used);
    source->at += used;
    if (rc == 1)
        *event = (eddy_server_event){parser->type.at, parser->data.at, parser->data.size, parser->last_id.at};
    if (rc >= 0) return rc;
    connect_later(source); /* if it is to go on at all */
    if (rc == EDDY_ENOMEM) return rc;
    source->ended = rc;
    return eddy__call_failed(rc, "an event is longer than %zu bytes: %s", parser->limit, source->url);
}

static int next_event(const char *site, eddy_event_source *source, eddy_server_event *event) {
    for (;;) {
        int rc = parse(source, event);
        if (rc != 0) return rc;
        if (!source->response) {
            rc = connect_again(site, source);
            if (rc != GOES_ON) return rc;
            continue;
        }
        rc = eddy__read(site, eddy_response_body(source->response), source->chunk, sizeof source->chunk);
        source->at = 0;
        source->have = rc > 0 ? (size_t)rc : 0;
        if (rc > 0) continue;
        if (rc == EDDY_ECANCELED || rc == EDDY_ENOMEM) return rc;
        connect_later(source); /* it has ended, or broken off */
    }
}

typedef struct {
    eddy__cleanup cleanup;
    eddy_event_source *source;
} awaited;

/* The task is abandoned inside of next. */
static void forget_awaited(eddy__cleanup *cleanup) {
    eddy_event_source *source = EDDY__OWNER(cleanup, awaited, cleanup)->source;
    source->busy = false;
    source->call = NULL;
    if (source->closed) free_source(source);
}

int eddy__event_source_next(const char *site, eddy_event_source *source, eddy_server_event *event) {
    int rc = eddy__checkpoint(site);
    if (rc < 0) return rc;
    if (!source || !event) return EDDY_EINVAL;
    if (source->busy) return eddy__call_failed(EDDY_ESTATE, "another task waits for this source's next event");
    *event = (eddy_server_event){"", "", 0, eddy_event_source_last_id(source)};
    if (source->ended != GOES_ON) return source->ended;
    eddy_scope call = {0};
    rc = eddy__scope_begin(site, &call, NULL);
    if (rc < 0) return rc;
    source->call = &call;
    source->busy = true;
    awaited here = {.source = source};
    eddy__cleanup_push(&here.cleanup, forget_awaited);
    rc = next_event(site, source, event);
    eddy__cleanup_pop();
    source->busy = false;
    source->call = NULL;
    rc = eddy_scope_end(&call, rc);
    if (!source->closed) return rc;
    free_source(source);
    return rc == EDDY_ECANCELED ? rc : EDDY_ECLOSED;
}

const char *eddy_event_source_last_id(const eddy_event_source *source) {
    return source && source->parser.last_id.at ? source->parser.last_id.at : "";
}

void eddy_event_source_close(eddy_event_source *source) {
    if (!source || source->closed) return;
    source->closed = true;
    if (source->busy)
        (void)eddy_scope_cancel(source->call);
    else
        free_source(source);
}

int(eddy_event_source_open_with)(eddy_event_source **source,
                                 const eddy_event_source_options *options) {
    return eddy__event_source_open_with(NULL, source, options);
}
int(eddy_event_source_next)(eddy_event_source *source, eddy_server_event *event) {
    return eddy__event_source_next(NULL, source, event);
}
