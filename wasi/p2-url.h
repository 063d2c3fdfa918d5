/* p2-url.h: addresses of HTTP requests, as far as a client needs them. */
#ifndef EDDY_P2_URL_H
#define EDDY_P2_URL_H

#include <stdbool.h>
#include <stddef.h>

/* An absolute address in its normal form: "http://host:port/path?query". */
typedef struct eddy__url {
    char *text; /* zero-terminated; by eddy__alloc; NULL: none */
    size_t room;
    size_t authority, path, length; /* offsets in text: the host, the path, the end */
    bool secure;                    /* https */
} eddy__url;

/* Reads `reference`, relative to `base` unless that is NULL. Returns 0, EDDY_ENOMEM, or EDDY_EINVAL
 * if it is no address of HTTP, or names a user. */
int eddy__url_parse(eddy__url *url, const eddy__url *base, const char *reference);
void eddy__url_free(eddy__url *url);
bool eddy__url_same_origin(const eddy__url *a, const eddy__url *b);

#endif
