/* page.c: gumbo reads the HTML; this file walks its tree. */
#include "page.h"

#include <ctype.h>
#include <gumbo.h>
#include <strings.h>

#include "memory.h"

bool page_is_html(const char *content_type) {
    if (!content_type) return false;
    size_t length = strcspn(content_type, "; \t,");
    return (length == 9 && strncasecmp(content_type, "text/html", 9) == 0) ||
           (length == 21 && strncasecmp(content_type, "application/xhtml+xml", 21) == 0);
}

/* ---- charset ---- */

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

static char *latin1_to_utf8(const char *text, size_t size, size_t *out_size) {
    static const unsigned short upper[32] = {
        /* 0x80 to 0x9f, where windows-1252 has printable characters */
        0x20ac, 0x81,   0x201a, 0x192,  0x201e, 0x2026, 0x2020, 0x2021, 0x2c6,  0x2030, 0x160,
        0x2039, 0x152,  0x8d,   0x17d,  0x8f,   0x90,   0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
        0x2013, 0x2014, 0x2dc,  0x2122, 0x161,  0x203a, 0x153,  0x9d,   0x17e,  0x178,
    };
    unsigned char *out = must(malloc(3 * size + 1)), *end = out;
    for (size_t i = 0; i < size; i++) {
        unsigned c = (unsigned char)text[i];
        if (c >= 0x80 && c < 0xa0) c = upper[c - 0x80];
        if (c < 0x80) {
            *end++ = (unsigned char)c;
        } else if (c < 0x800) {
            *end++ = (unsigned char)(0xc0 | c >> 6);
            *end++ = (unsigned char)(0x80 | (c & 0x3f));
        } else {
            *end++ = (unsigned char)(0xe0 | c >> 12);
            *end++ = (unsigned char)(0x80 | (c >> 6 & 0x3f));
            *end++ = (unsigned char)(0x80 | (c & 0x3f));
        }
    }
    *end = '\0';
    *out_size = (size_t)(end - out);
    return (char *)out;
}

/* ---- the tree ---- */

static const char *attribute(const GumboNode *node, const char *name) {
    GumboAttribute *found = gumbo_get_attribute(&node->v.element.attributes, name);
    return found ? found->value : NULL;
}

static void add_link(page *p, const char *address) {
    if (!address) return;
    if (p->link_count == p->link_room) {
        p->link_room = p->link_room ? 2 * p->link_room : 64;
        p->links = must(realloc(p->links, p->link_room * sizeof *p->links));
    }
    p->links[p->link_count++] = copy_text(address, strlen(address));
}

/* The text of <title>, which holds text nodes only, with each run of white space as one space. */
static char *title_text(const GumboNode *title) {
    const GumboVector *parts = &title->v.element.children;
    size_t room = 1;
    for (unsigned i = 0; i < parts->length; i++) {
        const GumboNode *part = parts->data[i];
        if (part->type == GUMBO_NODE_TEXT || part->type == GUMBO_NODE_WHITESPACE) {
            room += strlen(part->v.text.text);
        }
    }
    char *out = must(malloc(room)), *end = out;
    for (unsigned i = 0; i < parts->length; i++) {
        const GumboNode *part = parts->data[i];
        if (part->type != GUMBO_NODE_TEXT && part->type != GUMBO_NODE_WHITESPACE) continue;
        for (const char *c = part->v.text.text; *c; c++) {
            bool space = isspace((unsigned char)*c);
            if (!space)
                *end++ = iscntrl((unsigned char)*c) ? '?' : *c;
            else if (end > out && end[-1] != ' ')
                *end++ = ' ';
        }
    }
    if (end > out && end[-1] == ' ') end--;
    *end = '\0';
    return out;
}

static void read_element(page *p, const GumboNode *node) {
    if (node->v.element.tag_namespace != GUMBO_NAMESPACE_HTML) return;
    switch (node->v.element.tag) {
    case GUMBO_TAG_A:
    case GUMBO_TAG_AREA: add_link(p, attribute(node, "href")); break;
    case GUMBO_TAG_FRAME:
    case GUMBO_TAG_IFRAME: add_link(p, attribute(node, "src")); break;
    case GUMBO_TAG_BASE:
        if (!p->base && attribute(node, "href")) {
            const char *href = attribute(node, "href");
            p->base = copy_text(href, strlen(href));
        }
        break;
    case GUMBO_TAG_TITLE:
        if (!p->title) p->title = title_text(node);
        break;
    default: break;
    }
}

/* The node after `node` in document order, NULL after the last. No recursion: a page may nest its
 * elements deeper than a task's stack allows. */
static const GumboNode *next_node(const GumboNode *node) {
    bool inner = node->type == GUMBO_NODE_ELEMENT;
    if (inner && node->v.element.children.length > 0) return node->v.element.children.data[0];
    for (; node->parent && node->parent->type == GUMBO_NODE_ELEMENT; node = node->parent) {
        const GumboVector *siblings = &node->parent->v.element.children;
        size_t next = node->index_within_parent + 1;
        if (next < siblings->length) return siblings->data[next];
    }
    return NULL;
}

void page_parse(page *p, const char *html, size_t size, const char *content_type) {
    memset(p, 0, sizeof *p);
    char *converted = NULL;
    if (is_latin1(html, size, content_type)) {
        converted = latin1_to_utf8(html, size, &size);
        html = converted;
    }
    GumboOptions options = kGumboDefaultOptions;
    options.max_errors = 0;
    GumboOutput *tree = must(gumbo_parse_with_options(&options, html, size));
    for (const GumboNode *node = tree->root; node; node = next_node(node)) {
        if (node->type == GUMBO_NODE_ELEMENT) read_element(p, node);
    }
    gumbo_destroy_output(&options, tree);
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
