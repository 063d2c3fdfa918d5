/* p2-net.h: what connections and datagrams share over wasi:sockets. */
#ifndef EDDY_P2_NET_H
#define EDDY_P2_NET_H

#include "../src/io/pending.h"
#include "p2.h"

#include <netinet/in.h>

network_borrow_network_t eddy__p2_network(void);

/* Ends the operation with our code and a text for an error of the network's. */
void eddy__p2_net_fail(eddy__pending *pending, network_error_code_t error);

bool eddy__p2_parse_address(const char *text, network_ip_address_t *address); /* false: it is none */
void eddy__p2_print_address(const network_ip_address_t *address, char text[INET6_ADDRSTRLEN]);
network_ip_socket_address_t eddy__p2_with_port(const network_ip_address_t *address, uint16_t port);
/* Its address, and *port. */
network_ip_address_t eddy__p2_without_port(const network_ip_socket_address_t *whole, uint16_t *port);

/* "address\0port\0" as the data of a completion. */
void eddy__p2_complete_at(eddy__pending *pending, int result,
                          const network_ip_socket_address_t *address);

#endif
