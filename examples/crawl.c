/* crawl: follows every link of a site and says what is broken.
 *
 *     crawl [--concurrency N] [--deadline SECONDS] [--pages N] [--list] [--json] [--quiet] URL
 *
 * A task per page: it asks, reads, parses, and notes the links it has not seen; the main task
 * starts them, as many at a time as it was told, in the order in which the addresses were found:
 * breadth first. All tasks share one `crawl` without any lock: they are switched only where they
 * wait. Whatever goes wrong with a page becomes a row of the table, never the end of the crawl.
 * Exit status: 0 the crawl ran (broken links are what it is for), 1 the start is no page, 2 usage.
 */
// build: sources=gumbo,uriparser optimise=size printf=integers
// build: files=examples/crawl/*.c,@uriparser/src/*.c
// build: files=@gumbo/src/attribute.c,@gumbo/src/string_*.c,@gumbo/src/tag.c
// build: files=@gumbo/src/tokenizer.c,@gumbo/src/ut*.c,@gumbo/src/vector.c
// build: cflags=-Oz,-Iexamples/crawl,-I@gumbo/src,-I@uriparser/include
// build: cflags=-Dgumbo_debug(...)=gumbo_nothing()
#include <eddy.h>

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "crawl/links.h"
#include "crawl/memory.h"
#include "crawl/page.h"
#include "crawl/report.h"
#include "crawl/url.h"

/* A page larger than this is an error, not a reason to run out of memory. */
#define PAGE_SIZE_LIMIT (64u << 20)

/* Unoptimised, uriparser recurses for each character: the longest address fits in this. */
#define VISIT_STACK (256u << 10)

/* ---- what a visit finds ---- */

/* Text from outside goes to a terminal: no control characters. */
static char *clean_copy(const char *text) {
    char *copy = copy_text(text, strlen(text));
    for (char *c = copy; *c; c++) {
        if ((unsigned char)*c < ' ' || *c == 0x7f) *c = ' ';
    }
    return copy;
}

static void settle(struct link *l, link_state state, const char *detail) {
    l->state = state;
    free(l->detail);
    l->detail = clean_copy(detail);
}

static void settle_broken(struct link *l, int rc) {
    const char *text = eddy_last_message();
    char reason[128] = "";
    if (rc == EDDY_ETIMEDOUT) {
        sprintf(reason, "no answer within %.40s s", l->crawl->page_deadline_text);
    } else if (rc == EDDY_EFULL) {
        sprintf(reason, "larger than %u MB", PAGE_SIZE_LIMIT >> 20);
    } else if (rc == EDDY_EHTTP) {
        /* "404 Not Found: URL": the row names the address by itself */
        int length = (int)strcspn(text, ":");
        while (length > 0 && text[length - 1] == ' ') length--; /* not every server says a text */
        if (length > (int)sizeof reason - 1) length = (int)sizeof reason - 1;
        sprintf(reason, "%.*s", length, text);
    }
    if (*reason) text = reason;
    settle(l, LINK_BROKEN, *text ? text : eddy_strerror(rc));
}

/* ---- the frontier ---- */

/* Takes over `url`. */
static struct link *note_link(crawl *c, char *url, struct link *from) {
    bool is_new;
    struct link *l = links_add(&c->links, url, &is_new);
    if (is_new) {
        l->crawl = c;
        l->from = from;
        l->depth = from ? from->depth + 1 : 0;
    }
    return l;
}

static void note_links(crawl *c, struct link *here, const page *p) {
    char *base = NULL;
    if (p->base) (void)url_resolve(here->url, p->base, &base);
    for (size_t i = 0; i < p->link_count; i++) {
        char *url;
        url_kind kind = url_resolve(base ? base : here->url, p->links[i], &url);
        if (kind == URL_WEB && url_same_origin(url, here->url)) {
            note_link(c, url, here)->named++;
        } else if (kind == URL_MALFORMED) {
            struct link *l = note_link(c, clean_copy(p->links[i]), here);
            l->named++;
            settle(l, LINK_BROKEN, "not an address");
        } else {
            c->other_sites += kind == URL_WEB;
            free(url);
        }
    }
    free(base);
}

/* The answer to a request for `l` came from `final`, the address after redirects. Returns the link
 * that the answer belongs to, which is loading; NULL if that one has an answer of its own or is not
 * of this site. */
static struct link *follow_redirects(crawl *c, struct link *l, const char *final) {
    char *url;
    if (url_resolve(NULL, final, &url) != URL_WEB || strcmp(url, l->url) == 0) {
        free(url);
        return l;
    }
    if (!url_same_origin(url, l->url)) {
        settle(l, LINK_LEAVES, url);
        free(url);
        return NULL;
    }
    l->state = LINK_REDIRECT;
    l->target = note_link(c, url, l);
    if (l->target->state != LINK_WAITING) return NULL;
    l->target->state = LINK_LOADING;
    return l->target;
}

/* ---- one page ---- */

typedef struct body {
    char *data;
    size_t size, room;
} body;

static int read_body(crawl *c, eddy_stream *stream, body *b) {
    for (;;) {
        if (b->size >= PAGE_SIZE_LIMIT) return EDDY_EFULL;
        if (b->size == b->room) {
            b->room = b->room ? 2 * b->room : 32768;
            b->data = must(realloc(b->data, b->room));
        }
        int n = eddy_read(stream, b->data + b->size, b->room - b->size);
        if (n <= 0) return n;
        b->size += (size_t)n;
        c->bytes += (size_t)n;
    }
}

/* Asks for `l` and reads the page. *owner becomes the link that the answer belongs to, NULL if
 * nobody needs it; it is still loading if there is a page in `b`. */
static int load(struct link *l, struct link **owner, body *b) {
    eddy_response *r;
    int rc = eddy_fetch(&r, l->url, .headers = (const char *[]){"accept", "text/html", NULL});
    if (rc < 0) return rc;
    *owner = follow_redirects(l->crawl, l, eddy_response_url(r));
    if (*owner) {
        (*owner)->status = eddy_response_status(r);
        const char *type = eddy_response_header(r, "content-type");
        rc = eddy_response_check(r);
        if (rc == 0 && page_is_html(type)) {
            settle(*owner, LINK_LOADING, type);
            rc = read_body(l->crawl, eddy_response_body(r), b);
        } else if (rc == 0) {
            settle(*owner, LINK_NOT_HTML, type ? type : "no content type");
        }
    }
    eddy_response_close(r);
    return rc;
}

static void take_page(crawl *c, struct link *l, const body *b) {
    page p;
    page_parse(&p, b->data, b->size, l->detail);
    l->bytes = b->size;
    l->title = p.title;
    p.title = NULL;
    l->state = LINK_PAGE;
    c->pages++;
    note_links(c, l, &p);
    page_free(&p);
}

/* Task: one address. Its result says only whether it was cancelled; what it found is in the link.
 */
static int visit(void *arg) {
    struct link *l = arg, *owner = l;
    crawl *c = l->crawl;
    body b = {0};
    eddy_time began = eddy_now();

    EDDY_SCOPE(limit, .timeout = c->page_deadline);
    int rc = load(l, &owner, &b);
    rc = eddy_scope_end(&limit, rc);

    eddy_time latency = eddy_now() - began;
    c->latencies += latency;
    c->in_flight--;
    if (owner) {
        owner->latency = latency;
        if (rc < 0 && rc != EDDY_ECANCELED)
            settle_broken(owner, rc);
        else if (rc == 0 && owner->state == LINK_LOADING)
            take_page(c, owner, &b);
    }
    free(b.data);
    if (c->changed) eddy_resolve(c->changed, 0);
    return rc == EDDY_ECANCELED ? rc : 0;
}

/* ---- the crawl ---- */

static struct link *next_waiting(crawl *c) {
    for (; c->next < c->links.count; c->next++) {
        if (c->links.all[c->next]->state == LINK_WAITING) return c->links.all[c->next];
    }
    return NULL;
}

static void start_visits(crawl *c) {
    while (c->in_flight < c->concurrency) {
        if (c->page_limit && c->pages + c->in_flight >= c->page_limit) return;
        struct link *l = next_waiting(c);
        if (!l) return;
        l->state = LINK_LOADING;
        c->requests++;
        c->in_flight++;
        if (c->in_flight > c->most_in_flight) c->most_in_flight = c->in_flight;
        l->task = eddy_spawn_opt(visit, .arg = l, .stack = VISIT_STACK);
        if (!l->task) {
            c->in_flight--;
            settle(l, LINK_BROKEN, "out of memory");
        }
    }
}

/* Until a visit has ended. Several may end before this task runs again: they share one future. */
static int wait_for_change(crawl *c) {
    c->changed = eddy_future_new();
    int rc = eddy_join(c->changed);
    eddy_release(c->changed);
    c->changed = NULL;
    return rc;
}

static int crawl_site(crawl *c) {
    eddy_future *progress = c->quiet ? NULL : eddy_spawn(report_progress, c);
    c->began = eddy_now();
    int rc = 0;
    for (;;) {
        start_visits(c);
        if (c->in_flight == 0) break;
        rc = wait_for_change(c);
        if (rc < 0) break;
    }
    c->ended = eddy_now();
    for (size_t i = 0; i < c->links.count; i++) {
        if (c->links.all[i]->task) EDDY_IGNORE(eddy_stop(c->links.all[i]->task));
    }
    if (progress) EDDY_IGNORE(eddy_stop(progress));
    eddy_release(progress);
    return rc;
}

/* ---- command line ---- */

static const char usage[] = "usage: crawl [options] URL\n"
                            "  --concurrency N    pages asked for at a time (default 32)\n"
                            "  --deadline SECONDS for one page (default 30)\n"
                            "  --pages N          stop after N pages\n"
                            "  --list             also list the pages, with their titles\n"
                            "  --json             print what was found for a program to read\n"
                            "  --quiet            no progress line\n";

#define LARGEST_NUMBER 1000000u

/* Moves `*text` past its digits. False: there are none, or they are too much. */
static bool parse_digits(const char **text, unsigned *out) {
    const char *start = *text;
    *out = 0;
    for (; isdigit((unsigned char)**text) && *out <= LARGEST_NUMBER; ++*text)
        *out = *out * 10 + (unsigned)(**text - '0');
    return *text > start && *out <= LARGEST_NUMBER;
}

static bool parse_count(const char *text, size_t *out) {
    unsigned n;
    bool ok = parse_digits(&text, &n) && *text == '\0' && n > 0;
    *out = n;
    return ok;
}

static bool parse_seconds(const char *text, eddy_time *out) {
    unsigned whole;
    if (!parse_digits(&text, &whole)) return false;
    *out = (eddy_time)whole * EDDY_S;
    if (*text == '.') {
        for (eddy_time digit = EDDY_S / 10; isdigit((unsigned char)*++text); digit /= 10)
            *out += (*text - '0') * digit;
    }
    return *text == '\0' && *out > 0;
}

static bool equal(const char *a, const char *b) {
    return strcmp(a, b) == 0;
}

/* Takes the option at argv[*at], and its value. */
static bool parse_option(crawl *c, int argc, char **argv, int *at) {
    const char *option = argv[*at];
    if (equal(option, "--list")) return c->list = true;
    if (equal(option, "--json")) return c->json = true;
    if (equal(option, "--quiet")) return c->quiet = true;
    size_t *count = equal(option, "--concurrency") ? &c->concurrency
                    : equal(option, "--pages")     ? &c->page_limit
                                                   : NULL;
    if ((!count && !equal(option, "--deadline")) || *at + 1 == argc) return false;
    const char *value = argv[++*at];
    if (count) return parse_count(value, count);
    c->page_deadline_text = value;
    return parse_seconds(value, &c->page_deadline);
}

static bool parse_arguments(crawl *c, int argc, char **argv) {
    for (int i = 1; i < argc; i++) {
        if (*argv[i] != '-' && !c->start) {
            c->start = argv[i];
        } else if (!parse_option(c, argc, argv, &i)) {
            fprintf(stderr, "crawl: cannot read \"%s\"\n", argv[i]);
            return false;
        }
    }
    return c->start;
}

int eddy_main(int argc, char **argv) {
    crawl c = {.concurrency = 32, .page_deadline = 30 * EDDY_S, .page_deadline_text = "30"};
    if (!parse_arguments(&c, argc, argv)) {
        fputs(usage, stderr);
        return 2;
    }
    char *url;
    if (url_resolve(NULL, c.start, &url) != URL_WEB) {
        fprintf(stderr, "crawl: not the address of a web page: %s\n", c.start);
        return 2;
    }
    struct link *start = note_link(&c, url, NULL);
    int rc = crawl_site(&c);
    if (c.json)
        report_json(&c);
    else
        report_table(&c);
    if (rc == 0 && c.pages == 0) {
        fprintf(stderr, "crawl: no page at %s: %s\n", c.start,
                start->detail ? start->detail : "it leads nowhere");
        rc = 1;
    }
    links_free(&c.links);
    return rc;
}
