/* ask.h: programs ask their test's server what became of their requests, rather than wait for a time. */
#ifndef ASK_H
#define ASK_H

#include <eddy.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Waits until the request for `url` was "asked" there or has "left", or tells the server to "go" on with it
 * (watchRequests in tests/lib/server.mjs). Returns 0 when that is so. */
static inline int ask_server(const char *url, const char *how) {
    const char *path = strstr(url, "://");
    path = path ? strchr(path + 3, '/') : NULL;
    if (!path) return EDDY_EINVAL;
    char question[400];
    snprintf(question, sizeof question, "%.*s/%s?%s", (int)(path - url), url, how, path);
    eddy_response *r;
    int rc = eddy_fetch(&r, question);
    if (rc < 0) return rc;
    void *data = NULL;
    size_t size;
    rc = eddy_response_bytes(r, 1000, &data, &size);
    if (rc == 0 && strcmp(data, how) != 0) rc = eddy_fail(EDDY_EIO, "the server %s", (char *)data);
    free(data);
    eddy_response_close(r);
    return rc;
}

#endif
