/* p2-udp.c: datagrams over wasi:sockets. Not connected there: src/io/udp.c knows the peer. */
#include "p2-net.h"
#include "p2-stream.h"

typedef struct udp {
    udp_own_udp_socket_t socket;
    udp_own_incoming_datagram_stream_t in;
    udp_own_outgoing_datagram_stream_t out;
    eddy__interest arrived;
    eddy__pending more;
    network_error_code_t error; /* of the last receive; not told yet if `failed` */
    bool failed;
    eddy__link sending; /* who waits until `out` takes more */
} udp;

typedef struct sending {
    eddy__link link; /* in udp.sending */
    udp *udp;
    eddy__pending pending;
    eddy__interest room;
    udp_outgoing_datagram_t datagram; /* the data is its sender's, who waits */
} sending;

/* ---- opening ---------------------------------------------------------------------------------------- */

static void block_on(udp_borrow_udp_socket_t socket) {
    eddy__task *task = eddy__current;
    eddy__current = NULL; /* the program waits, not the task: see ../src/posix/wasi.c */
    poll_own_pollable_t pollable = udp_method_udp_socket_subscribe(socket);
    poll_method_pollable_block(poll_borrow_pollable(pollable));
    poll_pollable_drop_own(pollable);
    eddy__current = task;
}

/* Binding ends at once on every host there is; a host that takes its time is waited for. */
static bool bind_to(udp_borrow_udp_socket_t socket, network_ip_socket_address_t *address,
                    udp_tuple2_own_incoming_datagram_stream_own_outgoing_datagram_stream_t *streams,
                    network_error_code_t *error) {
    if (!udp_method_udp_socket_start_bind(socket, eddy__p2_network(), address, error)) return false;
    while (!udp_method_udp_socket_finish_bind(socket, error)) {
        if (*error != NETWORK_ERROR_CODE_WOULD_BLOCK) return false;
        block_on(socket);
    }
    return udp_method_udp_socket_local_address(socket, address, error) &&
           udp_method_udp_socket_stream(socket, NULL, streams, error);
}

static void has_arrived(eddy__interest *interest) {
    eddy__interest_remove(interest);
    eddy__pending_end(&EDDY__OWNER(interest, udp, arrived)->more, 0, NULL, 0);
}

int eddy__host_udp_open(uint32_t op, uint32_t generation, const char *text, uint16_t port) {
    eddy__pending pending;
    eddy__pending_begin(&pending, op, generation, NULL);
    network_ip_address_t address;
    network_error_code_t error = NETWORK_ERROR_CODE_NAME_UNRESOLVABLE;
    udp_own_udp_socket_t socket;
    if (!eddy__p2_parse_address(text, &address) ||
        !udp_create_socket_create_udp_socket(address.tag, &socket, &error)) {
        eddy__p2_net_fail(&pending, error);
        return 0;
    }
    network_ip_socket_address_t whole = eddy__p2_with_port(&address, port);
    udp *u = eddy__alloc(sizeof *u);
    udp_tuple2_own_incoming_datagram_stream_own_outgoing_datagram_stream_t streams;
    error = NETWORK_ERROR_CODE_OUT_OF_MEMORY;
    if (!u || !bind_to(udp_borrow_udp_socket(socket), &whole, &streams, &error)) {
        eddy__free(u, u ? sizeof *u : 0);
        udp_udp_socket_drop_own(socket);
        eddy__p2_net_fail(&pending, error);
        return 0;
    }
    *u = (udp){.socket = socket, .in = streams.f0, .out = streams.f1, .arrived.ready = has_arrived};
    u->arrived.pollable = udp_method_incoming_datagram_stream_subscribe(
        udp_borrow_incoming_datagram_stream(u->in));
    eddy__list_init(&u->sending);
    eddy__p2_complete_at(&pending, eddy__p2_number(u), &whole);
    return 0;
}

/* ---- sending ------------------------------------------------------------------------------------------- */

/* False: there is no room now. Otherwise it has been sent, or *error says why not. */
static bool send_once(udp *u, udp_outgoing_datagram_t *datagram, bool *sent,
                      network_error_code_t *error) {
    udp_borrow_outgoing_datagram_stream_t out = udp_borrow_outgoing_datagram_stream(u->out);
    uint64_t count = 0;
    *sent = false;
    if (!udp_method_outgoing_datagram_stream_check_send(out, &count, error)) return true;
    if (count == 0) return false;
    udp_list_outgoing_datagram_t one = {datagram, 1};
    if (!udp_method_outgoing_datagram_stream_send(out, &one, &count, error))
        return *error != NETWORK_ERROR_CODE_WOULD_BLOCK;
    *sent = count == 1;
    return *sent;
}

static void tell_sent(eddy__pending *pending, bool sent, network_error_code_t error) {
    if (sent)
        eddy__pending_end(pending, 0, NULL, 0);
    else
        eddy__p2_net_fail(pending, error);
}

static void sending_free(sending *s) {
    eddy__interest_drop(&s->room);
    eddy__list_remove(&s->link);
    eddy__free(s, sizeof *s);
}

static void forget_sending(eddy__pending *pending) {
    sending_free(EDDY__OWNER(pending, sending, pending));
}

static void has_room(eddy__interest *interest) {
    sending *s = EDDY__OWNER(interest, sending, room);
    network_error_code_t error;
    bool sent;
    if (!send_once(s->udp, &s->datagram, &sent, &error)) return; /* another was faster */
    tell_sent(&s->pending, sent, error);
    sending_free(s);
}

void eddy__host_udp_send(int number, uint32_t op, uint32_t generation, const void *data, size_t size,
                         const char *text, uint16_t port) {
    udp *u = eddy__p2_thing(number);
    eddy__pending now;
    eddy__pending_begin(&now, op, generation, NULL);
    network_ip_address_t address;
    network_error_code_t error = NETWORK_ERROR_CODE_NAME_UNRESOLVABLE;
    bool sent = false;
    udp_outgoing_datagram_t datagram = {.data = {(uint8_t *)(uintptr_t)data, size},
                                        .remote_address.is_some = true};
    if (!eddy__p2_parse_address(text, &address)) {
        eddy__p2_net_fail(&now, error);
        return;
    }
    datagram.remote_address.val = eddy__p2_with_port(&address, port);
    if (send_once(u, &datagram, &sent, &error)) {
        tell_sent(&now, sent, error);
        return;
    }
    sending *s = eddy__alloc(sizeof *s);
    if (s) {
        *s = (sending){.udp = u, .datagram = datagram, .room.ready = has_room};
        eddy__list_append(&u->sending, &s->link);
        s->room.pollable = udp_method_outgoing_datagram_stream_subscribe(
            udp_borrow_outgoing_datagram_stream(u->out));
        if (eddy__interest_add(&s->room) == 0) {
            eddy__pending_begin(&s->pending, op, generation, forget_sending);
            return;
        }
        sending_free(s);
    }
    eddy__pending_end(&now, EDDY_ENOMEM, NULL, 0);
}

/* ---- receiving ------------------------------------------------------------------------------------------- */

int eddy__host_udp_take(int number, void *buffer, size_t size, eddy_peer *from) {
    udp *u = eddy__p2_thing(number);
    udp_list_incoming_datagram_t came;
    if (!udp_method_incoming_datagram_stream_receive(udp_borrow_incoming_datagram_stream(u->in), 1,
                                                     &came, &u->error)) {
        u->failed = u->error != NETWORK_ERROR_CODE_WOULD_BLOCK;
        return EDDY_EEMPTY;
    }
    if (came.len == 0) return EDDY_EEMPTY;
    const wasip2_list_u8_t *data = &came.ptr->data;
    if (size > data->len) size = data->len;
    if (size) memcpy(buffer, data->ptr, size);
    *from = (eddy_peer){.cut = (uint32_t)(data->len - size)};
    network_ip_address_t address = eddy__p2_without_port(&came.ptr->remote_address, &from->port);
    eddy__p2_print_address(&address, from->address);
    eddy__p2_free(data->ptr, data->len);
    eddy__p2_free(came.ptr, came.len);
    return (int)size;
}

static void forget_more(eddy__pending *pending) {
    eddy__interest_remove(&EDDY__OWNER(pending, udp, more)->arrived);
}

void eddy__host_udp_more(int number, uint32_t op, uint32_t generation) {
    udp *u = eddy__p2_thing(number);
    eddy__pending_begin(&u->more, op, generation, forget_more);
    if (u->failed) {
        u->failed = false; /* it was of one datagram */
        eddy__p2_net_fail(&u->more, u->error);
        return;
    }
    int rc = eddy__interest_add(&u->arrived);
    if (rc < 0) eddy__pending_end(&u->more, rc, NULL, 0);
}

/* What came from a resource goes before it. */
void eddy__host_udp_close(int number) {
    udp *u = eddy__p2_thing(number);
    while (!eddy__list_empty(&u->sending)) {
        sending *s = EDDY__OWNER(u->sending.next, sending, link);
        eddy__pending_end(&s->pending, EDDY_ECLOSED, NULL, 0);
        sending_free(s);
    }
    eddy__interest_drop(&u->arrived);
    eddy__pending_end(&u->more, EDDY_ECLOSED, NULL, 0);
    udp_incoming_datagram_stream_drop_own(u->in);
    udp_outgoing_datagram_stream_drop_own(u->out);
    udp_udp_socket_drop_own(u->socket);
    eddy__free(u, sizeof *u);
}
