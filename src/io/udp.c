/* udp.c: datagrams: the checks, names, peers, and the waiting; the rest is the host's. A socket is
 * connected here alone: systems forget its port when it gets another peer. */
#include "stream.h"

#include <arpa/inet.h>
#include <stdlib.h>

enum { ADDRESS = 46 };

/* An address as systems compare it. */
typedef struct place {
    bool six;
    uint8_t bytes[16]; /* of IPv4: the first four */
    uint16_t port;
} place;

struct eddy_udp {
    int number; /* the host's */
    uint16_t port;
    bool six;       /* speaks IPv6 */
    bool connected; /* to the peer */
    place peer;
    char peer_text[ADDRESS];
    bool receiving; /* a task waits in eddy_udp_recv_from */
    bool closed;    /* while tasks waited: the last of them frees the socket */
    uint32_t users; /* tasks that wait in any call of it */
    char what[64];  /* for the tree */
};

/* ---- who uses it ------------------------------------------------------------------------------------ */

/* A task is in a call of the socket. */
typedef struct inside {
    eddy__cleanup cleanup;
    eddy_udp *u;
    bool receiving;
} inside;

static void left(eddy__cleanup *cleanup) {
    inside *i = EDDY__OWNER(cleanup, inside, cleanup);
    eddy_udp *u = i->u;
    if (i->receiving) u->receiving = false;
    u->users--;
    if (u->closed && !u->users) eddy__free(u, sizeof *u);
}

static void enter(inside *i, eddy_udp *u, bool receiving) {
    *i = (inside){.u = u, .receiving = receiving};
    u->users++;
    if (receiving) u->receiving = true;
    eddy__cleanup_push(&i->cleanup, left);
}

/* What the call returns that would have returned `rc`. */
static int leave(inside *i, int rc) {
    bool closed = i->u->closed;
    eddy__cleanup_run(&i->cleanup, left);
    return closed && rc < 0 && rc != EDDY_ECANCELED ? EDDY_ECLOSED : rc;
}

void eddy_udp_close(eddy_udp *u) {
    if (!u || u->closed) return;
    u->closed = true;
    eddy__host_udp_close(u->number);
    if (!u->users) eddy__free(u, sizeof *u);
}

uint16_t eddy_udp_port(const eddy_udp *u) {
    return u ? u->port : 0;
}

/* ---- addresses ---------------------------------------------------------------------------------------- */

static bool parse(const char *text, uint16_t port, place *at) {
    *at = (place){.six = strchr(text, ':') != NULL, .port = port};
    return inet_pton(at->six ? AF_INET6 : AF_INET, text, at->bytes) == 1;
}

static bool same_place(const place *a, const place *b) {
    return a->port == b->port && a->six == b->six && memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

static int wrong_version(bool six, const char *text) {
    return eddy__call_failed(EDDY_EINVAL, "the socket speaks IPv%d: %s", six ? 6 : 4, text);
}

/* The address of `host` that a socket can speak to. `six` as in eddy_udp; < 0: either will do. */
static int find_address(const char *site, const char *host, int six, char address[ADDRESS]) {
    place at;
    if (parse(host, 0, &at)) {
        if (six >= 0 && at.six != (six > 0)) return wrong_version(six > 0, host);
        eddy__stream_describe(address, ADDRESS, "", host);
        return 0;
    }
    if (at.six) return eddy__call_failed(EDDY_EHOSTNOTFOUND, "not an address: %s", host);
    char found[8][ADDRESS];
    int count = eddy__resolve_host(site, host, found, 8);
    if (count < 0) return count;
    for (int i = 0; i < count && i < 8; i++) {
        bool is_six = strchr(found[i], ':') != NULL;
        if (six >= 0 && is_six != (six > 0)) continue;
        memcpy(address, found[i], ADDRESS);
        return 0;
    }
    return eddy__call_failed(EDDY_EHOSTNOTFOUND, "%s has no address of IPv%d", host, six ? 6 : 4);
}

/* ---- opening and connecting ------------------------------------------------------------------------------ */

/* `address`: as the host has told it, with the port. */
static eddy_udp *udp_new(int number, const char *address) {
    eddy_udp *u = eddy__alloc(sizeof *u);
    if (!u || !address) {
        eddy__host_udp_close(number);
        eddy__free(u, u ? sizeof *u : 0);
        return NULL;
    }
    *u = (eddy_udp){.number = number, .six = strchr(address, ':') != NULL};
    u->port = (uint16_t)atoi(address + strlen(address) + 1);
    eddy__stream_describe(u->what, sizeof u->what, "a datagram at ", address);
    return u;
}

int eddy__udp_open(const char *site, eddy_udp **u, const char *host, uint16_t port) {
    if (u) *u = NULL;
    int rc = eddy__checkpoint(site);
    if (rc < 0) return rc;
    if (!u) return EDDY_EINVAL;
    char address[ADDRESS];
    rc = find_address(site, host && *host ? host : "0.0.0.0", -1, address);
    if (rc < 0) return rc;
    eddy__op op;
    rc = eddy__op_begin(&op, "a port for datagrams");
    if (rc < 0) return rc;
    op.let_go = eddy__host_udp_close;
    rc = eddy__host_udp_open(eddy__op_index(&op), eddy__op_generation(&op), address, port);
    if (rc < 0) return eddy__op_refused(&op, rc, "UDP", address);
    rc = eddy__failed_at(eddy__op_wait(site, &op), address);
    if (rc < 0) return rc;
    *u = udp_new(rc, op.data);
    free(op.data);
    return *u ? 0 : EDDY_ENOMEM;
}

int eddy__udp_connect(const char *site, eddy_udp *u, const char *host, uint16_t port) {
    int rc = eddy__checkpoint(site);
    if (rc < 0) return rc;
    if (!u || !host || !*host || !port) return EDDY_EINVAL;
    char address[ADDRESS];
    inside here;
    enter(&here, u, false);
    rc = find_address(site, host, u->six, address);
    if (rc >= 0 && u->closed) rc = EDDY_ECLOSED;
    rc = leave(&here, rc);
    if (rc < 0) return rc;
    memcpy(u->peer_text, address, ADDRESS);
    u->connected = parse(address, port, &u->peer);
    return 0;
}

/* ---- sending and receiving -------------------------------------------------------------------------------- */

static int send_to(const char *site, eddy_udp *u, const void *data, size_t size, const char *host,
                   uint16_t port) {
    char address[ADDRESS];
    int rc = find_address(site, host, u->six, address);
    if (rc < 0) return rc;
    if (u->closed) return EDDY_ECLOSED;
    eddy__op op;
    rc = eddy__op_begin(&op, u->what);
    if (rc < 0) return rc;
    eddy__host_udp_send(u->number, eddy__op_index(&op), eddy__op_generation(&op), data, size,
                        address, port);
    rc = eddy__op_wait(site, &op);
    if (rc < 0) return rc;
    free(op.data);
    return (int)size;
}

int eddy__udp_send_to(const char *site, eddy_udp *u, const void *data, size_t size, const char *host,
                      uint16_t port) {
    int rc = eddy__checkpoint(site);
    if (rc < 0) return rc;
    if (!u || (!data && size) || (host && (!*host || !port)) || (!host && port)) return EDDY_EINVAL;
    if (host && u->connected)
        return eddy__call_failed(EDDY_ESTATE, "this socket is connected: it sends to its peer alone");
    if (!host && !u->connected)
        return eddy__call_failed(EDDY_EINVAL, "this socket is not connected: to which address?");
    if (size > UINT16_MAX)
        return eddy__call_failed(EDDY_EFULL, "no datagram has %zu bytes", size);
    inside here;
    enter(&here, u, false);
    rc = host ? send_to(site, u, data, size, host, port)
              : send_to(site, u, data, size, u->peer_text, u->peer.port);
    return leave(&here, rc);
}

static bool is_from_peer(const eddy_udp *u, const eddy_peer *from) {
    place at;
    return !u->connected || (parse(from->address, from->port, &at) && same_place(&at, &u->peer));
}

static int receive(const char *site, eddy_udp *u, void *buffer, size_t size, eddy_peer *from) {
    for (unsigned strangers = 1;;) {
        int got = eddy__host_udp_take(u->number, buffer, size, from);
        if (got >= 0 && !is_from_peer(u, from)) {
            int rc = strangers++ % 64 ? 0 : eddy__yield(site); /* nobody starves under a flood */
            if (rc < 0) return rc;
            if (u->closed) return EDDY_ECLOSED;
            continue;
        }
        if (got != EDDY_EEMPTY) return got;
        eddy__op op;
        int rc = eddy__op_begin(&op, u->what);
        if (rc < 0) return rc;
        eddy__host_udp_more(u->number, eddy__op_index(&op), eddy__op_generation(&op));
        rc = eddy__op_wait(site, &op);
        if (rc < 0) return rc;
        free(op.data);
        if (u->closed) return EDDY_ECLOSED; /* by who runs after the host has told of a datagram */
    }
}

int eddy__udp_recv_from(const char *site, eddy_udp *u, void *buffer, size_t size, eddy_peer *from) {
    int rc = eddy__checkpoint(site);
    if (rc < 0) return rc;
    if (!u || (!buffer && size)) return EDDY_EINVAL;
    if (u->receiving) return eddy__call_failed(EDDY_ESTATE, "another task receives from this socket");
    eddy_peer unwanted;
    inside here;
    enter(&here, u, true);
    rc = receive(site, u, buffer, size > UINT16_MAX ? UINT16_MAX : size, from ? from : &unwanted);
    return leave(&here, rc);
}

int(eddy_udp_open)(eddy_udp **u, const char *host, uint16_t port) {
    return eddy__udp_open(NULL, u, host, port);
}
int(eddy_udp_connect)(eddy_udp *u, const char *host, uint16_t port) {
    return eddy__udp_connect(NULL, u, host, port);
}
int(eddy_udp_send_to)(eddy_udp *u, const void *data, size_t size, const char *host, uint16_t port) {
    return eddy__udp_send_to(NULL, u, data, size, host, port);
}
int(eddy_udp_recv_from)(eddy_udp *u, void *buffer, size_t size, eddy_peer *from) {
    return eddy__udp_recv_from(NULL, u, buffer, size, from);
}
