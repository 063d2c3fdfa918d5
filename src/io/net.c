/* net.c: connections and names of hosts: the checks and the waiting; the rest is the host's. */
#include "stream.h"

#include <stdlib.h>

struct eddy_listener {
    int number; /* the host's */
    uint16_t port;
    bool accepting; /* a task waits in eddy_accept */
    bool closed;    /* in the meantime: that task frees the listener */
    char what[64];  /* for the tree */
};

/* Waits for what a host call has begun with `rc`. */
static int finish(const char *site, eddy__op *op, int rc, const char *what) {
    return rc == 0 ? eddy__failed_at(eddy__op_wait(site, op), what)
                   : eddy__op_refused(op, rc, "network", what);
}

int eddy__connect(const char *site, eddy_stream **s, const char *host, uint16_t port) {
    if (s) *s = NULL;
    int rc = eddy__checkpoint(site);
    if (rc < 0) return rc;
    if (!s || !host || !*host || !port)
        return eddy__call_failed(EDDY_EINVAL, "eddy_connect: no host, or port 0");
    char what[64];
    eddy__stream_describe(what, sizeof what, "a connection to ", host);
    eddy__op op;
    rc = eddy__op_begin(&op, what);
    if (rc < 0) return rc;
    op.let_go = eddy__host_stream_close;
    rc = eddy__host_connect(eddy__op_index(&op), eddy__op_generation(&op), host, port);
    rc = finish(site, &op, rc, host);
    if (rc < 0) return rc;
    free(op.data);
    *s = eddy__stream_new(rc, "the connection to ", host);
    return *s ? 0 : EDDY_ENOMEM;
}

int eddy__listen(const char *site, eddy_listener **l, const char *host, uint16_t port) {
    if (l) *l = NULL;
    int rc = eddy__checkpoint(site);
    if (rc < 0) return rc;
    if (!l) return EDDY_EINVAL;
    eddy__op op;
    rc = eddy__op_begin(&op, "a port to listen at");
    if (rc < 0) return rc;
    if (host && !*host) host = NULL;
    op.let_go = eddy__host_listener_close;
    rc = eddy__host_listen(eddy__op_index(&op), eddy__op_generation(&op), host, port);
    rc = finish(site, &op, rc, host ? host : "all addresses");
    if (rc < 0) return rc;
    eddy_listener *made = eddy__alloc(sizeof *made);
    if (made) {
        *made = (eddy_listener){.number = rc};
        if (op.data) {
            const char *address = op.data;
            made->port = (uint16_t)atoi(address + strlen(address) + 1);
            eddy__stream_describe(made->what, sizeof made->what, "a connection at ", address);
        }
    } else {
        eddy__host_listener_close(rc);
    }
    free(op.data);
    *l = made;
    return made ? 0 : EDDY_ENOMEM;
}

/* A task waits in eddy_accept. */
typedef struct accepting {
    eddy__cleanup cleanup;
    eddy_listener *listener;
} accepting;

static void stop_accepting(eddy__cleanup *cleanup) {
    eddy_listener *l = EDDY__OWNER(cleanup, accepting, cleanup)->listener;
    l->accepting = false;
    if (l->closed) eddy__free(l, sizeof *l);
}

int eddy__accept(const char *site, eddy_listener *l, eddy_stream **s) {
    if (s) *s = NULL;
    int rc = eddy__checkpoint(site);
    if (rc < 0) return rc;
    if (!l || !s) return EDDY_EINVAL;
    if (l->accepting) return eddy__call_failed(EDDY_ESTATE, "another task accepts at this listener");
    eddy__op op;
    rc = eddy__op_begin(&op, l->what);
    if (rc < 0) return rc;
    op.let_go = eddy__host_stream_close;
    eddy__host_accept(l->number, eddy__op_index(&op), eddy__op_generation(&op));
    accepting here = {.listener = l};
    l->accepting = true;
    eddy__cleanup_push(&here.cleanup, stop_accepting);
    rc = eddy__op_wait(site, &op);
    eddy__cleanup_run(&here.cleanup, stop_accepting);
    if (rc < 0) return rc;
    *s = eddy__stream_new(rc, "the connection from ", op.data ? op.data : "somewhere");
    free(op.data);
    return *s ? 0 : EDDY_ENOMEM;
}

uint16_t eddy_listener_port(const eddy_listener *l) {
    return l ? l->port : 0;
}

void eddy_listener_close(eddy_listener *l) {
    if (!l || l->closed) return;
    l->closed = true;
    eddy__host_listener_close(l->number);
    if (!l->accepting) eddy__free(l, sizeof *l);
}

int eddy__resolve_host(const char *site, const char *host, char addresses[][46], size_t n) {
    int rc = eddy__checkpoint(site);
    if (rc < 0) return rc;
    if (!host || !*host || (!addresses && n)) return EDDY_EINVAL;
    char what[64];
    eddy__stream_describe(what, sizeof what, "the addresses of ", host);
    eddy__op op;
    rc = eddy__op_begin(&op, what);
    if (rc < 0) return rc;
    rc = eddy__host_resolve(eddy__op_index(&op), eddy__op_generation(&op), host);
    rc = finish(site, &op, rc, host);
    if (rc < 0) return rc;
    const char *address = op.data;
    for (size_t i = 0; i < n && i < (size_t)rc; i++) {
        eddy__stream_describe(addresses[i], sizeof addresses[i], "", address);
        address += strlen(address) + 1;
    }
    free(op.data);
    return rc;
}

int(eddy_connect)(eddy_stream **s, const char *host, uint16_t port) {
    return eddy__connect(NULL, s, host, port);
}
int(eddy_listen)(eddy_listener **l, const char *host, uint16_t port) {
    return eddy__listen(NULL, l, host, port);
}
int(eddy_accept)(eddy_listener *l, eddy_stream **s) {
    return eddy__accept(NULL, l, s);
}
int(eddy_resolve_host)(const char *host, char addresses[][46], size_t n) {
    return eddy__resolve_host(NULL, host, addresses, n);
}
