/* page.h: what a crawler wants to know of an HTML page. */
#ifndef CRAWL_PAGE_H
#define CRAWL_PAGE_H

#include <stdbool.h>
#include <stddef.h>

typedef struct page {
    char *title;  /* white space collapsed; "" if the page has none */
    char *base;   /* <base href> as written, NULL if the page has none */
    char **links; /* href and src of a, area, frame and iframe as written, in order; may repeat */
    size_t link_count;
    size_t link_room; /* links[] has places for so many */
} page;

/* Does this content-type header announce HTML? No header at all does not. */
bool page_is_html(const char *content_type);

/* The character that the byte means in windows-1252, which is what HTML means by Latin-1. */
unsigned page_windows1252(unsigned c);

/* Reads the page. `content_type` (may be NULL) can name the charset; else the page's own <meta>
 * does; else it is UTF-8. Free with page_free. */
void page_parse(page *p, const char *html, size_t size, const char *content_type);
void page_free(page *p);

#endif
