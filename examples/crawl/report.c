/* report.c: progress line, table and JSON. */
#include "report.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "url.h"

static size_t count_state(const crawl *c, link_state state) {
    size_t n = 0;
    for (size_t i = 0; i < c->links.count; i++) n += c->links.all[i]->state == state;
    return n;
}

typedef struct decimal {
    char text[32];
} decimal;

/* value / unit with so many digits after the point. Integers only: what printf needs for floating
 * point would be a sixth of the module. */
static decimal in_units(uint64_t value, uint64_t unit, unsigned digits) {
    uint64_t scale = 1;
    for (unsigned i = 0; i < digits; i++) scale *= 10;
    uint64_t scaled = value / unit * scale + (value % unit * scale + unit / 2) / unit;
    decimal out;
    sprintf(out.text, "%llu.%0*llu", (unsigned long long)(scaled / scale), (int)digits,
            (unsigned long long)(scaled % scale));
    return out;
}

static decimal seconds(eddy_time t, unsigned digits) {
    return in_units((uint64_t)t, (uint64_t)EDDY_S, digits);
}

static decimal milliseconds(eddy_time t, unsigned digits) {
    return in_units((uint64_t)t, (uint64_t)EDDY_MS, digits);
}

/* ---- progress ---- */

static void progress_line(const crawl *c, const char *before, const char *after) {
    fprintf(stderr, "%scrawl: %zu pages, %zu in flight, %zu waiting, %zu broken, %s MB, %s s%s",
            before, c->pages, c->in_flight, count_state(c, LINK_WAITING),
            count_state(c, LINK_BROKEN), in_units(c->bytes, 1000000, 1).text,
            seconds(eddy_now() - c->began, 1).text, after);
    fflush(stderr);
}

/* Whether a line can be written over. Some hosts call every stderr a terminal; where there really is
 * one, TERM says which. */
static bool is_terminal(void) {
    const char *kind = getenv("TERM");
    return kind && strcmp(kind, "dumb") != 0 && isatty(STDERR_FILENO);
}

int report_progress(void *arg) {
    const crawl *c = arg;
    bool rewrite = is_terminal();
    eddy_time pause = rewrite ? 100 * EDDY_MS : EDDY_S;
    int rc;
    while ((rc = eddy_sleep(pause)) == 0) {
        if (rewrite)
            progress_line(c, "\r", "\033[K");
        else
            progress_line(c, "", "\n");
    }
    if (rewrite) fputs("\r\033[K", stderr);
    return rc == EDDY_ECANCELED ? 0 : rc;
}

/* ---- table ---- */

/* 29412331 as "29,412,331". */
static const char *grouped(size_t n, char out[32]) {
    char digits[24];
    int length = sprintf(digits, "%zu", n);
    char *end = out;
    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0) *end++ = ',';
        *end++ = digits[i];
    }
    *end = '\0';
    return out;
}

static void count_row(const char *name, size_t n, const char *note) {
    char text[32];
    printf("  %-22s %14s%s%s\n", name, grouped(n, text), *note ? "   " : "", note);
}

static void time_row(const char *name, eddy_time t, const char *note) {
    printf("  %-22s %12s s%s%s\n", name, seconds(t, 2).text, *note ? "   " : "", note);
}

/* The address as short as it can be said: its path if it is of the site. */
static const char *short_url(const crawl *c, const char *url) {
    return c->links.count && url_same_origin(url, c->links.all[0]->url) ? url_path(url) : url;
}

/* What there is to say about an address that is no page. Valid until the next call. */
static const char *finding(const crawl *c, const struct link *l) {
    static char text[512];
    const char *prefix = l->state == LINK_NOT_HTML ? "not HTML: " : "";
    if (l->state == LINK_LEAVES || l->state == LINK_REDIRECT) prefix = "leads to ";
    sprintf(text, "%s%.480s", prefix, l->target ? short_url(c, l->target->url) : l->detail);
    return text;
}

static bool is_finding(const struct link *l) {
    return l->state == LINK_BROKEN || l->state == LINK_LEAVES || l->state == LINK_NOT_HTML ||
           l->state == LINK_REDIRECT;
}

static void finding_row(const crawl *c, const struct link *l, const size_t width[2]) {
    printf("  %-*s  %-*s  %s", (int)width[0], finding(c, l), (int)width[1], short_url(c, l->url),
           l->from ? short_url(c, l->from->url) : "(start)");
    if (l->named > 1) printf(" (%zu links)", l->named);
    putchar('\n');
}

static void widen(size_t *width, const char *text) {
    size_t length = strlen(text);
    if (length > *width && length <= 60) *width = length;
}

/* A row for each address that is no page, the worst first. */
static void findings(const crawl *c) {
    static const link_state order[] = {LINK_BROKEN, LINK_LEAVES, LINK_NOT_HTML, LINK_REDIRECT};
    size_t width[2] = {strlen("finding"), strlen("address")};
    bool any = false;
    for (size_t i = 0; i < c->links.count; i++) {
        const struct link *l = c->links.all[i];
        if (!is_finding(l)) continue;
        any = true;
        widen(&width[0], finding(c, l));
        widen(&width[1], short_url(c, l->url));
    }
    if (!any) return;
    printf("  %-*s  %-*s  linked from\n", (int)width[0], "finding", (int)width[1], "address");
    for (size_t k = 0; k < sizeof order / sizeof *order; k++) {
        for (size_t i = 0; i < c->links.count; i++) {
            const struct link *l = c->links.all[i];
            if (l->state == order[k]) finding_row(c, l, width);
        }
    }
    putchar('\n');
}

static void page_list(const crawl *c) {
    printf("  %10s %9s  %-40s %s\n", "bytes", "ms", "address", "title");
    for (size_t i = 0; i < c->links.count; i++) {
        const struct link *l = c->links.all[i];
        if (l->state != LINK_PAGE) continue;
        printf("  %10zu %9s  %-40s %s\n", l->bytes, milliseconds(l->latency, 1).text,
               short_url(c, l->url), l->title);
    }
    putchar('\n');
}

/* Links to what is broken, also by way of a redirect. */
static size_t count_broken_links(const crawl *c) {
    size_t n = 0;
    for (size_t i = 0; i < c->links.count; i++) {
        const struct link *l = c->links.all[i];
        const struct link *end = l->target ? l->target : l;
        if (end->state == LINK_BROKEN) n += l->named;
    }
    return n;
}

/* The totals come last: there they can be seen when the findings have scrolled away. */
void report_table(const crawl *c) {
    size_t unvisited = count_state(c, LINK_WAITING) + count_state(c, LINK_LOADING);
    eddy_time wall = c->ended - c->began;
    char speed[64];
    sprintf(speed, "%s times the wall time",
            in_units((uint64_t)c->latencies, wall > 0 ? (uint64_t)wall : 1, 1).text);

    if (c->list) page_list(c);
    findings(c);
    printf("crawled %s\n\n", c->start);
    count_row("pages", c->pages, "");
    count_row("not HTML", count_state(c, LINK_NOT_HTML), "");
    count_row("redirects", count_state(c, LINK_REDIRECT) + count_state(c, LINK_LEAVES), "");
    count_row("errors", count_state(c, LINK_BROKEN), "");
    count_row("broken links", count_broken_links(c), "");
    count_row("links to other sites", c->other_sites, "not followed");
    if (unvisited) count_row("not visited", unvisited, "the crawl ended before");
    count_row("bytes", c->bytes, "");
    count_row("requests", c->requests, "");
    count_row("in flight at most", c->most_in_flight, "");
    time_row("wall time", wall, "");
    time_row("sum of latencies", c->latencies, speed);
}

/* ---- JSON ---- */

static void json_text(const char *text) {
    putchar('"');
    for (; text && *text; text++) {
        unsigned char ch = (unsigned char)*text;
        if (ch == '"' || ch == '\\')
            printf("\\%c", ch);
        else if (ch < 0x20 || ch == 0x7f)
            printf("\\u%04x", ch);
        else
            putchar(ch);
    }
    putchar('"');
}

static void json_field(const char *name, const char *text) {
    printf(", \"%s\": ", name);
    if (text)
        json_text(text);
    else
        printf("null");
}

static void json_link(const struct link *l) {
    printf("{\"url\": ");
    json_text(l->url);
    json_field("from", l->from ? l->from->url : NULL);
    printf(", \"links\": %zu, \"depth\": %u, \"status\": %d, \"bytes\": %zu, \"ms\": %s",
           l->named, l->depth, l->status, l->bytes, milliseconds(l->latency, 3).text);
    if (l->title) json_field("title", l->title);
    if (l->target) json_field("to", l->target->url);
    if (l->detail) json_field("detail", l->detail);
    putchar('}');
}

static void json_links(const crawl *c, const char *name, link_state state) {
    printf("  \"%s\": [", name);
    const char *separator = "";
    for (size_t i = 0; i < c->links.count; i++) {
        if (c->links.all[i]->state != state) continue;
        printf("%s\n    ", separator);
        json_link(c->links.all[i]);
        separator = ",";
    }
    printf("%s],\n", *separator ? "\n  " : "");
}

void report_json(const crawl *c) {
    printf("{\n");
    json_links(c, "pages", LINK_PAGE);
    json_links(c, "not_html", LINK_NOT_HTML);
    json_links(c, "redirects", LINK_REDIRECT);
    json_links(c, "leaves", LINK_LEAVES);
    json_links(c, "broken", LINK_BROKEN);
    json_links(c, "not_visited", LINK_WAITING);
    printf("  \"requests\": %zu,\n  \"bytes\": %zu,\n  \"most_in_flight\": %zu,\n", c->requests,
           c->bytes, c->most_in_flight);
    printf("  \"other_sites\": %zu,\n  \"wall_ms\": %s,\n  \"latency_sum_ms\": %s\n}\n",
           c->other_sites, milliseconds(c->ended - c->began, 3).text,
           milliseconds(c->latencies, 3).text);
}
