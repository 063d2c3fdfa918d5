/* udp [six] [counts]: datagrams between sockets of this program, on loopback; prints ok. six: also by
 * IPv6; counts: the host tells how many were dropped. */
#include "check.h"

#define HOME "127.0.0.1"

static bool counts;

static uint16_t open_at(eddy_udp **u, const char *host) {
    CHECK(eddy_udp_open(u, host, 0) == 0);
    return eddy_udp_port(*u);
}

/* Sends back what comes, for as long as it is let. */
static int echo(void *arg) {
    for (;;) {
        char data[2000];
        eddy_peer from;
        int got = eddy_udp_recv_from(arg, data, sizeof data, &from);
        if (got < 0) return got;
        int rc = eddy_udp_send_to(arg, data, (size_t)got, from.address, from.port);
        if (rc < 0) return rc;
    }
}

static void conversation(const char *host, const char *name) {
    eddy_udp *server, *client;
    uint16_t port = open_at(&server, host), own = open_at(&client, host);
    CHECK(port && own && port != own);
    eddy_future *task = eddy_spawn(echo, server);
    for (int i = 0; i < 100; i++) {
        char text[20], back[20] = "";
        int size = snprintf(text, sizeof text, "number %d", i);
        CHECK(eddy_udp_send_to(client, text, (size_t)size, name, port) == size);
        eddy_peer from;
        CHECK(eddy_udp_recv_from(client, back, sizeof back, &from) == size);
        CHECK(memcmp(text, back, (size_t)size) == 0);
        CHECK(strcmp(from.address, host) == 0 && from.port == port);
        CHECK(from.cut == 0 && from.dropped == 0);
    }
    CHECK(eddy_stop(task) == EDDY_ECANCELED);
    eddy_release(task);
    eddy_udp_close(server);
    eddy_udp_close(client);
}

/* ---- a thousand, by fifty tasks ------------------------------------------------------------------------ */

static uint16_t server_port;

static int twenty(void *arg) {
    int id = *(int *)arg;
    eddy_udp *u;
    int rc = eddy_udp_open(&u, HOME, 0);
    if (rc < 0) return rc;
    rc = eddy_udp_connect(u, HOME, server_port);
    for (int i = 0; i < 20 && rc >= 0; i++) {
        int data[2] = {id, i}, back[2] = {0, 0};
        rc = eddy_udp_send_to(u, data, sizeof data, NULL, 0);
        if (rc >= 0) rc = eddy_udp_recv_from(u, back, sizeof back, NULL);
        if (rc >= 0 && memcmp(data, back, sizeof data) != 0) rc = EDDY_EIO;
    }
    eddy_udp_close(u);
    return rc < 0 ? rc : 0;
}

static void thousand(void) {
    eddy_udp *server;
    server_port = open_at(&server, HOME);
    eddy_future *echoes = eddy_spawn(echo, server), *tasks[50];
    for (int i = 0; i < 50; i++) tasks[i] = eddy_spawn_opt(twenty, .arg = &i, .arg_size = sizeof i);
    EDDY_SCOPE(limit, .timeout = 90 * EDDY_S);
    CHECK(eddy_scope_end(&limit, eddy_gather(tasks, 50, NULL)) == 0);
    eddy_release_all(tasks, 50);
    CHECK(eddy_stop(echoes) == EDDY_ECANCELED);
    eddy_release(echoes);
    eddy_udp_close(server);
}

/* ---- sizes ----------------------------------------------------------------------------------------------- */

static void sizes(void) {
    eddy_udp *a, *b;
    uint16_t port = open_at(&a, HOME);
    open_at(&b, HOME);
    static char large[65536], back[65536];
    for (size_t i = 0; i < sizeof large; i++) large[i] = (char)(i % 251);
    eddy_peer from;
    CHECK(eddy_udp_send_to(b, large, sizeof large, HOME, port) == EDDY_EFULL);
    CHECK(*eddy_last_message());
    CHECK(eddy_udp_send_to(b, large, 65535, HOME, port) == EDDY_EFULL);
    CHECK(*eddy_last_message());
    CHECK(eddy_udp_send_to(b, large, 8000, HOME, port) == 8000);
    CHECK(eddy_udp_recv_from(a, back, sizeof back, &from) == 8000 && from.cut == 0);
    CHECK(memcmp(large, back, 8000) == 0);
    CHECK(eddy_udp_send_to(b, "0123456789", 10, HOME, port) == 10);
    CHECK(eddy_udp_send_to(b, NULL, 0, HOME, port) == 0);
    CHECK(eddy_udp_send_to(b, "last", 4, HOME, port) == 4);
    CHECK(eddy_udp_recv_from(a, back, 4, &from) == 4 && from.cut == 6);
    CHECK(memcmp(back, "0123", 4) == 0);
    CHECK(eddy_udp_recv_from(a, back, sizeof back, &from) == 0 && from.cut == 0);
    CHECK(from.port == eddy_udp_port(b));
    CHECK(eddy_udp_recv_from(a, NULL, 0, &from) == 0 && from.cut == 4);
    eddy_udp_close(a);
    eddy_udp_close(b);
}

/* ---- waiting ------------------------------------------------------------------------------------------------ */

static int receive(void *arg) {
    char data[10];
    return eddy_udp_recv_from(arg, data, sizeof data, NULL);
}

static void waiting(void) {
    eddy_udp *a, *b;
    uint16_t port = open_at(&a, HOME);
    open_at(&b, HOME);
    EDDY_SCOPE(limit, .timeout = 20 * EDDY_MS);
    CHECK(eddy_scope_end(&limit, receive(a)) == EDDY_ETIMEDOUT);
    eddy_future *task = eddy_spawn(receive, a);
    CHECK(eddy_sleep(5 * EDDY_MS) == 0);
    CHECK(receive(a) == EDDY_ESTATE);
    CHECK(eddy_stop(task) == EDDY_ECANCELED);
    eddy_release(task);
    /* What comes after a receive was given up is for the next. */
    CHECK(eddy_udp_send_to(b, "abc", 3, HOME, port) == 3);
    CHECK(receive(a) == 3);
    task = eddy_spawn(receive, a);
    CHECK(eddy_sleep(5 * EDDY_MS) == 0);
    eddy_udp_close(a);
    CHECK(eddy_await(task) == EDDY_ECLOSED);
    EDDY_SCOPE(over, .timeout = EDDY_NOW);
    CHECK(eddy_udp_send_to(b, "abc", 3, HOME, port) == EDDY_ECANCELED);
    CHECK(eddy_udp_open(&a, HOME, 0) == EDDY_ECANCELED && !a);
    CHECK(eddy_scope_end(&over, EDDY_ECANCELED) == EDDY_ETIMEDOUT);
    eddy_udp_close(b);
}

/* ---- peers --------------------------------------------------------------------------------------------------- */

static int within(eddy_udp *u, eddy_time time) {
    EDDY_SCOPE(limit, .timeout = time);
    return eddy_scope_end(&limit, receive(u));
}

static void peers(void) {
    eddy_udp *a, *b, *c;
    uint16_t a_port = open_at(&a, HOME), b_port = open_at(&b, HOME), c_port = open_at(&c, HOME);
    CHECK(eddy_udp_connect(a, HOME, b_port) == 0);
    CHECK(eddy_udp_send_to(c, "stranger", 8, HOME, a_port) == 8);
    CHECK(within(a, 50 * EDDY_MS) == EDDY_ETIMEDOUT);
    CHECK(eddy_udp_send_to(b, "peer", 4, HOME, a_port) == 4);
    CHECK(receive(a) == 4);
    CHECK(eddy_udp_send_to(a, "x", 1, NULL, 0) == 1);
    CHECK(receive(b) == 1);
    CHECK(eddy_udp_send_to(a, "x", 1, HOME, b_port) == EDDY_ESTATE);
    CHECK(eddy_udp_send_to(b, "x", 1, NULL, 0) == EDDY_EINVAL);
    /* Another peer, also under a waiter. */
    eddy_future *task = eddy_spawn(receive, a);
    CHECK(eddy_sleep(5 * EDDY_MS) == 0);
    CHECK(eddy_udp_connect(a, HOME, c_port) == 0);
    CHECK(eddy_udp_port(a) == a_port);
    CHECK(eddy_udp_send_to(c, "friend", 6, HOME, a_port) == 6);
    CHECK(eddy_await(task) == 6);
    CHECK(eddy_udp_send_to(a, "xy", 2, NULL, 0) == 2);
    CHECK(receive(c) == 2);
    /* One who is not there: nobody hears of it, and the socket lives on. */
    eddy_udp_close(b);
    CHECK(eddy_udp_connect(a, "localhost", b_port) == 0);
    CHECK(eddy_udp_send_to(a, "x", 1, NULL, 0) == 1);
    CHECK(within(a, 20 * EDDY_MS) == EDDY_ETIMEDOUT);
    CHECK(eddy_udp_connect(a, HOME, c_port) == 0);
    CHECK(eddy_udp_send_to(c, "again", 5, HOME, a_port) == 5);
    CHECK(receive(a) == 5);
    eddy_udp_close(a);
    eddy_udp_close(c);
}

/* ---- too many -------------------------------------------------------------------------------------------------- */

static void flood(void) {
    enum { MANY = 3000 };
    eddy_udp *a, *b;
    uint16_t port = open_at(&a, HOME);
    open_at(&b, HOME);
    static char data[1000];
    for (int i = 0; i < MANY; i++) {
        CHECK(eddy_udp_send_to(b, data, sizeof data, HOME, port) == 1000);
        /* Events of JavaScript arrive, and are dropped there and not by the system. */
        if (i % 50 == 0) CHECK(eddy_sleep(2 * EDDY_MS) == 0);
    }
    int received = 0;
    uint32_t dropped = 0;
    for (int rc = 0; rc >= 0;) {
        eddy_peer from;
        EDDY_SCOPE(limit, .timeout = 100 * EDDY_MS);
        rc = eddy_scope_end(&limit, eddy_udp_recv_from(a, data, 10, &from));
        if (rc < 0) continue;
        CHECK(rc == 10 && from.cut == 990);
        received++;
        dropped += from.dropped;
    }
    CHECK(received > 0 && received < MANY);
    CHECK(eddy_udp_send_to(b, "x", 1, HOME, port) == 1);
    eddy_peer from;
    CHECK(eddy_udp_recv_from(a, data, 1, &from) == 1);
    CHECK(!counts || dropped + from.dropped > 0);
    eddy_udp_close(a);
    eddy_udp_close(b);
}

/* ---- mistakes ---------------------------------------------------------------------------------------------------- */

static void mistakes(void) {
    eddy_udp *a, *b;
    uint16_t port = open_at(&a, NULL);
    CHECK(eddy_udp_send_to(a, "x", 1, "no-such-host.invalid", port) == EDDY_EHOSTNOTFOUND);
    CHECK(*eddy_last_message());
    CHECK(eddy_udp_send_to(a, "x", 1, "300.1.2.3", port) == EDDY_EHOSTNOTFOUND);
    CHECK(eddy_udp_send_to(a, "x", 1, "::1", port) == EDDY_EINVAL);
    CHECK(eddy_udp_connect(a, "::1", port) == EDDY_EINVAL);
    CHECK(eddy_udp_open(&b, "12:zz", 0) == EDDY_EHOSTNOTFOUND && !b);
    CHECK(*eddy_last_message());
    CHECK(eddy_udp_open(&b, "192.0.2.1", 0) < 0 && !b); /* not an address of this machine */
    CHECK(*eddy_last_message());
    CHECK(eddy_udp_open(&b, NULL, port) == EDDY_EEXIST && !b);
    CHECK(eddy_udp_open(NULL, NULL, 0) == EDDY_EINVAL);
    CHECK(eddy_udp_connect(NULL, HOME, 1) == EDDY_EINVAL);
    CHECK(eddy_udp_connect(a, NULL, 1) == EDDY_EINVAL);
    CHECK(eddy_udp_connect(a, HOME, 0) == EDDY_EINVAL);
    CHECK(eddy_udp_send_to(NULL, "x", 1, HOME, 1) == EDDY_EINVAL);
    CHECK(eddy_udp_send_to(a, NULL, 1, HOME, 1) == EDDY_EINVAL);
    CHECK(eddy_udp_send_to(a, "x", 1, HOME, 0) == EDDY_EINVAL);
    CHECK(eddy_udp_send_to(a, "x", 1, "", 1) == EDDY_EINVAL);
    CHECK(eddy_udp_recv_from(NULL, NULL, 0, NULL) == EDDY_EINVAL);
    CHECK(eddy_udp_recv_from(a, NULL, 1, NULL) == EDDY_EINVAL);
    CHECK(eddy_udp_port(NULL) == 0);
    eddy_udp_close(NULL);
    eddy_udp_close(a);
}

static int connect_it(void *arg) {
    return eddy_udp_connect(arg, "localhost", 9);
}

/* Where looking a name up waits. */
static void closed_while_connecting(void) {
    eddy_udp *u;
    CHECK(eddy_udp_open(&u, HOME, 0) == 0);
    eddy_future *task = eddy_spawn(connect_it, u);
    CHECK(eddy_yield() == 0);
    bool waits = !eddy_done(task);
    eddy_udp_close(u);
    CHECK(eddy_await(task) == (waits ? EDDY_ECLOSED : 0));
}

int eddy_main(int argc, char **argv) {
    bool six = false;
    for (int i = 1; i < argc; i++) {
        six |= strcmp(argv[i], "six") == 0;
        counts |= strcmp(argv[i], "counts") == 0;
    }
    eddy_udp *first;
    int rc = eddy_udp_open(&first, HOME, 0);
    if (rc < 0) return rc;
    eddy_udp_close(first);
    conversation(HOME, HOME);
    conversation(HOME, "localhost");
    if (six) conversation("::1", "::1");
    thousand();
    sizes();
    waiting();
    peers();
    flood();
    mistakes();
    closed_while_connecting();
    return check_end();
}
