/* page.c: gumbo's tokenizer reads the HTML; this file looks at the tags as they go by.
 *
 * The tree that gumbo would build of them costs more than twice the time and most of the code, and
 * tells a crawler nothing more: links and titles are where their tags are. What the tree builder
 * does for the tokenizer is done here: it says where text is not markup (begin_raw_text). */
#include "page.h"

#include <ctype.h>
#include <gumbo.h>
#include <strings.h>

#include "memory.h"

/* gumbo's inner headers; they want gumbo.h first */
#include <parser.h>
#include <tokenizer.h>

bool page_is_html(const char *content_type) {
    if (!content_type) return false;
    size_t length = strcspn(content_type, "; \t,");
    return (length == 9 && strncasecmp(content_type, "text/html", 9) == 0) ||
           (length == 21 && strncasecmp(content_type, "application/xhtml+xml", 21) == 0);
}

/* ---- charset ---- */

/* Writes the code point as UTF-8, up to 4 bytes. Returns where it ends. */
static char *put_utf8(char *end, unsigned c) {
    if (c < 0x80) {
        *end++ = (char)c;
        return end;
    }
    int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    static const unsigned char lead[] = {0, 0xc0, 0xe0, 0xf0};
    *end++ = (char)(lead[more] | c >> (6 * more));
    while (more-- > 0) *end++ = (char)(0x80 | (c >> (6 * more) & 0x3f));
    return end;
}

/* The name after "charset=" within the first `size` bytes of `text`, NULL if there is none. */
static const char *find_charset(const char *text, size_t size, size_t *length) {
    static const char key[] = "charset=";
    const size_t key_length = sizeof key - 1;
    for (size_t i = 0; i + key_length < size; i++) {
        if (strncasecmp(text + i, key, key_length) != 0) continue;
        i += key_length;
        while (i < size && strchr("\"' ", text[i])) i++;
        size_t end = i;
        while (end < size && (isalnum((unsigned char)text[end]) || strchr("-_", text[end]))) end++;
        *length = end - i;
        return text + i;
    }
    return NULL;
}

/* By the Encoding standard all of these names mean windows-1252. */
static bool is_latin1(const char *html, size_t size, const char *content_type) {
    static const char *const names[] = {"iso-8859-1", "iso8859-1",    "latin1", "us-ascii",
                                        "ascii",      "windows-1252", "cp1252"};
    size_t length = 0;
    const char *name =
        content_type ? find_charset(content_type, strlen(content_type), &length) : NULL;
    if (!name) name = find_charset(html, size < 1024 ? size : 1024, &length);
    for (size_t i = 0; name && i < sizeof names / sizeof *names; i++) {
        if (strlen(names[i]) == length && strncasecmp(name, names[i], length) == 0) return true;
    }
    return false;
}

unsigned page_windows1252(unsigned c) {
    static const unsigned short upper[32] = {
        /* 0x80 to 0x9f, where windows-1252 has printable characters */
        0x20ac, 0x81,   0x201a, 0x192,  0x201e, 0x2026, 0x2020, 0x2021, 0x2c6,  0x2030, 0x160,
        0x2039, 0x152,  0x8d,   0x17d,  0x8f,   0x90,   0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
        0x2013, 0x2014, 0x2dc,  0x2122, 0x161,  0x203a, 0x153,  0x9d,   0x17e,  0x178,
    };
    return c >= 0x80 && c < 0xa0 ? upper[c - 0x80] : c;
}

static char *latin1_to_utf8(const char *text, size_t size, size_t *out_size) {
    char *out = must(malloc(3 * size + 1)), *end = out;
    for (size_t i = 0; i < size; i++) {
        end = put_utf8(end, page_windows1252((unsigned char)text[i]));
    }
    *out_size = (size_t)(end - out);
    return out;
}

/* ---- tags ---- */

typedef struct reader {
    page *p;
    GumboParser parser; /* all of gumbo's parser that its tokenizer looks at */
    unsigned foreign;   /* inside so many <svg> and <math> */
    unsigned templates; /* inside so many <template>: what they hold is no part of the page */
    bool in_title;      /* text goes to title[] */
    char *title;        /* no terminating zero */
    size_t title_length, title_room;
} reader;

static void add_link(page *p, const char *address) {
    if (!address) return;
    if (p->link_count == p->link_room) {
        p->link_room = p->link_room ? 2 * p->link_room : 64;
        p->links = must(realloc(p->links, p->link_room * sizeof *p->links));
    }
    p->links[p->link_count++] = copy_text(address, strlen(address));
}

/* Each run of white space becomes one space, none at the start. */
static void add_to_title(reader *r, unsigned c) {
    bool space = c < 0x80 && isspace((int)c);
    if (space && (r->title_length == 0 || r->title[r->title_length - 1] == ' ')) return;
    if (r->title_length + 4 > r->title_room) {
        r->title_room = r->title_room ? 2 * r->title_room : 128;
        r->title = must(realloc(r->title, r->title_room));
    }
    if (space) c = ' ';
    if (c < ' ' || c == 0x7f) c = '?'; /* titles go to terminals */
    r->title_length = (size_t)(put_utf8(r->title + r->title_length, c) - r->title);
}

static void end_title(reader *r) {
    if (!r->in_title) return;
    r->in_title = false;
    size_t length = r->title_length;
    if (length > 0 && r->title[length - 1] == ' ') length--;
    r->p->title = copy_text(r->title ? r->title : "", length);
}

/* In these elements of HTML, tags are text. */
static void begin_raw_text(reader *r, GumboTag tag) {
    switch (tag) {
    case GUMBO_TAG_TITLE:
    case GUMBO_TAG_TEXTAREA: gumbo_tokenizer_set_state(&r->parser, GUMBO_LEX_RCDATA); break;
    case GUMBO_TAG_STYLE:
    case GUMBO_TAG_XMP:
    case GUMBO_TAG_IFRAME:
    case GUMBO_TAG_NOEMBED:
    case GUMBO_TAG_NOFRAMES: gumbo_tokenizer_set_state(&r->parser, GUMBO_LEX_RAWTEXT); break;
    case GUMBO_TAG_SCRIPT: gumbo_tokenizer_set_state(&r->parser, GUMBO_LEX_SCRIPT); break;
    case GUMBO_TAG_PLAINTEXT: gumbo_tokenizer_set_state(&r->parser, GUMBO_LEX_PLAINTEXT); break;
    default: break;
    }
}

static const char *attribute(const GumboToken *token, const char *name) {
    GumboAttribute *found = gumbo_get_attribute(&token->v.start_tag.attributes, name);
    return found ? found->value : NULL;
}

/* Tags of HTML that end an <svg> or <math> somebody forgot to close (the commonest ones). */
static bool ends_foreign(GumboTag tag) {
    static const GumboTag tags[] = {
        GUMBO_TAG_BODY, GUMBO_TAG_BR, GUMBO_TAG_DIV,  GUMBO_TAG_H1,  GUMBO_TAG_H2,    GUMBO_TAG_H3,
        GUMBO_TAG_HR,   GUMBO_TAG_LI, GUMBO_TAG_OL,   GUMBO_TAG_P,   GUMBO_TAG_PRE,   GUMBO_TAG_UL,
        GUMBO_TAG_HEAD, GUMBO_TAG_DL, GUMBO_TAG_SPAN, GUMBO_TAG_IMG, GUMBO_TAG_TABLE,
    };
    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++) {
        if (tags[i] == tag) return true;
    }
    return false;
}

static void start_tag(reader *r, const GumboToken *token) {
    GumboTag tag = token->v.start_tag.tag;
    bool opens = !token->v.start_tag.is_self_closing;
    bool visible = r->templates == 0;
    if (r->foreign > 0 && ends_foreign(tag)) r->foreign = 0;
    switch (tag) {
    case GUMBO_TAG_A:
    case GUMBO_TAG_AREA:
        if (visible) add_link(r->p, attribute(token, "href"));
        break;
    case GUMBO_TAG_FRAME:
    case GUMBO_TAG_IFRAME:
        if (visible) add_link(r->p, attribute(token, "src"));
        break;
    case GUMBO_TAG_BASE:
        if (visible && !r->p->base && attribute(token, "href")) {
            r->p->base = copy_text(attribute(token, "href"), strlen(attribute(token, "href")));
        }
        break;
    case GUMBO_TAG_TITLE: r->in_title = visible && r->foreign == 0 && !r->p->title; break;
    case GUMBO_TAG_TEMPLATE: r->templates++; break;
    case GUMBO_TAG_SVG:
    case GUMBO_TAG_MATH: r->foreign += opens; break;
    default: break;
    }
    if (r->foreign == 0) begin_raw_text(r, tag);
}

static void end_tag(reader *r, GumboTag tag) {
    bool foreign = tag == GUMBO_TAG_SVG || tag == GUMBO_TAG_MATH;
    if (tag == GUMBO_TAG_TITLE) end_title(r);
    if (foreign && r->foreign > 0) r->foreign--;
    if (tag == GUMBO_TAG_TEMPLATE && r->templates > 0) r->templates--;
}

static void *gumbo_malloc(void *context, size_t size) {
    (void)context;
    return must(malloc(size));
}

static void gumbo_free(void *context, void *block) {
    (void)context;
    free(block);
}

static void read_tags(page *p, const char *html, size_t size) {
    GumboOptions options = {.allocator = gumbo_malloc, .deallocator = gumbo_free, .tab_stop = 8};
    GumboOutput errors = {0}; /* at most options.max_errors, none */
    reader r = {.p = p, .parser = {._options = &options, ._output = &errors}};
    gumbo_tokenizer_state_init(&r.parser, html, size);
    GumboToken token;
    do {
        gumbo_tokenizer_set_is_current_node_foreign(&r.parser, r.foreign > 0);
        gumbo_lex(&r.parser, &token);
        if (token.type == GUMBO_TOKEN_START_TAG)
            start_tag(&r, &token);
        else if (token.type == GUMBO_TOKEN_END_TAG)
            end_tag(&r, token.v.end_tag);
        else if (r.in_title && token.type != GUMBO_TOKEN_EOF)
            add_to_title(&r, (unsigned)token.v.character);
        gumbo_token_destroy(&r.parser, &token);
    } while (token.type != GUMBO_TOKEN_EOF);
    end_title(&r);
    free(r.title);
    gumbo_tokenizer_state_destroy(&r.parser);
}

void page_parse(page *p, const char *html, size_t size, const char *content_type) {
    memset(p, 0, sizeof *p);
    char *converted = NULL;
    if (is_latin1(html, size, content_type)) html = converted = latin1_to_utf8(html, size, &size);
    read_tags(p, html, size);
    free(converted);
    if (!p->title) p->title = copy_text("", 0);
}

void page_free(page *p) {
    for (size_t i = 0; i < p->link_count; i++) free(p->links[i]);
    free(p->links);
    free(p->base);
    free(p->title);
    memset(p, 0, sizeof *p);
}
