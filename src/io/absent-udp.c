/* absent-udp.c: the host calls of datagrams on hosts that have none. */
#include "../host.h"

int eddy__host_udp_open(uint32_t op, uint32_t generation, const char *address, uint16_t port) {
    (void)op;
    (void)generation;
    (void)address;
    (void)port;
    return EDDY_ENOSYS;
}

void eddy__host_udp_send(int udp, uint32_t op, uint32_t generation, const void *data, size_t size,
                         const char *address, uint16_t port) {
    (void)udp;
    (void)op;
    (void)generation;
    (void)data;
    (void)size;
    (void)address;
    (void)port;
}

int eddy__host_udp_take(int udp, void *buffer, size_t size, eddy_peer *from) {
    (void)udp;
    (void)buffer;
    (void)size;
    (void)from;
    return EDDY_ENOSYS;
}

void eddy__host_udp_more(int udp, uint32_t op, uint32_t generation) {
    (void)udp;
    (void)op;
    (void)generation;
}

void eddy__host_udp_close(int udp) {
    (void)udp;
}
