/* eddy/udp.h: datagrams. */
#ifndef EDDY_UDP_H
#define EDDY_UDP_H

#include "task.h"

/* A socket for datagrams. One task receives at a time; any number of them send. */
typedef struct eddy_udp eddy_udp;

/* Where a datagram came from, and what of it is missing. */
typedef struct eddy_peer {
    char address[46]; /* "192.0.2.1" or "2001:db8::1" */
    uint16_t port;    /* of the sender */
    uint32_t cut;     /* bytes at its end that the buffer had no room for; they are lost */
    uint32_t dropped; /* datagrams lost before it because nobody received them; 0 where only the
                       * system would know */
} eddy_peer;

EDDY__BEGIN_C

/* Opens a socket that receives at `host`, an address or a name of this machine; NULL: all addresses of
 * IPv4 ("::": all of IPv6). [blocks] Port 0: any that is free, see eddy_udp_port. A socket speaks IPv4
 * or IPv6, whichever its address is of. Returns 0 and in *u a socket to be closed with eddy_udp_close;
 * on an error *u is NULL: EDDY_EEXIST if the port is taken, EDDY_EHOSTNOTFOUND, EDDY_EPERM, EDDY_EHOST
 * with a text, EDDY_ECANCELED, EDDY_EINVAL, EDDY_ENOMEM, EDDY_ENOSYS where the host has no UDP,
 * EDDY_ESTATE outside a task. Follows loop.create_datagram_endpoint. */
int eddy_udp_open(eddy_udp **u, const char *host, uint16_t port) EDDY__BLOCKS;

/* The port that it receives at; 0 for NULL. Never blocks. */
uint16_t eddy_udp_port(const eddy_udp *u);

/* From now on datagrams go to this peer alone, and come from it alone; what has arrived from others is
 * dropped. [blocks] `host` is an address or a name. May be called again, for another peer. Returns 0;
 * EDDY_EHOSTNOTFOUND; EDDY_EINVAL also for a peer of the other version of IP; EDDY_ECLOSED if the socket
 * is closed meanwhile; EDDY_ECANCELED, EDDY_ENOMEM, EDDY_ESTATE outside a task. */
int eddy_udp_connect(eddy_udp *u, const char *host, uint16_t port) EDDY__BLOCKS;

/* Sends one datagram, also of 0 bytes, to `host`, an address or a name (which is looked up each time);
 * on a connected socket `host` is NULL and `port` 0. [blocks] Whether it arrives nobody knows. Returns
 * `size`; EDDY_EFULL if the system takes no datagram as large as this; EDDY_ECANCELED (it was not sent,
 * unless the host was just sending it); EDDY_EPERM, EDDY_EHOST with a text; EDDY_ESTATE also for an
 * address on a connected socket; otherwise as eddy_udp_connect. */
int eddy_udp_send_to(eddy_udp *u, const void *data, size_t size, const char *host,
                     uint16_t port) EDDY__BLOCKS;

/* Receives one datagram. [blocks] Up to `size` bytes of it are written to `buffer`; *from (may be NULL)
 * gets who sent it, and how much of it did not fit. Returns how many bytes were written, 0 for an empty
 * datagram. EDDY_ECANCELED: none is lost, the next call gets it. EDDY_ECLOSED if the socket is closed
 * meanwhile; EDDY_ESTATE outside a task or while another task receives; EDDY_EHOST with a text,
 * EDDY_EINVAL, EDDY_ENOMEM. After an error the socket can be used as before. */
int eddy_udp_recv_from(eddy_udp *u, void *buffer, size_t size, eddy_peer *from) EDDY__BLOCKS;

/* Closes the socket and frees it; tasks that wait in a call of it get EDDY_ECLOSED. NULL is ignored.
 * Never blocks. */
void eddy_udp_close(eddy_udp *u);

int eddy__udp_open(const char *site, eddy_udp **u, const char *host, uint16_t port) EDDY__BLOCKS;
int eddy__udp_connect(const char *site, eddy_udp *u, const char *host, uint16_t port) EDDY__BLOCKS;
int eddy__udp_send_to(const char *site, eddy_udp *u, const void *data, size_t size,
                      const char *host, uint16_t port) EDDY__BLOCKS;
int eddy__udp_recv_from(const char *site, eddy_udp *u, void *buffer, size_t size,
                        eddy_peer *from) EDDY__BLOCKS;

EDDY__END_C

#define eddy_udp_open(...) eddy__udp_open(EDDY__SITE, __VA_ARGS__)
#define eddy_udp_connect(...) eddy__udp_connect(EDDY__SITE, __VA_ARGS__)
#define eddy_udp_send_to(...) eddy__udp_send_to(EDDY__SITE, __VA_ARGS__)
#define eddy_udp_recv_from(...) eddy__udp_recv_from(EDDY__SITE, __VA_ARGS__)

#endif
