/* p2-socket.c: connections and names of hosts over wasi:sockets.
 *
 *     connect: the names' addresses, each in turn: create, start, wait, finish -> a stream
 *     listen: create, bind, listen -> a listener; accept: what has come, or wait */
#include "p2-net.h"
#include "p2-stream.h"

#include <arpa/inet.h>

typedef struct connection {
    eddy__p2_stream stream;
    tcp_own_tcp_socket_t socket;
} connection;

typedef struct listener {
    tcp_own_tcp_socket_t socket;
    eddy__interest arrived;
    eddy__pending accept;
} listener;

/* Looking up a name, and connecting to what it found. */
typedef struct lookup {
    eddy__pending pending;
    ip_name_lookup_own_resolve_address_stream_t names; /* handle 0: the address was given */
    tcp_own_tcp_socket_t socket;                       /* handle 0: none is being tried */
    eddy__interest found, decided;                     /* another name; the socket */
    /* Tries an address. True: it is under way. NULL: addresses are collected; apart, so that who only
     * looks up names has no connections. */
    bool (*connect)(struct lookup *l, const network_ip_address_t *address);
    void (*drop_socket)(struct lookup *l);
    uint16_t port;
    network_ip_address_t address; /* the only one, if it was given */
    bool tried;
    network_error_code_t error; /* of the last that was tried */
    char *texts;                /* collected, by malloc: each with its zero */
    size_t size;
    int count;
} lookup;

/* WASI 0.2 has no code for a connection that breaks, only a text for people: "Connection reset by peer",
 * "ConnectionReset", "Broken pipe". */
static int explain(io_error_borrow_error_t error, char *text, size_t room) {
    wasip2_string_t told;
    io_error_method_error_to_debug_string(error, &told);
    eddy__p2_text(text, room, &told);
    return strstr(text, "eset") || strstr(text, "roken") ? EDDY_ECONNRESET : EDDY_EHOST;
}

/* ---- connections ----------------------------------------------------------------------------------------- */

static int connection_shut(eddy__p2_stream *stream) {
    connection *c = EDDY__OWNER(stream, connection, stream);
    tcp_error_code_t error;
    if (tcp_method_tcp_socket_shutdown(tcp_borrow_tcp_socket(c->socket), TCP_SHUTDOWN_TYPE_SEND,
                                       &error))
        return 0;
    return EDDY_ECONNRESET;
}

static void connection_drop(eddy__p2_stream *stream) {
    connection *c = EDDY__OWNER(stream, connection, stream);
    tcp_tcp_socket_drop_own(c->socket);
    eddy__free(c, sizeof *c);
}

/* Takes over the handles; NULL without memory. */
static connection *connection_new(tcp_own_tcp_socket_t socket, streams_own_input_stream_t in,
                                  streams_own_output_stream_t out) {
    connection *c = eddy__alloc(sizeof *c);
    if (!c) {
        streams_input_stream_drop_own(in);
        streams_output_stream_drop_own(out);
        tcp_tcp_socket_drop_own(socket);
        return NULL;
    }
    *c = (connection){
        .socket = socket,
        .stream = {.in = in, .out = out, .explain = explain, .shut = connection_shut,
                   .drop = connection_drop},
    };
    eddy__p2_stream_init(&c->stream);
    return c;
}

/* ---- looking up and connecting ---------------------------------------------------------------------------- */

static void drop_socket(lookup *l) {
    eddy__interest_drop(&l->decided);
    if (l->socket.__handle) tcp_tcp_socket_drop_own(l->socket);
    l->socket.__handle = 0;
}

static void lookup_free(lookup *l) {
    if (l->connect) l->drop_socket(l);
    eddy__interest_drop(&l->found);
    if (l->names.__handle) ip_name_lookup_resolve_address_stream_drop_own(l->names);
    free(l->texts);
    eddy__free(l, sizeof *l);
}

static void forget_lookup(eddy__pending *pending) {
    lookup_free(EDDY__OWNER(pending, lookup, pending));
}

static void lookup_end(lookup *l, int result) {
    char *texts = l->texts;
    l->texts = NULL;
    eddy__pending_end(&l->pending, result, texts, l->size);
    lookup_free(l);
}

static void lookup_fail(lookup *l, network_error_code_t error) {
    eddy__p2_net_fail(&l->pending, error);
    lookup_free(l);
}

/* The outcome of the socket being tried. True: that was the end of the lookup. */
static bool finish_connect(lookup *l) {
    tcp_tuple2_own_input_stream_own_output_stream_t streams;
    if (!tcp_method_tcp_socket_finish_connect(tcp_borrow_tcp_socket(l->socket), &streams,
                                              &l->error)) {
        if (l->error == NETWORK_ERROR_CODE_WOULD_BLOCK) return true; /* the poll goes on */
        drop_socket(l);
        return false;
    }
    eddy__interest_drop(&l->decided);
    connection *c = connection_new(l->socket, streams.f0, streams.f1);
    l->socket.__handle = 0;
    lookup_end(l, c ? eddy__p2_number(&c->stream) : EDDY_ENOMEM);
    return true;
}

static bool start_connect(lookup *l, const network_ip_address_t *address) {
    l->tried = true;
    if (!tcp_create_socket_create_tcp_socket(address->tag, &l->socket, &l->error)) {
        l->socket.__handle = 0;
        return false;
    }
    network_ip_socket_address_t whole = eddy__p2_with_port(address, l->port);
    tcp_borrow_tcp_socket_t socket = tcp_borrow_tcp_socket(l->socket);
    if (tcp_method_tcp_socket_start_connect(socket, eddy__p2_network(), &whole, &l->error)) {
        l->decided.pollable = tcp_method_tcp_socket_subscribe(socket);
        if (eddy__interest_add(&l->decided) == 0) return true;
        l->error = NETWORK_ERROR_CODE_OUT_OF_MEMORY;
    }
    drop_socket(l);
    return false;
}

static bool collect(lookup *l, const network_ip_address_t *address) {
    char text[INET6_ADDRSTRLEN];
    eddy__p2_print_address(address, text);
    size_t length = strlen(text) + 1;
    char *grown = realloc(l->texts, l->size + length);
    if (!grown) return false;
    memcpy(grown + l->size, text, length);
    l->texts = grown;
    l->size += length;
    l->count++;
    return true;
}

static void no_more_names(lookup *l) {
    if (l->connect && l->tried)
        lookup_fail(l, l->error);
    else if (l->count)
        lookup_end(l, l->count);
    else
        lookup_fail(l, NETWORK_ERROR_CODE_NAME_UNRESOLVABLE);
}

/* Goes through the names that have been found, until one is being tried or more must be waited for. */
static void go_on(lookup *l) {
    for (;;) {
        ip_name_lookup_option_ip_address_t next;
        network_error_code_t error;
        if (!l->names.__handle ||
            !ip_name_lookup_method_resolve_address_stream_resolve_next_address(
                ip_name_lookup_borrow_resolve_address_stream(l->names), &next, &error)) {
            if (l->names.__handle && error == NETWORK_ERROR_CODE_WOULD_BLOCK) {
                if (eddy__interest_add(&l->found) < 0)
                    lookup_fail(l, NETWORK_ERROR_CODE_OUT_OF_MEMORY);
                return;
            }
            if (l->names.__handle && !l->tried && !l->count)
                lookup_fail(l, error);
            else
                no_more_names(l);
            return;
        }
        if (!next.is_some) {
            no_more_names(l);
            return;
        }
        if (l->connect && l->connect(l, &next.val)) return;
        if (!l->connect && !collect(l, &next.val)) {
            lookup_fail(l, NETWORK_ERROR_CODE_OUT_OF_MEMORY);
            return;
        }
    }
}

static void is_found(eddy__interest *interest) {
    eddy__interest_remove(interest);
    go_on(EDDY__OWNER(interest, lookup, found));
}

static void is_decided(eddy__interest *interest) {
    lookup *l = EDDY__OWNER(interest, lookup, decided);
    if (!finish_connect(l)) go_on(l);
}

static int lookup_begin(uint32_t op, uint32_t generation, const char *host, const lookup *kind) {
    lookup *l = eddy__alloc(sizeof *l);
    if (!l) return EDDY_ENOMEM;
    *l = *kind;
    l->found.ready = is_found;
    eddy__pending_begin(&l->pending, op, generation, forget_lookup);
    if (eddy__p2_parse_address(host, &l->address)) {
        if (l->connect ? !l->connect(l, &l->address) : !collect(l, &l->address) || l->count)
            no_more_names(l);
        return 0;
    }
    wasip2_string_t name = {(uint8_t *)(uintptr_t)host, strlen(host)};
    if (!ip_name_lookup_resolve_addresses(eddy__p2_network(), &name, &l->names, &l->error)) {
        l->names.__handle = 0;
        bool no_name = l->error == NETWORK_ERROR_CODE_INVALID_ARGUMENT;
        lookup_fail(l, no_name ? NETWORK_ERROR_CODE_NAME_UNRESOLVABLE : l->error);
        return 0;
    }
    l->found.pollable = ip_name_lookup_method_resolve_address_stream_subscribe(
        ip_name_lookup_borrow_resolve_address_stream(l->names));
    go_on(l);
    return 0;
}

/* A string for the host must be UTF-8; names of hosts are not even that. */
static bool is_ascii(const char *text) {
    while (*text > 0 && *text < 0x7f) text++;
    return !*text;
}

static int refuse_name(uint32_t op, uint32_t generation) {
    eddy__pending pending;
    eddy__pending_begin(&pending, op, generation, NULL);
    eddy__p2_net_fail(&pending, NETWORK_ERROR_CODE_NAME_UNRESOLVABLE);
    return 0;
}

int eddy__host_connect(uint32_t op, uint32_t generation, const char *host, uint16_t port) {
    if (!is_ascii(host)) return refuse_name(op, generation);
    lookup kind = {.connect = start_connect, .drop_socket = drop_socket, .port = port,
                   .decided.ready = is_decided};
    return lookup_begin(op, generation, host, &kind);
}

int eddy__host_resolve(uint32_t op, uint32_t generation, const char *host) {
    if (!is_ascii(host)) return refuse_name(op, generation);
    lookup kind = {.connect = NULL};
    return lookup_begin(op, generation, host, &kind);
}

/* ---- listening ---------------------------------------------------------------------------------------------- */

static void block_on(tcp_borrow_tcp_socket_t socket) {
    eddy__task *task = eddy__current;
    eddy__current = NULL; /* the program waits, not the task: see ../src/posix/wasi.c */
    poll_own_pollable_t pollable = tcp_method_tcp_socket_subscribe(socket);
    poll_method_pollable_block(poll_borrow_pollable(pollable));
    poll_pollable_drop_own(pollable);
    eddy__current = task;
}

/* Binding and listening end at once on every host there is; a host that takes its time is waited
 * for. */
static bool listen_at(tcp_borrow_tcp_socket_t socket, network_ip_socket_address_t *address,
                      network_error_code_t *error) {
    if (!tcp_method_tcp_socket_start_bind(socket, eddy__p2_network(), address, error)) return false;
    while (!tcp_method_tcp_socket_finish_bind(socket, error)) {
        if (*error != NETWORK_ERROR_CODE_WOULD_BLOCK) return false;
        block_on(socket);
    }
    network_error_code_t ignored; /* a shorter queue does as well */
    (void)tcp_method_tcp_socket_set_listen_backlog_size(socket, 511, &ignored);
    if (!tcp_method_tcp_socket_start_listen(socket, error)) return false;
    while (!tcp_method_tcp_socket_finish_listen(socket, error)) {
        if (*error != NETWORK_ERROR_CODE_WOULD_BLOCK) return false;
        block_on(socket);
    }
    return tcp_method_tcp_socket_local_address(socket, address, error);
}

static void connection_came(eddy__interest *interest);

int eddy__host_listen(uint32_t op, uint32_t generation, const char *host, uint16_t port) {
    eddy__pending pending;
    eddy__pending_begin(&pending, op, generation, NULL);
    network_ip_address_t address;
    if (!host) host = "0.0.0.0";
    if (strcmp(host, "localhost") == 0) host = "127.0.0.1";
    if (!eddy__p2_parse_address(host, &address)) {
        eddy__p2_net_fail(&pending, NETWORK_ERROR_CODE_NAME_UNRESOLVABLE);
        return 0;
    }
    network_ip_socket_address_t whole = eddy__p2_with_port(&address, port);
    network_error_code_t error;
    tcp_own_tcp_socket_t socket;
    if (!tcp_create_socket_create_tcp_socket(address.tag, &socket, &error)) {
        eddy__p2_net_fail(&pending, error);
        return 0;
    }
    bool listens = listen_at(tcp_borrow_tcp_socket(socket), &whole, &error);
    listener *l = listens ? eddy__alloc(sizeof *l) : NULL;
    if (!l) {
        tcp_tcp_socket_drop_own(socket);
        eddy__p2_net_fail(&pending, listens ? NETWORK_ERROR_CODE_OUT_OF_MEMORY : error);
        return 0;
    }
    *l = (listener){.socket = socket, .arrived.ready = connection_came};
    l->arrived.pollable = tcp_method_tcp_socket_subscribe(tcp_borrow_tcp_socket(socket));
    eddy__p2_complete_at(&pending, eddy__p2_number(l), &whole);
    return 0;
}

/* Takes a connection that has arrived, or waits for one. */
static void accept_one(listener *l) {
    tcp_tuple3_own_tcp_socket_own_input_stream_own_output_stream_t came;
    network_error_code_t error;
    if (!tcp_method_tcp_socket_accept(tcp_borrow_tcp_socket(l->socket), &came, &error)) {
        if (error != NETWORK_ERROR_CODE_WOULD_BLOCK) {
            eddy__p2_net_fail(&l->accept, error);
            return;
        }
        int rc = eddy__interest_add(&l->arrived);
        if (rc < 0) eddy__pending_end(&l->accept, rc, NULL, 0);
        return;
    }
    network_ip_socket_address_t peer;
    bool known = tcp_method_tcp_socket_remote_address(tcp_borrow_tcp_socket(came.f0), &peer, &error);
    connection *c = connection_new(came.f0, came.f1, came.f2);
    if (c && known)
        eddy__p2_complete_at(&l->accept, eddy__p2_number(&c->stream), &peer);
    else
        eddy__pending_end(&l->accept, c ? eddy__p2_number(&c->stream) : EDDY_ENOMEM, NULL, 0);
}

static void connection_came(eddy__interest *interest) {
    eddy__interest_remove(interest);
    accept_one(EDDY__OWNER(interest, listener, arrived));
}

static void forget_accept(eddy__pending *pending) {
    eddy__interest_remove(&EDDY__OWNER(pending, listener, accept)->arrived);
}

void eddy__host_accept(int number, uint32_t op, uint32_t generation) {
    listener *l = eddy__p2_thing(number);
    eddy__pending_begin(&l->accept, op, generation, forget_accept);
    accept_one(l);
}

void eddy__host_listener_close(int number) {
    listener *l = eddy__p2_thing(number);
    eddy__interest_drop(&l->arrived);
    eddy__pending_end(&l->accept, EDDY_ECLOSED, NULL, 0);
    tcp_tcp_socket_drop_own(l->socket);
    eddy__free(l, sizeof *l);
}
