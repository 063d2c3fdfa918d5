/* p2-net.c: what connections and datagrams share over wasi:sockets: the network, errors, addresses. */
#include "p2-net.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>

network_borrow_network_t eddy__p2_network(void) {
    static instance_network_own_network_t whole;
    if (!whole.__handle) whole = instance_network_instance_network();
    return network_borrow_network(whole);
}

/* ---- errors ------------------------------------------------------------------------------------------ */

void eddy__p2_net_fail(eddy__pending *pending, network_error_code_t error) {
    static const struct {
        int code;
        const char *text;
    } known[] = {
        [NETWORK_ERROR_CODE_UNKNOWN] = {EDDY_EHOST, "unknown error of the network"},
        [NETWORK_ERROR_CODE_ACCESS_DENIED] = {EDDY_EPERM,
                                              "the host does not allow it (-S inherit-network)"},
        [NETWORK_ERROR_CODE_NOT_SUPPORTED] = {EDDY_EHOST, "the host does not support it"},
        [NETWORK_ERROR_CODE_INVALID_ARGUMENT] = {EDDY_EHOST, "not an address to use"},
        [NETWORK_ERROR_CODE_OUT_OF_MEMORY] = {EDDY_ENOMEM, "the host is out of memory"},
        [NETWORK_ERROR_CODE_TIMEOUT] = {EDDY_EHOST, "timed out"},
        [NETWORK_ERROR_CODE_NEW_SOCKET_LIMIT] = {EDDY_EHOST, "too many sockets"},
        [NETWORK_ERROR_CODE_ADDRESS_NOT_BINDABLE] = {EDDY_EHOST, "not an address of this machine"},
        [NETWORK_ERROR_CODE_ADDRESS_IN_USE] = {EDDY_EEXIST, "address is in use"},
        [NETWORK_ERROR_CODE_REMOTE_UNREACHABLE] = {EDDY_EHOST, "no route to this address"},
        [NETWORK_ERROR_CODE_CONNECTION_REFUSED] = {EDDY_ECONNREFUSED, "connection refused"},
        [NETWORK_ERROR_CODE_CONNECTION_RESET] = {EDDY_ECONNRESET, "connection reset"},
        [NETWORK_ERROR_CODE_CONNECTION_ABORTED] = {EDDY_ECONNRESET, "connection aborted"},
        [NETWORK_ERROR_CODE_DATAGRAM_TOO_LARGE] = {EDDY_EFULL, "datagram is too large"},
        [NETWORK_ERROR_CODE_NAME_UNRESOLVABLE] = {EDDY_EHOSTNOTFOUND, "host name not found"},
        [NETWORK_ERROR_CODE_TEMPORARY_RESOLVER_FAILURE] = {EDDY_EHOSTNOTFOUND,
                                                           "names cannot be looked up now"},
        [NETWORK_ERROR_CODE_PERMANENT_RESOLVER_FAILURE] = {EDDY_EHOSTNOTFOUND,
                                                           "names cannot be looked up (-S allow-ip-name-lookup)"},
    };
    bool has_text = error < sizeof known / sizeof *known && known[error].text;
    eddy__pending_fail(pending, has_text ? known[error].code : EDDY_EHOST,
                       has_text ? known[error].text : "the host refuses");
}

/* ---- addresses ----------------------------------------------------------------------------------------- */

bool eddy__p2_parse_address(const char *text, network_ip_address_t *address) {
    struct in_addr four;
    struct in6_addr six;
    if (inet_pton(AF_INET, text, &four) == 1) {
        const uint8_t *b = (const uint8_t *)&four;
        *address = (network_ip_address_t){.tag = NETWORK_IP_ADDRESS_IPV4,
                                          .val.ipv4 = {b[0], b[1], b[2], b[3]}};
        return true;
    }
    if (inet_pton(AF_INET6, text, &six) != 1) return false;
    uint16_t words[8];
    const uint8_t *b = (const uint8_t *)&six;
    for (size_t i = 0; i < 8; i++) words[i] = (uint16_t)(b[2 * i] << 8 | b[2 * i + 1]);
    address->tag = NETWORK_IP_ADDRESS_IPV6;
    memcpy(&address->val.ipv6, words, sizeof words);
    return true;
}

void eddy__p2_print_address(const network_ip_address_t *address, char text[INET6_ADDRSTRLEN]) {
    if (address->tag == NETWORK_IP_ADDRESS_IPV4) {
        network_ipv4_address_t four = address->val.ipv4;
        snprintf(text, INET6_ADDRSTRLEN, "%u.%u.%u.%u", four.f0, four.f1, four.f2, four.f3);
        return;
    }
    uint16_t words[8];
    uint8_t bytes[16];
    memcpy(words, &address->val.ipv6, sizeof words);
    for (size_t i = 0; i < 8; i++) {
        bytes[2 * i] = (uint8_t)(words[i] >> 8);
        bytes[2 * i + 1] = (uint8_t)words[i];
    }
    if (!inet_ntop(AF_INET6, bytes, text, INET6_ADDRSTRLEN)) *text = 0;
}

network_ip_socket_address_t eddy__p2_with_port(const network_ip_address_t *address, uint16_t port) {
    network_ip_socket_address_t whole = {.tag = address->tag};
    if (address->tag == NETWORK_IP_ADDRESS_IPV4)
        whole.val.ipv4 = (network_ipv4_socket_address_t){port, address->val.ipv4};
    else
        whole.val.ipv6 = (network_ipv6_socket_address_t){port, 0, address->val.ipv6, 0};
    return whole;
}

network_ip_address_t eddy__p2_without_port(const network_ip_socket_address_t *whole, uint16_t *port) {
    network_ip_address_t alone = {.tag = whole->tag};
    if (whole->tag == NETWORK_IP_SOCKET_ADDRESS_IPV4) {
        *port = whole->val.ipv4.port;
        alone.val.ipv4 = whole->val.ipv4.address;
    } else {
        *port = whole->val.ipv6.port;
        alone.val.ipv6 = whole->val.ipv6.address;
    }
    return alone;
}

void eddy__p2_complete_at(eddy__pending *pending, int result,
                          const network_ip_socket_address_t *address) {
    uint16_t port;
    network_ip_address_t alone = eddy__p2_without_port(address, &port);
    char text[64];
    eddy__p2_print_address(&alone, text);
    size_t length = strlen(text) + 1;
    size_t size = length + (size_t)snprintf(text + length, sizeof text - length, "%u", port) + 1;
    char *data = malloc(size);
    if (data) memcpy(data, text, size);
    eddy__pending_end(pending, result, data, data ? size : 0);
}
