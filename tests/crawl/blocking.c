/* blocking.c: stands in for the runtime, so that the crawler runs natively under sanitizers, where
 * eddy has no fetch: a spawned task runs to its end inside the spawn, and a fetch is a blocking
 * socket speaking HTTP/1.0. Only what examples/crawl uses, only 127.0.0.1. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <eddy.h>

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "crawl/url.h"

struct eddy_response {
    int fd, status;
    char *url, *head; /* head: status line and headers, zero-terminated */
    char value[512];  /* the header last asked for */
    char *early;      /* body bytes that came with the head */
    size_t early_size;
    long long left; /* by content-length, -1 if unknown */
};

static char message[512];
static eddy_time time_left = 10 * EDDY_S;

eddy_time eddy_now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * EDDY_S + t.tv_nsec;
}

int(eddy__sleep)(const char *site, eddy_time duration) {
    (void)site, (void)duration;
    return EDDY_ECANCELED;
}

eddy_future *eddy__spawn(const char *site, const char *name, eddy_fn fn, void *arg) {
    (void)site, (void)name;
    fn(arg);
    return NULL;
}

eddy_future *eddy__spawn_with(const char *site, const char *name, eddy_fn fn,
                              const eddy_spawn_options *options) {
    (void)site, (void)name;
    fn(options->arg);
    return (eddy_future *)message; /* any address that is not NULL */
}

int eddy__join(const char *site, eddy_future *f) {
    (void)site, (void)f;
    abort(); /* every visit has ended by the time it was spawned */
}

int eddy__stop(const char *site, eddy_future *f) {
    (void)site, (void)f;
    return 0;
}

void eddy_release(eddy_future *f) {
    (void)f;
}

eddy_future *eddy__future_new(const char *site) {
    (void)site;
    return NULL;
}

int eddy_resolve(eddy_future *f, int result) {
    (void)f;
    return result;
}

int eddy__scope_begin(const char *site, eddy_scope *s, const eddy_scope_options *options) {
    (void)site, (void)s;
    time_left = options->timeout;
    return 0;
}

int eddy_scope_end(eddy_scope *s, int rc) {
    (void)s;
    return rc;
}

void eddy__scope_net(eddy_scope *s) {
    (void)s;
}

const char *eddy_last_message(void) {
    return message;
}

const char *eddy_strerror(int code) {
    (void)code;
    return "error";
}

static int failed(const char *what) {
    if (errno == EAGAIN) return EDDY_ETIMEDOUT;
    snprintf(message, sizeof message, "%s: %s", what, strerror(errno));
    return EDDY_EHOST;
}

static int open_socket(const char *url) {
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const char *port = strchr(url + 7, ':');
    to.sin_port = htons(port && port < url_path(url) ? (uint16_t)atoi(port + 1) : 80);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct timeval wait = {time_left / EDDY_S, time_left % EDDY_S / EDDY_US};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    if (connect(fd, (struct sockaddr *)&to, sizeof to) == 0) return fd;
    close(fd);
    return -1;
}

/* Reads until the empty line. What came after it is kept in `early`. */
static int read_head(eddy_response *r) {
    static char buffer[65536];
    size_t size = 0;
    for (;;) {
        ssize_t n = recv(r->fd, buffer + size, sizeof buffer - 1 - size, 0);
        if (n < 0) return failed("recv");
        if (n == 0) return errno = ECONNRESET, failed("recv");
        size += (size_t)n;
        buffer[size] = '\0';
        char *end = strstr(buffer, "\r\n\r\n");
        if (!end) continue;
        if (sscanf(buffer, "HTTP/%*s %d", &r->status) != 1) return EDDY_EHOST;
        r->early_size = size - (size_t)(end + 4 - buffer);
        r->early = memcpy(malloc(r->early_size + 1), end + 4, r->early_size);
        end[2] = '\0';
        r->head = strdup(buffer);
        const char *length = eddy_response_header(r, "content-length");
        r->left = length ? atoll(length) : -1;
        return 0;
    }
}

static int fetch_once(eddy_response *r) {
    r->fd = open_socket(r->url);
    if (r->fd < 0) return failed("connect");
    dprintf(r->fd, "GET %s HTTP/1.0\r\nhost: test\r\n\r\n", url_path(r->url));
    return read_head(r);
}

/* The crawler streams no bodies. */
int eddy__fetch_streamed(const char *site, eddy_response **out, const eddy_fetch_options *options) {
    (void)site, (void)out, (void)options;
    return EDDY_ENOSYS;
}

int eddy__fetch_with(const char *site, eddy_response **out, const eddy_fetch_options *options) {
    (void)site;
    message[0] = '\0';
    char *url = strdup(options->url);
    for (int hop = 0; hop < 20; hop++) {
        eddy_response *r = calloc(1, sizeof *r);
        r->url = url;
        int rc = fetch_once(r);
        const char *location = rc == 0 ? eddy_response_header(r, "location") : NULL;
        if (rc == 0 && (r->status / 100 != 3 || !location)) return *out = r, 0;
        char *next = NULL;
        if (rc == 0 && url_resolve(r->url, location, &next) != URL_WEB) rc = EDDY_EHOST;
        eddy_response_close(r);
        if (rc < 0) return rc;
        url = next;
    }
    free(url);
    snprintf(message, sizeof message, "redirect count exceeded");
    return EDDY_EHOST;
}

int eddy_response_status(const eddy_response *r) {
    return r->status;
}

const char *eddy_response_header(const eddy_response *r, const char *name) {
    char key[64];
    snprintf(key, sizeof key, "\r\n%s: ", name);
    const char *found = strcasestr(r->head, key);
    if (!found) return NULL;
    found += strlen(key);
    eddy_response *writable = (eddy_response *)r;
    snprintf(writable->value, sizeof r->value, "%.*s", (int)strcspn(found, "\r"), found);
    return r->value;
}

const char *eddy_response_url(const eddy_response *r) {
    return r->url;
}

int eddy_response_check(eddy_response *r) {
    if (r->status / 100 == 2) return 0;
    int reason = (int)strcspn(r->head, " ") + 1;
    int length = (int)strcspn(r->head, "\r") - reason;
    snprintf(message, sizeof message, "%.*s: %s", length, r->head + reason, r->url);
    return EDDY_EHTTP;
}

eddy_stream *eddy_response_body(eddy_response *r) {
    return (eddy_stream *)r;
}

int eddy__read(const char *site, eddy_stream *s, void *buffer, size_t size) {
    (void)site;
    eddy_response *r = (eddy_response *)s;
    if (r->left >= 0 && size > (size_t)r->left) size = (size_t)r->left;
    if (size == 0) return 0;
    ssize_t n;
    if (r->early_size > 0) {
        n = (ssize_t)(size < r->early_size ? size : r->early_size);
        memcpy(buffer, r->early, (size_t)n);
        memmove(r->early, r->early + n, r->early_size -= (size_t)n);
    } else {
        n = recv(r->fd, buffer, size, 0);
    }
    if (n < 0) return failed("recv");
    if (n == 0 && r->left > 0) return errno = ECONNRESET, failed("recv");
    if (r->left >= 0) r->left -= n;
    return (int)n;
}

void eddy_response_close(eddy_response *r) {
    if (r->fd >= 0) close(r->fd);
    free(r->url);
    free(r->head);
    free(r->early);
    free(r);
}

int main(int argc, char **argv) {
    return eddy_main(argc, argv);
}
