/* url.h: addresses of pages, as links write them and as the crawl keeps them. */
#ifndef CRAWL_URL_H
#define CRAWL_URL_H

#include <stdbool.h>

typedef enum url_kind {
    URL_WEB,       /* http or https: *out is set */
    URL_ELSEWHERE, /* mailto:, javascript:, data: and the like */
    URL_MALFORMED, /* no address by any reading */
} url_kind;

/* Resolves `reference` against the absolute address `base` (NULL: it must be absolute itself). *out
 * becomes the absolute address in one spelling for all that mean the same: lower-case scheme and
 * host, no default port, no dot segments, one form of percent-encoding, no fragment. The caller
 * frees it. Like a browser it forgives spaces, line breaks, backslashes and characters that RFC
 * 3986 wants escaped. */
url_kind url_resolve(const char *base, const char *reference, char **out);

/* Two addresses from url_resolve: do scheme, host and port agree? */
bool url_same_origin(const char *a, const char *b);

/* What follows the origin: "/dir/page.html?x=1". Points into `url`. */
const char *url_path(const char *url);

#endif
